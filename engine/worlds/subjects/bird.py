"""The bird: a gull-like body with long feathered wings that beat."""

from __future__ import annotations

from math import cos, pi, sin

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Colour
from engine.worlds.render.body import Body, Vector, add, cross, turned, unit
from engine.worlds.render.motion import wave
from engine.worlds.spec import WorldSpec
from engine.worlds.subjects.figure import Figure, Moment, shade

PLUMAGE: dict[str, tuple[Colour, Colour, Colour]] = {  # back and wings, belly, wing tips
    "white": ((0.86, 0.86, 0.85), (0.92, 0.92, 0.90), (0.16, 0.17, 0.19)),
    "black": ((0.022, 0.022, 0.028), (0.035, 0.035, 0.04), (0.012, 0.012, 0.016)),
    "blue": ((0.03, 0.17, 0.72), (0.55, 0.66, 0.80), (0.015, 0.06, 0.34)),
    "red": ((0.74, 0.04, 0.03), (0.80, 0.30, 0.18), (0.30, 0.02, 0.02)),
    "brown": ((0.27, 0.125, 0.05), (0.60, 0.44, 0.28), (0.10, 0.05, 0.025)),
}
BEAK: Colour = (0.95, 0.55, 0.05)


def wing(b: Body, shoulder: Vector, side: float, lift: float, curl: float, rgb: Colour, tip: Colour) -> None:
    """One wing; lift is the angle of its root, curl bends the hand."""
    x = unit((-0.10 * cos(lift), sin(lift), side * cos(lift)))
    fore = unit(add((1.0, 0.0, 0.0), x, -x[0]))
    y = cross(fore, x)
    if y[1] < 0.0:
        y = (-y[0], -y[1], -y[2])
    b.sheet(shoulder, (x, y, fore), 1.0, 0.40, 0.020, curl, 0.14, at.FEATHER, rgb, tip, at.CLOTH, 0.04)
    tip_root = add(add(add(shoulder, x, 0.74), y, curl * 0.55), fore, 0.02)
    way = unit(add(add(x, y, 1.65 * curl), fore, -0.45))
    for k in range(3):
        a = add(tip_root, fore, -0.10 * k)
        b.limb(a, add(a, unit(add(way, fore, -0.22 * k)), 0.36 - 0.05 * k), 0.042, 0.012, tip, 0.02, at.CLOTH)


def pose(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Build the bird; its body rises as the wings go down."""
    back, belly, tip = PLUMAGE[spec.colour]
    beat = 2.0 * pi * (1.65 * now.seconds + now.phase)
    rise = -0.07 * sin(beat)
    tilt = turned(0.0, 0.05, 0.05 * wave(now.seconds, 0.5, now.phase))
    b.axes = (b.turn(tilt[0]), b.turn(tilt[1]), b.turn(tilt[2]))

    def up(x: float, y: float, z: float = 0.0) -> Vector:
        return x, y + rise, z

    b.oval(up(0.0, 0.0), (0.36, 0.155, 0.145), back, 0.08, at.FUR)
    b.oval(up(0.07, -0.05), (0.27, 0.115, 0.115), belly, 0.05, at.FUR)
    b.limb(up(0.22, 0.04), up(0.38, 0.105), 0.12, 0.105, back, 0.06, at.FUR)
    b.oval(up(0.43, 0.125), (0.135, 0.118, 0.112), back, 0.03, at.FUR)
    b.limb(up(0.50, 0.105), up(0.66, 0.085), 0.045, 0.010, BEAK, 0.01, at.PAINT)
    b.limb(up(0.50, 0.085), up(0.62, 0.068), 0.032, 0.008, shade(BEAK, 0.7), 0.005, at.PAINT)
    for s in (-1.0, 1.0):
        b.ball(up(0.455, 0.140, 0.082 * s), 0.026, (0.9, 0.9, 0.85), 0.0)
        b.ball(up(0.466, 0.142, 0.092 * s), 0.020, (0.01, 0.01, 0.01), 0.0, at.GLASS)
        b.limb(up(-0.12, -0.11, 0.05 * s), up(-0.36, -0.10, 0.06 * s), 0.022, 0.016, BEAK, 0.0)
    for k in range(5):
        a = 0.24 * (k - 2)
        b.limb(
            up(-0.26, 0.02, 0.02 * (k - 2)),
            up(-0.26 - 0.40 * cos(a), 0.045, 0.40 * sin(a)),
            0.055,
            0.042,
            tip if k % 2 else back,
            0.02,
            at.FUR,
        )
    for s in (-1.0, 1.0):
        wing(
            b,
            up(0.10, 0.07, 0.09 * s),
            s,
            0.34 + 0.70 * sin(beat),
            -0.42 * sin(beat + 0.5 * pi) - 0.10,
            back,
            tip,
        )


def figure(spec: WorldSpec) -> Figure:
    """Its frame."""
    del spec
    return Figure(pose, 1.35, -0.42, 0.78, 1.3, 0.55, 1.0, altitude=1.15, lean=(-8.0, 36.0))
