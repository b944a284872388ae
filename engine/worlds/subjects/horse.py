"""The horse: four-beat walk and gallop, jointed legs, mane and tail."""

from __future__ import annotations

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Colour
from engine.worlds.render.body import Body, Vector, add, mix
from engine.worlds.render.motion import GALLOP, WALK, foot, knee, wave
from engine.worlds.spec import WorldSpec
from engine.worlds.subjects.figure import PALETTE, Figure, Moment, shade

HAIR: dict[str, Colour] = {
    "white": (0.62, 0.60, 0.56),
    "brown": (0.035, 0.018, 0.012),
    "black": (0.012, 0.012, 0.014),
    "grey": (0.10, 0.10, 0.11),
    "golden": (0.88, 0.78, 0.55),
}


def pose(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Build the horse."""
    gait = GALLOP if spec.action == "run" else WALK
    coat = PALETTE[spec.colour]
    if spec.colour == "brown":
        coat = (0.33, 0.135, 0.05)
    hair = HAIR[spec.colour]
    dark = hair if spec.colour in ("brown", "grey") else shade(coat, 0.75)
    c = gait.rate * now.seconds + now.phase
    rise = 0.5 * gait.bounce * wave(c, 2.0 if spec.action == "walk" else 1.0, 0.1)
    rock = gait.rock * wave(c, 1.0, 0.30)

    def up(p: Vector) -> Vector:
        return p[0], p[1] + rise + rock * p[0], p[2]

    fur = at.FUR
    b.oval(up((-0.36, 0.76, 0.0)), (0.25, 0.215, 0.185), coat, 0.10, fur)
    b.limb(up((-0.30, 0.74, 0.0)), up((0.28, 0.73, 0.0)), 0.195, 0.20, coat, 0.10, fur)
    b.oval(up((0.33, 0.74, 0.0)), (0.20, 0.225, 0.165), coat, 0.10, fur)
    nod = 0.02 * wave(c, 2.0, 0.3) + (0.05 if spec.action == "run" else 0.0)
    poll = up((0.80 + nod * 1.5, 1.23 - nod * 1.6, 0.0))
    b.limb(up((0.38, 0.84, 0.0)), mix(up((0.38, 0.84, 0.0)), poll, 0.55), 0.175, 0.115, coat, 0.09, fur)
    b.limb(mix(up((0.38, 0.84, 0.0)), poll, 0.50), poll, 0.12, 0.082, coat, 0.06, fur)
    muzzle = add(poll, (0.27, -0.235, 0.0))
    b.limb(poll, muzzle, 0.088, 0.052, coat, 0.03, fur)
    b.oval(add(poll, (0.055, -0.075, 0.0)), (0.105, 0.085, 0.06), coat, 0.04, fur)
    b.limb(
        add(muzzle, (-0.01, 0.0, 0.0)),
        add(muzzle, (0.025, -0.035, 0.0)),
        0.052,
        0.046,
        shade(coat, 0.5),
        0.02,
        fur,
    )
    for side in (-1.0, 1.0):
        b.limb(
            add(poll, (-0.02, 0.05, 0.045 * side)),
            add(poll, (0.0, 0.155, 0.06 * side)),
            0.034,
            0.008,
            coat,
            0.02,
            fur,
        )
        b.ball(add(poll, (0.09, -0.035, 0.068 * side)), 0.019, (0.01, 0.01, 0.01), 0.0, at.GLASS)
    for k in range(6):  # the mane falls on both sides of the crest
        s = k / 5.0
        p = add(mix(up((0.26, 1.00, 0.0)), add(poll, (-0.055, 0.07, 0.0)), s), (0.0, 0.01, 0.0))
        blow = 0.03 * wave(now.seconds, 1.7, 0.15 * k) + (0.05 if spec.action == "run" else 0.0)
        b.limb(p, add(p, (-0.07 - blow, -0.13, 0.045)), 0.056, 0.030, hair, 0.06, fur)
    b.limb(add(poll, (0.0, 0.06, 0.0)), add(poll, (0.10, -0.02, 0.0)), 0.035, 0.02, hair, 0.02, fur)
    sway = 0.07 * wave(now.seconds, 0.9, now.phase)
    lift = 0.22 if spec.action == "run" else 0.0
    dock = up((-0.58, 0.86, 0.0))
    b.chain(
        [
            dock,
            add(dock, (-0.13 - 0.4 * lift, -0.08 + 0.5 * lift, sway * 0.4)),
            add(dock, (-0.19 - 0.9 * lift, -0.33 + 0.9 * lift, sway)),
            add(dock, (-0.17 - 1.5 * lift, -0.56 + 1.1 * lift, sway * 1.4)),
        ],
        [0.035, 0.066, 0.075, 0.02],
        hair,
        0.03,
        fur,
    )
    for leg in range(4):
        fore, side = leg % 2 == 1, -1.0 if leg < 2 else 1.0
        x, lift_share, swing = foot(gait, c + gait.phases[leg])
        z = 0.105 * side
        if fore:
            root = up((0.36, 0.62, z))
            tip = (0.36 + gait.stride * x, 0.075 + gait.lift * lift_share, z)
            joint, ankle = knee(root, (tip[0] - 0.02, tip[1] + 0.03, z), 0.285, 0.275, 1.0)
            b.limb(up((0.34, 0.74, z * 0.9)), root, 0.115, 0.082, coat, 0.07, fur)
            b.limb(root, joint, 0.080, 0.048, coat, 0.03, fur)
        else:
            root = up((-0.34 + 0.06 * x, 0.58, z))
            tip = (-0.40 + gait.stride * x, 0.075 + gait.lift * lift_share, z)
            b.limb(up((-0.40, 0.76, z * 0.8)), root, 0.155, 0.105, coat, 0.07, fur)
            joint, ankle = knee(root, (tip[0] - 0.02, tip[1] + 0.03, z), 0.28, 0.285, -1.0)
            b.limb(root, joint, 0.098, 0.047, coat, 0.03, fur)
        b.limb(joint, ankle, 0.046, 0.034, dark, 0.015, fur)
        curl = -0.10 * lift_share if swing > 0.0 else 0.045
        toe = add(ankle, (curl, -0.075 + 0.03 * lift_share, 0.0))
        b.limb(ankle, toe, 0.037, 0.040, dark, 0.01, fur)
        b.limb(
            add(toe, (0.0, -0.005, 0.0)),
            add(toe, (0.012, -0.03, 0.0)),
            0.041,
            0.046,
            (0.03, 0.025, 0.02),
            0.0,
        )


def figure(spec: WorldSpec) -> Figure:
    """Its frame."""
    gait = GALLOP if spec.action == "run" else WALK
    return Figure(pose, 1.85, 0.0, 1.36, 0.5, gait.speed, 1.15, centre=0.18)
