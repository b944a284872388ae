"""A video file that FFmpeg opens: its pictures in order of time, what it says of itself, and jumps in it."""

from __future__ import annotations

import itertools
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.codec.context import Flags
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.media.frame_pixels import MAX_PIXELS, frame_pixels
from engine.media.notes import parse_note

_MAX_FILE_BYTES = 64 * 2**30
# Playlists and the like, which make FFmpeg reach for other files or wait for the network, are not opened.
_FORMATS = (
    "mov,matroska,avi,mpegts,mpeg,flv,ogg,asf,gif,apng,ivf,obu,m4v,h264,hevc,vc1,mpegvideo,mjpeg,mxf,dv,rm,nut,wtv,"
    "yuv4mpegpipe"
)
_SAFE = {"protocol_whitelist": "file", "format_whitelist": _FORMATS}
_PHOTOS = {"heic", "heix", "heim", "heis", "mif1", "avif"}
"""Brands of single pictures in this container."""
_NOT_FOOTAGE = Disposition.attached_pic | Disposition.timed_thumbnails
_MUXER_KEYS = {"major_brand", "minor_version", "compatible_brands", "encoder"}
_WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders that give the transparency of a WebM, which FFmpeg's own leave out."""
_DEMUX_TRIES = 8


@dataclass(frozen=True, slots=True)
class TimedFrame:
    """A decoded picture. ``time`` is in seconds from the file's start, None in streams without times."""

    time: float | None
    frame: VideoFrame
    aspect: Fraction | None

    @property
    def stored(self) -> tuple[int, int]:
        """Width and height as decoded, before it is turned upright and its pixels made square."""
        return self.frame.width, self.frame.height

    def pixels(self, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """(H, W, 3) sRGB, upright; fitted to ``size`` (width, height), cropped from the centre, if there is one."""
        return frame_pixels(self.frame, self.aspect, size)


class VideoFile:
    """An open video. It has no leave to reach for other files or the network.

    Raises:
        WaltError: ``clip-unreadable``.
    """

    def __init__(self, path: Path, shown: str | Path) -> None:
        self._path, self._shown = path, shown
        self._sought = False
        self._open()

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    @property
    def fps(self) -> float:
        """Frames a second on average, 0 if it does not say."""
        return float(self._stream.average_rate or self._stream.guessed_rate or 0)

    @property
    def seconds(self) -> float:
        """How long the pictures last, 0 if it does not say; the sound may go on."""
        stream = self._stream
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return (self._container.duration or 0) / 1_000_000

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says, without what its container adds by itself."""
        given = self._container.metadata
        if "matroska" in self._container.format.name:  # WebM's keys come back in capitals
            given = {key.lower(): value for key, value in given.items()}
        if self._container.format.name == "gif":
            given = {**given, **parse_note(given.get("comment", ""))}
        return {key: value for key, value in given.items() if key not in _MUXER_KEYS}

    def jump(self, seconds: float) -> bool:
        """Go to a key frame before a time, from the start; False where the file cannot do that."""
        self._sought = True
        try:
            self._container.seek(int((self._start + seconds) * 1_000_000))
        except (av.error.FFmpegError, OverflowError):
            return False
        self._decoder.flush_buffers()
        return True

    def rewind(self) -> None:
        """Begin anew from the start, whatever happened before."""
        self._container.close()
        self._sought = False
        self._open()

    def frames(self) -> Iterator[TimedFrame]:
        """The pictures from here on. What is damaged is left out.

        Raises:
            WaltError: ``clip-unreadable`` when there is none in the whole file.
        """
        frames = self._decoded()
        first = next(frames, None)
        if first is None and not self._sought:
            # A recording may have no whole picture to begin with: then the best guess of the decoder is shown.
            self.rewind()
            self._decoder.flags |= Flags.output_corrupt
            frames = self._decoded()
            first = next(frames, None)
            if first is None:
                raise unreadable(self._shown, "no frame in it can be decoded")
        return iter(()) if first is None else itertools.chain([first], frames)

    def _open(self) -> None:
        try:
            self._container = av.open(str(self._path), options=_SAFE, metadata_errors="replace")
        except (av.error.FFmpegError, OSError) as error:
            raise unreadable(self._shown, "it is damaged or not a video") from error
        try:
            self._stream = self._chosen(self._container)
            self._decoder = self._decoder_of(self._stream)
        except WaltError:
            self._container.close()
            raise
        self._start = (self._container.start_time or 0) / 1_000_000
        aspect = self._stream.sample_aspect_ratio
        # Hardly anything shows the aspect that a GIF can have, and few mean it.
        self._aspect = None if self._container.format.name == "gif" else aspect

    def _chosen(self, container: InputContainer) -> VideoStream:
        streams = [stream for stream in container.streams.video if not stream.disposition & _NOT_FOOTAGE]
        if not streams:
            covers = "only a cover" if container.streams.video else "no picture"
            raise unreadable(self._shown, f"there is {covers} in it")
        if container.metadata.get("major_brand") in _PHOTOS:
            raise unreadable(self._shown, "it is a photo")
        best = container.streams.best("video")
        stream = best if best in streams else streams[0]
        assert isinstance(stream, VideoStream)
        return stream

    def _decoder_of(self, stream: VideoStream) -> VideoCodecContext:
        context = stream.codec_context
        if context is None:  # pyright: ignore[reportUnnecessaryComparison]  # no decoder for what it claims to be
            raise unreadable(self._shown, "its pictures are of an unknown kind")
        if not 0 < context.width * context.height <= MAX_PIXELS:
            raise unreadable(self._shown, "its frame size is not possible")
        name = _WITH_ALPHA.get(context.name, "")
        if stream.metadata.get("alpha_mode", stream.metadata.get("ALPHA_MODE")) == "1" and name in av.codecs_available:
            decoder = av.CodecContext.create(name, "r")
            assert isinstance(decoder, VideoCodecContext)
            return decoder
        context.thread_type = "AUTO"
        return context

    def _decoded(self) -> Iterator[TimedFrame]:
        for packet in self._packets():
            try:
                frames = self._decoder.decode(packet)
            except (av.error.FFmpegError, OSError):
                continue  # this packet's pictures are lost, and no others
            for frame in frames:
                # The header's size was checked, but a stream may change its mind.
                if not 0 < frame.width * frame.height <= MAX_PIXELS:
                    raise unreadable(self._shown, "its frame size is not possible")
                yield TimedFrame(self._time(frame), frame, self._aspect)

    def _time(self, frame: VideoFrame) -> float | None:
        base = self._stream.time_base
        if frame.pts is None or not base:  # pyright: ignore[reportUnnecessaryComparison]  # a raw stream has no times
            return None
        return float(frame.pts * base) - self._start

    def _packets(self) -> Iterator[Packet[VideoStream] | None]:
        """The stream's packets, then None; what cannot be read is stepped over, as often as it may help."""
        for _ in range(_DEMUX_TRIES):
            try:
                yield from (packet for packet in self._container.demux(self._stream) if packet.size)
                break
            except (av.error.FFmpegError, OSError):
                continue
        yield None


def plain_file(path: Path) -> Path:
    """The absolute path (no name is then taken for a protocol), if it is a plain file and not empty.

    Raises:
        WaltError: ``clip-not-found`` or ``clip-unreadable``.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise WaltError("clip-not-found", f"There is no clip at {path}.", "Check the path.") from None
    except OSError as error:
        raise unreadable(path, (error.strerror or str(error)).lower()) from error
    if not stat.S_ISREG(found.st_mode):
        raise unreadable(path, "it is not a plain file")
    if found.st_size == 0:
        raise unreadable(path, "it is empty")
    if found.st_size > _MAX_FILE_BYTES:
        raise unreadable(path, "it is too large a file")
    return path.resolve()


def unreadable(path: str | Path, reason: str) -> WaltError:
    """The error for what cannot be opened as a clip."""
    return WaltError("clip-unreadable", f"{path} cannot be opened: {reason}.", "Choose another clip.")
