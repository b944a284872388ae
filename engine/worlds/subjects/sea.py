"""Whale and sailboat."""

from __future__ import annotations

from math import cos, sin

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Colour
from engine.worlds.render.body import Body, Vector, add, turned, unit
from engine.worlds.render.motion import wave
from engine.worlds.spec import WorldSpec
from engine.worlds.subjects.figure import Figure, Moment, shade, tint

WHALES: dict[str, Colour] = {
    "blue": (0.02, 0.095, 0.36),
    "grey": (0.25, 0.27, 0.30),
    "black": (0.022, 0.024, 0.03),
}
BOATS: dict[str, tuple[Colour, Colour]] = {  # hull, sails
    "white": ((0.85, 0.85, 0.83), (0.92, 0.91, 0.87)),
    "red": ((0.62, 0.03, 0.03), (0.80, 0.06, 0.05)),
    "blue": ((0.03, 0.10, 0.52), (0.06, 0.22, 0.80)),
    "brown": ((0.24, 0.095, 0.035), (0.42, 0.20, 0.085)),
}


def whale(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Back above the waves, flukes beating behind, a spout of breath."""
    hide = WHALES[spec.colour]
    belly: Colour = (0.74, 0.76, 0.78)
    roll = wave(now.seconds, 0.62, now.phase)
    beat = wave(now.seconds, 0.62, now.phase - 0.22)
    lift = 0.07 * roll
    spine: list[Vector] = [
        (1.02, 0.10 + 0.5 * lift, 0.0),
        (0.66, 0.16 + lift, 0.0),
        (0.20, 0.17 + lift, 0.0),
        (-0.30, 0.10 + 0.6 * lift, 0.0),
        (-0.70, 0.10 - 0.03 * beat, 0.0),
        (-1.00, 0.22 + 0.09 * beat, 0.0),
        (-1.16, 0.36 + 0.15 * beat, 0.0),
    ]
    b.chain(spine, [0.20, 0.335, 0.385, 0.335, 0.22, 0.12, 0.075], hide, 0.13, at.SCALES)
    b.limb(
        add(spine[0], (0.03, -0.085, 0.0)),
        add(spine[2], (0.0, -0.21, 0.0)),
        0.16,
        0.26,
        belly,
        0.05,
        at.SCALES,
    )
    b.limb(
        add(spine[0], (0.10, -0.02, 0.11)),
        add(spine[1], (0.10, -0.10, 0.30)),
        0.013,
        0.013,
        shade(hide, 0.35),
        0.0,
    )
    b.limb(
        add(spine[0], (0.10, -0.02, -0.11)),
        add(spine[1], (0.10, -0.10, -0.30)),
        0.013,
        0.013,
        shade(hide, 0.35),
        0.0,
    )
    for s in (-1.0, 1.0):
        b.ball(add(spine[1], (0.02, 0.0, 0.318 * s)), 0.040, (0.9, 0.9, 0.9), 0.01)
        b.ball(add(spine[1], (0.03, 0.0, 0.338 * s)), 0.028, (0.01, 0.01, 0.012), 0.0, at.GLASS)
        out = unit((-0.55, -0.22 + 0.12 * wave(now.seconds, 0.62, 0.1), s))
        b.limb(
            add(spine[2], (0.12, -0.10, 0.30 * s)),
            add(add(spine[2], (0.12, -0.10, 0.30 * s)), out, 0.46),
            0.095,
            0.03,
            hide,
            0.06,
            at.SCALES,
        )
        tail_up = 0.55 + 0.45 * beat
        x = unit((-0.42 * cos(tail_up), 0.35 + 0.25 * beat, 1.0 * s))
        fore = unit(add(unit((cos(tail_up) * 0.6, -0.8, 0.0)), x, -(x[0] * cos(tail_up) * 0.6 - x[1] * 0.8)))
        b.sheet(
            add(spine[6], (0.01, -0.01, 0.0)),
            (x, unit(_cross(fore, x)), fore),
            0.66,
            0.44,
            0.032,
            0.10,
            0.0,
            at.FLUKE,
            hide,
            None,
            at.SCALES,
            0.03,
        )
    b.limb(
        add(spine[3], (0.02, 0.27, 0.0)),
        add(spine[3], (-0.14, 0.42, 0.0)),
        0.07,
        0.015,
        hide,
        0.08,
        at.SCALES,
    )
    puff = 0.75 + 0.25 * wave(now.seconds, 0.9, now.phase)
    hole = add(spine[1], (-0.02, 0.31, 0.0))
    b.fire(hole, (-0.10, 1.0, 0.06), 0.92 * puff, 0.06, 0.30, 3.6, at.SPRAY, 1.6)
    b.fire(hole, (-0.22, 1.0, -0.05), 0.70 * puff, 0.06, 0.22, 2.0, at.SPRAY, 1.6)


def _cross(a: Vector, c: Vector) -> Vector:
    return a[1] * c[2] - a[2] * c[1], a[2] * c[0] - a[0] * c[2], a[0] * c[1] - a[1] * c[0]


def boat(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Hull, mast, a full mainsail and a jib; it heels and pitches on the swell."""
    hull, sail = BOATS[spec.colour]
    lean = turned(
        0.0,
        0.035 * wave(now.seconds, 0.55, now.phase),
        -0.10 + 0.045 * wave(now.seconds, 0.42, now.phase + 0.3),
    )
    b.axes = (b.turn(lean[0]), b.turn(lean[1]), b.turn(lean[2]))
    b.origin = add(b.origin, (0.0, 0.03 * wave(now.seconds, 0.6, now.phase), 0.0))
    b.hull((0.0, 0.10, 0.0), (0.98, 0.34, 0.30), 0.09, hull, at.PAINT)
    b.hull((0.0, 0.135, 0.0), (0.95, 0.33, 0.275), 0.085, (0.55, 0.36, 0.18), at.MATT)
    b.box((-0.18, 0.25, 0.0), (0.26, 0.07, 0.12), (0.88, 0.87, 0.83), 0.03, 0.0, at.PAINT)
    b.box((-0.18, 0.265, 0.0), (0.20, 0.028, 0.123), (0.03, 0.05, 0.08), 0.01, 0.0, at.GLASS)
    wood: Colour = (0.40, 0.23, 0.10)
    b.limb((0.16, 0.15, 0.0), (0.13, 2.02, 0.0), 0.026, 0.016, wood, 0.0)
    b.limb((0.14, 0.40, 0.0), (-0.78, 0.40, 0.14), 0.02, 0.016, wood, 0.0)
    gust = 1.0 + 0.15 * wave(now.seconds, 0.8, 0.3)
    out = 0.15
    fore: Vector = (cos(out), 0.0, -sin(out))
    up: Vector = (0.0, 1.0, 0.0)
    b.sheet(
        (0.10, 0.44, 0.0),
        (up, (sin(out), 0.0, cos(out)), fore),
        1.52,
        0.92,
        0.012,
        0.02,
        0.20 * gust,
        at.SAIL,
        sail,
        None,
        at.CLOTH,
    )
    x = unit((-0.70, 1.50, 0.0))
    z = unit((1.50, 0.70, -0.25))
    z = unit(add(z, x, -(x[0] * z[0] + x[1] * z[1])))
    b.sheet(
        (0.86, 0.34, 0.0),
        (x, _cross(z, x), z),
        1.62,
        0.52,
        0.012,
        0.0,
        -0.24 * gust,
        at.SAIL,
        tint(sail, 0.12),
        None,
        at.CLOTH,
    )
    b.limb((0.92, 0.26, 0.0), (0.13, 2.0, 0.0), 0.008, 0.008, wood, 0.0)
    flag = 0.04 * wave(now.seconds, 2.0)
    b.limb(
        (0.13, 2.02, 0.0),
        (-0.10, 2.0 + flag, 0.06),
        0.035,
        0.008,
        (0.85, 0.12, 0.08) if spec.colour != "red" else (0.9, 0.85, 0.7),
        0.0,
    )


def whale_figure(spec: WorldSpec) -> Figure:
    """Frame of the whale."""
    del spec
    return Figure(whale, 2.5, -0.10, 1.15, 0.9, 0.42, 1.8, wake=0.55, centre=-0.08, lean=(-12.0, 38.0))


def boat_figure(spec: WorldSpec) -> Figure:
    """Frame of the sailboat."""
    del spec
    return Figure(boat, 2.0, -0.05, 2.06, 0.5, 0.50, 1.35, wake=0.32, lean=(-35.0, 35.0))
