"""Reads what was dropped, by its content and never by its name: a picture, a video, a clip of walt's own.

Runs on a worker thread; the engine's readers are loaded when first needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.model.crop import Crop
from engine.errors import WaltError

if TYPE_CHECKING:
    from app.frames import Pixels
    from engine.request import ClipRequest

LOOK_SIDE = 720
"""The picture that is shown for cropping has at most so many pixels on a side."""
CUT_SIDE = 2048
"""So many pixels are kept of a cropped picture: over twice what the largest stage makes of it."""
_MAYBE_VIDEO = {"image-not-supported", "image-too-large"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture that can be used: the file itself, a small look at all of it, and its full size."""

    file: Path
    look: Pixels
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class OwnClip:
    """A clip that walt made, with what it was asked for."""

    file: Path
    request: ClipRequest


def open_file(file: Path, new_file: Callable[[], Path], *, as_frame: bool = False) -> Opened | OwnClip:
    """Read a file.

    Args:
        file: A picture or a video.
        new_file: Names a file for the last frame of a video.
        as_frame: Take the last frame of walt's own clips too.

    Raises:
        WaltError: in the words for pictures, unless it is plainly a video.
    """
    from engine.media.images import read_picture

    try:
        picture = read_picture(file)
    except WaltError as refusal:
        if refusal.code not in _MAYBE_VIDEO:
            raise
        return _open_video(file, new_file, refusal, as_frame)
    return _opened(file, picture)


def _open_video(
    file: Path, new_file: Callable[[], Path], refusal: WaltError, as_frame: bool
) -> Opened | OwnClip:
    from engine.media.images import write_png
    from engine.media.reading import frames_before, look_at

    try:
        look = look_at(file)
    except WaltError:
        raise refusal from None
    if look.made_here and not as_frame:
        request = _request_of(file)
        if request is not None:
            return OwnClip(file, request)
    [frame] = frames_before(file, None, 1, (look.width, look.height))
    still = new_file()
    write_png(still, frame)
    return _opened(still, frame)


def _request_of(file: Path) -> ClipRequest | None:
    from app.model.records import parse_request
    from engine.media.reading import read_metadata

    try:
        return parse_request(read_metadata(file)["walt"])
    except (WaltError, KeyError):
        return None  # a later walt's, or damaged: it still has a last frame


def _opened(file: Path, picture: Pixels) -> Opened:
    from engine.media.resize import fit

    height, width, _ = picture.shape
    scale = min(1.0, LOOK_SIDE / max(width, height))
    return Opened(
        file, fit(picture, max(1, round(width * scale)), max(1, round(height * scale))), (width, height)
    )


def first_frame(
    file: Path, crop: Crop, shape: tuple[int, int], new_file: Callable[[], Path]
) -> tuple[Path, Pixels]:
    """The file to hand to the engine, and its picture in the size of ``shape``.

    Raises:
        WaltError: what reading the picture may raise, or ``output-not-writable``.
    """
    from engine.media.images import load_still, read_picture, write_png
    from engine.media.resize import fit

    if crop.centred:
        return file, load_still(file, *shape)
    picture = read_picture(file)
    height, width, _ = picture.shape
    left, top, wide, high = (round(side) for side in crop.box((width, height), shape))
    part = picture[top : top + max(1, high), left : left + max(1, wide)]
    scale = min(1.0, CUT_SIDE / max(wide, high, 1))
    cut = fit(part, max(1, round(wide * scale)), max(1, round(high * scale)))
    kept = new_file()
    write_png(kept, cut)
    return kept, fit(cut, *shape)
