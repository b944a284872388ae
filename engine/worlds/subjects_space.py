"""The asteroid: a burning rock that crosses space, or falls on the Earth with a flash, a shock ring and debris."""

from __future__ import annotations

from math import cos, exp, pi, sin

from engine.worlds import layout as at
from engine.worlds.accel import Colour
from engine.worlds.body import Body, Vector, add, mix, turned, unit
from engine.worlds.figure import Figure, Moment
from engine.worlds.noise import hash2
from engine.worlds.spec import WorldSpec

ROCK: dict[str, Colour] = {"grey": (0.36, 0.36, 0.38), "brown": (0.36, 0.19, 0.09), "black": (0.055, 0.052, 0.055)}
EARTH: Vector = (1.45, -0.28, 0.0)
EARTH_RADIUS = 0.98
START: Vector = (-1.95, 0.78, 0.0)
CONTACT = 0.50  # share of the clip at which it strikes
AIM = unit(add(START, EARTH, -1.0))
SITE = add(EARTH, AIM, EARTH_RADIUS)


def rock(b: Body, spec: WorldSpec, now: Moment, c: Vector, ahead: Vector, r: float) -> None:
    """The rock, its glowing head and its trail."""
    spin = turned(0.9 * now.seconds + 6.0 * now.phase, 0.5 * now.seconds)
    b.rock(c, r, ROCK[spec.colour], spin, 10.0 * now.quirk[0], 0.85, ahead)
    back = (-ahead[0], -ahead[1], -ahead[2])
    b.fire(add(c, ahead, 0.25 * r), back, 5.6 * r, 1.02 * r, 0.25 * r, 1.5, at.TRAIL, 4.0)
    b.fire(add(c, ahead, 1.02 * r), back, 2.3 * r, 0.72 * r, 1.25 * r, 0.75, at.TRAIL, 5.0)
    b.glow(add(c, ahead, 0.55 * r), 1.5 * r, (0.42, 0.15, 0.035), 1.2)


def blast(b: Body, now: Moment, since: float) -> None:
    """What flies up after the impact."""
    flash = exp(-since * 9.0)
    b.glow(SITE, 0.55 + 1.3 * since, (5.0 * flash + 1.2 * exp(-since * 2.2), 3.8 * flash + 0.42 * exp(-since * 2.4),
                                      2.4 * flash + 0.08), 1.5)
    grow = 1.0 - exp(-since * 6.0)
    b.fire(add(SITE, AIM, -0.12), AIM, 0.25 + 0.95 * grow, 0.20 + 0.16 * grow, 0.30 + 0.45 * grow, 3.0 * exp(-since * 1.1), at.FIRE, 2.0)
    for k in range(14):
        a = 2.0 * pi * hash2(k, 3, int(now.quirk[1] * 1000.0))
        tilt = 0.35 + 0.75 * hash2(k, 5, 9)
        side: Vector = (-AIM[1] * cos(a), AIM[0] * cos(a), sin(a))
        way = unit(add((AIM[0] * cos(tilt), AIM[1] * cos(tilt), 0.0), side, sin(tilt)))
        speed = 1.0 + 1.5 * hash2(k, 8, 4)
        p = add(SITE, way, 0.05 + speed * (1.0 - exp(-1.5 * since)) * 0.9)
        size = (0.022 + 0.04 * hash2(k, 1, 2)) * (1.0 - 0.3 * since)
        heat = 2.4 * exp(-since * 1.2)
        b.ball(p, size, (1.0, 0.42 * exp(-since), 0.10), 0.0, at.GLOW, 0.7 + heat)


def pose(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Build what is to be seen at this moment."""
    if spec.action == "fly":
        rock(b, spec, now, (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 0.52)
        return
    s = now.share / CONTACT
    if s < 1.0:
        ahead = (-AIM[0], -AIM[1], -AIM[2])
        rock(b, spec, now, mix(START, add(SITE, AIM, 0.05), s**1.15), ahead, 0.36)
    else:
        blast(b, now, (now.share - CONTACT) * 2.0)


def impact(now: Moment) -> tuple[Vector, float, float]:
    """Local direction of the scar from the Earth's centre, its heat, and the reach of its ring in radians."""
    since = (now.share - CONTACT) * 2.0
    if since < 0.0:
        return AIM, 0.0, 0.0
    return AIM, exp(-since * 0.35), 0.10 + 0.75 * (1.0 - exp(-since * 1.5))


def figure(spec: WorldSpec) -> Figure:
    """Its frame."""
    if spec.action == "strike":
        return Figure(pose, 4.3, -1.15, 1.20, 1.6, 0.0, 1.0, centre=0.17)
    return Figure(pose, 2.1, -0.62, 0.62, 1.2, 0.95, 1.0, centre=-0.35)
