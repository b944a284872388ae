"""What was meant by a word that a pack does not know: one that is spelt nearly the same, in the language of the prompt.

No torch here: the window names words before torch is loaded.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from engine.text.vocabulary import Vocabulary, fold, split

Language = Literal["en", "fr"]

_FROM_LENGTH = 3
_LONG, _NAME = 7, 6
"""Words of so many letters, as meant and as written, may have two wrong ones; and names one."""
_AT_MOST = 20_000
"""Comparing with more words than that would hold up whoever types."""
_NEAR, _CUTOFF = 12, 0.6
"""So many are looked at closely, at least so alike by `difflib`."""
_ENDS = ".!?:;\n"


def suggest(vocabulary: Vocabulary, word: str, prompt: str = "", language: Language | None = None) -> str | None:
    """The known word that was meant, or None if nothing comes near.

    Args:
        vocabulary: What the pack knows.
        word: An unknown word in the user's spelling. In the middle of a sentence a capital is a name's, which
            short words are not mistaken for.
        prompt: The text it stands in: other words of it tell the language of the suggestion.
        language: The language where they do not; either if None.
    """
    if len(word) < _FROM_LENGTH or len(vocabulary.words) > _AT_MOST:
        return None
    language = language_of(prompt) or language
    known = {
        fold(other): other
        for other in reversed(vocabulary.words)
        if len(other) >= _FROM_LENGTH and (language is None or language in languages_of(other))
    }
    written = fold(word)
    near = difflib.get_close_matches(written, known, n=_NEAR, cutoff=_CUTOFF)
    ranked = sorted((_distance(written, other), place) for place, other in enumerate(near))
    for mistakes, place in ranked:
        if mistakes <= _mistakes(word, len(near[place]), prompt):
            return known[near[place]]
    return None


def language_of(text: str) -> Language | None:
    """The language that most words of a text are in; None if they do not tell."""
    found = [languages for word in split(text) if len(languages := _listed(word)) == 1]
    english, french = (sum(language in each for each in found) for language in ("en", "fr"))
    if english == french:
        return None
    return "en" if english > french else "fr"


def languages_of(word: str) -> frozenset[Language]:
    """The languages that have a word; all of them where nobody knows."""
    return _listed(word) or frozenset(("en", "fr"))


def _listed(word: str) -> frozenset[Language]:
    return _languages().get(fold(word), frozenset())


@cache
def _languages() -> Mapping[str, frozenset[Language]]:
    """By folded word; ``packaging/i18n/word_languages.py`` makes the file."""
    text = (files("resources") / "i18n" / "words.json").read_text(encoding="utf-8")
    lists: dict[Language, list[str]] = json.loads(text)
    found: dict[str, frozenset[Language]] = {}
    for language, words in lists.items():
        for word in map(fold, words):
            found[word] = frozenset((*found.get(word, ()), language))
    return found


def _mistakes(word: str, known: int, prompt: str) -> int:
    """How many mistakes a word may have to be a known one of ``known`` letters misspelt."""
    if word[0].islower() or word.isupper():
        return 2 if min(len(word), known) >= _LONG else 1
    before = prompt.partition(word)[0].rstrip(" \t\"'«»“”(")
    return 1 if len(word) >= _NAME or not before or before[-1] in _ENDS else 0


def _distance(one: str, other: str) -> int:
    """How many letters are wrong, missing, too many or exchanged with their neighbour."""
    before, row = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, there in enumerate(other, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                steps = min(steps, last[j - 2] + 1)
            row.append(steps)
    return row[-1]
