"""Prompts from specs that no training saw, each with the attributes that it really tells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.evaluation.attributes import asked
from engine.worlds.captions.grammar import DEFAULT_COLOURS
from engine.worlds.captions.telling import Wording
from engine.worlds.captions.write import Language
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.spec import COLOURS, LIGHTS, SUBJECTS, WorldSpec

PROMPT_SEED, OTHER_SEED = 960_000_000, 970_000_000
"""First seeds of the worlds that prompts describe, and of the unseen renders they are compared with."""
_STRIDE = 100_000
"""Between evaluations with different ``--seed``."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked of the pack: the words, the world behind them, and which attributes the words tell."""

    text: str
    spec: WorldSpec
    named: tuple[str, ...]

    @property
    def name(self) -> str:
        """The words as part of a file's name."""
        return re.sub(r"[^a-z0-9]+", "-", self.text.lower())[:60].strip("-") or "prompt"


def prompts(count: int, seed: int, heldout: bool = False, plain: bool = False) -> list[Prompt]:
    """``count`` prompts of worlds from `sample_spec`; the same seed gives the same prompts.

    Every second is one plain full sentence, the others are any that the grammar can make; every fifth is French.
    With ``plain`` all are plain and English.
    """
    first = PROMPT_SEED + seed * _STRIDE + (_STRIDE // 2 if heldout else 0)
    return [_prompt(sample_spec(first + i, heldout), i, plain) for i in range(count)]


def other_specs(count: int, seed: int, heldout: bool = False) -> list[WorldSpec]:
    """Worlds of the same mix that no prompt describes."""
    first = OTHER_SEED + seed * _STRIDE + (_STRIDE // 2 if heldout else 0)
    return [sample_spec(first + i, heldout) for i in range(count)]


def _prompt(spec: WorldSpec, index: int, plain: bool) -> Prompt:
    language: Language = "fr" if index % 5 == 4 and not plain else "en"
    wording = Wording(language, None if plain or index % 2 == 0 else spec.seed)
    return Prompt(wording.write(spec), spec, named(spec, wording))


def named(spec: WorldSpec, wording: Wording) -> tuple[str, ...]:
    """The attributes that the wording tells of a world.

    Subject and action are in every caption, and with them the place, where it is the only one possible. A subject's
    usual colour is not asked: captions tell it so rarely that a model need not learn it.
    """
    places = SUBJECTS[spec.subject][spec.action]
    tells = {
        "subject": True,
        "action": True,
        "place": len(places) == 1 or wording.tells(spec, "place", places),
        "light": wording.tells(spec, "light", LIGHTS),
        "colour": spec.colour != DEFAULT_COLOURS.get(spec.subject)
        and wording.tells(spec, "colour", COLOURS[spec.subject]),
        "camera": wording.tells_camera(spec),
    }
    return tuple(name for name in asked(spec) if tells[name])
