"""What was meant by a word that a pack does not know, in the language of the prompt: a slip, or a word near in meaning.

No torch here: the window names words before torch is loaded.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from engine.text.related_words import OTHER_WORDS, RELATED, SMALL_WORDS, Language
from engine.text.vocabulary import Vocabulary, fold, split

_FROM_LENGTH, _MEANT_FROM = 4, 5
"""Shorter words, as written and as meant, are too like each other for a slip to be told from another word."""
_LONG, _NAME = 7, 6
"""Words of so many letters, as meant and as written, may have two wrong ones; and names one."""
_AT_MOST = 20_000
"""Comparing with more words than that would hold up whoever types."""
_NEAR, _CUTOFF = 12, 0.6
"""So many are looked at closely, at least so alike by `difflib`."""
_ENDS = ".!?:;\n"


def suggest(vocabulary: Vocabulary, word: str, prompt: str = "", language: Language | None = None) -> str | None:
    """The known word that was meant, or None if nothing comes near: one near in meaning, or with a slip of the fingers.

    A slip is one wrong letter, two in long words, and never the first letter.

    Args:
        vocabulary: What the pack knows.
        word: An unknown word in the user's spelling. In the middle of a sentence a capital is a name's, which
            short words are not mistaken for.
        prompt: The text it stands in: other words of it tell the language of the suggestion.
        language: The language where they do not; either if None.
    """
    if len(vocabulary.words) > _AT_MOST:
        return None
    language = language_of(prompt) or language
    related = _related(vocabulary, word.lower(), language)
    if related is not None or len(word) < _FROM_LENGTH or word.lower() in OTHER_WORDS:
        return related
    written = fold(word)
    known = {
        fold(other): other
        for other in reversed(vocabulary.words)
        if len(other) >= _MEANT_FROM
        and fold(other[0]) == written[0]
        and (language is None or language in languages_of(other))
    }
    near = difflib.get_close_matches(written, known, n=_NEAR, cutoff=_CUTOFF)
    ranked = sorted((_distance(written, other), place) for place, other in enumerate(near))
    for mistakes, place in ranked:
        if mistakes <= _mistakes(word, len(near[place]), prompt):
            return known[near[place]]
    return None


def _related(vocabulary: Vocabulary, word: str, language: Language | None) -> str | None:
    rows = RELATED.values() if language is None else (RELATED[language],)
    return next((row[word] for row in rows if word in row and vocabulary.knows(row[word])), None)


def meaningful(vocabulary: Vocabulary, text: str) -> list[str]:
    """The words of a text that say what is to be seen, among those that the vocabulary knows."""
    return [word for word in vocabulary.split(text) if vocabulary.knows(word) and word not in SMALL_WORDS]


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
