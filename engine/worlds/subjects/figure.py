"""What the stage needs to know of a subject: its size, how it moves, and how to build it at a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from engine.worlds.render.accel import Colour
from engine.worlds.render.body import Body, Vector
from engine.worlds.spec import WorldSpec


@dataclass(frozen=True, slots=True)
class Moment:
    """When in the clip: seconds, share of the clip (0 to 1), and this clip's own random numbers."""

    seconds: float
    share: float
    phase: float
    quirk: tuple[float, ...]


Pose: TypeAlias = Callable[[Body, WorldSpec, Moment], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A subject in its own units. `low` to `high` is what the camera frames; `speed` in units a second."""

    pose: Pose
    length: float
    low: float
    high: float
    width: float
    speed: float
    scale: float = 1.0
    altitude: float = 0.0  # of the local origin above the ground
    climb: float = 0.0
    centre: float = 0.0  # forward offset of the middle of its length
    wake: float = 0.0  # half width of its wake
    lean: tuple[float, float] = (-20.0, 20.0)  # side views turn this many degrees towards the camera


PALETTE: dict[str, Colour] = {
    "red": (0.72, 0.035, 0.03),
    "green": (0.05, 0.42, 0.07),
    "blue": (0.035, 0.13, 0.72),
    "purple": (0.34, 0.06, 0.58),
    "black": (0.022, 0.022, 0.026),
    "golden": (0.86, 0.50, 0.07),
    "white": (0.86, 0.85, 0.82),
    "brown": (0.27, 0.11, 0.04),
    "grey": (0.30, 0.31, 0.33),
    "yellow": (0.90, 0.66, 0.03),
    "silver": (0.52, 0.55, 0.60),
    "orange": (0.82, 0.26, 0.035),
}


def tint(colour: Colour, k: float, towards: Vector = (1.0, 1.0, 1.0)) -> Colour:
    """A colour moved by k towards another (white)."""
    return tuple(c + (w - c) * k for c, w in zip(colour, towards, strict=True))  # type: ignore[return-value]


def shade(colour: Colour, k: float) -> Colour:
    """A colour times k."""
    return colour[0] * k, colour[1] * k, colour[2] * k
