"""Fitting pictures into the model's sizes: crop from the centre, then resize. Nothing is stretched."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def crop_to_aspect(picture: NDArray[np.generic], width: int, height: int) -> NDArray[np.generic]:
    """The largest centred part of (H, W, ...) with the aspect width : height, as a view."""
    rows, columns = picture.shape[:2]
    wide = max(1, min(columns, round(rows * width / height)))
    high = max(1, min(rows, round(columns * height / width)))
    top, left = (rows - high) // 2, (columns - wide) // 2
    return picture[top : top + high, left : left + wide]


def fit(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) cropped from the centre to the aspect and resized to (height, width, 3), contiguous.

    Shrinking averages over areas, so that nothing flickers or aliases; enlarging is bicubic.
    """
    part = np.ascontiguousarray(crop_to_aspect(rgb, width, height), dtype=np.uint8)
    if part.shape[:2] == (height, width):
        return part
    shrinks = part.shape[0] >= height
    scaled = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(scaled, dtype=np.uint8)


def fit_frames(frames: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(T, H, W, 3) fitted frame by frame to (T, height, width, 3)."""
    return np.stack([fit(frame, width, height) for frame in frames])
