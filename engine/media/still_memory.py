"""What a picture takes to open, told by its header: some formats can only be decoded whole."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin

from engine.api.errors import WaltError
from engine.media import heic

MB = 2**20
_STORED = {"1": 1, "L": 1, "P": 1, "LA": 4, "I;16": 2, "I;16B": 2, "I;16L": 2}
"""Bytes of a pixel in Pillow's memory; of other modes they are four."""
_DECODER = {"WEBP": 12, "AVIF": 5, "JPEG2000": 16, heic.FORMAT: 10}
"""Bytes of a pixel that a format's library takes besides; others decode row by row."""
_COEFFICIENT = 2
_BANDS = 16 * MB
"""For the parts that are converted one after the other."""
_SMALLEST = 8
"""libjpeg makes a picture smaller by 1, 2, 4 or 8 while it decodes it."""


def opening_bytes(path: str | Path, width: int, height: int) -> int:
    """Bytes that it takes to read a picture for frames of this size; 0 for what is no picture.

    See `engine.media.images.read_still`, which keeps twice as many pixels as a frame has in each direction.
    """
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            shrink = max(1, min(*_ratios(image.size, (width, height))) // 2)
            pixels, stored = image.width * image.height, _STORED.get(image.mode, 4)
            kept = pixels // shrink**2 * 3
            if isinstance(image, JpegImagePlugin.JpegImageFile):
                scale = max(step for step in (1, 2, 4, _SMALLEST) if step <= shrink)
                decoded = pixels // scale**2 * stored + _coefficients(image)
            else:
                decoded = pixels * (stored + _DECODER.get(image.format or "", 0))
            return decoded + kept + os.path.getsize(path) + _BANDS
    except Exception:  # whatever is wrong with it is told when it is read
        return 0


def require_room(path: str | Path, width: int, height: int, room: float) -> int:
    """What `opening_bytes` tells, for a picture that fits into ``room`` bytes.

    Raises:
        WaltError: ``image-too-large``.
    """
    needed = opening_bytes(path, width, height)
    if needed > room:
        sizes = f"{needed / MB:,.0f} MB, and {max(0.0, room) / MB:,.0f} MB may be taken"
        raise WaltError(
            "image-too-large", f"{path} takes about {sizes}.", "Make the picture smaller, or allow more memory."
        )
    return needed


def _ratios(size: tuple[int, int], frame: Sequence[int]) -> tuple[int, int]:
    """How many times larger a picture is, whichever way up it is shown."""
    long, short = max(size), min(size)
    return (long // max(frame), short // min(frame)) if min(frame) else (1, 1)


def _coefficients(image: JpegImagePlugin.JpegImageFile) -> int:
    """Bytes of a progressive JPEG, all of which is in memory before the first row is ready."""
    if "progressive" not in image.info:
        return 0
    layers: list[Any] = image.layer  # (id, across, down, table) of each component
    most = max(across * down for _, across, down, _ in layers)
    share = sum(across * down for _, across, down, _ in layers) / most
    return int(image.width * image.height * share * _COEFFICIENT)
