"""The fox: slender, pointed ears, dark socks, a great brush of a tail with a white tip."""

from __future__ import annotations

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Colour
from engine.worlds.render.body import Body, Vector, add
from engine.worlds.render.motion import BOUND, WALK, foot, knee, wave
from engine.worlds.spec import WorldSpec
from engine.worlds.subjects.figure import Figure, Moment

COATS: dict[str, tuple[Colour, Colour, Colour]] = {  # coat, chest and tail's tip, socks and ears
    "orange": ((0.76, 0.17, 0.018), (0.90, 0.86, 0.80), (0.03, 0.02, 0.018)),
    "white": ((0.88, 0.87, 0.84), (0.95, 0.95, 0.95), (0.60, 0.58, 0.55)),
    "grey": ((0.27, 0.28, 0.31), (0.72, 0.72, 0.72), (0.035, 0.035, 0.04)),
}


def pose(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Build the fox."""
    coat, pale, dark = COATS[spec.colour]
    running = spec.action == "run"
    gait = BOUND if running else WALK
    c = gait.rate * (1.15 if running else 1.0) * now.seconds + now.phase
    rise = 0.6 * gait.bounce * wave(c, 1.0 if running else 2.0, 0.1)
    rock = gait.rock * wave(c, 1.0, 0.30)

    def up(p: Vector) -> Vector:
        return p[0], p[1] + rise + rock * p[0], p[2]

    fur = at.FUR
    b.oval(up((-0.30, 0.52, 0.0)), (0.19, 0.155, 0.13), coat, 0.08, fur)
    b.limb(up((-0.22, 0.515, 0.0)), up((0.20, 0.53, 0.0)), 0.135, 0.145, coat, 0.08, fur)
    b.oval(up((0.27, 0.52, 0.0)), (0.15, 0.165, 0.12), coat, 0.07, fur)
    b.oval(up((0.36, 0.46, 0.0)), (0.09, 0.12, 0.085), pale, 0.05, fur)
    skull = up((0.58, 0.78 + 0.012 * wave(c, 2.0), 0.0))
    b.limb(up((0.32, 0.60, 0.0)), add(skull, (-0.04, -0.02, 0.0)), 0.125, 0.10, coat, 0.06, fur)
    b.oval(skull, (0.125, 0.105, 0.115), coat, 0.04, fur)
    b.limb(add(skull, (0.06, -0.025, 0.0)), add(skull, (0.24, -0.065, 0.0)), 0.070, 0.026, coat, 0.03, fur)
    b.limb(add(skull, (0.04, -0.075, 0.0)), add(skull, (0.20, -0.088, 0.0)), 0.055, 0.020, pale, 0.02, fur)
    b.ball(add(skull, (0.265, -0.062, 0.0)), 0.022, (0.012, 0.012, 0.012), 0.0, at.GLASS)
    for s in (-1.0, 1.0):
        b.limb(
            add(skull, (-0.03, 0.075, 0.06 * s)),
            add(skull, (-0.025, 0.205, 0.085 * s)),
            0.055,
            0.010,
            coat,
            0.015,
            fur,
        )
        b.limb(
            add(skull, (-0.026, 0.165, 0.078 * s)),
            add(skull, (-0.025, 0.225, 0.088 * s)),
            0.025,
            0.008,
            dark,
            0.01,
            fur,
        )
        b.ball(add(skull, (0.085, 0.02, 0.075 * s)), 0.018, (0.012, 0.010, 0.008), 0.0, at.GLASS)
        b.oval(add(skull, (0.03, -0.055, 0.085 * s)), (0.055, 0.045, 0.035), pale, 0.03, fur)
    sway = 0.10 * wave(now.seconds, 1.1, now.phase)
    drop = 0.0 if running else -0.13
    t0 = up((-0.44, 0.57, 0.0))
    t1, t2 = add(t0, (-0.20, 0.02 + drop * 0.4, sway * 0.4)), add(t0, (-0.45, 0.04 + drop, sway))
    t3 = add(t0, (-0.68, 0.08 + drop * 1.1, sway * 1.5))
    b.chain([t0, t1, t2], [0.05, 0.105, 0.125], coat, 0.06, fur)
    b.limb(t2, t3, 0.115, 0.03, pale, 0.05, fur)
    for leg in range(4):
        fore, side = leg % 2 == 1, -1.0 if leg < 2 else 1.0
        x, lift, _ = foot(gait, c + gait.phases[leg])
        z = 0.075 * side
        base = 0.29 if fore else -0.33
        root = up((base, 0.43, z))
        tip = (base + gait.stride * 0.85 * x, 0.05 + gait.lift * 0.8 * lift, z)
        joint, ankle = knee(root, tip, 0.205, 0.215, 1.0 if fore else -1.0)
        b.limb(
            up((base - 0.01, 0.52, z * 0.9)),
            root,
            0.085 if fore else 0.115,
            0.062 if fore else 0.082,
            coat,
            0.05,
            fur,
        )
        b.limb(root, joint, 0.062 if fore else 0.075, 0.040, coat, 0.02, fur)
        b.limb(joint, ankle, 0.040, 0.034, dark, 0.02, fur)
        b.limb(add(ankle, (0.0, -0.015, 0.0)), add(ankle, (0.05, -0.022, 0.0)), 0.036, 0.029, dark, 0.01, fur)


def figure(spec: WorldSpec) -> Figure:
    """Its frame."""
    gait = BOUND if spec.action == "run" else WALK
    return Figure(
        pose, 2.05, 0.0, 1.02, 0.4, gait.speed * (1.0 if spec.action == "run" else 0.85), 1.1, centre=-0.16
    )
