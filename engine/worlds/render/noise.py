"""Seeded lattice noise: hashes, value noise in two and three dimensions, and its fractal sum. All in [0, 1]."""

from __future__ import annotations

from math import floor

import numpy as np

from engine.worlds.render.accel import fast

LATTICE = np.random.default_rng(20231211).random((128, 128), dtype=np.float32)


@fast
def hash2(i: int, j: int, salt: int) -> float:
    """A number in [0, 1) that belongs to one lattice point."""
    h = (i * 374761393 + j * 668265263 + salt * 1442695041) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 2246822519) & 0xFFFFFFFF
    return ((h ^ (h >> 15)) & 0xFFFFFF) / 16777216.0


@fast
def noise2(x: float, y: float) -> float:
    """Smooth value noise on the plane; it repeats after 128 cells."""
    i, j = floor(x), floor(y)
    u, v = x - i, y - j
    u = u * u * (3.0 - 2.0 * u)
    v = v * v * (3.0 - 2.0 * v)
    i0, i1, j0, j1 = i & 127, (i + 1) & 127, j & 127, (j + 1) & 127
    a, b = LATTICE[j0, i0], LATTICE[j0, i1]
    c, d = LATTICE[j1, i0], LATTICE[j1, i1]
    return a + (b - a) * u + (c - a) * v + (a - b - c + d) * u * v


@fast
def noise3(x: float, y: float, z: float) -> float:
    """Smooth value noise in space."""
    i, j, k = floor(x), floor(y), floor(z)
    u, v, w = x - i, y - j, z - k
    u = u * u * (3.0 - 2.0 * u)
    v = v * v * (3.0 - 2.0 * v)
    w = w * w * (3.0 - 2.0 * w)
    # each layer of cells is the plane's lattice shifted by a step of its own
    i, j = i + 57 * k, j + 31 * k
    i0, i1, j0, j1 = i & 127, (i + 1) & 127, j & 127, (j + 1) & 127
    a, b, c, d = LATTICE[j0, i0], LATTICE[j0, i1], LATTICE[j1, i0], LATTICE[j1, i1]
    low = a + (b - a) * u + (c - a) * v + (a - b - c + d) * u * v
    i, j = i + 57, j + 31
    i0, i1, j0, j1 = i & 127, (i + 1) & 127, j & 127, (j + 1) & 127
    a, b, c, d = LATTICE[j0, i0], LATTICE[j0, i1], LATTICE[j1, i0], LATTICE[j1, i1]
    high = a + (b - a) * u + (c - a) * v + (a - b - c + d) * u * v
    return low + (high - low) * w


@fast
def fbm2(x: float, y: float, octaves: int) -> float:
    """Fractal sum of `noise2`."""
    total, weight, norm = 0.0, 0.5, 0.0
    for _ in range(octaves):
        total += weight * noise2(x, y)
        norm += weight
        weight *= 0.5
        x, y = 1.6 * x + 1.2 * y + 17.3, -1.2 * x + 1.6 * y + 9.1
    return total / norm


@fast
def fbm3(x: float, y: float, z: float, octaves: int) -> float:
    """Fractal sum of `noise3`."""
    total, weight, norm = 0.0, 0.5, 0.0
    for _ in range(octaves):
        total += weight * noise3(x, y, z)
        norm += weight
        weight *= 0.5
        x, y, z = 1.6 * x + 1.2 * y + 17.3, -1.2 * x + 1.6 * y + 9.1, 2.0 * z + 3.7
    return total / norm


@fast
def smooth(low: float, high: float, x: float) -> float:
    """Hermite step from 0 at `low` to 1 at `high`; `low` may be the larger one."""
    u = (x - low) / (high - low)
    u = min(max(u, 0.0), 1.0)
    return u * u * (3.0 - 2.0 * u)
