"""Combinations that no training clip ever shows, to see whether the model combines what it knows.

Each names a subject with some of action, place, light and colour. Everything it names is seen in training,
also together with that subject, only never all of it at once. The five prompts that made W.A.L.T. known are
never among them.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.worlds.spec import WorldSpec

KEYS = ("subject", "action", "place", "light", "colour")


@dataclass(frozen=True, slots=True)
class Combination:
    """What a held-out clip shows; ``None`` means any value."""

    subject: str
    action: str
    place: str | None = None
    light: str | None = None
    colour: str | None = None

    def parts(self) -> dict[str, str]:
        """The attributes that this combination fixes, by name."""
        values = {key: getattr(self, key) for key in KEYS}
        return {key: value for key, value in values.items() if value is not None}

    def matches(self, spec: WorldSpec) -> bool:
        """Whether the spec shows all of this combination."""
        return all(getattr(spec, key) == value for key, value in self.parts().items())


HELDOUT: tuple[Combination, ...] = (
    Combination("dragon", "breathe_fire", place="desert", light="night"),
    Combination("dragon", "fly", place="snow", light="sunset"),
    Combination("dragon", "fly", place="sea", colour="golden"),
    Combination("dragon", "walk", place="meadow", colour="purple"),
    Combination("polar_bear", "run", place="beach"),
    Combination("polar_bear", "walk", place="meadow", light="night"),
    Combination("horse", "run", place="snow", light="night"),
    Combination("horse", "run", place="meadow", colour="black"),
    Combination("horse", "walk", place="desert", colour="white"),
    Combination("robot", "walk", place="desert", light="night"),
    Combination("robot", "walk", place="snow", colour="green"),
    Combination("robot", "fly", place="space", colour="yellow"),
    Combination("asteroid", "strike", place="space", colour="black"),
    Combination("fox", "run", place="beach", light="night"),
    Combination("fox", "walk", place="desert", colour="white"),
    Combination("whale", "swim", place="sea", light="night", colour="black"),
    Combination("sailboat", "sail", place="sea", light="sunset", colour="blue"),
    Combination("sailboat", "sail", place="sea", light="night", colour="red"),
    Combination("balloon", "fly", place="sea", light="night"),
    Combination("balloon", "fly", place="snow", colour="purple"),
    Combination("car", "drive", place="beach", light="sunset", colour="yellow"),
    Combination("car", "drive", place="snow", light="night"),
    Combination("bird", "fly", place="desert", colour="blue"),
    Combination("bird", "fly", place="snow", light="sunset"),
)


def is_heldout(spec: WorldSpec) -> bool:
    """Whether training must never see a clip of this spec."""
    return any(combination.matches(spec) for combination in HELDOUT)
