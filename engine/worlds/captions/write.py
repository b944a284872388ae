"""Captions of world clips in English and French, and the vocabulary that a text encoder learns from them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from engine.text.vocabulary import Vocabulary
from engine.worlds.captions import english as captions_en
from engine.worlds.captions import french as captions_fr
from engine.worlds.captions.grammar import Grammar, canonical, compose
from engine.worlds.captions.lexicon import ALIASES, STOP_WORDS
from engine.worlds.spec import WorldSpec

Language = Literal["en", "fr"]
GRAMMARS: dict[Language, Grammar] = {"en": captions_en.TONGUE, "fr": captions_fr.TONGUE}


def caption(spec: WorldSpec, rng: np.random.Generator, language: Language = "en") -> str:
    """One way to say what the clip shows, in at most 30 words; it may leave things out, never contradict."""
    return compose(spec, rng, GRAMMARS[language])


def canonical_caption(spec: WorldSpec, language: Language = "en") -> str:
    """The one plain full sentence that tells everything about the clip that is worth telling."""
    return canonical(spec, GRAMMARS[language])


def camera_caption(camera: str, rng: np.random.Generator, language: Language = "en") -> str:
    """One way to say how the camera moves, and nothing else: for pictures that nobody described."""
    phrases = GRAMMARS[language].cameras[camera]
    return phrases[int(rng.integers(len(phrases)))]


def lexicon() -> list[str]:
    """Every word that a caption can hold, English and French together, normalised and sorted."""
    return sorted(set[str]().union(*(grammar.words() for grammar in GRAMMARS.values())))


def vocabulary() -> Vocabulary:
    """The starter's vocabulary: the lexicon, other forms of its words, and the words that carry nothing."""
    return Vocabulary.build(lexicon(), ALIASES, STOP_WORDS)
