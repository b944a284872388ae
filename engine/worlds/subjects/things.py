"""Hot-air balloon and car."""

from __future__ import annotations

from math import cos, pi, sin

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Colour
from engine.worlds.render.body import Body, Vector, add, axes_along, turned
from engine.worlds.render.motion import wave
from engine.worlds.spec import WorldSpec
from engine.worlds.subjects.figure import PALETTE, Figure, Moment, shade

WICKER: Colour = (0.36, 0.20, 0.08)
RUBBER: Colour = (0.022, 0.022, 0.024)
CHROME: Colour = (0.55, 0.57, 0.60)


def balloon(b: Body, spec: WorldSpec, now: Moment) -> None:
    """A striped envelope over a wicker basket; the burner flares now and then."""
    paint = PALETTE[spec.colour]
    stripe: Colour = (0.90, 0.86, 0.76) if spec.colour != "white" else (0.55, 0.60, 0.66)
    sway = turned(0.25 * wave(now.seconds, 0.25, now.phase), 0.0, 0.045 * wave(now.seconds, 0.45, now.phase))
    b.axes = (b.turn(sway[0]), b.turn(sway[1]), b.turn(sway[2]))
    b.oval((0.0, 1.40, 0.0), (0.66, 0.68, 0.66), paint, 0.22, at.STRIPES, rgb2=stripe, pattern=8.0)
    b.oval((0.0, 0.97, 0.0), (0.37, 0.43, 0.37), paint, 0.22, at.STRIPES, rgb2=stripe, pattern=8.0)
    b.disc(
        (0.0, 0.575, 0.0),
        0.155,
        0.035,
        shade(paint, 0.6),
        0.02,
        at.CLOTH,
        axes_along((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
        0.03,
    )
    for x in (-1.0, 1.0):
        for z in (-1.0, 1.0):
            b.limb(
                (0.105 * x, 0.57, 0.105 * z),
                (0.115 * x, 0.20, 0.115 * z),
                0.009,
                0.009,
                (0.10, 0.07, 0.04),
                0.0,
            )
    b.box((0.0, 0.10, 0.0), (0.135, 0.115, 0.135), WICKER, 0.035, 0.0, at.MATT)
    b.box((0.0, 0.205, 0.0), (0.15, 0.022, 0.15), shade(WICKER, 0.55), 0.02, 0.0, at.MATT)
    flare = 0.55 + 0.45 * wave(now.seconds, 0.8, now.phase)
    b.fire((0.0, 0.33, 0.0), (0.0, 1.0, 0.0), 0.20 + 0.16 * flare, 0.04, 0.03, 2.6 + 2.0 * flare, at.JET, 3.0)
    b.glow((0.0, 0.46, 0.0), 0.13, (0.55 * flare, 0.24 * flare, 0.06 * flare), 0.7 * flare)


def wheel(b: Body, c: Vector, angle: float, side: float) -> None:
    """Tyre, rim and spokes that turn."""
    b.disc(c, 0.205, 0.075, RUBBER, 0.035)
    face = add(c, (0.0, 0.0, 0.045 * side))
    b.disc(face, 0.125, 0.042, CHROME, 0.015, at.PAINT)
    for k in range(3):
        a = angle + k * pi / 3.0
        way: Vector = (cos(a), sin(a), 0.0)
        b.limb(
            add(add(face, way, 0.10), (0.0, 0.0, 0.042 * side)),
            add(add(face, way, -0.10), (0.0, 0.0, 0.042 * side)),
            0.019,
            0.019,
            (0.06, 0.06, 0.07),
            0.0,
            at.PAINT,
        )


def car(b: Body, spec: WorldSpec, now: Moment) -> None:
    """A rounded saloon: bonnet, cabin with windows, lamps, four turning wheels."""
    paint = PALETTE[spec.colour]
    jolt = 0.008 * wave(now.seconds, 2.7, now.phase)
    p = at.PAINT

    def up(x: float, y: float, z: float) -> Vector:
        return x, y + jolt, z

    b.box(up(0.0, 0.36, 0.0), (0.97, 0.145, 0.40), paint, 0.11, 0.08, p)
    b.oval(up(0.42, 0.455, 0.0), (0.50, 0.10, 0.36), paint, 0.08, p)
    b.box(up(-0.14, 0.60, 0.0), (0.40, 0.15, 0.325), (0.025, 0.035, 0.045), 0.10, 0.05, at.GLASS)
    b.box(up(-0.15, 0.725, 0.0), (0.33, 0.042, 0.315), paint, 0.04, 0.04, p)
    for s in (-1.0, 1.0):
        b.limb(up(0.30, 0.50, 0.33 * s), up(0.15, 0.72, 0.285 * s), 0.028, 0.026, paint, 0.02, p)
        b.limb(up(-0.10, 0.50, 0.335 * s), up(-0.12, 0.72, 0.30 * s), 0.026, 0.024, paint, 0.02, p)
        b.limb(up(-0.60, 0.48, 0.335 * s), up(-0.44, 0.72, 0.28 * s), 0.045, 0.036, paint, 0.03, p)
        b.box(
            up(0.93, 0.40, 0.27 * s),
            (0.05, 0.055, 0.085),
            (1.0, 0.93, 0.72),
            0.03,
            0.0,
            at.GLOW,
            pattern=1.25,
        )
        b.box(
            up(-0.945, 0.41, 0.29 * s),
            (0.035, 0.05, 0.085),
            (0.9, 0.03, 0.02),
            0.02,
            0.0,
            at.GLOW,
            pattern=0.9,
        )
        b.box(up(0.30, 0.53, 0.41 * s), (0.045, 0.035, 0.04), paint, 0.02, 0.0, p)
        for x in (0.60, -0.60):
            b.disc((x, 0.235, 0.33 * s), 0.245, 0.075, (0.012, 0.012, 0.014), 0.02)
            wheel(b, (x, 0.205, 0.355 * s), -6.5 * now.seconds, s)
        if spec.light == "night":
            b.glow(up(1.02, 0.40, 0.27 * s), 0.15, (0.75, 0.62, 0.38), 0.0)
    b.box(up(0.965, 0.275, 0.0), (0.03, 0.045, 0.33), CHROME, 0.02, 0.0, p)
    b.box(up(-0.965, 0.275, 0.0), (0.03, 0.045, 0.33), CHROME, 0.02, 0.0, p)
    if spec.light == "night":
        b.glow((1.75, 0.12, 0.0), 0.55, (0.10, 0.085, 0.05), 6.0)


def balloon_figure(spec: WorldSpec) -> Figure:
    """Frame of the balloon."""
    del spec
    return Figure(balloon, 1.34, 0.0, 2.08, 1.34, 0.30, 1.5, altitude=0.85, climb=0.22)


def car_figure(spec: WorldSpec) -> Figure:
    """Frame of the car."""
    del spec
    return Figure(car, 2.0, 0.0, 0.78, 0.9, 1.15, 1.25)
