"""What one ray sees: the surface it meets under sun, sky, fill light and flames, then air, fire and snowfall."""

from __future__ import annotations

from math import atan2, exp, pi, sin, sqrt

from engine.worlds.render.accel import Array, Colour, Indices, fast
from engine.worlds.render.fire import flakes, flame, fog_between, glow
from engine.worlds.render.ground import bump, cover, is_water, key_slope, sea_colour, waves
from engine.worlds.render.layout import (
    CLOTH,
    FILL,
    FILL_RGB,
    FOG,
    FUR,
    GLASS,
    GLOW,
    GROUND_AMB,
    KEY,
    KEY_RGB,
    MATTER,
    PAINT,
    PATTERN,
    PLACE,
    REACH,
    RGB,
    RGB2,
    SCALES,
    SEA,
    SKIN,
    SKY_AMB,
    SPACE,
    STONE,
    STRIPES,
    WEATHER,
)
from engine.worlds.render.noise import noise3, smooth
from engine.worlds.render.planet import globe, halo, planet_distance
from engine.worlds.render.sdf import FAR, cull, distance, gather, march, normal, openness, shadow
from engine.worlds.render.sky import ridges, sky


@fast
def paint_of(q: Array, i: int, x: float, y: float, z: float) -> Colour:
    """Albedo of primitive i at a point, patterns included."""
    r, g, b = q[i, RGB], q[i, RGB + 1], q[i, RGB + 2]
    matter = int(q[i, MATTER])
    if matter == STRIPES:
        dx, dy, dz = x - q[i, 14], y - q[i, 15], z - q[i, 16]
        lx = dx * q[i, 17] + dy * q[i, 18] + dz * q[i, 19]
        lz = dx * q[i, 23] + dy * q[i, 24] + dz * q[i, 25]
        a = atan2(lz, lx) / (2.0 * pi) * q[i, PATTERN] + 40.0
        a = a - int(a)
        s = smooth(0.62, 0.67, a) * smooth(1.0, 0.95, a)
        r, g, b = r + (q[i, RGB2] - r) * s, g + (q[i, RGB2 + 1] - g) * s, b + (q[i, RGB2 + 2] - b) * s
    elif matter == STONE:
        n = noise3(x * 4.0 + q[i, 29], y * 4.0, z * 4.0)
        s = 0.65 + 0.7 * n
        r, g, b = r * s, g * s, b * s
    elif matter == SKIN:  # a wing's fingers and veins
        dx, dy, dz = x - q[i, 14], y - q[i, 15], z - q[i, 16]
        lx = (dx * q[i, 17] + dy * q[i, 18] + dz * q[i, 19]) / q[i, 26]
        s = 0.5 + 0.5 * sin(lx * 2.0 * pi * 3.5 - 0.5 * pi)
        s = 0.55 * s * s * s
        r, g, b = r + (q[i, RGB2] - r) * s, g + (q[i, RGB2 + 1] - g) * s, b + (q[i, RGB2 + 2] - b) * s
    return r, g, b


@fast
def surface(
    env: Array,
    q: Array,
    n: int,
    idx: Indices,
    span: Array,
    m: int,
    glows: Array,
    p: tuple[float, float, float],
    d: tuple[float, float, float],
    t: float,
    pixel: float,
) -> Colour:
    """Radiance of the subject at a point its ray has met."""
    x, y, z = p
    dx, dy, dz = d
    e = max(0.0012 * t, 0.6 * pixel * t)
    m = gather(q, idx, m, x, y, z, e)
    nx, ny, nz = normal(q, idx, m, x, y, z, e)
    best, low = idx[0], FAR
    for j in range(m):
        dist = distance(q, idx[j], x, y, z)
        span[j, 0] = dist
        if dist < low:
            low, best = dist, idx[j]
    r, g, b, total = 0.0, 0.0, 0.0, 0.0
    for j in range(m):
        i = idx[j]
        gap = span[j, 0] - low
        soft = 0.22 * min(q[i, 2], q[best, 2]) + 0.004
        if gap < 4.0 * soft:
            w = exp(-gap / soft)
            cr, cg, cb = paint_of(q, i, x, y, z)
            r, g, b, total = r + w * cr, g + w * cg, b + w * cb, total + w
    r, g, b = r / total, g / total, b / total
    matter = int(q[best, MATTER])
    if matter == GLOW:
        s = q[best, PATTERN]
        return r * s, g * s, b * s
    # each surface a little uneven, so that large shapes are alive
    if matter in (FUR, SCALES):
        f = 9.0 if matter == SCALES else 5.0
        f *= 1.2 / env[REACH + 3]
        k = 0.88 + 0.24 * noise3((x - env[REACH]) * f, (y - env[REACH + 1]) * f, (z - env[REACH + 2]) * f)
        r, g, b = r * k, g * k, b * k
    back = -(nx * dx + ny * dy + nz * dz)
    open_sky = openness(q, n, x, y, z, nx, ny, nz, 0.16 * env[REACH + 3])
    if env[PLACE] != SPACE:
        open_sky *= 0.45 + 0.55 * smooth(-0.05, 0.40 * env[REACH + 3], y)
    ndl = nx * env[KEY] + ny * env[KEY + 1] + nz * env[KEY + 2]
    wrap = 0.18 if matter in (FUR, CLOTH, SKIN) else 0.05
    lit = max((ndl + wrap) / (1.0 + wrap), 0.0)
    if ndl > -wrap and lit > 0.0:
        o = 3.0 * e + 0.012 * env[REACH + 3]
        lit *= shadow(
            q, n, idx, span, x + nx * o, y + ny * o, z + nz * o, env[KEY], env[KEY + 1], env[KEY + 2], 9.0
        )
    if matter in (CLOTH, SKIN):  # light shines through
        lit += 0.30 * max(-ndl, 0.0)
    up = 0.5 + 0.5 * ny
    fill = max(nx * env[FILL] + ny * env[FILL + 1] + nz * env[FILL + 2], 0.0)
    fill = (0.25 + 0.75 * fill) * (0.4 + 0.6 * open_sky)
    lr = (
        env[KEY_RGB] * lit
        + (env[GROUND_AMB] + (env[SKY_AMB] - env[GROUND_AMB]) * up) * open_sky
        + env[FILL_RGB] * fill
    )
    lg = (
        env[KEY_RGB + 1] * lit
        + (env[GROUND_AMB + 1] + (env[SKY_AMB + 1] - env[GROUND_AMB + 1]) * up) * open_sky
    )
    lb = (
        env[KEY_RGB + 2] * lit
        + (env[GROUND_AMB + 2] + (env[SKY_AMB + 2] - env[GROUND_AMB + 2]) * up) * open_sky
    )
    lg += env[FILL_RGB + 1] * fill
    lb += env[FILL_RGB + 2] * fill
    for j in range(glows.shape[0]):
        if glows[j, 7] > 0.0:
            gx, gy, gz = glows[j, 0] - x, glows[j, 1] - y, glows[j, 2] - z
            dd = sqrt(gx * gx + gy * gy + gz * gz) + 1e-6
            s = glows[j, 7] * max(0.15 + 0.85 * (gx * nx + gy * ny + gz * nz) / dd, 0.0)
            s /= 1.0 + (dd / (2.0 * glows[j, 3])) ** 2
            lr, lg, lb = lr + s * glows[j, 4], lg + s * glows[j, 5], lb + s * glows[j, 6]
    r, g, b = r * lr, g * lg, b * lb
    hx, hy, hz = env[KEY] - dx, env[KEY + 1] - dy, env[KEY + 2] - dz
    k = 1.0 / sqrt(hx * hx + hy * hy + hz * hz + 1e-9)
    half = max((hx * nx + hy * ny + hz * nz) * k, 0.0)
    edge = (1.0 - max(back, 0.0)) ** 4
    if matter in (PAINT, GLASS):
        fresnel = 0.05 + 0.6 * edge if matter == PAINT else 0.10 + 0.8 * edge
        c = 2.0 * back
        sr, sg, sb = sky(env, dx + c * nx, max(dy + c * ny, 0.0), dz + c * nz, 0)
        spec = half**90 * 1.3 * min(lit * 2.0, 1.0)
        r += sr * fresnel * open_sky + spec * env[KEY_RGB]
        g += sg * fresnel * open_sky + spec * env[KEY_RGB + 1]
        b += sb * fresnel * open_sky + spec * env[KEY_RGB + 2]
    else:
        spec = half**22 * (0.16 if matter in (SCALES, SKIN) else 0.05) * min(lit * 2.0, 1.0)
        sheen = edge * (0.30 if matter == FUR else 0.16) * open_sky
        r += sheen * env[SKY_AMB] + spec * env[KEY_RGB]
        g += sheen * env[SKY_AMB + 1] + spec * env[KEY_RGB + 1]
        b += sheen * env[SKY_AMB + 2] + spec * env[KEY_RGB + 2]
    if matter == STONE and q[best, PATTERN] > 0.0:  # the front of a burning rock glows in its cracks
        cx, cy, cz = x - q[best, 14], y - q[best, 15], z - q[best, 16]
        size = q[best, 26]
        front = (cx * q[best, 30] + cy * q[best, 31] + cz * q[best, 32]) / size
        crack = noise3(cx * 5.0 / size, cy * 5.0 / size, cz * 5.0 / size)
        heat = smooth(0.15, 1.05, front + 0.7 * (0.5 - crack)) * q[best, PATTERN]
        r, g, b = r + 2.6 * heat, g + 0.95 * heat * (0.5 + heat * 0.5), b + 0.20 * heat * heat
    return r, g, b


@fast
def dry_ground(
    env: Array,
    q: Array,
    n: int,
    glows: Array,
    x: float,
    z: float,
    t: float,
    dy: float,
    pixel: float,
    lit: float,
) -> Colour:
    """Radiance of sand, snow or grass."""
    foot = pixel * t / max(-dy, 0.05)
    hx, hz = bump(env, x, z, foot)
    r, g, b = cover(env, x, z, foot)
    key = key_slope(env, hx, hz) * lit
    s = 1.0 / sqrt(1.0 + hx * hx + hz * hz)
    open_sky = 1.0
    px, pz = x - env[REACH], z - env[REACH + 2]
    reach = env[REACH + 3]
    if px * px + pz * pz < 1.7 * reach * reach and n > 0:
        open_sky = openness(q, n, x, 0.0, z, 0.0, 1.0, 0.0, 0.30 * reach)
    fill = env[FILL + 1] * s - (env[FILL] * hx + env[FILL + 2] * hz) * s
    fill = 0.25 + 0.75 * max(fill, 0.0)
    lr = env[KEY_RGB] * key + (env[SKY_AMB] + env[FILL_RGB] * fill) * open_sky
    lg = env[KEY_RGB + 1] * key + (env[SKY_AMB + 1] + env[FILL_RGB + 1] * fill) * open_sky
    lb = env[KEY_RGB + 2] * key + (env[SKY_AMB + 2] + env[FILL_RGB + 2] * fill) * open_sky
    for j in range(glows.shape[0]):
        if glows[j, 7] > 0.0:
            gx, gy, gz = glows[j, 0] - x, glows[j, 1], glows[j, 2] - z
            dd = sqrt(gx * gx + gy * gy + gz * gz) + 1e-6
            w = glows[j, 7] * max(gy / dd, 0.0) / (1.0 + (dd / (2.0 * glows[j, 3])) ** 2)
            lr, lg, lb = lr + w * glows[j, 4], lg + w * glows[j, 5], lb + w * glows[j, 6]
    return r * lr, g * lg, b * lb


@fast
def plane(
    env: Array,
    q: Array,
    n: int,
    idx: Indices,
    span: Array,
    glows: Array,
    ray: tuple[float, float, float, float, float, float],
    t: float,
    pixel: float,
) -> Colour:
    """Radiance of whatever covers the plane at distance t."""
    ox, _, oz, dx, dy, dz = ray
    x, z = ox + t * dx, oz + t * dz
    lit = 1.0
    if n > 0:
        cx, cy, cz = env[REACH] - x, env[REACH + 1], env[REACH + 2] - z
        b = cx * env[KEY] + cy * env[KEY + 1] + cz * env[KEY + 2]
        if b > -env[REACH + 3] and cx * cx + cy * cy + cz * cz - b * b < env[REACH + 3] ** 2:
            lit = shadow(q, n, idx, span, x, 0.01, z, env[KEY], env[KEY + 1], env[KEY + 2], 10.0)
    if is_water(env, x, z):
        return sea_colour(env, q, n, idx, span, x, z, dx, dy, dz, t, pixel, lit)
    return dry_ground(env, q, n, glows, x, z, t, dy, pixel, lit)


@fast
def ground_distance(env: Array, oy: float, dy: float, ox: float, oz: float, dx: float, dz: float) -> float:
    """Distance to the plane, or to the swell of the open sea."""
    if env[PLACE] == SPACE or dy > -1e-4:
        return FAR
    t = -oy / dy
    if env[PLACE] == SEA and t < 30.0:
        h, _hx, _hz = waves(env, ox + t * dx, oz + t * dz, 0.12, 2)
        t = (h - oy) / dy
    return t


@fast
def trace(
    env: Array,
    pixel: float,
    q: Array,
    n: int,
    fires: Array,
    glows: Array,
    idx: Indices,
    span: Array,
    ray: tuple[float, float, float, float, float, float],
) -> tuple[float, float, float, float]:
    """Radiance along one ray and 1 where it met the subject."""
    ox, oy, oz, dx, dy, dz = ray
    ground = ground_distance(env, oy, dy, ox, oz, dx, dz)
    world, miss = planet_distance(env, ox, oy, oz, dx, dy, dz)
    depth = ground if world < 0.0 else world
    m, met = 0, -1.0
    cx, cy, cz = env[REACH] - ox, env[REACH + 1] - oy, env[REACH + 2] - oz
    b0 = cx * dx + cy * dy + cz * dz
    if cx * cx + cy * cy + cz * cz - b0 * b0 < env[REACH + 3] ** 2:
        m, near, far = cull(q, n, ox, oy, oz, dx, dy, dz, idx, span)
        if m > 0:
            met = march(q, idx, span, m, ray, near, min(far, depth), pixel)
    hit = 0.0
    if met >= 0.0:
        hit, depth = 1.0, met
        p = (ox + met * dx, oy + met * dy, oz + met * dz)
        r, g, b = surface(env, q, n, idx, span, m, glows, p, (dx, dy, dz), met, pixel)
    elif world >= 0.0:
        r, g, b = globe(env, ox + world * dx, oy + world * dy, oz + world * dz, dx, dy, dz)
    elif ground < 400.0:
        r, g, b = plane(env, q, n, idx, span, glows, ray, ground, pixel)
        rr, rg, rb, seen = 0.0, 0.0, 0.0, 0.0
        if ground > 30.0:
            rr, rg, rb, seen = ridges(env, ox, oy, oz, dx, dy, dz, pixel)
        if seen > 0.0:
            r, g, b = r + (rr - r) * seen, g + (rg - g) * seen, b + (rb - b) * seen
    else:
        r, g, b = sky(env, dx, max(dy, 0.0), dz, 4)
        rr, rg, rb, seen = ridges(env, ox, oy, oz, dx, dy, dz, pixel)
        if seen > 0.0:
            r, g, b = r + (rr - r) * seen, g + (rg - g) * seen, b + (rb - b) * seen
        if miss < 1.5:
            hr, hg, hb = halo(env, ox, oy, oz, dx, dy, dz, miss)
            r, g, b = r + hr, g + hg, b + hb
    if env[PLACE] != SPACE and depth < 400.0:
        r, g, b = fog_between(env, r, g, b, depth, env[FOG])
    for j in range(fires.shape[0]):
        fr, fg, fb, a = flame(env, fires[j], ray, depth, 14)
        r, g, b = r * (1.0 - a) + fr, g * (1.0 - a) + fg, b * (1.0 - a) + fb
    for j in range(glows.shape[0]):
        gr, gg, gb = glow(glows[j], ray, depth)
        r, g, b = r + gr, g + gg, b + gb
    if env[WEATHER] == 1.0:
        a = flakes(env, dx, dy, dz, 4) * 0.85 if hit == 0.0 else flakes(env, dx, dy, dz, 1) * 0.6
        k = env[SKY_AMB + 2] + 0.35
        r, g, b = r + (k * 0.97 - r) * a, g + (k * 0.98 - g) * a, b + (k - b) * a
    return r, g, b, hit
