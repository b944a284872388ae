"""How a still looks in a later frame of its clip: sharpness, likeness, and the seam around what was uncovered.

All compare with the still itself, moved by its own best fit (`engine.evaluation.global_fit`), where it is visible.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.evaluation.global_fit import Fit, Frames, grey, refine
from engine.evaluation.likeness import clip_distance
from engine.evaluation.photo_features import PhotoFeatures

Mask = NDArray[np.bool_]

_MARGIN = 8
"""Pixels inside the still's border that count as uncovered: there a frame may blend."""
_BLUR = 0.7
"""Pixels, before the Laplacian: single noisy pixels are not sharpness."""
_BAND = 12
"""Pixels on each side of the seam that are compared."""
_INSIDE = (30, 50, 70, 90)
"""Pixels from the seam to the places inside the still that it is compared with."""
_LEAST = 200
"""Pixels of a seam, and of what is visible, below which nothing is said."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A still as it should look in a frame.

    Attributes:
        reference: (H, W, 3) resampled from more pixels than the frame has, where the picture has them.
        ideal: (H, W, 3) resampled once from the still in the frame's size: the best that can be asked for.
        visible: (H, W) where the frame shows the still.
        fit: How it moved.
    """

    reference: Frames
    ideal: Frames
    visible: Mask
    fit: Fit


def moved(still: Frames, large: Frames, fit: Fit) -> Moved:
    """Move a still (H, W, 3); ``large`` (2H, 2W, 3) is the same in twice the size."""
    height, width = still.shape[:2]
    double = np.diag([2.0, 2.0, 1.0])
    bigger = _warped(large, double @ fit @ np.linalg.inv(double))
    reference = cv2.resize(bigger, (width, height), interpolation=cv2.INTER_AREA)
    shown = _warped(np.full((height, width), 255, np.uint8), fit) > 250
    kernel = np.ones((2 * _MARGIN + 1, 2 * _MARGIN + 1), np.uint8)
    inner = cv2.erode(shown.astype(np.uint8), kernel, borderValue=1) > 0
    return Moved(np.asarray(reference, np.uint8), _warped(still, fit), inner, fit)


def _warped(picture: Frames, fit: Fit) -> Frames:
    height, width = picture.shape[:2]
    return np.asarray(cv2.warpPerspective(picture, fit, (width, height), flags=cv2.INTER_CUBIC), np.uint8)


def _edges(frame: Frames) -> NDArray[np.float32]:
    """The squared Laplacian (H, W) of a frame."""
    lines = cv2.Laplacian(cv2.GaussianBlur(grey(frame), (0, 0), _BLUR), cv2.CV_32F)
    return np.asarray(np.square(lines), np.float32)


def sharpness(frame: Frames, still: Moved) -> float | None:
    """Energy of the Laplacian of a frame, divided by the moved still's; None where too little is visible."""
    if still.visible.sum() < _LEAST:
        return None
    wanted = float(_edges(still.reference)[still.visible].mean())
    return float(_edges(frame)[still.visible].mean()) / max(wanted, 1e-6)


def likeness(frame: Frames, still: Moved, features: PhotoFeatures) -> float | None:
    """Feature distance of a frame to the moved still, where it is visible; None where too little is."""
    if still.visible.sum() < _LEAST:
        return None
    same = np.where(still.visible[..., None], frame, still.reference).astype(np.uint8)
    return clip_distance(features, same[None], still.reference[None]) / float(still.visible.mean())


def ideal_likeness(still: Frames, large: Frames, moved_still: Moved, features: PhotoFeatures) -> float | None:
    """`likeness` of the ideal resampling, whose fit is measured like that of any frame."""
    frame = moved_still.ideal
    return likeness(frame, moved(still, large, refine(still, frame, moved_still.fit)), features)


def seam(frame: Frames, fit: Fit) -> dict[str, float] | None:
    """The step across the border of what was uncovered, divided by the still's own steps beside it: colour, sharpness.

    Both sides of the border are compared in bands of 12 pixels, and so are pairs of bands further inside the still; 1
    is a border that cannot be told from what is beside it. None where nothing was uncovered.
    """
    height, width = frame.shape[:2]
    shown = (_warped(np.full((height, width), 255, np.uint8), fit) > 127).astype(np.uint8)
    signed = _distance(shown) - _distance(1 - shown)
    if _line(signed).sum() < _LEAST:
        return None
    light = frame.astype(np.float32)
    fine = np.log(_edges(frame) + 1)[..., None]
    found: dict[str, float] = {}
    for name, values, least in (("colour", light, 2.0), ("sharpness", fine, 0.2)):
        own = float(np.mean([_step(values, signed - inside) for inside in _INSIDE]))
        found[name] = _step(values, signed) / max(own, least)
    return found


def _line(signed: NDArray[np.float32]) -> Mask:
    """Where a signed distance is nothing, away from the picture's edge."""
    return (np.abs(signed) <= 1) & (_from_edge(*signed.shape) > _BAND)


def _step(values: NDArray[np.float32], signed: NDArray[np.float32]) -> float:
    """Mean difference of the means on both sides of where a signed distance is nothing."""
    inner = _local_mean(values, (signed > 0) & (signed <= _BAND))
    outer = _local_mean(values, (signed < 0) & (signed >= -_BAND))
    gap = np.abs(inner - outer).mean(-1)[_line(signed)]
    return float(np.nanmean(gap)) if np.isfinite(gap).any() else 0.0


def _local_mean(values: NDArray[np.float32], where: Mask) -> NDArray[np.float32]:
    """Mean of the values (H, W, C) around each pixel, of those ``where`` says; not a number where there are none."""
    size = (2 * _BAND + 1, 2 * _BAND + 1)
    weight = where.astype(np.float32)
    count = cv2.boxFilter(weight, -1, size, normalize=False)
    total = cv2.boxFilter(values * weight[..., None], -1, size, normalize=False).reshape(values.shape)
    mean = total / np.maximum(count, 1)[..., None]
    mean[count < 0.5] = np.nan
    return np.asarray(mean, np.float32)


def _distance(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Pixels to the nearest place that the mask leaves out."""
    if mask.all():
        return np.full(mask.shape, 1e6, np.float32)
    return np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 5), np.float32)


def _from_edge(height: int, width: int) -> NDArray[np.float32]:
    """Pixels to the nearest edge of a picture."""
    ys, xs = np.mgrid[0:height, 0:width]
    return np.minimum(np.minimum(ys, height - 1 - ys), np.minimum(xs, width - 1 - xs)).astype(np.float32)
