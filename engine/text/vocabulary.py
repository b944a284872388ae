"""Words and their ids, in English and French.

No torch here: the window can name unknown words before torch is loaded.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from engine.api.errors import WaltError

PAD = 0
UNKNOWN = 1
RESERVED = 2
"""Ids below this are no words."""

MAX_WORDS = 1 << 18
"""Words, their other forms and stop words together, in a vocabulary that is read."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_ELISION = re.compile(r"(l|d|j|m|n|s|t|c|qu|jusqu|lorsqu|puisqu|presqu)'(.*)", re.IGNORECASE)
_APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def _pieces(text: str) -> list[str]:
    """Words in the user's spelling, cut at punctuation, hyphens and elisions (``l'océan``: l', océan)."""
    pieces: list[str] = []
    for match in _WORD.finditer(unicodedata.normalize("NFC", text).translate(_APOSTROPHES)):
        word = match.group()
        while elided := _ELISION.fullmatch(word):
            pieces.append(elided.group(1) + "'")
            word = elided.group(2)
        word = re.sub(r"('s|')$", "", word, flags=re.IGNORECASE)
        if word:
            pieces.append(word)
    return pieces


def split(text: str) -> list[str]:
    """The normalised words: lower case, NFC, no punctuation; an elided article keeps its apostrophe."""
    return [piece.lower() for piece in _pieces(text)]


def fold(word: str) -> str:
    """The word in lower case without accents or ligatures, to match ``ocean`` with ``océan``."""
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(_LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@dataclass(frozen=True)
class Vocabulary:
    """The words a text encoder was trained on.

    Attributes:
        words: Sorted, normalised; the id of ``words[i]`` is ``i + 2`` (0 is padding, 1 an unknown word).
        aliases: Other forms of those words (plurals, infinitives) to the word they stand for.
        stop_words: Words that carry nothing ("please"): neither encoded nor reported as unknown.
        any_word: Whether the encoder reads other words too, in pieces, as T5 does; then none is unknown.
    """

    words: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    stop_words: frozenset[str] = frozenset()
    any_word: bool = False
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)
    _folded: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {word: index + RESERVED for index, word in enumerate(self.words)}
        if len(ids) != len(self.words) or list(self.words) != sorted(self.words):
            raise ValueError("words must be sorted and unique")
        missing = sorted(set(self.aliases.values()) - ids.keys())
        if missing:
            raise ValueError(f"aliases lead to words that are not there: {missing}")
        for form, word in self.aliases.items():
            ids.setdefault(form, ids[word])
        object.__setattr__(self, "_ids", ids)
        object.__setattr__(self, "_folded", self._unambiguous_folds(ids))

    @staticmethod
    def _unambiguous_folds(ids: Mapping[str, int]) -> dict[str, int]:
        folds: dict[str, set[int]] = {}
        for form, index in ids.items():
            folds.setdefault(fold(form), set()).add(index)
        return {form: found.pop() for form, found in folds.items() if len(found) == 1}

    @classmethod
    def build(
        cls,
        words: Iterable[str],
        aliases: Mapping[str, str] | None = None,
        stop_words: Iterable[str] = (),
        *,
        any_word: bool = False,
    ) -> Self:
        """The vocabulary of these words, the same whatever their order."""
        aliases = dict(sorted((aliases or {}).items()))
        return cls(tuple(sorted({*words})), aliases, frozenset(stop_words), any_word)

    def __len__(self) -> int:
        """How many ids there are, padding and unknown included: the height of the embedding table."""
        return len(self.words) + RESERVED

    def id(self, word: str) -> int:
        """The id of one normalised word, `UNKNOWN` if neither it nor its unaccented form is known."""
        exact = self._ids.get(word)
        return exact if exact is not None else self._folded.get(fold(word), UNKNOWN)

    def knows(self, word: str) -> bool:
        """Whether one normalised word has an effect."""
        return self.any_word or self.id(word) != UNKNOWN

    def split(self, text: str) -> list[str]:
        """The normalised words of a text, known or not."""
        return split(text)

    def encode(self, text: str, length: int) -> list[int]:
        """Exactly ``length`` ids, padded with 0; unknown words and words beyond the length are left out."""
        ids = [found for word in split(text) if (found := self.id(word)) != UNKNOWN]
        return (ids + [PAD] * length)[:length]

    def unknown(self, text: str) -> list[str]:
        """Words the encoder never saw: each once, in order, in the user's spelling, without stop words."""
        found: dict[str, str] = {}
        for piece in _pieces(text):
            word = piece.lower()
            if not self.knows(word) and word not in self.stop_words and not word.endswith("'"):
                found.setdefault(word, piece)
        return list(found.values())

    def to_json(self) -> str:
        """The vocabulary as JSON text, as a pack stores it."""
        data: dict[str, object] = {
            "words": self.words,
            "aliases": dict(self.aliases),
            "stop_words": sorted(self.stop_words),
        }
        if self.any_word:
            data["any_word"] = True
        return json.dumps(data, ensure_ascii=False, indent=0)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            WaltError: ``bad-vocabulary`` if the text is not a vocabulary.
        """
        try:
            data = json.loads(text)
            words, aliases = list(data["words"]), dict(data["aliases"])
            stop_words = list(data["stop_words"])
            known = (*words, *aliases, *aliases.values(), *stop_words)
            if len(known) > MAX_WORDS or not all(isinstance(word, str) for word in known):
                raise ValueError("it is not a list of words")
            return cls(tuple(words), aliases, frozenset(stop_words), data.get("any_word") is True)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            hint = "The pack is damaged; install it again."
            reason = f"{error}"[:100]
            raise WaltError("bad-vocabulary", f"The vocabulary cannot be read: {reason}.", hint) from error
