"""The robot: boxes, ball joints, a visor with lit eyes, an antenna; it marches, and flies in space on jets."""

from __future__ import annotations

from math import sin

from engine.worlds.render import layout as at
from engine.worlds.render.body import Body, Vector, add, axes_along, turned
from engine.worlds.render.motion import MARCH, foot, knee, wave
from engine.worlds.spec import WorldSpec
from engine.worlds.subjects.figure import PALETTE, Figure, Moment, shade

STEEL = (0.17, 0.18, 0.20)


def limb_with_joints(
    b: Body, root: Vector, joint: Vector, end: Vector, rgb: tuple[float, float, float], r: float
) -> None:
    """Two tubes and the balls they turn on."""
    b.limb(root, joint, r, r * 0.9, rgb, 0.0, at.PAINT)
    b.limb(joint, end, r * 0.95, r * 1.05, rgb, 0.0, at.PAINT)
    b.ball(joint, r * 1.12, STEEL, 0.0, at.PAINT)
    b.ball(root, r * 1.2, STEEL, 0.0, at.PAINT)


def pose(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Build the robot."""
    paint = PALETTE[spec.colour]
    trim = shade(paint, 0.55) if spec.colour not in ("white", "silver") else shade(paint, 0.45)
    flying = spec.action == "fly"
    c = MARCH.rate * now.seconds + now.phase
    rise = 0.0 if flying else MARCH.bounce * wave(c, 2.0, 0.2)
    lean = turned(0.06 * wave(c, 1.0) if not flying else 0.0, -0.03, 0.03 * wave(c, 1.0, 0.25))

    def up(p: Vector) -> Vector:
        return p[0], p[1] + rise, p[2]

    b.box(up((0.0, 1.02, 0.0)), (0.17, 0.245, 0.235), paint, 0.05, 0.0, at.PAINT, lean)
    b.box(up((0.165, 1.06, 0.0)), (0.022, 0.10, 0.13), trim, 0.015, 0.0, at.PAINT, lean)
    for k, lamp in enumerate(((1.0, 0.25, 0.1), (1.0, 0.85, 0.2), (0.3, 1.0, 0.4))):
        b.ball(
            up((0.19, 1.085, 0.075 * (k - 1))),
            0.024,
            lamp,
            0.0,
            at.GLOW,
            1.1 + 0.5 * wave(now.seconds, 1.5, 0.33 * k),
        )
    b.box(up((0.0, 0.76, 0.0)), (0.13, 0.06, 0.17), STEEL, 0.03, 0.0, at.PAINT)
    b.limb(up((0.0, 1.24, 0.0)), up((0.0, 1.34, 0.0)), 0.07, 0.07, STEEL, 0.0, at.PAINT)
    look = turned(0.12 * wave(now.seconds, 0.45, now.phase), 0.0)
    h = up((0.0, 1.485, 0.0))
    b.box(h, (0.165, 0.155, 0.185), paint, 0.045, 0.0, at.PAINT, look)
    face = look[0]
    b.box(add(h, face, 0.158), (0.02, 0.075, 0.145), (0.015, 0.017, 0.022), 0.018, 0.0, at.GLASS, look)
    for s in (-1.0, 1.0):
        b.ball(
            add(add(add(h, face, 0.165), look[2], 0.07 * s), (0.0, 0.012, 0.0)),
            0.040,
            (0.25, 0.95, 1.0),
            0.0,
            at.GLOW,
            1.9,
        )
        b.disc(add(h, look[2], 0.19 * s), 0.06, 0.03, STEEL, 0.01, at.PAINT, look)
    b.limb(add(h, (0.0, 0.14, 0.0)), add(h, (0.0, 0.29, 0.0)), 0.014, 0.012, STEEL, 0.0, at.PAINT)
    b.ball(add(h, (0.0, 0.31, 0.0)), 0.042, (1.0, 0.12, 0.06), 0.0, at.GLOW, 1.6)
    for s in (-1.0, 1.0):
        arm = up((0.0, 1.17, 0.285 * s))
        if flying and s > 0:
            elbow, hand = add(arm, (0.10, 0.24, 0.05)), add(arm, (0.20, 0.47, 0.0))
        elif flying:
            elbow, hand = add(arm, (-0.06, -0.24, -0.06)), add(arm, (0.04, -0.46, -0.04))
        else:
            a = 0.62 * wave(c, 1.0, 0.25 if s > 0 else 0.75)
            elbow = add(arm, (0.26 * sin(a), -0.25, 0.03 * s))
            hand = add(elbow, (0.26 * sin(a + 0.45), -0.215, 0.0))
        limb_with_joints(b, arm, elbow, hand, paint, 0.068)
        b.ball(hand, 0.085, trim, 0.0, at.PAINT)
        leg_root = up((0.0, 0.72, 0.115 * s))
        if flying:
            bend = 0.05 * wave(now.seconds, 0.8, 0.25 * s)
            joint, ankle = add(leg_root, (0.05 + bend, -0.29, 0.0)), add(leg_root, (-0.05 + bend, -0.58, 0.0))
        else:
            x, lift, _ = foot(MARCH, c + (0.0 if s < 0 else 0.5))
            tip = (MARCH.stride * 1.5 * x, 0.11 + MARCH.lift * lift, 0.115 * s)
            joint, ankle = knee(leg_root, tip, 0.33, 0.33, 1.0)
        limb_with_joints(b, leg_root, joint, ankle, paint, 0.088)
        b.box(add(ankle, (0.05, -0.055, 0.0)), (0.15, 0.055, 0.085), trim, 0.03, 0.0, at.PAINT)
        if flying:
            sole = add(ankle, (0.02, -0.12, 0.0))
            b.fire(
                sole, (0.0, -1.0, 0.0), 0.75 + 0.06 * wave(now.seconds, 5.0, s), 0.085, 0.05, 3.4, at.JET, 5.0
            )
            b.glow(add(sole, (0.0, -0.1, 0.0)), 0.16, (0.9, 0.45, 0.16), 0.8)
    b.box(up((-0.20, 1.04, 0.0)), (0.06, 0.15, 0.14), STEEL, 0.03, 0.0, at.PAINT, axes_along((1.0, 0.0, 0.0)))


def figure(spec: WorldSpec) -> Figure:
    """Its frame."""
    if spec.action == "fly":
        return Figure(pose, 1.0, -0.25, 1.85, 0.7, 0.9, 1.0, climb=0.35, lean=(15.0, 50.0))
    return Figure(
        pose, 0.95, 0.0, 1.83, 0.75, MARCH.stride * 1.5 / MARCH.duty * MARCH.rate, 1.0, lean=(8.0, 42.0)
    )
