"""The sky and what stands at the horizon: gradient, sun, moon, stars, clouds, ridges of hills, mist."""

from __future__ import annotations

from math import atan2, exp, floor, sqrt

from engine.worlds.render.accel import Array, Colour, fast
from engine.worlds.render.layout import (
    CLOUD_DARK,
    CLOUD_LIT,
    CLOUDS,
    DESERT,
    DISC,
    DISC_RGB,
    FOG,
    FOG_RGB,
    HORIZON,
    LIGHT,
    MEADOW,
    NIGHT,
    OFF_X,
    OFF_Z,
    PLACE,
    SALT,
    SNOW,
    SPACE,
    STARS,
    SUNSET,
    TIME,
    ZENITH,
)
from engine.worlds.render.noise import fbm2, fbm3, hash2, noise2, smooth


@fast
def stars(dx: float, dy: float, dz: float, salt: int) -> float:
    """Light of round stars scattered on a cube map; their angular size does not hang on the picture's size."""
    ax, ay, az = abs(dx), abs(dy), abs(dz)
    if ax > ay and ax > az:
        face, u, v = (0 if dx > 0 else 1), dy / ax, dz / ax
    elif ay > az:
        face, u, v = (2 if dy > 0 else 3), dx / ay, dz / ay
    else:
        face, u, v = (4 if dz > 0 else 5), dx / az, dy / az
    light = 0.0
    cells = 17.0
    i, j = floor(u * cells), floor(v * cells)
    key = salt + face * 101
    if hash2(i, j, key) < 0.62:
        sx = (i + 0.15 + 0.7 * hash2(i, j, key + 1)) / cells
        sy = (j + 0.15 + 0.7 * hash2(i, j, key + 2)) / cells
        size = hash2(i, j, key + 3)
        r = 0.0026 + 0.0030 * size * size * size
        d2 = ((u - sx) ** 2 + (v - sy) ** 2) / (r * r)
        light = (0.35 + 1.1 * size * size) * exp(-d2)
    return light


@fast
def disc(env: Array, dx: float, dy: float, dz: float) -> Colour:
    """Sun or moon with its glow."""
    c = dx * env[DISC] + dy * env[DISC + 1] + dz * env[DISC + 2]
    if c <= 0.0:
        return 0.0, 0.0, 0.0
    night = env[LIGHT] == NIGHT
    angle = sqrt(max(2.0 - 2.0 * c, 0.0))
    radius = 0.058
    body = smooth(radius * 1.06, radius * 0.94, angle)
    if night:
        if body > 0.0:
            body *= 0.72 + 0.4 * noise2(dx * 34.0 + 5.0, dy * 34.0)
        halo = 0.30 * exp(-angle * 11.0) + 0.10 * exp(-angle * 3.2)
    else:
        halo = 0.50 * exp(-angle * 9.0) + 0.22 * exp(-angle * 2.6)
    s = 1.35 * body + halo
    return s * env[DISC_RGB], s * env[DISC_RGB + 1], s * env[DISC_RGB + 2]


@fast
def deep_space(env: Array, dx: float, dy: float, dz: float) -> Colour:
    """Black sky, stars, a faint band of nebula."""
    band = dy * 0.8 + dx * 0.35 + env[OFF_X] * 0.01
    veil = fbm3(dx * 2.3 + env[OFF_X], dy * 2.3, dz * 2.3 + env[OFF_Z], 3)
    veil = smooth(0.42, 0.85, veil) * exp(-band * band * 3.5)
    s = stars(dx, dy, dz, int(env[SALT]))
    return 0.004 + 0.05 * veil + s, 0.005 + 0.028 * veil + s, 0.016 + 0.10 * veil + 1.05 * s


@fast
def sky(env: Array, dx: float, dy: float, dz: float, octaves: int) -> Colour:
    """Radiance of the sky in one direction; octaves 0 leaves out clouds and stars (for mirrors)."""
    if env[PLACE] == SPACE:
        if octaves == 0:
            return 0.01, 0.012, 0.03
        return deep_space(env, dx, dy, dz)
    h = max(dy, 0.0)
    m = exp(-h * 4.2)
    r = env[ZENITH] + (env[HORIZON] - env[ZENITH]) * m
    g = env[ZENITH + 1] + (env[HORIZON + 1] - env[ZENITH + 1]) * m
    b = env[ZENITH + 2] + (env[HORIZON + 2] - env[ZENITH + 2]) * m
    if env[LIGHT] == SUNSET:  # the warm side of the sky
        side = dx * env[DISC] + dz * env[DISC + 2]
        warm = max(side, 0.0) ** 3 * exp(-h * 3.0) * 0.55
        r += warm * 0.85
        g += warm * 0.30
        b += warm * 0.02
    sr, sg, sb = disc(env, dx, dy, dz)
    cover = 0.0
    if octaves > 0 and dy > 0.01:
        if env[STARS] > 0.0:
            s = stars(dx, dy, dz, int(env[SALT])) * env[STARS] * smooth(0.02, 0.2, dy)
            r, g, b = r + s, g + s, b + s
        if env[CLOUDS] > 0.0:
            f = 1.25 / (dy + 0.16)
            u = dx * f + env[OFF_X] + 0.035 * env[TIME]
            v = dz * f + env[OFF_Z]
            n = fbm2(u, v, octaves)
            cover = smooth(0.66 - 0.30 * env[CLOUDS], 0.90 - 0.22 * env[CLOUDS], n) * smooth(0.01, 0.16, dy)
            if cover > 0.0:
                lit = 0.5 + 2.2 * (n - noise2(u + 0.30 * env[DISC], v + 0.30 * env[DISC + 2] - 0.2))
                lit = min(max(lit, 0.0), 1.0)
                cr = env[CLOUD_DARK] + (env[CLOUD_LIT] - env[CLOUD_DARK]) * lit
                cg = env[CLOUD_DARK + 1] + (env[CLOUD_LIT + 1] - env[CLOUD_DARK + 1]) * lit
                cb = env[CLOUD_DARK + 2] + (env[CLOUD_LIT + 2] - env[CLOUD_DARK + 2]) * lit
                a = 0.9 * cover
                r, g, b = r + (cr - r) * a, g + (cg - g) * a, b + (cb - b) * a
    keep = 1.0 - 0.75 * cover
    r, g, b = r + sr * keep, g + sg * keep, b + sb * keep
    if env[FOG] > 0.02:
        a = min(1.0, env[FOG] * 12.0) * exp(-h * 2.6)
        r = r + (env[FOG_RGB] - r) * a
        g = g + (env[FOG_RGB + 1] - g) * a
        b = b + (env[FOG_RGB + 2] - b) * a
    return r, g, b


@fast
def ridge_height(place: int, layer: int, az: float, salt: float) -> float:
    """Height of a ridge at one azimuth, as a share of its distance."""
    s = salt + 31.0 * layer
    if place == SNOW:
        if layer == 0:
            return 0.030 * (0.3 + noise2(az * 5.0 + s, 1.3))
        n = noise2(az * 4.2 + s, 0.5) * 0.72 + 0.28 * noise2(az * 11.0 + s, 4.5)
        peak = 1.0 - abs(2.0 * n - 1.0)
        return 0.035 + 0.17 * peak * peak + 0.020 * noise2(az * 34.0 + s, 9.5)
    if place == DESERT:
        n = noise2(az * (4.0 - layer) + s, 1.7) * 0.8 + 0.2 * noise2(az * 9.0 + s, 5.2)
        crest = 1.0 - abs(2.0 * n - 1.0)
        return (0.035 + 0.040 * layer) * (0.2 + crest)
    n = noise2(az * (5.0 - layer) + s, 2.2) * 0.75 + 0.25 * noise2(az * 14.0 + s, 7.0)
    return (0.020 + 0.034 * layer) * (0.35 + 1.1 * n)


@fast
def ridges(
    env: Array, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, pixel: float
) -> tuple[float, float, float, float]:
    """Two rings of hills round the scene (true parallax): colour and coverage, coverage 0 where none is seen."""
    place = int(env[PLACE])
    if place not in (SNOW, DESERT, MEADOW) or dy > 0.3:
        return 0.0, 0.0, 0.0, 0.0
    a = max(dx * dx + dz * dz, 1e-9)
    b = ox * dx + oz * dz
    for layer in range(2):
        radius = 45.0 + 70.0 * layer
        c = ox * ox + oz * oz - radius * radius
        t = (-b + sqrt(max(b * b - a * c, 0.0))) / a
        x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
        highest = 0.10
        if place == SNOW:
            highest = 0.05 if layer == 0 else 0.24
        if y < 0.0 or y > highest * radius:
            continue
        az = atan2(x, -z)
        top = radius * ridge_height(place, layer, az, env[OFF_X])
        edge = pixel * t
        seen = smooth(top + edge, top - edge, y)
        if seen <= 0.01:
            continue
        e = 0.012
        slope = (radius * ridge_height(place, layer, az + e, env[OFF_X]) - top) / (radius * e)
        relief = fbm2(az * 26.0 + env[OFF_X], y * 0.5 + slope, 3) - 0.5
        side = env[DISC] * (z / radius) * -1.0 + env[DISC + 2] * (x / radius)
        lit = 0.62 - 1.4 * slope * side + 0.5 * relief
        lit = min(max(lit, 0.15), 1.1)
        if place == SNOW:
            rock = 0.0
            if layer == 1:
                rock = smooth(0.38, 0.62, fbm2(az * 30.0 + 3.0, y * 0.16, 3) + 0.34 - 0.42 * y / top) * 0.9
            r, g, bl = 0.74 - 0.58 * rock, 0.80 - 0.60 * rock, 0.90 - 0.60 * rock
        elif place == DESERT:
            r, g, bl = 0.78, 0.46, 0.20
        else:
            wood = smooth(0.45, 0.6, fbm2(az * 30.0, y * 0.6, 2))
            r, g, bl = 0.16 - 0.08 * wood, 0.36 - 0.16 * wood, 0.09 - 0.04 * wood
        key = lit * 0.85
        r *= env[8] * key * 0.5 + env[11]
        g *= env[9] * key * 0.5 + env[12]
        bl *= env[10] * key * 0.5 + env[13]
        haze = 1.0 - exp(-radius * (0.0022 + 2.0 * env[FOG]))
        r = r + (env[HORIZON] - r) * haze
        g = g + (env[HORIZON + 1] - g) * haze
        bl = bl + (env[HORIZON + 2] - bl) * haze
        return r, g, bl, seen
    return 0.0, 0.0, 0.0, 0.0
