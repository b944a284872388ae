"""What a tokenizer and a small generator do to a picture, imitated: the probe must read soft pictures rightly too."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.uint8]
_Floats = NDArray[np.float32]


def soften(clip: Frames, rng: np.random.Generator) -> Frames:
    """A clip (T, H, W, 3) as a generator might have left it; one in four stays as it is.

    Lost resolution, frames that hang on to the one before, grain that stays and grain that flickers, blotches of
    colour, a little less or more light: each by chance and by a random amount.
    """
    if rng.random() < 0.25:
        return clip
    x = clip.astype(np.float32)
    steps: tuple[tuple[float, Callable[[_Floats, np.random.Generator], _Floats]], ...] = (
        (0.6, _lose_resolution),
        (0.3, _hang_on),
        (0.5, _still_grain),
        (0.5, _flickering_grain),
        (0.5, _blotches),
        (0.5, _exposure),
    )
    for chance, step in steps:
        if rng.random() < chance:
            x = step(x, rng)
    return np.clip(x + 0.5, 0, 255).astype(np.uint8)


def _lose_resolution(x: _Floats, rng: np.random.Generator) -> _Floats:
    h, w = x.shape[1:3]
    factor = float(rng.uniform(1, 3.2))
    small = (max(8, round(w / factor)), max(8, round(h / factor)))
    back = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
    shrunk = [cv2.resize(frame, small, interpolation=cv2.INTER_AREA) for frame in x]
    return np.stack([cv2.resize(frame, (w, h), interpolation=back) for frame in shrunk]).astype(np.float32)


def _hang_on(x: _Floats, rng: np.random.Generator) -> _Floats:
    keep = float(rng.uniform(0.2, 0.6))
    out = x.copy()
    for i in range(1, len(x)):
        out[i] = keep * out[i - 1] + (1 - keep) * x[i]
    return out


def _still_grain(x: _Floats, rng: np.random.Generator) -> _Floats:
    return _grain(x, rng, 12, x.shape[1:])


def _flickering_grain(x: _Floats, rng: np.random.Generator) -> _Floats:
    return _grain(x, rng, 10, x.shape)


def _grain(x: _Floats, rng: np.random.Generator, most: float, shape: tuple[int, ...]) -> _Floats:
    strength = rng.uniform(0, most)
    return (x + strength * rng.standard_normal(shape, dtype=np.float32)).astype(np.float32)


def _blotches(x: _Floats, rng: np.random.Generator) -> _Floats:
    h, w = x.shape[1:3]
    coarse = rng.standard_normal((len(x), 5, 8, 3), dtype=np.float32)
    large = [cv2.resize(one, (w, h), interpolation=cv2.INTER_CUBIC) for one in coarse]
    return (x + rng.uniform(0, 9) * np.stack(large)).astype(np.float32)


def _exposure(x: _Floats, rng: np.random.Generator) -> _Floats:
    contrast, light = rng.uniform(0.8, 1.15), rng.uniform(-10, 10)
    return ((x - 128) * contrast + 128 + light).astype(np.float32)
