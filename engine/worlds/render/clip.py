"""Draws the clip of a spec: the same spec, the same picture, bit for bit, at any size."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.worlds.render.kernel import expose
from engine.worlds.render.stage import Stage, build_stage
from engine.worlds.spec import WorldSpec

Frame = NDArray[np.uint8]
Crop = tuple[int, int, int, int]


@lru_cache(maxsize=8)
def _stage(spec: WorldSpec, height: int, width: int, seconds: float) -> Stage:
    return build_stage(spec.check(), height, width, seconds)


def _expose(
    spec: WorldSpec,
    index: int,
    frames: int,
    height: int,
    width: int,
    fps: float,
    samples: int,
    crop: Crop | None,
) -> NDArray[np.float32]:
    if frames < 1 or height < 8 or width < 8 or samples < 1:
        raise ValueError("frames and samples must be at least 1, height and width at least 8")
    stage = _stage(spec, height, width, max(frames - 1, 16) / fps)
    share = index / max(frames - 1, 16)
    env, prims, flames, glows = stage.moment(index / fps, share)
    window = (0, 0, height, width) if crop is None else crop
    out = np.empty((window[2], window[3], 4), np.float32)
    cam = stage.view(share).vector(height)
    area = np.array(window, np.int64)
    idx, span = np.empty(len(prims) + 1, np.int64), np.empty((len(prims) + 1, 2), np.float64)
    first = np.empty_like(out)
    expose(env, cam, prims, flames, glows, area, height, width, samples, idx, span, first, out)
    return out


def render_frame(
    spec: WorldSpec,
    index: int,
    *,
    frames: int = 17,
    height: int = 128,
    width: int = 224,
    fps: float = 8,
    samples: int = 1,
    crop: Crop | None = None,
) -> Frame:
    """Frame `index` of the clip that `render_clip` would draw with the same arguments: uint8 (h, w, 3) RGB.

    `samples` rays are spent on pixels with detail, one on the others. `crop` is a window (top, left, h, w) of the
    height x width picture. Raises ValueError for a spec or a size that makes no sense.
    """
    out = _expose(spec, index, frames, height, width, fps, samples, crop)
    return (out[..., :3] * 255.0 + 0.5).astype(np.uint8)


def render_mask(
    spec: WorldSpec, index: int, *, frames: int = 17, height: int = 128, width: int = 224, fps: float = 8
) -> NDArray[np.bool_]:
    """Where the subject's solid parts are seen in that frame: bool (h, w)."""
    return _expose(spec, index, frames, height, width, fps, 1, None)[..., 3] > 0.5


def render_clip(
    spec: WorldSpec,
    *,
    frames: int = 17,
    height: int = 128,
    width: int = 224,
    fps: float = 8,
    samples: int = 1,
    crop: Crop | None = None,
) -> Frame:
    """The clip of a spec: uint8 (T, h, w, 3) RGB; see `render_frame`."""
    return np.stack(
        [
            render_frame(
                spec, i, frames=frames, height=height, width=width, fps=fps, samples=samples, crop=crop
            )
            for i in range(frames)
        ]
    )
