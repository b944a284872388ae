"""Light without a surface: flames, jets, spray, trails, lamps' glows and falling snow."""

from __future__ import annotations

from math import asin, atan2, exp, floor, sqrt

from engine.worlds.render.accel import Array, Colour, fast
from engine.worlds.render.layout import FOG_RGB, SALT, SKY_AMB, SPRAY, TIME, TRAIL
from engine.worlds.render.noise import hash2, noise3, smooth


@fast
def flame(
    env: Array, f: Array, ray: tuple[float, float, float, float, float, float], depth: float, steps: int
) -> tuple[float, float, float, float]:
    """Light (r, g, b) and opacity of one cone of fire or spray along a ray, up to depth."""
    ox, oy, oz, dx, dy, dz = ray
    length, r0, r1 = f[6], f[7], f[8]
    big = max(r0, r1) * 1.15
    ball = sqrt(0.25 * length * length + big * big)
    cx, cy, cz = (
        f[0] + f[3] * length * 0.5 - ox,
        f[1] + f[4] * length * 0.5 - oy,
        f[2] + f[5] * length * 0.5 - oz,
    )
    b = cx * dx + cy * dy + cz * dz
    off = cx * cx + cy * cy + cz * cz - b * b
    if off > ball * ball or b + ball < 0.0:
        return 0.0, 0.0, 0.0, 0.0
    # rays that pass the axis by more than the widest radius meet nothing
    ax, ay, az = dy * f[5] - dz * f[4], dz * f[3] - dx * f[5], dx * f[4] - dy * f[3]
    if abs(cx * ax + cy * ay + cz * az) > big * sqrt(ax * ax + ay * ay + az * az) + 1e-6:
        return 0.0, 0.0, 0.0, 0.0
    h = sqrt(ball * ball - off)
    near, far = max(b - h, 0.0), min(b + h, depth)
    if far <= near:
        return 0.0, 0.0, 0.0, 0.0
    dt = (far - near) / steps
    kind = int(f[10])
    core, mid = 0.0, 0.0
    flow = env[TIME] * f[11]
    k = 2.2 / max(0.5 * (r0 + r1), 0.05)
    for j in range(steps):
        t = near + (j + 0.5) * dt
        x, y, z = ox + t * dx - f[0], oy + t * dy - f[1], oz + t * dz - f[2]
        along = x * f[3] + y * f[4] + z * f[5]
        s = along / length
        if s < 0.0 or s > 1.0:
            continue
        px, py, pz = x - along * f[3], y - along * f[4], z - along * f[5]
        width = r0 + (r1 - r0) * s if kind != TRAIL else r0 + (r1 - r0) * sqrt(s)
        width *= sqrt(min(s * 7.0, 1.0)) if kind == TRAIL else 1.0
        rr = sqrt(px * px + py * py + pz * pz) / max(width, 1e-4)
        if rr > 1.15:
            continue
        n = noise3(
            px * k + (along - flow) * f[3] * k * 0.7,
            py * k + (along - flow) * f[4] * k * 0.7,
            pz * k + (along - flow) * f[5] * k * 0.7,
        )
        n = 0.65 * n + 0.35 * noise3(px * 2.3 * k + 7.0, py * 2.3 * k - flow * k, (pz - flow * 0.7) * 2.3 * k)
        d = 1.0 - rr * rr - 0.75 * n * (0.25 + s)
        if d <= 0.0:
            continue
        d *= (1.0 - s) if kind != SPRAY else (1.0 - s * s)
        core += d * d * dt / max(r0, r1)
        mid += d * dt / max(r0, r1)
    e = f[9]
    if kind == SPRAY:
        a = 1.0 - exp(-2.4 * mid * e)
        return (env[SKY_AMB] + 0.75) * a, (env[SKY_AMB + 1] + 0.75) * a, (env[SKY_AMB + 2] + 0.75) * a, a
    r = e * (3.2 * mid + 3.0 * core)
    g = e * (0.70 * mid + 2.6 * core * (0.3 + core))
    bl = e * (0.06 * mid + 0.9 * core * core)
    return r, g, bl, 1.0 - exp(-1.6 * mid * e)


@fast
def glow(g: Array, ray: tuple[float, float, float, float, float, float], depth: float) -> Colour:
    """Soft ball of light round a lamp, by how near the ray passes it."""
    ox, oy, oz, dx, dy, dz = ray
    cx, cy, cz = g[0] - ox, g[1] - oy, g[2] - oz
    b = cx * dx + cy * dy + cz * dz
    if b < 0.0 or b - g[3] > depth:
        return 0.0, 0.0, 0.0
    off = (cx * cx + cy * cy + cz * cz - b * b) / (g[3] * g[3])
    if off > 9.0:
        return 0.0, 0.0, 0.0
    s = 0.75 * exp(-off * 2.2) + 0.25 * exp(-off * 0.6) - 0.25 * exp(-5.4)
    return g[4] * s, g[5] * s, g[6] * s


@fast
def flakes(env: Array, dx: float, dy: float, dz: float, shells: int) -> float:
    """Coverage by falling snow: so many shells of flakes, nearest first, that sink and drift."""
    az, el = atan2(dx, -dz), asin(min(max(dy, -1.0), 1.0))
    total = 0.0
    for layer in range(shells):
        cells = 13.0 + 8.0 * layer
        fall = env[TIME] * (0.34 - 0.055 * layer)
        u = (az + 0.05 * env[TIME] * (1.0 - 0.2 * layer)) * cells + 37.0 * layer
        v = (el + fall) * cells + 11.0 * layer
        i, j = floor(u), floor(v)
        key = int(env[SALT]) + 40 + layer * 5
        if hash2(i, j, key) < 0.55:
            size = 0.10 + 0.07 * hash2(i, j, key + 1)
            cx, cy = i + 0.2 + 0.6 * hash2(i, j, key + 2), j + 0.2 + 0.6 * hash2(i, j, key + 3)
            d2 = ((u - cx) ** 2 + (v - cy) ** 2) / (size * size)
            total += exp(-d2 * 1.3) * (0.95 - 0.12 * layer)
    return min(total, 1.0)


@fast
def fog_between(env: Array, r: float, g: float, b: float, t: float, density: float) -> Colour:
    """Colour seen through t units of air."""
    a = 1.0 - exp(-density * t)
    a = smooth(0.0, 1.0, a) * 0.35 + 0.65 * a
    return r + (env[FOG_RGB] - r) * a, g + (env[FOG_RGB + 1] - g) * a, b + (env[FOG_RGB + 2] - b) * a
