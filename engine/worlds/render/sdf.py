"""Signed distances of the primitives, their smooth union, and the rays marched through it."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np

from engine.worlds.render.accel import Array, Indices, fast
from engine.worlds.render.layout import (
    BALL,
    BAT,
    BLEND,
    BOX,
    DISC_KIND,
    FEATHER,
    FLUKE,
    HULL,
    KIND,
    LIMB,
    MEMBRANE,
    OVAL,
    SAIL,
)
from engine.worlds.render.noise import noise3

FAR = 1.0e9


def edges(style: int, u: Array) -> tuple[Array, Array]:
    """Leading and trailing edge (in chords) of a membrane at span fractions u, in chord direction."""
    if style == BAT:  # forward to the wrist, swept back to the tip, scalloped behind
        lead = np.where(u < 0.35, 0.30 * u / 0.35, 0.30 - 0.62 * (np.maximum(u - 0.35, 0.0) / 0.65) ** 1.4)
        return lead, lead - (1.0 - u**1.6) * (0.78 + 0.30 * np.abs(np.cos(np.pi * 3.5 * u)))
    if style == FEATHER:
        lead = np.where(u < 0.4, 0.25 * u / 0.4, 0.25 - 0.75 * (np.maximum(u - 0.4, 0.0) / 0.6) ** 1.6)
        return lead, lead - (1.0 - 0.82 * u**2.2) * (0.92 + 0.08 * np.cos(np.pi * 14.0 * u))
    if style == SAIL:  # a straight luff, a leech that narrows upwards
        return np.zeros_like(u), -((1.0 - u) ** 0.85)
    lead = 0.1 - 0.9 * u**1.5
    return lead, lead - (0.9 - 0.75 * u) - 0.15 * (1.0 - np.abs(2.0 * u - 1.0))


# style, span fraction, leading or trailing edge: looked up while marching, since powers are slow
EDGES = np.stack(
    [np.stack(edges(style, np.linspace(0.0, 1.0, 257)), axis=-1) for style in (BAT, FEATHER, SAIL, FLUKE)]
)


@fast
def outline(style: int, u: float, chord: float) -> tuple[float, float]:
    """Leading and trailing edge at one span fraction."""
    s = u * 255.999
    k = int(s)
    f = s - k
    lead = EDGES[style, k, 0] + (EDGES[style, k + 1, 0] - EDGES[style, k, 0]) * f
    trail = EDGES[style, k, 1] + (EDGES[style, k + 1, 1] - EDGES[style, k, 1]) * f
    return chord * lead, chord * trail


@fast
def membrane(q: Array, i: int, x: float, y: float, z: float) -> float:
    """A thin curved sheet: x runs along the span, z along the chord, y off the sheet."""
    span, chord, thick = q[i, 26], q[i, 27], q[i, 28]
    bend, belly = q[i, 29], q[i, 30]
    u = min(max(x / span, 0.0), 1.0)
    lead, trail = outline(int(q[i, 31]), u, chord)
    v = (lead - z) / chord
    y0 = bend * span * u * u + belly * chord * v * (1.0 - v) * 4.0 * (1.0 - u)
    slope = 2.0 * bend * u
    dy = abs(y - y0) / sqrt(1.0 + slope * slope + 2.0 * belly * belly) - thick
    flat = max(max(z - lead, trail - z) * 0.75, max(-x, x - span))
    if flat > 0.0 and dy > 0.0:
        return 0.8 * sqrt(flat * flat + dy * dy)
    return 0.8 * max(flat, dy)


@fast
def distance(q: Array, i: int, x: float, y: float, z: float) -> float:
    """Signed distance (a safe bound for some kinds) from a point to primitive i."""
    kind = int(q[i, KIND])
    dx, dy, dz = x - q[i, 14], y - q[i, 15], z - q[i, 16]
    if kind == LIMB:
        h = (dx * q[i, 17] + dy * q[i, 18] + dz * q[i, 19]) * q[i, 20]
        h = min(max(h, 0.0), 1.0)
        dx -= h * q[i, 17]
        dy -= h * q[i, 18]
        dz -= h * q[i, 19]
        return sqrt(dx * dx + dy * dy + dz * dz) - (q[i, 21] + h * q[i, 22])
    lx = dx * q[i, 17] + dy * q[i, 18] + dz * q[i, 19]
    ly = dx * q[i, 20] + dy * q[i, 21] + dz * q[i, 22]
    lz = dx * q[i, 23] + dy * q[i, 24] + dz * q[i, 25]
    a, b, c = q[i, 26], q[i, 27], q[i, 28]
    if kind in (OVAL, HULL):
        if kind == HULL:  # a bow sharper than the stern
            c *= 1.0 - 0.45 * max(lx / a, 0.0)
            c = max(c, 0.2 * q[i, 28])
        ex, ey, ez = lx / a, ly / b, lz / c
        k0 = sqrt(ex * ex + ey * ey + ez * ez)
        ex, ey, ez = ex / a, ey / b, ez / c
        k1 = sqrt(ex * ex + ey * ey + ez * ez)
        d = k0 * (k0 - 1.0) / max(k1, 1e-9)
        if kind == HULL:
            lift = q[i, 29] + 0.25 * b * (lx / a) ** 2
            d = max(d, ly - lift)
        return d
    if kind == BOX:
        r = q[i, 29]
        ex, ey, ez = abs(lx) - a + r, abs(ly) - b + r, abs(lz) - c + r
        ux, uy, uz = max(ex, 0.0), max(ey, 0.0), max(ez, 0.0)
        return sqrt(ux * ux + uy * uy + uz * uz) + min(max(ex, max(ey, ez)), 0.0) - r
    if kind == DISC_KIND:
        r = q[i, 29]
        ex = sqrt(lx * lx + ly * ly) - a + r
        ez = abs(lz) - c + r
        ux, uz = max(ex, 0.0), max(ez, 0.0)
        return sqrt(ux * ux + uz * uz) + min(max(ex, ez), 0.0) - r
    if kind == MEMBRANE:
        return membrane(q, i, lx, ly, lz)
    d = sqrt(lx * lx + ly * ly + lz * lz)
    if d > 1.6 * a:
        return d - 1.3 * a
    s = q[i, 29]
    f = 2.1 / a
    n = (
        noise3(lx * f + s, ly * f, lz * f) * 0.62
        + noise3(lx * f * 2.4, ly * f * 2.4 + s, lz * f * 2.4) * 0.28
    )
    n += noise3(lx * f * 5.5, ly * f * 5.5, lz * f * 5.5 + s) * 0.12
    return 0.72 * (d - a * (0.68 + 0.62 * n))


@fast
def join(d: float, e: float, k: float) -> float:
    """Smooth minimum of two distances over the width k."""
    h = k - abs(d - e)
    d = min(d, e)
    return d - h * h / (4.0 * k) if h > 0.0 else d


@fast
def cull(
    q: Array,
    n: int,
    ox: float,
    oy: float,
    oz: float,
    dx: float,
    dy: float,
    dz: float,
    idx: Indices,
    span: Array,
) -> tuple[int, float, float]:
    """Primitives whose bounding balls the ray meets: their number (indices in idx, entry and exit in span), first
    entry, last exit."""
    m, near, far = 0, FAR, -1.0
    for i in range(n):
        cx, cy, cz, r = q[i, BALL] - ox, q[i, BALL + 1] - oy, q[i, BALL + 2] - oz, q[i, BALL + 3]
        b = cx * dx + cy * dy + cz * dz
        off = cx * cx + cy * cy + cz * cz - b * b
        r2 = r * r
        if off < r2 and b + r > 0.0:
            h = sqrt(r2 - off)
            if b + h > 0.0:
                idx[m] = i
                span[m, 0], span[m, 1] = b - h, b + h
                m += 1
                near = min(near, b - h)
                far = max(far, b + h)
    return m, max(near, 0.0), far


@fast
def gather(q: Array, idx: Indices, m: int, x: float, y: float, z: float, margin: float) -> int:
    """Keep of the m listed primitives those whose balls hold the point, in place; returns how many."""
    kept = 0
    for j in range(m):
        i = idx[j]
        cx, cy, cz, r = x - q[i, BALL], y - q[i, BALL + 1], z - q[i, BALL + 2], q[i, BALL + 3] + margin
        if cx * cx + cy * cy + cz * cz < r * r:
            idx[kept] = i
            kept += 1
    return kept


@fast
def union(q: Array, idx: Indices, m: int, x: float, y: float, z: float) -> float:
    """Smooth union of the m listed primitives."""
    d = FAR
    for j in range(m):
        d = join(d, distance(q, idx[j], x, y, z), q[idx[j], BLEND])
    return d


@fast
def along(
    q: Array,
    idx: Indices,
    span: Array,
    m: int,
    ray: tuple[float, float, float, float, float, float],
    t: float,
) -> tuple[float, float]:
    """Smooth union at t of those primitives whose balls hold the point, and the way to the next ball's entry."""
    x, y, z = ray[0] + t * ray[3], ray[1] + t * ray[4], ray[2] + t * ray[5]
    d, jump = FAR, FAR
    for j in range(m):
        if t < span[j, 1]:
            if t >= span[j, 0]:
                d = join(d, distance(q, idx[j], x, y, z), q[idx[j], BLEND])
            else:
                jump = min(jump, span[j, 0] - t)
    return d, jump + 1e-5


@fast
def march(
    q: Array,
    idx: Indices,
    span: Array,
    m: int,
    ray: tuple[float, float, float, float, float, float],
    near: float,
    far: float,
    pixel: float,
) -> float:
    """Distance along the ray to the surface, or -1."""
    t = near + 1e-5
    d = FAR
    for _ in range(64):
        d, jump = along(q, idx, span, m, ray, t)
        if d < 0.4 * pixel * t:
            return t
        t += min(0.93 * d, jump)
        if t > far:
            return -1.0
    return t if d < 4.0 * pixel * t else -1.0


@fast
def normal(
    q: Array, idx: Indices, m: int, x: float, y: float, z: float, e: float
) -> tuple[float, float, float]:
    """Unit normal by a tetrahedron of four distances."""
    a = union(q, idx, m, x + e, y - e, z - e)
    b = union(q, idx, m, x - e, y - e, z + e)
    c = union(q, idx, m, x - e, y + e, z - e)
    d = union(q, idx, m, x + e, y + e, z + e)
    nx, ny, nz = a - b - c + d, -a - b + c + d, -a + b - c + d
    s = 1.0 / sqrt(max(nx * nx + ny * ny + nz * nz, 1e-20))
    return nx * s, ny * s, nz * s


@fast
def shadow(
    q: Array,
    n: int,
    idx: Indices,
    span: Array,
    x: float,
    y: float,
    z: float,
    lx: float,
    ly: float,
    lz: float,
    soft: float,
) -> float:
    """How much of a distant lamp is seen from a point, 0 to 1, with penumbra."""
    m, near, far = cull(q, n, x, y, z, lx, ly, lz, idx, span)
    if m == 0:
        return 1.0
    t = max(near, 0.02)
    seen = 1.0
    ray = (x, y, z, lx, ly, lz)
    for _ in range(22):
        d, jump = along(q, idx, span, m, ray, t)
        seen = min(seen, soft * d / t + 0.02)
        if seen < 0.02:
            return 0.0
        t += min(max(d, 0.03), max(min(jump, 1.0), 0.03))
        if t > far:
            break
    seen = max(seen, 0.0)
    return seen * seen * (3.0 - 2.0 * seen)


@fast
def around(q: Array, n: int, x: float, y: float, z: float, limit: float) -> float:
    """Distance to the nearest primitive, no more than limit (balls farther away are skipped)."""
    best = limit
    for i in range(n):
        cx, cy, cz, r = x - q[i, BALL], y - q[i, BALL + 1], z - q[i, BALL + 2], best + q[i, BALL + 3]
        if cx * cx + cy * cy + cz * cz < r * r:
            best = min(best, distance(q, i, x, y, z))
    return best


@fast
def openness(
    q: Array, n: int, x: float, y: float, z: float, nx: float, ny: float, nz: float, reach: float
) -> float:
    """Ambient occlusion from two taps along the normal, 1 in the open."""
    a, b = 0.35 * reach, reach
    d2 = around(q, n, x + nx * b, y + ny * b, z + nz * b, b)
    lost = 0.55 * (b - d2) / b
    if d2 < 0.99 * b:
        lost += 0.6 * (a - around(q, n, x + nx * a, y + ny * a, z + nz * a, a)) / a
    return exp(-1.35 * max(lost, 0.0))
