"""How the camera moves in a clip, read from its frames: for each frame the map from its points to those of frame 0.

Dense optical flow from each frame to the one before (DIS, Kroeger et al., arXiv 1603.03590), a similarity (shifts,
growth, roll) fitted to it robustly, and the maps multiplied: no frame is resampled on the way. A free flow would bend
what the model smears, and an affine map stretch it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float64]
"""(3, 3): homogeneous points (x, y, 1) of one picture to those of another. The origin is the picture's centre, x goes
to the right, y down, and a unit is the picture's height; so a map holds at every size."""

_ROUNDS = 10
_HALVINGS = 8
_DETAIL = 1e-3
"""Added to the size of the gradient, so that a picture without any detail has weights too."""


class CameraMotion:
    """Follows the camera from frame to frame.

    Args:
        first: Frame 0, (H, W, 3) uint8 RGB.
    """

    def __init__(self, first: NDArray[np.uint8]) -> None:
        self._finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._finder.setFinestScale(0)
        self._before = _grey(first)
        self.map: Map = np.eye(3)
        """From the last frame that was followed to frame 0."""

    def follow(self, frame: NDArray[np.uint8], before: NDArray[np.uint8] | None = None) -> Map:
        """The map of the next frame, (H, W, 3) uint8, to frame 0.

        Args:
            frame: The next frame.
            before: What is taken for the frame before it, where that is not the one that was followed last.
        """
        grey = _grey(frame)
        flow = self._finder.calc(grey, self._before if before is None else _grey(before), np.empty(0))
        self._before = grey
        self.map = self.map @ fit(np.asarray(flow, np.float64), _gradient(grey))
        return self.map


def fit(flow: NDArray[np.float64], detail: NDArray[np.float64]) -> Map:
    """The similarity that a flow (H, W, 2), in pixels (x, y), follows where most of the detail (H, W) is.

    Iteratively reweighted least squares with Cauchy's weights, detail / (1 + residual^2): what moves by itself, or
    where no flow could be found, loses its say.
    """
    x, y = grid(*flow.shape[1::-1])
    one, none = np.ones_like(x), np.zeros_like(x)
    # Growth, roll and the two shifts, each as the flow (2, H, W) that it makes.
    moves = [np.stack(move) for move in ((x, y), (-y, x), (one, none), (none, one))]
    moved = flow.transpose(2, 0, 1)
    weight, solved = detail, np.zeros(4)
    for _ in range(_ROUNDS):
        # Sums in numpy's own order: those of a matrix product depend on the number of threads.
        normal = np.array([[(a * b * weight).sum() for b in moves] for a in moves])
        right = np.array([(a * moved * weight).sum() for a in moves])
        solved = np.linalg.solve(normal, right)
        residual = moved - sum(part * move for part, move in zip(solved, moves, strict=True))
        weight = detail / (1 + np.square(residual).sum(0))
    growth, roll, right_by, down_by = solved / flow.shape[0]
    return np.array([[1 + growth, -roll, right_by], [roll, 1 + growth, down_by], [0, 0, 1]])


def grid(width: int, height: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x and y (H, W) of the pixels' centres, in a map's units."""
    x = (np.arange(width) + 0.5 - width / 2) / height
    y = (np.arange(height) + 0.5 - height / 2) / height
    return np.broadcast_to(x, (height, width)), np.broadcast_to(y[:, None], (height, width))


def strengthened(camera: Map, strength: float) -> Map:
    """The move that is ``strength`` times as strong along the same path: the map to that power, over its logarithm."""
    return camera if strength == 1 else _exp(strength * _log(camera))


def _log(matrix: Map) -> Map:
    """The logarithm of a matrix near the identity, as maps of a camera are: roots until a short series is enough."""
    for _ in range(_HALVINGS):
        root, inverse = matrix, np.eye(3)
        for _ in range(_ROUNDS):  # Denman and Beavers' iteration
            root, inverse = (root + np.linalg.inv(inverse)) / 2, (inverse + np.linalg.inv(root)) / 2
        matrix = root
    rest = matrix - np.eye(3)
    return 2.0**_HALVINGS * (rest - rest @ rest / 2 + rest @ rest @ rest / 3)


def _exp(matrix: Map) -> Map:
    part = matrix / 2.0**_HALVINGS
    power = np.eye(3) + part + part @ part / 2 + part @ part @ part / 6
    return np.linalg.matrix_power(power, 2**_HALVINGS)


def _grey(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)


def _gradient(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    return np.abs(across).astype(np.float64) + np.abs(down) + _DETAIL
