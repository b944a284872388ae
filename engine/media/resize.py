"""Fitting pictures into the model's sizes: crop from the centre, then resize. Nothing is stretched."""

from __future__ import annotations

from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.api.shapes import largest_part

_P = TypeVar("_P", bound=np.generic)


def crop_to_aspect(picture: NDArray[np.generic], width: int, height: int) -> NDArray[np.generic]:
    """The largest centred part of (H, W, ...) with the aspect width : height, as a view."""
    rows, columns = picture.shape[:2]
    wide, high = largest_part((columns, rows), width, height)
    top, left = (rows - high) // 2, (columns - wide) // 2
    return picture[top : top + high, left : left + wide]


def fit(rgb: NDArray[_P], width: int, height: int) -> NDArray[_P]:
    """(H, W, 3) of 8 or 16 bits cropped from the centre to the aspect and resized to (height, width, 3), contiguous.

    Shrinking averages over areas, so that nothing flickers or aliases; enlarging is bicubic.
    """
    part: NDArray[Any] = np.ascontiguousarray(crop_to_aspect(rgb, width, height), dtype=rgb.dtype)
    if part.shape[:2] == (height, width):
        return part
    shrinks = part.shape[0] >= height
    scaled = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(scaled, dtype=rgb.dtype)


def fit_frames(frames: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(T, H, W, 3) fitted frame by frame to (T, height, width, 3)."""
    return np.stack([fit(frame, width, height) for frame in frames])
