"""The polar bear: heavy walk, bounding run, and swimming with head and back above the water."""

from __future__ import annotations

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Colour
from engine.worlds.render.body import Body, Vector, add, turned
from engine.worlds.render.motion import BOUND, LUMBER, foot, knee, wave
from engine.worlds.spec import WorldSpec
from engine.worlds.subjects.figure import Figure, Moment

COAT: Colour = (0.80, 0.74, 0.63)
SHADE: Colour = (0.58, 0.52, 0.43)
NOSE: Colour = (0.012, 0.011, 0.012)


def head(b: Body, c: Vector, pitch: float) -> None:
    """Skull, long muzzle, small round ears."""
    ax = turned(0.0, pitch)
    x, y = ax[0], ax[1]

    def at_(f: float, u: float, s: float) -> Vector:
        return add(add((c[0], c[1], c[2] + s), x, f), y, u)

    b.oval(at_(0.0, 0.0, 0.0), (0.165, 0.135, 0.13), COAT, 0.06, at.FUR, ax)
    b.limb(at_(0.08, -0.03, 0.0), at_(0.25, -0.055, 0.0), 0.085, 0.062, COAT, 0.05, at.FUR)
    b.oval(at_(0.315, -0.035, 0.0), (0.030, 0.030, 0.038), NOSE, 0.008, at.GLASS)
    b.limb(at_(0.20, -0.105, 0.0), at_(0.28, -0.10, 0.0), 0.018, 0.012, (0.10, 0.08, 0.07), 0.0)
    for s in (-1.0, 1.0):
        b.oval(at_(-0.06, 0.125, 0.085 * s), (0.03, 0.048, 0.042), COAT, 0.02, at.FUR)
        b.oval(at_(-0.03, 0.125, 0.088 * s), (0.014, 0.026, 0.024), SHADE, 0.0, at.FUR)
        b.ball(at_(0.125, 0.035, 0.072 * s), 0.0185, NOSE, 0.0, at.GLASS)


def swim(b: Body, now: Moment) -> None:
    """Head and back above the surface at y = 0; the rest under it."""
    bob = 0.03 * wave(now.seconds, 0.9, now.phase)
    paddle = wave(now.seconds, 1.25, now.phase)
    b.oval((-0.38, -0.06 + bob, 0.0), (0.46, 0.27, 0.29), COAT, 0.14, at.FUR, turned(0.0, 0.06))
    b.oval((0.12, -0.03 + bob, 0.02 * paddle), (0.32, 0.24, 0.25), COAT, 0.14, at.FUR)
    b.limb((0.20, 0.02 + bob, 0.0), (0.52, 0.20 + bob * 1.4, 0.0), 0.19, 0.125, COAT, 0.10, at.FUR)
    head(b, (0.62, 0.25 + bob * 1.4, 0.0), 0.04 + 0.05 * paddle)
    for s in (-1.0, 1.0):
        reach = 0.5 + 0.5 * s * paddle
        b.limb(
            (0.26, -0.02, 0.20 * s),
            (0.38 + 0.24 * reach, -0.12 + 0.14 * reach, 0.29 * s),
            0.11,
            0.085,
            COAT,
            0.06,
            at.FUR,
        )


def pose(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Build the bear."""
    if spec.action == "swim":
        swim(b, now)
        return
    gait = BOUND if spec.action == "run" else LUMBER
    c = gait.rate * now.seconds + now.phase
    rise = 0.5 * gait.bounce * wave(c, 2.0 if spec.action == "walk" else 1.0, 0.1)
    rock = gait.rock * wave(c, 1.0, 0.30)
    roll = 0.03 * wave(c, 1.0, 0.0)

    def up(p: Vector) -> Vector:
        return p[0], p[1] + rise + rock * p[0], p[2] + roll * (p[1] - 0.4)

    b.oval(up((-0.36, 0.66, 0.0)), (0.36, 0.315, 0.28), COAT, 0.14, at.FUR)
    b.limb(up((-0.25, 0.60, 0.0)), up((0.22, 0.58, 0.0)), 0.285, 0.265, COAT, 0.14, at.FUR)
    b.oval(up((0.26, 0.66, 0.0)), (0.28, 0.29, 0.25), COAT, 0.12, at.FUR)
    b.limb(up((-0.10, 0.42, 0.0)), up((0.16, 0.42, 0.0)), 0.17, 0.16, SHADE, 0.12, at.FUR)
    swing = 0.03 * wave(c, 1.0, 0.4)
    skull = up((0.80, 0.70 + swing, 0.03 * wave(c, 1.0)))
    b.limb(up((0.36, 0.70, 0.0)), add(skull, (-0.08, 0.0, 0.0)), 0.225, 0.135, COAT, 0.11, at.FUR)
    head(b, skull, -0.22)
    b.ball(up((-0.71, 0.70, 0.0)), 0.06, COAT, 0.05, at.FUR)
    for leg in range(4):
        fore, side = leg % 2 == 1, -1.0 if leg < 2 else 1.0
        x, lift, _ = foot(gait, c + gait.phases[leg])
        z = 0.165 * side
        base = 0.30 if fore else -0.42
        root = up((base, 0.52, z))
        tip = (base + gait.stride * x, 0.10 + gait.lift * lift, z)
        joint, ankle = knee(root, tip, 0.24, 0.23, -1.0 if fore else 1.0)
        b.limb(up((base - 0.02, 0.62, z * 0.85)), root, 0.20, 0.17, COAT, 0.09, at.FUR)
        b.limb(root, joint, 0.165, 0.125, COAT, 0.05, at.FUR)
        b.limb(joint, ankle, 0.125, 0.105, SHADE if side < 0 else COAT, 0.04, at.FUR)
        b.limb(
            add(ankle, (-0.01, -0.035, 0.0)),
            add(ankle, (0.09, -0.045, 0.0)),
            0.085,
            0.066,
            SHADE,
            0.03,
            at.FUR,
        )
        for claw in (-0.03, 0.0, 0.03):
            b.ball(add(ankle, (0.155, -0.065, claw)), 0.016, NOSE)


def figure(spec: WorldSpec) -> Figure:
    """Its frame."""
    if spec.action == "swim":
        return Figure(pose, 1.85, -0.12, 0.52, 0.75, 0.42, 1.3, wake=0.34, centre=0.08)
    gait = BOUND if spec.action == "run" else LUMBER
    return Figure(pose, 1.85, 0.0, 1.02, 0.6, gait.speed, 1.2, centre=0.18)
