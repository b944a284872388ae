"""Builds a subject out of primitives: local coordinates (x forward, y up, z to its right) become world rows."""

from __future__ import annotations

from math import cos, sin, sqrt

import numpy as np

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Array, Colour

Vector = tuple[float, float, float]


def add(a: Vector, b: Vector, s: float = 1.0) -> Vector:
    """a + s b."""
    return a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]


def dot(a: Vector, b: Vector) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """Vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def unit(a: Vector) -> Vector:
    """a at length 1."""
    s = 1.0 / max(sqrt(dot(a, a)), 1e-12)
    return a[0] * s, a[1] * s, a[2] * s


def mix(a: Vector, b: Vector, t: float) -> Vector:
    """From a at t = 0 to b at t = 1."""
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t


Axes = tuple[Vector, Vector, Vector]
UPRIGHT: Axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def axes_along(x: Vector, up: Vector = (0.0, 1.0, 0.0)) -> Axes:
    """A right-handed frame whose first axis is x and whose second leans to `up`."""
    a = unit(x)
    c = unit(cross(a, up))
    return a, cross(c, a), c


def turned(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Axes:
    """A frame turned about up (yaw, towards the left), raised (pitch) and leaned to the right (roll)."""
    cy, sy, cp, sp = cos(yaw), sin(yaw), cos(pitch), sin(pitch)
    x: Vector = (cy * cp, sp, -sy * cp)
    y: Vector = (-cy * sp, cp, sy * sp)
    z = cross(x, y)
    cr, sr = cos(roll), sin(roll)
    return x, add((y[0] * cr, y[1] * cr, y[2] * cr), z, sr), add((z[0] * cr, z[1] * cr, z[2] * cr), y, -sr)


class Body:
    """Collects primitives, flames and glows of one subject at one moment."""

    def __init__(self, origin: Vector, axes: Axes, scale: float) -> None:
        self.origin, self.axes, self.scale = origin, axes, scale
        self.rows: list[list[float]] = []
        self.flames: list[list[float]] = []
        self.glows: list[list[float]] = []

    def turn(self, v: Vector) -> Vector:
        """A local direction in the world."""
        x, y, z = self.axes
        return (
            v[0] * x[0] + v[1] * y[0] + v[2] * z[0],
            v[0] * x[1] + v[1] * y[1] + v[2] * z[1],
            v[0] * x[2] + v[1] * y[2] + v[2] * z[2],
        )

    def place(self, p: Vector) -> Vector:
        """A local point in the world."""
        return add(self.origin, self.turn(p), self.scale)

    def _row(
        self, kind: int, matter: int, k: float, rgb: Colour, rgb2: Colour | None, pattern: float
    ) -> list[float]:
        row = [0.0] * at.PRIM
        row[at.KIND], row[at.MATTER], row[at.BLEND] = float(kind), float(matter), k * self.scale
        row[at.RGB : at.RGB + 3] = rgb
        row[at.RGB2 : at.RGB2 + 3] = rgb if rgb2 is None else rgb2
        row[at.PATTERN] = pattern
        self.rows.append(row)
        return row

    def limb(
        self,
        a: Vector,
        b: Vector,
        r1: float,
        r2: float,
        rgb: Colour,
        k: float = 0.03,
        matter: int = at.MATT,
        pattern: float = 0.0,
    ) -> None:
        """A cone with round ends from a (radius r1) to b (radius r2), blended over k."""
        row = self._row(at.LIMB, matter, k, rgb, None, pattern)
        wa, wb = self.place(a), self.place(b)
        d = add(wb, wa, -1.0)
        n2 = max(dot(d, d), 1e-9)
        r1, r2 = r1 * self.scale, r2 * self.scale
        row[at.ORIGIN : at.ORIGIN + 3] = wa
        row[at.AXES : at.AXES + 6] = [d[0], d[1], d[2], 1.0 / n2, r1, r2 - r1]
        self._ball(row, mix(wa, wb, 0.5), 0.5 * sqrt(n2) + max(r1, r2))

    def chain(
        self, points: list[Vector], radii: list[float], rgb: Colour, k: float = 0.03, matter: int = at.MATT
    ) -> None:
        """Limbs from point to point."""
        for i in range(len(points) - 1):
            self.limb(points[i], points[i + 1], radii[i], radii[i + 1], rgb, k, matter)

    def _solid(
        self, row: list[float], c: Vector, axes: Axes, sizes: Vector, extra: Vector, ball: float
    ) -> None:
        wc = self.place(c)
        row[at.ORIGIN : at.ORIGIN + 3] = wc
        for n, axis in enumerate(axes):
            row[at.AXES + 3 * n : at.AXES + 3 * n + 3] = self.turn(axis)
        s = self.scale
        row[at.SIZES : at.SIZES + 3] = [sizes[0] * s, sizes[1] * s, sizes[2] * s]
        row[at.EXTRA : at.EXTRA + 3] = extra
        self._ball(row, wc, ball * s)

    def _ball(self, row: list[float], c: Vector, radius: float) -> None:
        row[at.BALL : at.BALL + 3] = c
        row[at.BALL + 3] = radius + 0.6 * row[at.BLEND] + 0.01

    def oval(
        self,
        c: Vector,
        radii: Vector,
        rgb: Colour,
        k: float = 0.03,
        matter: int = at.MATT,
        axes: Axes = UPRIGHT,
        rgb2: Colour | None = None,
        pattern: float = 0.0,
    ) -> None:
        """An ellipsoid."""
        row = self._row(at.OVAL, matter, k, rgb, rgb2, pattern)
        self._solid(row, c, axes, radii, (0.0, 0.0, 0.0), max(radii))

    def ball(
        self, c: Vector, r: float, rgb: Colour, k: float = 0.0, matter: int = at.MATT, pattern: float = 0.0
    ) -> None:
        """A sphere."""
        self.limb(c, add(c, (1e-4, 0.0, 0.0)), r, r, rgb, k, matter, pattern)

    def box(
        self,
        c: Vector,
        half: Vector,
        rgb: Colour,
        r: float = 0.02,
        k: float = 0.0,
        matter: int = at.MATT,
        axes: Axes = UPRIGHT,
        pattern: float = 0.0,
    ) -> None:
        """A box of half sizes `half` with edges rounded by r."""
        row = self._row(at.BOX, matter, k, rgb, None, pattern)
        self._solid(row, c, axes, half, (r * self.scale, 0.0, 0.0), sqrt(dot(half, half)))

    def disc(
        self,
        c: Vector,
        r: float,
        half: float,
        rgb: Colour,
        edge: float = 0.02,
        matter: int = at.MATT,
        axes: Axes = UPRIGHT,
        k: float = 0.0,
    ) -> None:
        """A short cylinder about the third axis."""
        row = self._row(at.DISC_KIND, matter, k, rgb, None, 0.0)
        self._solid(row, c, axes, (r, r, half), (edge * self.scale, 0.0, 0.0), sqrt(r * r + half * half))

    def sheet(
        self,
        root: Vector,
        axes: Axes,
        span: float,
        chord: float,
        thick: float,
        bend: float,
        belly: float,
        style: int,
        rgb: Colour,
        rgb2: Colour | None = None,
        matter: int = at.SKIN,
        k: float = 0.0,
    ) -> None:
        """A curved membrane: first axis along the span, second off the sheet, third along the chord (forwards)."""
        row = self._row(at.MEMBRANE, matter, k, rgb, rgb2, 0.0)
        self._solid(row, root, axes, (span, chord, thick), (bend, belly, float(style)), 0.0)
        ends = add(root, axes[0], 0.5 * span)
        ends = add(add(ends, axes[1], 0.25 * bend * span), axes[2], -0.42 * chord)
        radius = (
            sqrt((0.52 * span) ** 2 + (0.85 * chord) ** 2 + (0.4 * bend * span) ** 2 + (belly * chord) ** 2)
            + thick
        )
        self._ball(row, self.place(ends), radius * self.scale)

    def hull(
        self, c: Vector, sizes: Vector, deck: float, rgb: Colour, matter: int = at.PAINT, axes: Axes = UPRIGHT
    ) -> None:
        """A boat's hull: an ellipsoid cut off at `deck` above its centre."""
        row = self._row(at.HULL, matter, 0.0, rgb, None, 0.0)
        self._solid(row, c, axes, sizes, (deck * self.scale, 0.0, 0.0), max(sizes))

    def rock(
        self, c: Vector, r: float, rgb: Colour, axes: Axes, seed: float, heat: float, front: Vector
    ) -> None:
        """A craggy boulder that glows on the side of the local direction `front`."""
        row = self._row(at.ROCK, at.STONE, 0.0, rgb, None, heat)
        self._solid(row, c, axes, (r, r, r), (seed, 0.0, 0.0), 1.35 * r)
        row[at.EXTRA + 1 : at.EXTRA + 4] = self.turn(front)

    def fire(
        self,
        c: Vector,
        towards: Vector,
        length: float,
        r0: float,
        r1: float,
        strength: float,
        kind: int = at.FIRE,
        speed: float = 3.0,
    ) -> None:
        """A cone of flame, spray or trail."""
        s = self.scale
        self.flames.append(
            [
                *self.place(c),
                *unit(self.turn(towards)),
                length * s,
                r0 * s,
                r1 * s,
                strength,
                float(kind),
                speed * s,
            ]
        )

    def glow(self, c: Vector, radius: float, rgb: Colour, lamp: float = 0.0) -> None:
        """A soft light; `lamp` is how strongly it lights what is near."""
        self.glows.append([*self.place(c), radius * self.scale, *rgb, lamp])

    def arrays(self) -> tuple[Array, Array, Array]:
        """Primitives (n, PRIM), flames (n, FLAME) and glows (n, GLOWS)."""
        return (
            np.array(self.rows, np.float64).reshape(-1, at.PRIM),
            np.array(self.flames, np.float64).reshape(-1, at.FLAME),
            np.array(self.glows, np.float64).reshape(-1, at.GLOWS),
        )
