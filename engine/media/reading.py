"""Clips in: any video that FFmpeg reads and animated WebP, frame by frame, at the frame rate asked for."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol, Self

import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.media.video_file import VideoFile, plain_file, unreadable
from engine.media.webp import AnimatedWebP, is_webp

MAX_CLIP_BYTES = 2 * 2**30
"""How much `read_clip` may put into memory; longer videos are for `iter_frames`."""

_MAX_TICKS = 10_000_000
"""Frames that `iter_frames` gives at most at a rate of its own: a broken clock must not repeat one for ever."""
_TAIL = 20.0
"""Seconds at the end of a long video that are decoded to get its last frames."""
_SAME = 0.0005
"""Seconds between two times that are the same, rounded."""


class _Frame(Protocol):
    """A frame that is turned into pixels only if it is wanted; ``time`` in seconds from the start, if it has one.

    ``stored`` is its width and height as decoded.
    """

    @property
    def time(self) -> float | None: ...
    @property
    def stored(self) -> tuple[int, int]: ...
    def pixels(self, size: tuple[int, int] | None = None) -> NDArray[np.uint8]: ...


class _Footage(Protocol):
    """An open file of moving pictures: `VideoFile` or `AnimatedWebP`."""

    @property
    def fps(self) -> float: ...
    @property
    def seconds(self) -> float: ...
    @property
    def metadata(self) -> dict[str, str]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def jump(self, seconds: float) -> bool: ...
    def rewind(self) -> None: ...
    def frames(self) -> Iterator[_Frame]: ...


class StoredClip(NamedTuple):
    """A video file in memory: frames (T, H, W, 3) uint8 RGB, frames a second, and its metadata."""

    frames: NDArray[np.uint8]
    fps: float
    metadata: dict[str, str]


def read_clip(path: str | Path) -> StoredClip:
    """Read a whole short video.

    Raises:
        WaltError: ``clip-not-found``, ``clip-unreadable`` or ``clip-too-large``.
    """
    with _opened(path) as footage:
        frames: list[NDArray[np.uint8]] = []
        for frame in footage.frames():
            frames.append(_pixels(frame, path))
            if frames[-1].shape != frames[0].shape:
                raise unreadable(path, "its picture changes size on the way")
            if frames[0].nbytes * len(frames) > MAX_CLIP_BYTES:
                raise WaltError(
                    "clip-too-large", f"{path} is too long to open at once.", "Cut it into shorter clips."
                )
        return StoredClip(np.stack(frames), footage.fps, footage.metadata)


def read_metadata(path: str | Path) -> dict[str, str]:
    """The metadata of a video file, without what its container adds by itself.

    Raises:
        WaltError: ``clip-not-found`` or ``clip-unreadable``.
    """
    with _opened(path) as footage:
        return footage.metadata


def iter_frames(
    path: str | Path,
    *,
    fps: float | None = None,
    size: tuple[int, int] | None = None,
    start: float = 0.0,
) -> Iterator[NDArray[np.uint8]]:
    """Decode a video of any length frame by frame, as (H, W, 3) uint8 RGB, upright.

    Args:
        path: The file.
        fps: Frames a second to give: frames are left out or repeated by their times. None gives each once.
        size: (width, height) to fit each frame to, cropped from the centre. None leaves the size.
        start: Seconds to leave out at the beginning.

    Raises:
        WaltError: ``clip-not-found`` or ``clip-unreadable``; what is damaged midway is left out.
    """
    with _opened(path) as footage:
        frames = _from(footage, start) if start > 0 else footage.frames()
        given = 0
        for frame, times in _paced(frames, fps, footage.fps):
            given += times
            if fps is not None and given > _MAX_TICKS:
                raise unreadable(path, "the times of its frames make no sense")
            with suppress(FFmpegError):  # so damaged that it cannot be converted: it alone is left out
                rgb = frame.pixels(size)
                for _ in range(times):
                    yield rgb


def frames_before(
    path: str | Path, last: int | None, count: int, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """The ``count`` frames of a video that end with frame ``last``, or with its last one: what is continued.

    Args:
        path: The file, of any length.
        last: Index of a frame, from 0; None for the last frame.
        count: How many frames to give.
        size: (width, height) to fit each frame to, cropped from the centre.

    Raises:
        WaltError: ``clip-not-found``, ``clip-unreadable``, or ``clip-too-short`` when it has fewer frames.
    """
    with _opened(path) as footage:
        long = last is None and footage.seconds > 2 * _TAIL
        kept, seen = _last(_from_jump(footage, footage.seconds - _TAIL) if long else footage.frames(), last, count)
        if long and len(kept) < count:
            footage.rewind()
            kept, seen = _last(footage.frames(), last, count)
    if len(kept) < count or (last is not None and seen <= last):
        raise WaltError(
            "clip-too-short",
            f"{path} has only {seen} frames, too few to be continued from there.",
            "Continue from another frame, or from a single one.",
        )
    return np.stack([_pixels(frame, path, size) for frame in kept])


def _last(frames: Iterator[_Frame], last: int | None, count: int) -> tuple[deque[_Frame], int]:
    """The ``count`` frames up to index ``last``, and how many there were."""
    kept: deque[_Frame] = deque(maxlen=count)
    seen = 0
    for frame in itertools.islice(frames, None if last is None else last + 1):
        kept.append(frame)
        seen += 1
    return kept, seen


def count_frames(path: str | Path) -> tuple[int, int, int]:
    """How many frames of a video can be decoded, and the width and height of them all, or 0 if they differ.

    Frames that are stored in one size are taken to be shown in one size: the first of them is turned upright.

    Raises:
        WaltError: ``clip-not-found`` or ``clip-unreadable``.
    """
    count = 0
    shapes: dict[tuple[int, int], tuple[int, ...]] = {}
    with _opened(path) as footage:
        for frame in footage.frames():
            count += 1
            if frame.stored not in shapes:
                shapes[frame.stored] = _pixels(frame, path).shape
    height, width, _ = next(iter(shapes.values())) if len(set(shapes.values())) == 1 else (0, 0, 3)
    return count, width, height


class Look(NamedTuple):
    """What can be said of a video without keeping its frames.

    ``made_here`` is whether walt made it; ``seconds`` how long it says it is, ``fps`` its frames a second on average,
    both 0 if it does not say.
    """

    width: int
    height: int
    made_here: bool
    seconds: float
    fps: float


def look_at(path: str | Path) -> Look:
    """The upright size of a video, and whether walt made it.

    Raises:
        WaltError: ``clip-not-found`` or ``clip-unreadable``.
    """
    with _opened(path) as footage:
        height, width, _ = _pixels(next(footage.frames()), path).shape
        return Look(width, height, "walt" in footage.metadata, footage.seconds, footage.fps)


def frame_at(path: str | Path, seconds: float) -> NDArray[np.uint8]:
    """The frame (H, W, 3) that is on screen at a time from the start; the last one from the end on.

    Raises:
        WaltError: ``clip-not-found`` or ``clip-unreadable``.
    """
    with _opened(path) as footage:
        begin = min(seconds, footage.seconds or seconds)
        shown: _Frame | None = None
        for frame in _from_jump(footage, begin) if math.isfinite(begin) else footage.frames():
            if frame.time is not None and frame.time > begin + _SAME and shown is not None:
                break
            shown = frame
        assert shown is not None
        return _pixels(shown, path)


def _from_jump(footage: _Footage, seconds: float) -> Iterator[_Frame]:
    """The frames from a key frame before a time on: from the start where a jump there fails or lands behind it."""
    if seconds > 0 and footage.jump(seconds):
        frames = footage.frames()
        first = next(frames, None)
        if first is not None and first.time is not None and first.time <= seconds + _SAME:
            return itertools.chain([first], frames)
    footage.rewind()
    return footage.frames()


def _from(footage: _Footage, start: float) -> Iterator[_Frame]:
    """The frames from a time on."""
    for index, frame in enumerate(_from_jump(footage, start)):
        time = index / footage.fps if frame.time is None and footage.fps else frame.time
        if time is None or time >= start - _SAME:
            yield frame


def _paced(frames: Iterator[_Frame], fps: float | None, source_fps: float) -> Iterator[tuple[_Frame, int]]:
    """Each frame that is on screen at a tick of ``fps``, and for how many ticks; at least one in all."""
    if fps is None:
        yield from ((frame, 1) for frame in frames)
        return
    given, start, time, shown = 0, 0.0, 0.0, None
    for frame in frames:
        # A raw stream has no times: its frames follow each other at its rate.
        guess = time + (1.0 / source_fps if source_fps and shown else 0.0)
        time = guess if frame.time is None else frame.time
        if shown is None:
            start = time
        elif ticks := max(0, _ticks(time - start, fps) - given):
            yield shown, ticks
            given += ticks
        shown = frame
    if shown is not None:
        end = time - start + (1.0 / source_fps if source_fps else 0.0)
        if ticks := max(int(given == 0), _ticks(end, fps) - given):
            yield shown, ticks


def _ticks(time: float, fps: float) -> int:
    """How many ticks of ``fps`` lie before ``time``."""
    return max(0, math.ceil((time - _SAME) * fps))


def _pixels(frame: _Frame, path: str | Path, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """A frame's pixels, of a file of which they are needed.

    Raises:
        WaltError: ``clip-unreadable`` for a frame so damaged that it cannot be converted.
    """
    try:
        return frame.pixels(size)
    except FFmpegError as error:
        raise unreadable(path, "a frame of it cannot be converted") from error


def _opened(path: str | Path) -> _Footage:
    file = plain_file(Path(path))
    try:
        webp = is_webp(file)
    except OSError as error:
        raise unreadable(path, (error.strerror or str(error)).lower()) from error
    return AnimatedWebP(file, path) if webp else VideoFile(file, path)
