"""Photographs moved by a virtual camera: clips for the tokenizer, and for the denoisers with the move as caption."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.media.file_types import files_below
from engine.media.images import read_picture

CAMERAS = ("still", "pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out")
_LONG_SIDE = 1920
_SPEED = 0.15, 0.5
"""Of the frame, over a clip."""


class Photos:
    """Photographs of a folder, kept in memory at no more than 1920 pixels on the long side.

    Attributes:
        frames: Frames of the longest clip; a limit of the interface only.

    Raises:
        WaltError: ``no-photos`` when the folder holds no readable picture.
    """

    frames = 1000

    def __init__(self, folder: Path) -> None:
        paths = files_below(folder, {".jpg", ".jpeg", ".png", ".webp"})
        self.pictures = [picture for path in paths if (picture := _read(path)) is not None]
        if not self.pictures:
            raise WaltError(
                "no-photos",
                f"{folder} holds no readable pictures.",
                "Give JPEG, PNG or WebP files of at least 256 pixels a side.",
            )

    def clip(
        self, rng: np.random.Generator, frames: int, height: int, width: int, zoom: float = 0.0
    ) -> tuple[NDArray[np.uint8], str]:
        """A clip (frames, height, width, 3) and its camera's name; ``zoom`` 0 draws the crop's size at random."""
        picture = self.pictures[int(rng.integers(len(self.pictures)))]
        camera = CAMERAS[int(rng.integers(len(CAMERAS)))]
        largest = min(picture.shape[0] / height, picture.shape[1] / width)
        scale = zoom or float(np.exp(rng.uniform(np.log(min(0.5, largest)), np.log(largest))))
        return move(picture, camera, rng, frames, height, width, min(scale, largest)), camera

    def family(
        self, rng: np.random.Generator, frames: int, height: int, width: int, cameras: Sequence[str] = CAMERAS
    ) -> list[tuple[NDArray[np.uint8], str]]:
        """One first frame and every camera: clips (frames, height, width, 3) that differ only in their move."""
        picture = self.pictures[int(rng.integers(len(self.pictures)))]
        speed = float(rng.uniform(*_SPEED))
        room = 1 + 2 * speed  # for a pan to either side
        largest = min(picture.shape[0] / height, picture.shape[1] / width) / room
        scale = float(np.exp(rng.uniform(np.log(min(1.5, largest)), np.log(largest))))
        sizes = ((picture.shape[1], width), (picture.shape[0], height))
        centre = tuple(_within(rng, side * scale * room / 2, whole) for whole, side in sizes)
        ramp = np.linspace(0, 1, frames) * speed
        return [
            (_film(picture, camera, (centre[0], centre[1]), ramp, height, width, scale), camera) for camera in cameras
        ]

    def crop(self, rng: np.random.Generator, frames: int, height: int, width: int) -> NDArray[np.uint8]:
        """`clip` without its caption."""
        return self.clip(rng, frames, height, width)[0]


def move(
    picture: NDArray[np.uint8],
    camera: str,
    rng: np.random.Generator,
    frames: int,
    height: int,
    width: int,
    scale: float,
) -> NDArray[np.uint8]:
    """Move a virtual camera over a picture. ``scale``: picture pixels for one clip pixel, at the widest."""
    ph, pw = picture.shape[:2]
    speed = rng.uniform(*_SPEED)
    ramp = np.linspace(-0.5, 0.5, frames) * speed if frames > 1 else np.zeros(1)
    if camera.startswith("zoom"):
        ramp = ramp + 0.5 * speed
        scale = scale * (1 - speed) if camera == "zoom_out" else scale
    reach_x = width * scale * (1 + speed * camera.startswith("pan")) / 2
    reach_y = height * scale * (1 + speed * camera.startswith("tilt")) / 2
    centre = _within(rng, reach_x, pw), _within(rng, reach_y, ph)
    return _film(picture, camera, centre, ramp, height, width, scale)


def _film(
    picture: NDArray[np.uint8],
    camera: str,
    centre: tuple[float, float],
    ramp: NDArray[np.float64],
    height: int,
    width: int,
    scale: float,
) -> NDArray[np.uint8]:
    """A move from ``centre``, in the picture's pixels; ``ramp`` is its progress at each frame, in frame widths."""
    frames = len(ramp)
    zooms, dx, dy = np.ones(frames), np.zeros(frames), np.zeros(frames)
    if camera in ("zoom_in", "zoom_out"):
        zooms = 1 - ramp if camera == "zoom_in" else 1 / (1 - ramp)
    elif camera in ("pan_left", "pan_right"):
        dx = ramp * width * scale * (1 if camera == "pan_right" else -1)
    elif camera in ("tilt_up", "tilt_down"):
        dy = ramp * height * scale * (1 if camera == "tilt_down" else -1)
    (cx, cy), largest = centre, zooms.max() * scale
    reach_x, reach_y = width * largest / 2 + np.abs(dx).max() + scale, height * largest / 2 + np.abs(dy).max() + scale
    x0, y0 = max(0, int(cx - reach_x)), max(0, int(cy - reach_y))
    source = picture[y0 : int(cy + reach_y) + 1, x0 : int(cx + reach_x) + 1]
    if scale >= 1.5:  # a plain warp would alias
        source = cv2.blur(source, (int(scale), int(scale)))
    out = np.empty((frames, height, width, 3), np.uint8)
    for i in range(frames):
        s = scale * zooms[i]
        left, top = cx + dx[i] - width * s / 2 - x0, cy + dy[i] - height * s / 2 - y0
        matrix = np.array([[s, 0, left], [0, s, top]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        out[i] = cv2.warpAffine(
            source, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101
        )
    return out


def _within(rng: np.random.Generator, margin: float, size: int) -> float:
    return float(rng.uniform(margin, size - margin)) if size > 2 * margin else size / 2


def _read(path: Path) -> NDArray[np.uint8] | None:
    try:
        picture = read_picture(path, _LONG_SIDE)
    except WaltError:
        return None
    if min(picture.shape[:2]) < 256:
        return None
    factor = _LONG_SIDE / max(picture.shape[:2])
    if factor < 1:
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(picture, np.uint8)
