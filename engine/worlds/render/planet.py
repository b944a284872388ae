"""The Earth seen from space: oceans, continents, ice, clouds, a rim of air, and the scar of an impact."""

from __future__ import annotations

from math import acos, cos, exp, sin, sqrt

from engine.worlds.render.accel import Array, Colour, fast
from engine.worlds.render.layout import IMPACT, KEY, OFF_X, OFF_Z, PLANET, SPIN, TIME
from engine.worlds.render.noise import fbm3, noise3, smooth


@fast
def planet_distance(
    env: Array, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float
) -> tuple[float, float]:
    """Distance along the ray to the globe (-1 for a miss), and how near its centre the ray passes, in radii."""
    r = env[PLANET + 3]
    if r <= 0.0:
        return -1.0, 99.0
    cx, cy, cz = env[PLANET] - ox, env[PLANET + 1] - oy, env[PLANET + 2] - oz
    b = cx * dx + cy * dy + cz * dz
    off = cx * cx + cy * cy + cz * cz - b * b
    if b < 0.0:
        return -1.0, 99.0
    if off > r * r:
        return -1.0, sqrt(off) / r
    return b - sqrt(r * r - off), sqrt(max(off, 0.0)) / r


@fast
def halo(env: Array, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, miss: float) -> Colour:
    """Glow of the air for a ray that passes the globe at `miss` radii."""
    if miss > 1.5:
        return 0.0, 0.0, 0.0
    cx, cy, cz = env[PLANET] - ox, env[PLANET + 1] - oy, env[PLANET + 2] - oz
    b = cx * dx + cy * dy + cz * dz
    nx, ny, nz = dx * b - cx, dy * b - cy, dz * b - cz
    k = 1.0 / sqrt(nx * nx + ny * ny + nz * nz + 1e-12)
    day = 0.35 + 0.65 * (nx * env[KEY] + ny * env[KEY + 1] + nz * env[KEY + 2]) * k
    s = max(day, 0.05) * (0.85 * exp(-(miss - 1.0) * 22.0) + 0.14 * exp(-(miss - 1.0) * 6.0))
    r, g, bl = 0.22 * s, 0.50 * s, 1.15 * s
    hot = env[IMPACT + 3]
    if hot > 0.0:
        near = max((nx * env[IMPACT] + ny * env[IMPACT + 1] + nz * env[IMPACT + 2]) * k, 0.0) ** 10
        f = hot * near * exp(-(miss - 1.0) * 7.0)
        r, g, bl = r + 2.6 * f, g + 1.1 * f, bl + 0.3 * f
    return r, g, bl


@fast
def globe(env: Array, x: float, y: float, z: float, dx: float, dy: float, dz: float) -> Colour:
    """Radiance of the globe at a point of its surface."""
    r0 = env[PLANET + 3]
    nx, ny, nz = (x - env[PLANET]) / r0, (y - env[PLANET + 1]) / r0, (z - env[PLANET + 2]) / r0
    a = env[SPIN]
    ux, uz = nx * cos(a) - nz * sin(a), nx * sin(a) + nz * cos(a)
    px, py, pz = ux * 1.55 + env[OFF_X], ny * 1.55 + 3.0, uz * 1.55 + env[OFF_Z]
    n = fbm3(px, py, pz, 5)
    land = smooth(0.50, 0.53, n)
    dry = noise3(px * 1.7 + 9.0, py * 1.7, pz * 1.7)
    lr, lg, lb = 0.10 + 0.42 * dry * dry, 0.30 + 0.06 * dry, 0.06 + 0.10 * dry * dry
    shelf = smooth(0.40, 0.51, n)
    sr, sg, sb = 0.010 + 0.01 * shelf, 0.07 + 0.16 * shelf, 0.33 + 0.17 * shelf
    r, g, b = sr + (lr - sr) * land, sg + (lg - sg) * land, sb + (lb - sb) * land
    ice = smooth(0.80, 0.88, abs(ny) + 0.10 * (dry - 0.5))
    r, g, b = r + (0.85 - r) * ice, g + (0.88 - g) * ice, b + (0.92 - b) * ice
    drift = env[TIME] * 0.03
    cloud = fbm3(ux * 2.6 + drift + 5.0 + env[OFF_Z], ny * 4.2, uz * 2.6 + env[OFF_X], 4)
    cloud = smooth(0.52, 0.70, cloud) * 0.92
    r, g, b = r + (0.92 - r) * cloud, g + (0.93 - g) * cloud, b + (0.95 - b) * cloud
    ndl = nx * env[KEY] + ny * env[KEY + 1] + nz * env[KEY + 2]
    day = smooth(-0.25, 0.9, ndl)
    light = 0.07 + 1.75 * day
    c = -(nx * dx + ny * dy + nz * dz)
    sea = (1.0 - land) * (1.0 - cloud) * (1.0 - ice)
    hx, hy, hz = env[KEY] - dx, env[KEY + 1] - dy, env[KEY + 2] - dz
    spec = max((hx * nx + hy * ny + hz * nz) / sqrt(hx * hx + hy * hy + hz * hz), 0.0) ** 40 * sea * 0.5
    r, g, b = r * light + spec, g * light + spec, b * light + spec * 0.9
    rim = (1.0 - max(c, 0.0)) ** 2.6 * (0.25 + 1.1 * max(day, 0.0))
    r, g, b = r + 0.18 * rim, g + 0.42 * rim, b + 0.95 * rim
    hot = env[IMPACT + 3]
    if hot > 0.0:
        dot = nx * env[IMPACT] + ny * env[IMPACT + 1] + nz * env[IMPACT + 2]
        angle = acos(min(max(dot, -1.0), 1.0))
        reach = env[IMPACT + 4]
        rough = noise3(nx * 9.0, ny * 9.0, nz * 9.0)
        pool = smooth(0.75 * reach * (0.7 + 0.5 * rough), 0.1 * reach, angle)
        ring = exp(-(((angle - reach) / (0.05 + 0.10 * reach)) ** 2)) * (0.6 + 0.6 * rough)
        wash = exp(-((angle / (reach + 0.25)) ** 2)) * min(hot, 1.0)
        r, g, b = r * (1.0 - 0.35 * wash), g * (1.0 - 0.60 * wash), b * (1.0 - 0.75 * wash)
        a = min(hot * pool, 1.0)
        r, g, b = r + (3.6 - r) * a, g + (0.9 + 1.5 * rough - g) * a, b + (0.12 + 0.5 * rough - b) * a
        a = min(0.9 * hot * ring, 1.0)
        r, g, b = r + (3.4 - r) * a, g + (1.7 - g) * a, b + (0.5 - b) * a
    return r, g, b
