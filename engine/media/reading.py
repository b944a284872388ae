"""Clips in: any video that FFmpeg reads, frame by frame, upright, in RGB, at the frame rate asked for."""

from __future__ import annotations

import math
import stat
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.media.resize import fit

MAX_CLIP_BYTES = 2 * 2**30
"""How much `read_clip` may put into memory; longer videos are for `iter_frames`."""

_MAX_PIXELS = 8192 * 8192
_MAX_FILE_BYTES = 64 * 2**30
_MAX_TICKS = 10_000_000
"""Frames that `iter_frames` gives at most at a rate of its own: a broken clock must not repeat one for ever."""
_TAIL = 20_000_000
"""Microseconds at the end of a long video that are decoded to get its last frames."""
_SAME = 0.0005
"""Seconds between two times that are the same, rounded."""
_ACCURATE = 4 | 0x40000 | 0x2000
"""swscale: bicubic, accurate rounding, full chroma. Without the second, a clip comes in one level darker."""

_UNSPECIFIED, _BT601, _BT709 = 2, 5, 1
# Playlists and the like, which make FFmpeg reach for other files or wait for the network, are not opened.
_SAFE = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,matroska,avi,mpegts,mpeg,flv,ogg,asf,gif,ivf,m4v,h264,hevc",
}
_PHOTOS = {"heic", "heix", "heim", "heis", "mif1", "avif"}
"""Brands of single pictures in this container."""
_MUXER_KEYS = {"major_brand", "minor_version", "compatible_brands", "encoder"}


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
    with _opened(path) as (container, stream):
        fps = float(stream.average_rate or stream.guessed_rate or 0)
        metadata = _metadata(container)
        frames: list[NDArray[np.uint8]] = []
        for frame in _decoded(path, container, stream):
            frames.append(_to_rgb(frame))
            if frames[-1].shape != frames[0].shape:
                raise _unreadable(path, "its picture changes size on the way")
            if frames[0].nbytes * len(frames) > MAX_CLIP_BYTES:
                raise WaltError(
                    "clip-too-large", f"{path} is too long to open at once.", "Cut it into shorter clips."
                )
    if not frames:
        raise _unreadable(path, "no frame in it can be decoded")
    return StoredClip(np.stack(frames), fps, metadata)


def read_metadata(path: str | Path) -> dict[str, str]:
    """The metadata of a video file, without what its container adds by itself.

    Raises:
        WaltError: ``clip-not-found`` or ``clip-unreadable``.
    """
    with _opened(path) as (container, _):
        return _metadata(container)


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
        WaltError: ``clip-not-found`` or ``clip-unreadable``, the latter also midway.
    """
    with _opened(path) as (container, stream):
        frames = _decoded(path, container, stream)
        if start > 0:
            frames = _after(path, container, frames, start)
        given = 0
        for frame, times in _paced(frames, fps, stream.average_rate):
            given += times
            if fps is not None and given > _MAX_TICKS:
                raise _unreadable(path, "the times of its frames make no sense")
            rgb = _to_rgb(frame)
            rgb = rgb if size is None else fit(rgb, *size)
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
    kept: deque[VideoFrame] = deque(maxlen=count)
    seen = 0
    with _opened(path) as (container, stream):
        length = container.duration or 0
        if last is None and length > 2 * _TAIL:
            container.seek(length - _TAIL)  # lands on a key frame before it
        for frame in islice(_decoded(path, container, stream), None if last is None else last + 1):
            kept.append(frame)
            seen += 1
    if len(kept) < count or (last is not None and seen <= last):
        raise WaltError(
            "clip-too-short",
            f"{path} has only {seen} frames, too few to be continued from there.",
            "Continue from another frame, or from a single one.",
        )
    return np.stack([fit(_to_rgb(frame), *size) for frame in kept])


def count_frames(path: str | Path) -> tuple[int, int, int]:
    """How many frames of a video can be decoded, and the width and height of them all, or 0 if they differ.

    Raises:
        WaltError: ``clip-not-found`` or ``clip-unreadable``.
    """
    with _opened(path) as (container, stream):
        sizes = [(frame.width, frame.height) for frame in _decoded(path, container, stream)]
    width, height = sizes[0] if len(set(sizes)) == 1 else (0, 0)
    return len(sizes), width, height


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
    with _opened(path) as (container, stream):
        first = next(_decoded(path, container, stream), None)
        if first is None:
            raise _unreadable(path, "no frame in it can be decoded")
        height, width, _ = _to_rgb(first).shape
        fps = float(stream.average_rate or stream.guessed_rate or 0)
        return Look(width, height, "walt" in _metadata(container), _seconds(container, stream), fps)


def frame_at(path: str | Path, seconds: float) -> NDArray[np.uint8]:
    """The frame (H, W, 3) that is on screen at a time from the start; the last one from the end on.

    Raises:
        WaltError: ``clip-not-found`` or ``clip-unreadable``.
    """
    # A jump may land behind the time, or where nothing can be decoded; then the file is read from its start.
    frame = _frame_at(path, seconds, jump=True)
    frame = _frame_at(path, seconds, jump=False) if frame is None else frame
    if frame is None:
        raise _unreadable(path, "no frame in it can be decoded")
    return frame


def _frame_at(path: str | Path, seconds: float, *, jump: bool) -> NDArray[np.uint8] | None:
    with _opened(path) as (container, stream):
        start = (container.start_time or 0) / 1_000_000
        begin = start + min(seconds, _seconds(container, stream) or seconds)
        jump = jump and seconds > 0 and math.isfinite(begin)
        if jump:
            try:
                container.seek(int(begin * 1_000_000))
            except av.error.FFmpegError:
                return None
        shown: VideoFrame | None = None
        for frame in _decoded(path, container, stream):
            late = frame.time is not None and frame.time > begin + _SAME  # pyright: ignore[reportUnnecessaryComparison]
            if late and (shown is not None or jump):
                break
            shown = frame
        return None if shown is None else _to_rgb(shown)


def _seconds(container: InputContainer, stream: VideoStream) -> float:
    """How long the pictures last; the sound may go on."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / 1_000_000


def _paced(
    frames: Iterator[VideoFrame], fps: float | None, source_fps: Fraction | None
) -> Iterator[tuple[VideoFrame, int]]:
    """Each frame that is on screen at a tick of ``fps``, and for how many ticks; at least one in all."""
    if fps is None:
        yield from ((frame, 1) for frame in frames)
        return
    given, start, time, shown = 0, 0.0, 0.0, None
    for frame in frames:
        # A raw stream has no times: its frames follow each other at its rate.
        guess = time + (1.0 / float(source_fps) if source_fps and shown else 0.0)
        time = guess if frame.time is None else frame.time  # pyright: ignore[reportUnnecessaryComparison]
        if shown is None:
            start = time
        elif ticks := max(0, _ticks(time - start, fps) - given):
            yield shown, ticks
            given += ticks
        shown = frame
    if shown is not None:
        end = time - start + (1.0 / float(source_fps) if source_fps else 0.0)
        if ticks := max(int(given == 0), _ticks(end, fps) - given):
            yield shown, ticks


def _ticks(time: float, fps: float) -> int:
    """How many ticks of ``fps`` lie before ``time``."""
    return max(0, math.ceil((time - _SAME) * fps))


def _after(
    path: str | Path, container: InputContainer, frames: Iterator[VideoFrame], start: float
) -> Iterator[VideoFrame]:
    """The frames from ``start`` on, counted from the first one's time; decoding begins at the key frame before."""
    try:
        container.seek(int((container.start_time or 0) + start * 1_000_000))
    except av.error.FFmpegError as error:
        raise _unreadable(path, "its times can't be reached") from error
    begin = (container.start_time or 0) / 1_000_000 + start
    return (frame for frame in frames if frame.time is None or frame.time >= begin - _SAME)  # pyright: ignore


@contextmanager
def _opened(path: str | Path) -> Generator[tuple[InputContainer, VideoStream]]:
    """The file and its first video stream, opened with no leave to reach for other files or the network."""
    location = _plain_file(Path(path))
    try:
        container = av.open(str(location), options=_SAFE, metadata_errors="replace")
    except (av.error.FFmpegError, OSError) as error:
        raise _unreadable(path, "it is damaged or not a video") from error
    with container:
        if not container.streams.video:
            raise _unreadable(path, "there is no picture in it")
        stream = container.streams.video[0]
        if container.metadata.get("major_brand") in _PHOTOS:
            raise _unreadable(path, "it is a photo, whose tiles are not put together")
        context = stream.codec_context
        if context is None:  # pyright: ignore[reportUnnecessaryComparison]  # no decoder for what it claims to be
            raise _unreadable(path, "its pictures are of an unknown kind")
        if not 0 < context.width * context.height <= _MAX_PIXELS:
            raise _unreadable(path, "its frame size is not possible")
        yield container, stream


def _plain_file(path: Path) -> Path:
    """The absolute path (no name is then taken for a protocol), if it is a plain file and not empty."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise WaltError("clip-not-found", f"There is no clip at {path}.", "Check the path.") from None
    except OSError as error:
        raise _unreadable(path, (error.strerror or str(error)).lower()) from error
    if not stat.S_ISREG(found.st_mode):
        raise _unreadable(path, "it is not a plain file")
    if found.st_size == 0:
        raise _unreadable(path, "it is empty")
    if found.st_size > _MAX_FILE_BYTES:
        raise _unreadable(path, "it is too large a file")
    return path.resolve()


def _decoded(path: str | Path, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """The stream's frames in order of time."""
    stream.thread_type = "AUTO"
    try:
        for frame in container.decode(stream):
            # The header's size was checked, but a stream may change its mind.
            if not 0 < frame.width * frame.height <= _MAX_PIXELS:
                raise _unreadable(path, "its frame size is not possible")
            yield frame
    except (av.error.FFmpegError, OSError) as error:
        raise _unreadable(path, "it is damaged") from error


def _to_rgb(frame: VideoFrame) -> NDArray[np.uint8]:
    """(H, W, 3), turned upright."""
    space = frame.colorspace
    if space == _UNSPECIFIED:
        # The custom of players for files that do not say: standard definition is BT.601, high BT.709.
        space = _BT709 if frame.height >= 720 else _BT601
    rgb = frame.reformat(
        format="rgb24", src_colorspace=space, src_color_range=frame.color_range, interpolation=_ACCURATE
    ).to_ndarray()
    return np.ascontiguousarray(np.rot90(rgb, round(frame.rotation / 90)), dtype=np.uint8)


def _metadata(container: InputContainer) -> dict[str, str]:
    given = container.metadata
    if "matroska" in container.format.name:  # WebM's keys come back in capitals
        given = {key.lower(): value for key, value in given.items()}
    return {key: value for key, value in given.items() if key not in _MUXER_KEYS}


def _unreadable(path: str | Path, reason: str) -> WaltError:
    return WaltError("clip-unreadable", f"{path} cannot be opened: {reason}.", "Choose another clip.")
