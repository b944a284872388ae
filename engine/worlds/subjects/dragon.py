"""The dragon: long neck and tail, horns, spikes, beating bat wings; it walks, flies and breathes fire."""

from __future__ import annotations

from math import cos, pi, sin

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Colour
from engine.worlds.render.body import Body, Vector, add, cross, mix, turned, unit
from engine.worlds.render.motion import LUMBER, foot, knee, wave
from engine.worlds.spec import WorldSpec
from engine.worlds.subjects.figure import PALETTE, Figure, Moment, shade, tint

BONE: Colour = (0.74, 0.62, 0.42)
EYE: Colour = (1.0, 0.72, 0.10)


def wing(
    b: Body, shoulder: Vector, side: float, lift: float, lag: float, sweep: float, skin: Colour, hide: Colour
) -> None:
    """One wing; lift is the angle of its root above the horizon, lag the curl of its tip."""
    span = (sin(sweep) * -1.0 * cos(lift), sin(lift), side * cos(lift) * cos(sweep))
    x = unit(span)
    fore = unit(add((1.0, 0.0, 0.0), x, -x[0]))
    y = cross(fore, x)
    bend = lag
    if y[1] < 0.0:
        y, bend = (-y[0], -y[1], -y[2]), lag
    length, chord = 1.22, 0.80
    b.sheet(
        shoulder, (x, y, fore), length, chord, 0.016, bend, -0.10, at.BAT, skin, shade(hide, 0.55), at.SKIN
    )

    def on(u: float) -> Vector:
        lead = chord * (0.30 * u / 0.35 if u < 0.35 else 0.30 - 0.62 * ((u - 0.35) / 0.65) ** 1.4)
        return add(add(add(shoulder, x, u * length), y, bend * length * u * u), fore, lead)

    b.chain([on(0.0), on(0.35), on(0.70), on(0.99)], [0.055, 0.045, 0.030, 0.012], hide, 0.015, at.SCALES)
    b.limb(on(0.35), add(on(0.35), fore, 0.10), 0.026, 0.006, BONE, 0.01)


def head(b: Body, c: Vector, pitch: float, jaw: float, hide: Colour, belly: Colour) -> Vector:
    """Skull, snout, open jaw, horns. Returns the mouth."""
    x, y, z = turned(0.0, pitch)

    def p(f: float, u: float, s: float) -> Vector:
        return add(add(add(c, x, f), y, u), z, s)

    b.oval(p(0.0, 0.0, 0.0), (0.135, 0.095, 0.10), hide, 0.05, at.SCALES, (x, y, z))
    b.limb(p(0.06, 0.005, 0.0), p(0.27, -0.01, 0.0), 0.075, 0.046, hide, 0.03, at.SCALES)
    b.limb(
        p(0.02, -0.06, 0.0), p(0.22 - 0.1 * jaw, -0.075 - 0.20 * jaw, 0.0), 0.05, 0.03, belly, 0.02, at.SCALES
    )
    b.ball(p(0.275, 0.03, 0.03), 0.022, hide, 0.02, at.SCALES)
    b.ball(p(0.275, 0.03, -0.03), 0.022, hide, 0.02, at.SCALES)
    for s in (-1.0, 1.0):
        b.limb(p(-0.05, 0.075, 0.055 * s), p(-0.17, 0.165, 0.085 * s), 0.034, 0.022, BONE, 0.01)
        b.limb(p(-0.17, 0.165, 0.085 * s), p(-0.27, 0.185, 0.095 * s), 0.022, 0.005, BONE, 0.01)
        b.ball(p(0.085, 0.052, 0.068 * s), 0.025, EYE, 0.0, at.GLOW, 1.3)
        b.limb(p(-0.08, -0.02, 0.085 * s), p(-0.17, -0.03, 0.135 * s), 0.028, 0.006, hide, 0.02, at.SCALES)
    return p(0.25, -0.055, 0.0)


def legs(b: Body, spec: WorldSpec, now: Moment, c: float, hide: Colour) -> None:
    """Walking legs, or legs tucked under in flight."""
    for leg in range(4):
        fore, side = leg % 2 == 1, -1.0 if leg < 2 else 1.0
        base, z = (0.26 if fore else -0.30), 0.155 * side
        root = (base, 0.50, z)
        if spec.action == "walk":
            x, lift, _ = foot(LUMBER, c + LUMBER.phases[leg])
            joint, ankle = knee(
                root, (base + LUMBER.stride * x, 0.06 + 0.10 * lift, z), 0.25, 0.24, -1.0 if fore else 1.0
            )
        else:
            hang = 0.03 * wave(now.seconds, 1.1, 0.2 * leg)
            joint = add(root, (-0.12 if fore else 0.10, -0.16, 0.03 * side))
            ankle = add(joint, (0.02 if fore else -0.20, -0.15 + hang, 0.0))
        b.limb(add(root, (0.0, 0.08, 0.0)), joint, 0.115 if fore else 0.145, 0.062, hide, 0.05, at.SCALES)
        b.limb(joint, ankle, 0.060, 0.042, hide, 0.02, at.SCALES)
        b.limb(ankle, add(ankle, (0.09, -0.02, 0.0)), 0.045, 0.032, hide, 0.02, at.SCALES)
        b.limb(add(ankle, (0.10, -0.02, 0.0)), add(ankle, (0.155, -0.04, 0.0)), 0.026, 0.006, BONE, 0.0)


def pose(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Build the dragon; in the air its body heaves against the beat of the wings."""
    hide = PALETTE[spec.colour]
    if spec.colour == "black":
        hide = (0.030, 0.030, 0.036)
    belly = tint(hide, 0.35, (0.95, 0.75, 0.40)) if spec.colour != "black" else (0.11, 0.10, 0.10)
    skin = (
        tint(shade(hide, 0.85), 0.14, (1.0, 0.55, 0.25)) if spec.colour != "black" else (0.07, 0.055, 0.065)
    )
    walking, fire = spec.action == "walk", spec.action == "breathe_fire"
    c = LUMBER.rate * now.seconds + now.phase
    beat = 2.0 * pi * (1.15 * now.seconds + now.phase)
    sway = 0.05 * wave(now.seconds, 0.8, now.phase)
    b.oval((-0.26, 0.60, 0.0), (0.30, 0.20, 0.185), hide, 0.12, at.SCALES)
    b.oval((0.20, 0.62, 0.0), (0.29, 0.225, 0.20), hide, 0.12, at.SCALES)
    b.limb((-0.22, 0.50, 0.0), (0.22, 0.50, 0.0), 0.13, 0.15, belly, 0.07, at.SCALES)
    neck = [(0.34, 0.68, 0.0), (0.58, 0.86, sway * 0.3), (0.76, 1.06, sway * 0.7), (0.96, 1.13, sway)]
    if not walking:
        neck = [(0.34, 0.66, 0.0), (0.62, 0.78, sway * 0.3), (0.86, 0.90, sway * 0.7), (1.06, 0.93, sway)]
    b.chain(neck, [0.165, 0.115, 0.090, 0.080], hide, 0.07, at.SCALES)
    jaw = 0.95 if fire else 0.30
    mouth = head(b, add(neck[-1], (0.07, 0.01, 0.0)), -0.12 if fire else -0.08, jaw, hide, belly)
    tail = [(-0.46, 0.60, 0.0)]
    for k in range(5):
        s = (k + 1) / 5.0
        low = -0.42 * s if walking else -0.10 * s
        tail.append(
            (
                -0.46 - 0.98 * s,
                0.60 + low + 0.05 * s * wave(now.seconds, 0.9, -0.25 * k + now.phase),
                0.20 * s * wave(now.seconds, 0.7, -0.22 * k),
            )
        )
    b.chain(tail, [0.155, 0.115, 0.085, 0.058, 0.038, 0.020], hide, 0.06, at.SCALES)
    end = tail[-1]
    for s in (-1.0, 1.0):
        b.limb(add(end, (0.04, 0.0, 0.0)), add(end, (-0.10, 0.03, 0.085 * s)), 0.03, 0.010, skin, 0.02)
    b.limb(end, add(end, (-0.22, 0.02, 0.0)), 0.035, 0.006, skin, 0.02)
    spine = [
        mix(neck[0], neck[1], 0.5),
        neck[1],
        neck[2],
        (0.10, 0.80, 0.0),
        (-0.22, 0.78, 0.0),
        tail[1],
        tail[2],
    ]
    lifts = [0.15, 0.13, 0.10, 0.03, 0.03, 0.11, 0.085]
    for p, r in zip(spine, lifts, strict=True):
        q = add(p, (-0.02, r - 0.02, 0.0))
        b.limb(q, add(q, (-0.07, 0.10, 0.0)), 0.045, 0.006, skin, 0.01)
    legs(b, spec, now, c, hide)
    for side in (-1.0, 1.0):
        if walking:
            lift, lag, sweep = 0.95 + 0.06 * wave(c, 1.0), -0.16, 0.62
        else:
            lift, lag, sweep = 0.42 + 0.66 * sin(beat), -0.42 * sin(beat + 0.5 * pi) * 0.75 - 0.06, 0.16
        wing(b, (0.16, 0.76, 0.13 * side), side, lift, lag, sweep, skin, hide)
    if fire:
        burst = 0.90 + 0.10 * wave(now.seconds, 3.1) + 0.05 * wave(now.seconds, 5.7)
        aim = unit((1.0, -0.30, 0.0))
        b.fire(mouth, aim, 1.42 * burst, 0.06, 0.42, 4.2, at.FIRE, 3.6)
        b.glow(add(mouth, aim, 0.10), 0.13, (1.6, 0.75, 0.22), 0.0)
        b.glow(add(mouth, aim, 0.50), 0.42, (0.55, 0.20, 0.04), 5.5 * burst)


def figure(spec: WorldSpec) -> Figure:
    """Its frame."""
    if spec.action == "walk":
        return Figure(pose, 2.6, 0.0, 1.72, 1.3, LUMBER.speed, 1.25, centre=-0.08, lean=(8.0, 34.0))
    if spec.action == "breathe_fire":
        return Figure(pose, 3.3, 0.10, 1.55, 1.3, 0.42, 1.25, altitude=0.55, centre=0.42, lean=(12.0, 36.0))
    return Figure(pose, 2.6, 0.10, 1.6, 1.4, 0.75, 1.25, altitude=0.60, centre=-0.02, lean=(-38.0, 38.0))
