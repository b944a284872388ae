"""Which attributes of a world a caption really tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from engine.worlds.captions.write import GRAMMARS, Language, canonical_caption, caption
from engine.worlds.spec import WorldSpec


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to put any world into words: the same dice for each, so that only what is told changes the words.

    Attributes:
        language: Of the words.
        seed: Of the dice; None writes the one plain full sentence.
    """

    language: Language
    seed: int | None = None

    def write(self, spec: WorldSpec) -> str:
        """The caption of a world."""
        if self.seed is None:
            return canonical_caption(spec, self.language)
        return caption(spec, np.random.default_rng([self.seed, 3]), self.language)

    def tells(self, spec: WorldSpec, name: str, others: Iterable[str]) -> bool:
        """Whether the caption would be another one if the attribute ``name`` were one of ``others``."""
        text = self.write(spec)
        return any(self.write(replace(spec, **{name: other})) != text for other in others)

    def tells_camera(self, spec: WorldSpec) -> bool:
        """The same of the camera, which is looked up among its phrases: a still one throws the dice differently."""
        text = self.write(spec).lower()
        return any(phrase in text for phrase in GRAMMARS[self.language].cameras[spec.camera])
