"""What the still does not show: one picture of it for the whole clip, painted by the model and matched to the still.

All frames are views of the same plane, so what is uncovered is painted once, on a canvas, and moves as the still does.
Shapes and colours come from the model, texture from the still (`engine.stills.patchwork`).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.stills.motion import Map
from engine.stills.warp import Pixels, Placed, painted

_REACH, _TRUST = 0.08, 0.02
"""How far beyond the still's edge colours are matched to it, of the canvas' height; and how soon that fades."""

_CARRIED = 0.25
"""So far beyond its edge, of the canvas' height, the still's own coarse colours give way to the painted ones: just
there the model paints the border of a picture rather than what goes on."""
_COARSE = 0.02
"""Of the canvas' height: what is finer is not carried on, but found by `engine.stills.patchwork`."""


def canvas_of(frames: Sequence[Pixels], cameras: Sequence[Map], still: Placed, view: Map) -> Pixels:
    """The model's frames (H, W, 3) laid over each other as a picture (H, W, 3) of a view, the still over them.

    Args:
        frames: What the model made, smeared as it may be.
        cameras: The map of each frame to frame 0.
        still: The still.
        view: What the picture is to show.
    """
    height, width = frames[0].shape[:2]
    colours, weights = np.zeros((height, width, 3), np.float32), np.full((height, width, 1), 1e-6, np.float32)
    for frame, camera in zip(frames, cameras, strict=True):
        own = painted(frame, camera)
        share = own.share(view, width, height)[..., None] + 1e-6
        colours += share * own.seen(view, width, height)
        weights += share
    return matched(_whole(colours / weights), still, view)


def matched(canvas: Pixels, still: Placed, view: Map) -> Pixels:
    """A painted picture (H, W, 3) of a view with the still in it, its colours matched to the still's at the edge.

    Beyond its edges the still is seen mirrored.
    """
    height, width = canvas.shape[:2]
    own, share = still.seen(view, width, height).astype(np.float32), still.share(view, width, height)[..., None]
    known = (share >= 1).astype(np.float32)
    step = _blurred(known * (own - canvas), _REACH * height) / (_blurred(known, _REACH * height)[..., None] + _TRUST)
    near = still.share(view, width, height, _CARRIED)[..., None]
    beside = near * _blurred(own, _COARSE * height) + (1 - near) * (canvas + step)
    return _whole(share * own + (1 - share) * beside)


def composed(still: Placed, canvas: Placed | None, camera: Map, width: int, height: int) -> Pixels:
    """A frame (height, width, 3): the still as far as it goes, and what is painted beside it.

    Args:
        still: The still.
        canvas: What `matched` gave, as it is placed; None where the still is all that is seen.
        camera: From the frame's points to those of frame 0.
        width, height: The frame's size in pixels.
    """
    own = still.seen(camera, width, height)
    share = still.share(camera, width, height)
    if canvas is None or share.min() >= 1:
        return own
    other = canvas.seen(camera, width, height).astype(np.float32)
    return _whole(other + share[..., None] * (own - other))


def _blurred(values: NDArray[np.floating], sigma: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101), np.float32)


def _whole(values: NDArray[np.floating]) -> Pixels:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
