"""The shapes of clips and of the pictures that they begin with."""

from __future__ import annotations

import math
from collections.abc import Iterable

from engine.api.types import ASPECTS, Aspect

_RATIOS: dict[Aspect, float] = {"16:9": 7 / 4, "9:16": 4 / 7, "1:1": 1.0}
"""Width over height in the paper's pixels."""


def nearest_aspect(width: int, height: int, aspects: Iterable[Aspect] = ASPECTS) -> Aspect:
    """The aspect that cuts least off a picture of this size."""
    return min(aspects, key=lambda aspect: abs(math.log(width / height / _RATIOS[aspect])))


def largest_part(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """Width and height of the largest part of a picture of ``size`` (width, height) with the aspect width : height."""
    columns, rows = size
    return max(1, min(columns, round(rows * width / height))), max(1, min(rows, round(columns * height / width)))


def crop_box(size: tuple[int, int], width: int, height: int) -> tuple[int, int, int, int]:
    """The part of a still, of ``size`` (width, height), that a clip of ``width`` x ``height`` begins with.

    Left, top, width and height: as much as there is, from the centre; of an upright picture more from its upper part,
    where people's heads are.
    """
    columns, rows = size
    wide, high = largest_part(size, width, height)
    return (columns - wide) // 2, (rows - high) // (3 if rows > columns else 2), wide, high
