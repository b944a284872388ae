"""What lies underfoot: sand, snow, grass and flowers, dunes' ripples, and the sea with its waves and foam."""

from __future__ import annotations

from math import cos, exp, floor, sin, sqrt

from engine.worlds.render.accel import Array, Colour, Indices, fast
from engine.worlds.render.layout import (
    BEACH,
    DESERT,
    KEY,
    KEY_RGB,
    LIGHT,
    MEADOW,
    NIGHT,
    OFF_X,
    OFF_Z,
    PLACE,
    REACH,
    RGB,
    SEA,
    SHORE,
    SKY_AMB,
    SNOW,
    TIME,
    WAKE,
    WAVES,
)
from engine.worlds.render.noise import fbm2, hash2, noise2, smooth
from engine.worlds.render.sdf import around, cull, distance, march
from engine.worlds.render.sky import sky


@fast
def shoreline(env: Array, x: float) -> float:
    """z of the water's edge at x: a gentle bay, and waves that run up and back."""
    wash = 0.16 * sin(1.9 * env[TIME] + 0.35 * x + env[OFF_X]) + 0.10 * sin(0.9 * x + env[OFF_Z])
    return env[SHORE] + wash + 0.35 * sin(0.22 * x + env[OFF_X])


@fast
def waves(env: Array, x: float, z: float, foot: float, octaves: int) -> tuple[float, float, float]:
    """Height of the sea and its slope in x and z; waves finer than the footprint of a pixel fade out."""
    t, s = env[TIME], env[WAVES]
    h, hx, hz = 0.0, 0.0, 0.0
    wx, wz = x, z
    freq, amp, speed = 0.62, 0.12, 1.35
    ax, az = 0.35, 0.94
    for i in range(octaves):
        fade = exp(-(freq * foot) * (freq * foot) * 0.6) * amp * s
        if fade < 2e-4:
            break
        arg = (wx * ax + wz * az) * freq + speed * t + env[OFF_X] * (i + 1)
        w = 0.5 + 0.5 * sin(arg)  # squared: crests narrower than troughs
        h += fade * (w * w - 0.375)
        slope = fade * w * cos(arg) * freq
        hx += slope * ax
        hz += slope * az
        wx += ax * slope * 0.9
        wz += az * slope * 0.9
        ax, az = ax * 0.36 - az * 0.93, ax * 0.93 + az * 0.36
        freq *= 1.72
        amp *= 0.60
        speed *= 1.28
    if octaves < 5:
        return h, hx, hz
    n = 6.0
    fine = exp(-(n * foot) * (n * foot)) * 0.22 * s
    if fine > 0.003:
        u, v = x * n + t * 1.1, z * n - t * 0.7
        a = noise2(u, v)
        hx += (noise2(u + 0.35, v) - a) * fine
        hz += (noise2(u, v + 0.35) - a) * fine
    return h, hx, hz


@fast
def foam_of_wake(env: Array, x: float, z: float) -> float:
    """White water behind a swimmer or a hull: a V and a churned middle."""
    if env[WAKE + 5] <= 0.0:
        return 0.0
    px, pz = x - env[WAKE], z - env[WAKE + 1]
    fx, fz = env[WAKE + 2], env[WAKE + 3]
    back = -(px * fx + pz * fz)
    side = abs(-px * fz + pz * fx)
    w = env[WAKE + 4]
    if back < -w * 1.2 or back > 9.0 * w:
        return 0.0
    arm = 0.55 * w + 0.34 * (back + w)
    n = noise2(x * 3.2 / w - env[TIME] * 0.3, z * 3.2 / w)
    v = exp(-(((side - arm) / (0.16 * w + 0.05 * (back + w))) ** 2)) * (0.45 + 0.8 * n)
    middle = smooth(arm, 0.3 * arm, side) * smooth(0.0, w, back) * n * 0.9
    return env[WAKE + 5] * (v + middle) * exp(-max(back, 0.0) / (3.2 * w))


@fast
def sea_colour(
    env: Array,
    q: Array,
    n: int,
    idx: Indices,
    span: Array,
    x: float,
    z: float,
    dx: float,
    dy: float,
    dz: float,
    t: float,
    pixel: float,
    lit: float,
) -> Colour:
    """Radiance of the water: mirrored sky and subject, depth colour, glitter, foam."""
    foot = pixel * t / max(-dy, 0.03)
    h, hx, hz = waves(env, x, z, foot, 5)
    s = 1.0 / sqrt(1.0 + hx * hx + hz * hz)
    nx, ny, nz = -hx * s, s, -hz * s
    c = -(dx * nx + dy * ny + dz * nz)
    c = max(c, 0.02)
    fresnel = 0.03 + 0.90 * (1.0 - c) ** 5
    rx, ry, rz = dx + 2.0 * c * nx, dy + 2.0 * c * ny, dz + 2.0 * c * nz
    ry = max(abs(ry), 0.015)
    mr, mg, mb = sky(env, rx, ry, rz, 0)
    px, py, pz = env[REACH] - x, env[REACH + 1], env[REACH + 2] - z
    b = px * rx + py * ry + pz * rz
    near = px * px + py * py + pz * pz - b * b < env[REACH + 3] ** 2
    if near and n > 0:
        # the mirror image ignores the finest waves, or it would fall to pieces
        ux, uz = dx - 0.9 * hx, dz - 0.9 * hz
        uy = -dy
        k = 1.0 / sqrt(ux * ux + uy * uy + uz * uz)
        ux, uy, uz = ux * k, uy * k, uz * k
        m, t0, t1 = cull(q, n, x, h, z, ux, uy, uz, idx, span)
        if m > 0:
            hit = march(q, idx, span, m, (x, h, z, ux, uy, uz), max(t0, 0.02), t1, pixel * 3.0)
            if hit > 0.0:
                i = idx[0]
                best = 1e9
                for j in range(m):
                    e = distance(q, idx[j], x + ux * hit, h + uy * hit, z + uz * hit)
                    if e < best:
                        best, i = e, idx[j]
                mr = q[i, RGB] * (0.35 * env[KEY_RGB] + env[SKY_AMB])
                mg = q[i, RGB + 1] * (0.35 * env[KEY_RGB + 1] + env[SKY_AMB + 1])
                mb = q[i, RGB + 2] * (0.35 * env[KEY_RGB + 2] + env[SKY_AMB + 2])
                fresnel = max(fresnel, 0.25)
    crest = smooth(0.02, 0.16, h * s)
    lum = env[SKY_AMB] * 0.5 + env[SKY_AMB + 1] * 0.5 + 0.28 * env[KEY_RGB] * lit
    deep_r, deep_g, deep_b = 0.008 * lum, (0.10 + 0.13 * crest) * lum, (0.23 + 0.12 * crest) * lum
    if env[PLACE] == BEACH:
        shallow = exp(-max(shoreline(env, x) - z, 0.0) * 0.55)
        deep_r += (0.10 * lum - deep_r) * shallow * 0.8
        deep_g += (0.38 * lum - deep_g) * shallow * 0.8
        deep_b += (0.40 * lum - deep_b) * shallow * 0.8
    r = deep_r + (mr - deep_r) * fresnel
    g = deep_g + (mg - deep_g) * fresnel
    b = deep_b + (mb - deep_b) * fresnel
    # glitter: the lobe widens where waves are too fine to be seen
    gx, gy, gz = env[29] - dx, env[30] - dy, env[31] - dz
    k = 1.0 / sqrt(gx * gx + gy * gy + gz * gz)
    spec = max((gx * nx + gy * ny + gz * nz) * k, 0.0)
    power = 260.0 if foot < 0.05 else 260.0 / (1.0 + 2.6 * min(foot - 0.05, 1.0))
    gl = (
        spec**power
        * (2.4 if env[LIGHT] != NIGHT else 1.2)
        * (0.35 + 0.65 * lit)
        * (0.25 + 0.75 * power / 260.0)
    )
    r, g, b = r + gl * env[32], g + gl * env[33], b + gl * env[34]
    foam = foam_of_wake(env, x, z)
    if env[PLACE] == BEACH:
        d = shoreline(env, x) - z
        edge = noise2(x * 2.3, z * 2.3 + env[TIME] * 0.5)
        foam += smooth(0.30 + 0.25 * edge, 0.02, d) * (0.75 + 0.25 * edge)
        roll = sin(d * 2.1 + 1.7 * env[TIME] + 0.5 * sin(0.5 * x))
        foam += 0.8 * smooth(0.82, 0.98, roll) * smooth(4.5, 1.0, d) * smooth(0.2, 0.7, edge + 0.2)
    else:
        foam += (
            0.55
            * smooth(0.085, 0.17, h)
            * smooth(0.45, 0.8, noise2(x * 1.7 + env[OFF_X], z * 3.1))
            * exp(-foot * 3.0)
        )
    if env[PLACE] == SEA and n > 0:
        rr = env[REACH + 3] + 0.2
        if (x - env[REACH]) ** 2 + (z - env[REACH + 2]) ** 2 < rr * rr:
            d = around(q, n, x, 0.0, z, 0.3)
            foam += 0.8 * smooth(0.16, 0.02, d) * (0.5 + 0.7 * noise2(x * 9.0, z * 9.0 + env[TIME]))
    foam = min(max(foam, 0.0), 1.0) * 0.9
    if foam > 0.0:
        fr = env[SKY_AMB] * 0.9 + 0.45 * env[KEY_RGB] * lit
        fg = env[SKY_AMB + 1] * 0.9 + 0.45 * env[KEY_RGB + 1] * lit
        fb = env[SKY_AMB + 2] * 0.9 + 0.45 * env[KEY_RGB + 2] * lit
        r, g, b = r + (fr - r) * foam, g + (fg - g) * foam, b + (fb - b) * foam
    return r, g, b


@fast
def bump(env: Array, x: float, z: float, foot: float) -> tuple[float, float]:
    """Slope of the dry ground."""
    place = int(env[PLACE])
    ox, oz = env[OFF_X], env[OFF_Z]
    if place == DESERT:
        bend = 2.4 * noise2(x * 0.35 + ox, z * 0.35 + oz)
        arg = (x * 0.55 + z * 1.0 + bend) * 7.0
        fade = exp(-((foot * 7.0) ** 2) * 0.5)
        ripple = cos(arg) * 0.16 * fade
        a = noise2(x * 0.5 + ox, z * 0.5)
        return ripple * 0.5 + (noise2(x * 0.5 + ox + 0.2, z * 0.5) - a) * 0.9, ripple + (
            noise2(x * 0.5 + ox, z * 0.5 + 0.2) - a
        ) * 0.9
    f = 1.3 if place == SNOW else 2.2
    k = (0.8 if place == SNOW else 0.42) * exp(-((foot * f) ** 2))
    if k < 0.003:
        return 0.0, 0.0
    u, v = x * f + ox, z * f + oz
    a = fbm2(u, v, 2)
    return (fbm2(u + 0.22, v, 2) - a) * k, (fbm2(u, v + 0.22, 2) - a) * k


@fast
def cover(env: Array, x: float, z: float, foot: float) -> Colour:
    """Albedo of the dry ground."""
    place = int(env[PLACE])
    ox, oz = env[OFF_X], env[OFF_Z]
    broad = fbm2(x * 0.35 + ox, z * 0.35 + oz, 2) - 0.5
    if place == SNOW:
        return 0.74 + 0.07 * broad, 0.80 + 0.06 * broad, 0.90
    if place == DESERT:
        grain = 0.5 * broad
        return 0.74 + 0.2 * grain, 0.44 + 0.18 * grain, 0.20 + 0.1 * grain
    if place == MEADOW:
        fine = exp(-((foot * 5.0) ** 2))
        blade = (noise2(x * 11.0, z * 5.0) - 0.5) * fine
        tuft = noise2(x * 1.9 + oz, z * 1.9) - 0.5
        r = 0.115 + 0.10 * broad + 0.05 * tuft + 0.07 * blade
        g = 0.285 + 0.12 * broad + 0.09 * tuft + 0.15 * blade
        b = 0.040 + 0.02 * tuft
        cells = 1.15
        u, v = x * cells, z * cells
        i, j = floor(u), floor(v)
        pick = hash2(i, j, 31)
        if pick < 0.5:
            cx, cz = i + 0.25 + 0.5 * hash2(i, j, 32), j + 0.25 + 0.5 * hash2(i, j, 33)
            d = sqrt((u - cx) ** 2 + (v - cz) ** 2)
            size = 0.10 + foot * 0.4
            a = smooth(size, 0.6 * size, d) * min(1.0, 0.02 / (foot * foot + 0.01))
            tint = hash2(i, j, 34)
            if tint < 0.45:
                fr, fg, fb = 0.92, 0.90, 0.84
            elif tint < 0.75:
                fr, fg, fb = 0.95, 0.72, 0.06
            else:
                fr, fg, fb = 0.80, 0.22, 0.42
            r, g, b = r + (fr - r) * a, g + (fg - g) * a, b + (fb - b) * a
        return r, g, b
    r, g, b = 0.80 + 0.16 * broad, 0.66 + 0.15 * broad, 0.43 + 0.12 * broad
    wet = smooth(1.5, 0.15, z - shoreline(env, x))
    return r * (1.0 - 0.48 * wet), g * (1.0 - 0.47 * wet), b * (1.0 - 0.42 * wet)


@fast
def is_water(env: Array, x: float, z: float) -> bool:
    """Whether a point of the plane is sea."""
    if env[PLACE] == SEA:
        return True
    return env[PLACE] == BEACH and z < shoreline(env, x)


@fast
def key_slope(env: Array, hx: float, hz: float) -> float:
    """Cosine between the key light and the ground's normal."""
    s = 1.0 / sqrt(1.0 + hx * hx + hz * hz)
    return max((env[KEY + 1] - hx * env[KEY] - hz * env[KEY + 2]) * s, 0.0)
