"""Reads a dropped file by its content, not its name: a picture, a video, or a clip made by walt.

Runs on a worker thread; the engine's readers are loaded when first needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.compose.crop import Crop
from engine.api.errors import WaltError
from engine.api.request import ClipRequest

if TYPE_CHECKING:
    from app.core.frames import Pixels

LOOK_SIDE = 720
"""The picture that is shown for cropping has at most so many pixels on a side."""
CUT_SIDE = 2048
"""So many pixels are kept of a cropped picture: over twice what the largest stage makes of it."""
MAX_FRAMES = 10_000_000
"""Frames of a video that one can be chosen of, a day and more; a file that says more is not believed."""
_MAYBE_VIDEO = {"image-not-supported", "image-too-large"}


@dataclass(frozen=True, slots=True)
class Video:
    """A video of ``frames`` frames, as long as it says it is; a clip may begin with any of them."""

    file: Path
    frames: int
    fps: float

    def time(self, at: int) -> float:
        """When a frame is on screen, in seconds; the last one is whatever is there at the end."""
        return at / self.fps if at < self.frames - 1 else math.inf


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture that can be used: the file itself, a small look at all of it, and its full size.

    It may be a frame of a ``video``, the one with index ``at``; then ``file`` is None until it is written by itself.
    """

    file: Path | None
    look: Pixels
    size: tuple[int, int]
    video: Video | None = None
    at: int = 0


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
    from engine.media.images import picture_size, read_picture

    try:
        size = picture_size(file)
        picture = read_picture(file, LOOK_SIDE)
    except WaltError as refusal:
        if refusal.code not in _MAYBE_VIDEO:
            raise
        return _open_video(file, new_file, refusal, as_frame)
    return Opened(file, _look(picture), size)


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
    frames = round(min(look.seconds * look.fps, MAX_FRAMES + 1))
    video = Video(file, frames, look.fps) if 1 < frames <= MAX_FRAMES else None
    return _opened(still, frame, video, max(0, frames - 1))


def open_frame(video: Video, at: int) -> Opened:
    """Look at a frame of a video; it is not written yet.

    Raises:
        WaltError: the video can no longer be read.
    """
    from engine.media.reading import frame_at

    return _opened(None, frame_at(video.file, video.time(at)), video, at)


def written(opened: Opened, new_file: Callable[[], Path]) -> tuple[Path, Opened]:
    """The file of a picture, written by itself if it is a frame of a video and was not yet.

    Raises:
        WaltError: the video can no longer be read, or ``output-not-writable``.
    """
    from engine.media.images import write_png
    from engine.media.reading import frame_at

    if opened.file is not None:
        return opened.file, opened
    assert opened.video is not None
    still = new_file()
    write_png(still, frame_at(opened.video.file, opened.video.time(opened.at)))
    return still, replace(opened, file=still)


def _request_of(file: Path) -> ClipRequest | None:
    from engine.media.reading import read_metadata

    try:
        return ClipRequest.from_json(read_metadata(file)["walt"])
    except (WaltError, KeyError):
        return None  # a later walt's, or damaged: it still has a last frame


def _opened(file: Path | None, frame: Pixels, video: Video | None, at: int) -> Opened:
    height, width, _ = frame.shape
    return Opened(file, _look(frame), (width, height), video, at)


def _look(picture: Pixels) -> Pixels:
    from engine.media.resize import fit

    height, width, _ = picture.shape
    scale = min(1.0, LOOK_SIDE / max(width, height))
    return fit(picture, max(1, round(width * scale)), max(1, round(height * scale)))


def first_frame(
    file: Path, crop: Crop, shape: tuple[int, int], new_file: Callable[[], Path]
) -> tuple[Path, Pixels]:
    """The file to hand to the engine, and its picture in the size of ``shape``.

    Raises:
        WaltError: what reading the picture may raise, or ``output-not-writable``.
    """
    from engine.media.images import load_still, picture_size, read_picture, write_png
    from engine.media.resize import fit

    if crop.centred:
        return file, load_still(file, *shape)
    full = picture_size(file)
    _, _, wide, high = crop.box(full, shape)
    picture = read_picture(file, math.ceil(CUT_SIDE * max(full) / max(wide, high)))
    height, width, _ = picture.shape
    left, top, wide, high = (round(side) for side in crop.box((width, height), shape))
    part = picture[top : top + max(1, high), left : left + max(1, wide)]
    scale = min(1.0, CUT_SIDE / max(wide, high, 1))
    cut = fit(part, max(1, round(wide * scale)), max(1, round(high * scale)))
    kept = new_file()
    write_png(kept, cut)
    return kept, fit(cut, *shape)
