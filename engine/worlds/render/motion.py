"""Gaits: when each foot is down, where it is, and how a leg of two bones reaches it."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sin, sqrt

from engine.worlds.render.body import Vector


@dataclass(frozen=True, slots=True)
class Gait:
    """One gait: beats a second, share of a cycle on the ground, stride and lift in body lengths, phase of each foot.

    `phases` belong to left hind, left fore, right hind, right fore (or left, right for two legs).
    """

    rate: float
    duty: float
    stride: float
    lift: float
    phases: tuple[float, ...]
    bounce: float = 0.0
    rock: float = 0.0

    @property
    def speed(self) -> float:
        """Body lengths a second at which feet do not slide."""
        return self.stride / self.duty * self.rate


WALK = Gait(1.15, 0.62, 0.40, 0.11, (0.0, 0.25, 0.5, 0.75), 0.012, 0.012)
GALLOP = Gait(1.75, 0.36, 0.52, 0.20, (0.0, 0.52, 0.12, 0.64), 0.05, 0.10)
LUMBER = Gait(1.05, 0.64, 0.36, 0.10, (0.0, 0.25, 0.5, 0.75), 0.012, 0.015)
BOUND = Gait(1.6, 0.40, 0.46, 0.16, (0.0, 0.50, 0.12, 0.62), 0.05, 0.09)
MARCH = Gait(1.15, 0.58, 0.34, 0.12, (0.0, 0.5), 0.02, 0.0)


def foot(gait: Gait, phase: float) -> tuple[float, float, float]:
    """Foot's forward offset (share of the stride), lift (0 to 1), how far through its swing (0: on the ground)."""
    phase %= 1.0
    if phase < gait.duty:
        return 0.5 - phase / gait.duty, 0.0, 0.0
    s = (phase - gait.duty) / (1.0 - gait.duty)
    return -0.5 + s * s * (3.0 - 2.0 * s), sin(pi * s) ** 1.2, s


def knee(root: Vector, end: Vector, upper: float, lower: float, bend: float) -> tuple[Vector, Vector]:
    """Joint and reached end of two bones in the plane of x and y; bend +1 points the joint forward, -1 back."""
    dx, dy = end[0] - root[0], end[1] - root[1]
    d = sqrt(dx * dx + dy * dy)
    reach = min(max(d, abs(upper - lower) + 1e-3), (upper + lower) * 0.999)
    ux, uy = dx / max(d, 1e-6), dy / max(d, 1e-6)
    a = (upper * upper - lower * lower + reach * reach) / (2.0 * reach)
    h = sqrt(max(upper * upper - a * a, 0.0)) * bend
    z = 0.5 * (root[2] + end[2])
    joint = (root[0] + ux * a - uy * h, root[1] + uy * a + ux * h, z)
    return joint, (root[0] + ux * reach, root[1] + uy * reach, end[2])


def wave(t: float, rate: float, phase: float = 0.0) -> float:
    """Sine of time."""
    return sin(2.0 * pi * (rate * t + phase))
