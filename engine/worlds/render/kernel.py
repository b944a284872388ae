"""The loop over pixels: rays through the lens, extra samples where the picture has edges, film response."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from engine.worlds.render.accel import Array, Colour, Indices, fast
from engine.worlds.render.layout import AHEAD, EXPOSURE, EYE, PIXEL, RIGHT, TAN_X, TAN_Y, UP
from engine.worlds.render.shading import trace

Picture = NDArray[np.float32]
# powers are slow: a table over the square root, which is nearly straight
GAMMA = np.linspace(0.0, 1.0, 1025) ** 0.909


@fast
def curve(x: float) -> float:
    """Film's response to light: a toe, a straight part, a shoulder."""
    return x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14)


@fast
def display(x: float) -> float:
    """Display gamma: x to the power 0.4545."""
    s = sqrt(min(x, 1.0)) * 1023.999
    k = int(s)
    return GAMMA[k] + (GAMMA[k + 1] - GAMMA[k]) * (s - k)


@fast
def film(r: float, g: float, b: float, exposure: float) -> Colour:
    """Filmic response with a little more saturation, then display gamma; all in [0, 1]."""
    r, g, b = r * exposure, g * exposure, b * exposure
    grey = 0.25 * r + 0.65 * g + 0.10 * b
    s = 1.13
    r, g, b = (
        max(grey + (r - grey) * s, 0.0),
        max(grey + (g - grey) * s, 0.0),
        max(grey + (b - grey) * s, 0.0),
    )
    # half channel by channel, half by the brightest channel alone, which keeps the hue of bright colours
    top = max(max(r, g), max(b, 1e-6))
    k = 0.5 * curve(top) / top
    r, g, b = 0.5 * curve(r) + k * r, 0.5 * curve(g) + k * g, 0.5 * curve(b) + k * b
    return display(r), display(g), display(b)


@fast
def detailed(first: Picture, i: int, j: int, rows: int, cols: int) -> bool:
    """Whether a pixel differs from a neighbour enough to deserve more rays."""
    worst = 0.0
    for ch in range(4):
        here = first[i, j, ch]
        worst = max(worst, abs(here - first[max(i - 1, 0), j, ch]))
        worst = max(worst, abs(here - first[min(i + 1, rows - 1), j, ch]))
        worst = max(worst, abs(here - first[i, max(j - 1, 0), ch]))
        worst = max(worst, abs(here - first[i, min(j + 1, cols - 1), ch]))
    return worst >= 0.055


@fast
def expose(
    env: Array,
    cam: Array,
    q: Array,
    fires: Array,
    glows: Array,
    window: Indices,
    height: int,
    width: int,
    samples: int,
    idx: Indices,
    span: Array,
    first: Picture,
    out: Picture,
) -> None:
    """Fill out (h, w, 4) with colour and mask of the window (top, left, h, w) of a height x width picture.

    The first pass sends one ray through every pixel's middle; samples - 1 further passes, only for pixels with detail,
    follow a rank-1 lattice round it. Scratch: idx (n + 1,) and span (n + 1, 2) for n primitives, first like out.
    """
    top, left, rows, cols = window[0], window[1], window[2], window[3]
    for turn in range(samples):
        du = (turn * 0.7548776662 + 0.5) % 1.0
        dv = (turn * 0.5698402910 + 0.5) % 1.0
        share = 1.0 / samples if turn > 0 and turn == samples - 1 else 1.0
        for i in range(rows):
            for j in range(cols):
                if turn > 0 and not detailed(first, i, j, rows, cols):
                    continue
                u = 2.0 * (left + j + du) / width - 1.0
                v = 1.0 - 2.0 * (top + i + dv) / height
                a, b = u * cam[TAN_X], v * cam[TAN_Y]
                dx = cam[AHEAD] + a * cam[RIGHT] + b * cam[UP]
                dy = cam[AHEAD + 1] + a * cam[RIGHT + 1] + b * cam[UP + 1]
                dz = cam[AHEAD + 2] + a * cam[RIGHT + 2] + b * cam[UP + 2]
                k = 1.0 / sqrt(dx * dx + dy * dy + dz * dz)
                ray = (cam[EYE], cam[EYE + 1], cam[EYE + 2], dx * k, dy * k, dz * k)
                red, green, blue, hit = trace(env, cam[PIXEL], q, q.shape[0], fires, glows, idx, span, ray)
                fall = 1.0 - 0.13 * (u * u + v * v) * 0.5
                red, green, blue = film(red * fall, green * fall, blue * fall, env[EXPOSURE])
                if turn == 0:
                    first[i, j, 0], first[i, j, 1], first[i, j, 2], first[i, j, 3] = red, green, blue, hit
                    out[i, j, 0], out[i, j, 1], out[i, j, 2], out[i, j, 3] = red, green, blue, hit
                else:
                    out[i, j, 0] = (out[i, j, 0] + red) * share
                    out[i, j, 1] = (out[i, j, 1] + green) * share
                    out[i, j, 2] = (out[i, j, 2] + blue) * share
                    out[i, j, 3] = (out[i, j, 3] + hit) * share
