"""What a pack can make, in one record: window, command line, film and export ask it instead of knowing any numbers.

`engine.kinds.registry.capabilities_of` gives the record of an installed pack. No torch, and nothing else to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.api.types import Aspect, StageName

StillUse = Literal["no", "may", "must"]
"""Whether a clip can begin with a still, or has to."""
StageTitle = Literal["sketch", "detail", "finish"]
"""What a stage is for; the window shows it in the user's language."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many frames a clip can have, those that it continues among them.

    Attributes:
        usual: What a clip has when nothing is said.
        longest: The most.
        step: Possible are ``1 + step * k`` frames; 1 allows any number.
        fixed: If not empty, the only possible numbers.
        offered: Those to choose from, where clips are made in one piece; empty where longer ones are continuations.
    """

    usual: int
    longest: int
    step: int = 1
    fixed: tuple[int, ...] = ()
    offered: tuple[int, ...] = ()

    def possible(self, frames: int) -> bool:
        """Whether a clip can have this many frames."""
        if self.fixed:
            return frames in self.fixed
        return 1 <= frames <= self.longest and (frames - 1) % self.step == 0

    def nearest(self, frames: int) -> int:
        """The possible number that is nearest."""
        if self.fixed:
            return min(self.fixed, key=lambda possible: abs(possible - frames))
        most = (self.longest - 1) // self.step
        return 1 + self.step * min(most, max(0, round((frames - 1) / self.step)))

    @property
    def rule(self) -> str:
        """In words, in English: ``1 + 4k frames``."""
        if self.fixed:
            return f"{' or '.join(map(str, self.fixed))} frames"
        return f"1 + {self.step}k frames" if self.step > 1 else f"1 to {self.longest} frames"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name in requests, what it is for, and its pictures as (width, height) in pixels."""

    name: StageName
    title: StageTitle
    sizes: Mapping[Aspect, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Setting:
    """A number that the pack recommends; a ``fixed`` one cannot be changed."""

    value: float
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a pack can make.

    Attributes:
        fps: Frames a second of its clips.
        lengths: How many frames a clip can have.
        stages: In order, one at least.
        still: Whether clips begin with stills.
        seen: How many frames of a clip it can see in order to continue it, the best first; empty if it can't.
        any_word: Whether prompts are free text; else only the words of the pack's vocabulary have an effect.
        longest_prompt: Characters of a prompt.
        negative: Whether a prompt can say what to keep away from.
        steps: Denoising steps of the first stage; the others scale with it.
        guidance: Scale of the first stage's guidance; None if there is none to set.
        still_guidance: The same for a clip that begins with a still.
        teachable: Whether it can be finetuned.
        moves_stills: Whether stills that it does not know keep their own pixels, at any size and strength of the move.
    """

    fps: int
    lengths: Lengths
    stages: tuple[Stage, ...]
    still: StillUse
    seen: tuple[int, ...]
    any_word: bool
    longest_prompt: int
    negative: bool
    steps: Setting
    guidance: Setting | None
    still_guidance: Setting | None
    teachable: bool
    moves_stills: bool = False

    @property
    def last_stage(self) -> StageName:
        """The stage with the largest pictures."""
        return self.stages[-1].name

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """The shapes of its pictures."""
        return tuple(self.stages[0].sizes)

    def stage(self, name: StageName) -> Stage | None:
        """The stage of this name, if the pack has it."""
        return next((stage for stage in self.stages if stage.name == name), None)
