"""Sizes of pictures as they are written on the command line."""

from __future__ import annotations

from engine.api.errors import UsageError


def picture_size(text: str) -> tuple[int, int]:
    """``128x224`` -> (128, 224).

    Raises:
        UsageError: ``bad-size``.
    """
    try:
        height, width = (int(side) for side in text.lower().split("x"))
    except ValueError:
        raise UsageError("bad-size", f"{text!r} is not a size.", "Write height x width, e.g. 128x224.") from None
    if min(height, width) < 16 or height % 8 or width % 8:
        raise UsageError("bad-size", f"{text} is not possible.", "Sides must be multiples of 8, 16 at least.")
    return height, width
