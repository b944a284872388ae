"""The asteroid: a burning rock that crosses space, or falls on the Earth with a flash, a shock ring and debris."""

from __future__ import annotations

from math import cos, exp, pi, sin

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Colour
from engine.worlds.render.body import Body, Vector, add, cross, mix, turned, unit
from engine.worlds.render.noise import hash2
from engine.worlds.spec import WorldSpec
from engine.worlds.subjects.figure import Figure, Moment

ROCK: dict[str, Colour] = {
    "grey": (0.165, 0.167, 0.18),
    "brown": (0.27, 0.125, 0.05),
    "black": (0.030, 0.029, 0.032),
}
EARTH: Vector = (1.45, -0.28, -0.9)
EARTH_RADIUS = 1.08
START: Vector = (-1.35, 0.66, 1.25)
CONTACT = 0.50  # share of the clip at which it strikes


def towards_camera(b: Body, p: Vector) -> Vector:
    """p, mirrored where the subject's right hand points away from the camera."""
    return (p[0], p[1], p[2] if b.axes[2][2] >= 0.0 else -p[2])


def earth_at(b: Body) -> Vector:
    """Local centre of the Earth that is struck."""
    return towards_camera(b, EARTH)


def course(b: Body) -> tuple[Vector, Vector, Vector]:
    """Start, point of impact, and unit vector from the Earth's centre to it; it comes in on the camera's side."""
    start, earth = towards_camera(b, START), earth_at(b)
    aim = unit(add(start, earth, -1.0))
    return start, add(earth, aim, EARTH_RADIUS), aim


def rock(b: Body, spec: WorldSpec, now: Moment, c: Vector, ahead: Vector, r: float) -> None:
    """The rock, its glowing head and its trail."""
    spin = turned(0.9 * now.seconds + 6.0 * now.phase, 0.5 * now.seconds)
    b.rock(c, r, ROCK[spec.colour], spin, 10.0 * now.quirk[0], 0.65, ahead)
    back = (-ahead[0], -ahead[1], -ahead[2])
    b.fire(add(c, ahead, 0.45 * r), back, 6.4 * r, 1.08 * r, 0.30 * r, 2.0, at.TRAIL, 4.0)
    b.fire(add(c, ahead, 1.22 * r), back, 2.6 * r, 1.02 * r, 1.22 * r, 0.32, at.TRAIL, 5.0)
    b.glow(add(c, ahead, 0.55 * r), 1.5 * r, (0.42, 0.15, 0.035), 0.5)


def blast(b: Body, now: Moment, since: float, site: Vector, aim: Vector) -> None:
    """What flies up after the impact."""
    flash = exp(-since * 9.0)
    b.glow(
        site,
        0.55 + 0.7 * since,
        (
            7.0 * flash + 1.1 * exp(-since * 2.4),
            5.0 * flash + 0.40 * exp(-since * 2.6),
            3.0 * flash + 0.05 * exp(-since * 3.0),
        ),
        1.5,
    )
    grow = 1.0 - exp(-since * 6.0)
    b.fire(
        add(site, aim, -0.12),
        aim,
        0.25 + 0.95 * grow,
        0.24 + 0.18 * grow,
        0.34 + 0.50 * grow,
        4.2 * exp(-since * 0.9),
        at.FIRE,
        2.0,
    )
    for k in range(14):
        a = 2.0 * pi * hash2(k, 3, int(now.quirk[1] * 1000.0))
        tilt = 0.35 + 0.75 * hash2(k, 5, 9)
        across = unit(cross(aim, (0.0, 1.0, 0.0)))
        upwards = cross(across, aim)
        ring = add((across[0] * cos(a), across[1] * cos(a), across[2] * cos(a)), upwards, sin(a))
        way = unit(add((aim[0] * cos(tilt), aim[1] * cos(tilt), aim[2] * cos(tilt)), ring, sin(tilt)))
        speed = 1.0 + 1.5 * hash2(k, 8, 4)
        p = add(site, way, 0.05 + speed * (1.0 - exp(-1.5 * since)) * 0.9)
        size = (0.022 + 0.04 * hash2(k, 1, 2)) * (1.0 - 0.3 * since)
        heat = 2.4 * exp(-since * 1.2)
        b.limb(
            p,
            add(p, way, -0.16 * exp(-since)),
            size,
            0.3 * size,
            (1.0, 0.42 * exp(-since), 0.10),
            0.0,
            at.GLOW,
            0.7 + heat,
        )


def pose(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Build what is to be seen at this moment."""
    start, site, aim = course(b)
    if spec.action == "fly":
        rock(b, spec, now, (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 0.52)
        return
    s = now.share / CONTACT
    if s < 1.0:
        ahead = (-aim[0], -aim[1], -aim[2])
        rock(b, spec, now, mix(start, add(site, aim, 0.05), s**1.15), ahead, 0.36)
    else:
        blast(b, now, (now.share - CONTACT) * 2.0, site, aim)


def impact(b: Body, now: Moment) -> tuple[Vector, float, float]:
    """Local direction of the scar from the Earth's centre, its heat, and the reach of its ring in radians."""
    since = (now.share - CONTACT) * 2.0
    aim = course(b)[2]
    if since < 0.0:
        return aim, 0.0, 0.0
    return aim, exp(-since * 0.35), 0.10 + 0.75 * (1.0 - exp(-since * 1.5))


def figure(spec: WorldSpec) -> Figure:
    """Its frame."""
    if spec.action == "strike":
        return Figure(pose, 4.0, -1.15, 1.10, 1.6, 0.0, 1.0, centre=0.25)
    return Figure(pose, 2.1, -0.62, 0.62, 1.2, 0.95, 1.0, centre=-0.35)
