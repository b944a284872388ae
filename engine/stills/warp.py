"""A picture as a camera sees it that has moved: one resampling of the picture's own pixels for every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.stills.motion import Map, grid

Pixels = NDArray[np.uint8]
FEATHER = 1 / 96
"""Of the frame's height: beyond its edge the picture's mirror image gives way over so much to what is painted."""
_WIDEST = 3.0
"""A canvas shows at most so many times the frame's height; what is beyond is its edge, carried on."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture (H, W, 3) uint8 and where it lies.

    Attributes:
        picture: All of it, what frame 0 does not show too.
        place: From the points of frame 0 (`engine.stills.motion.Map`) to the picture's pixels, whose centres are at
            whole numbers.
    """

    picture: Pixels
    place: Map

    def seen(self, camera: Map, width: int, height: int) -> Pixels:
        """What a frame (height, width, 3) shows whose points ``camera`` maps to those of frame 0.

        Cubic, after a blur where the picture has more pixels than the frame; beyond its edges it is mirrored.
        """
        matrix = self.place @ camera @ _to_units(width, height)
        picture, many = self.picture, float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
        if many > 1:
            sigma = 0.5 * np.sqrt(many**2 - 1) + 1e-3
            picture = cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        warped = cv2.warpAffine(picture, matrix[:2], (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(warped, np.uint8)

    def share(self, camera: Map, width: int, height: int, fading: float = FEATHER) -> NDArray[np.float32]:
        """(height, width): 1 where that frame shows the picture, falling to 0 over ``fading`` of its height beyond."""
        x, y = (part.astype(np.float32) for part in grid(width, height))
        matrix = (self.place @ camera).astype(np.float32)
        across = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]
        down = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]
        rows, columns = self.picture.shape[:2]
        beyond = np.maximum(np.abs(across - (columns - 1) / 2) - columns / 2, np.abs(down - (rows - 1) / 2) - rows / 2)
        unit = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))  # the picture's pixels in a frame's height
        return np.clip(1 - beyond / (unit * fading), 0, 1)


def placed(picture: Pixels, box: tuple[int, int, int, int]) -> Placed:
    """A picture of which frame 0 shows a box: left, top, width and height in pixels."""
    left, top, wide, high = box
    place = np.array([[high, 0, left + wide / 2 - 0.5], [0, high, top + high / 2 - 0.5], [0, 0, 1]])
    return Placed(picture, place)


def view_of(cameras: Sequence[Map], aspect: float) -> Map:
    """The smallest upright view, width over height ``aspect``, of all that frames with these maps show.

    It maps its own points to those of frame 0, as a frame's map does.
    """
    half = aspect / 2
    corners = np.array([[-half, half, -half, half], [-0.5, -0.5, 0.5, 0.5], [1, 1, 1, 1]])
    points = np.concatenate([(camera @ corners)[:2] for camera in cameras], axis=1)
    low, high = points.min(1), points.max(1)
    size = min(_WIDEST, float(max((high[0] - low[0]) / aspect, high[1] - low[1])))
    x, y = (low + high) / 2
    return np.array([[size, 0, x], [0, size, y], [0, 0, 1]])


def painted(picture: Pixels, view: Map) -> Placed:
    """A picture that shows all of a view, see `view_of`."""
    height, width = picture.shape[:2]
    return Placed(picture, np.asarray(np.linalg.inv(view @ _to_units(width, height)), np.float64))


def _to_units(width: int, height: int) -> Map:
    """From the pixels of a frame, centres at whole numbers, to its points."""
    return np.array([[1 / height, 0, (0.5 - width / 2) / height], [0, 1 / height, 0.5 / height - 0.5], [0, 0, 1]])
