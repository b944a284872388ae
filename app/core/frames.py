"""Frames between numpy and Qt. Every QImage made here owns its memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

THUMB_HEIGHT = 96
"""Logical pixels: twice the height of the filmstrip, so that a thumbnail is sharp on a HiDPI screen."""


def to_image(frame: Pixels) -> QImage:
    """An owned RGB32 image from one (H, W, 3) uint8 frame; safe to keep after the array is gone."""
    height, width, _ = frame.shape
    contiguous = frame if frame.flags.c_contiguous else frame.copy()
    borrowed = QImage(contiguous.data, width, height, width * 3, QImage.Format.Format_RGB888)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)  # a new buffer, never the array's


def to_thumb(frame: Pixels) -> QImage:
    """A small owned image of a frame for the filmstrip; never larger than the frame."""
    image = to_image(frame)
    if image.height() <= THUMB_HEIGHT:
        return image
    return image.scaledToHeight(THUMB_HEIGHT, Qt.TransformationMode.SmoothTransformation)


def to_thumbs(frames: Sequence[Pixels] | Pixels) -> tuple[QImage, ...]:
    """Thumbnails of several frames."""
    return tuple(to_thumb(frame) for frame in frames)
