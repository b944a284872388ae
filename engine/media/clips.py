"""Clips out: H.264 in MP4, written whole, with the request that made them in the file's metadata."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from engine.errors import WaltError
from engine.files import atomic_write
from engine.media.reading import StoredClip, iter_frames, read_clip, read_metadata

if TYPE_CHECKING:
    from engine.clip import Clip

__all__ = ["StoredClip", "iter_frames", "provenance", "read_clip", "read_metadata", "write_mp4"]

ENCODERS = ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf")
"""H.264 encoders, best first; PyAV's wheels carry the first, a system's own build maybe only another."""

# The same frames must give the same file. With x264's macroblock tree they do not: its choices vary with
# whatever was in memory before (150 encodings of one clip gave dozens of different files with it, one
# without). They vary with the number of threads as well, so that is fixed.
_OPTIONS = {"libx264": {"crf": "16", "preset": "medium", "x264-params": "mbtree=0", "threads": "4"}}
_FALLBACK_BITS_PER_PIXEL = 0.4
_BT709, _LIMITED = 1, 1


def provenance(clip: Clip) -> dict[str, str]:
    """A clip file's metadata: ``walt`` is the request as JSON, ``title`` and ``comment`` are for people."""
    request = clip.request
    # A file is shared; the folders of whoever made it are nobody's business.
    named = {"image": request.image, "source": request.source}
    request = request.model_copy(update={key: Path(path).name for key, path in named.items() if path})
    comment = f"Made with walt: pack {clip.pack}, stage {clip.stage}, seed {request.seed}."
    return {"title": request.prompt, "comment": comment, "walt": request.model_dump_json()}


def write_mp4(
    path: str | Path, frames: NDArray[np.uint8], fps: int = 8, metadata: Mapping[str, str] | None = None
) -> None:
    """Write (T, H, W, 3) RGB frames as an H.264 MP4 that any player opens, whole or not at all.

    Colours are BT.709, 4:2:0. Metadata keys are free; they come back from `read_metadata`. The new file is
    read back and its frames are counted before it takes the place of an old one.

    Raises:
        WaltError: ``output-not-writable`` (place, permission or room), ``video-encoder-missing`` or
            ``video-encoder-failed``.
        ValueError: for frames of another shape or type, or with an odd width or height.
    """
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != np.uint8 or frames.shape[0] == 0:
        raise ValueError(f"frames must be (T, H, W, 3) uint8, not {frames.shape} {frames.dtype}")
    if frames.shape[1] % 2 or frames.shape[2] % 2:
        raise ValueError(f"H.264 in 4:2:0 needs an even width and height, not {frames.shape[1:3]}")
    encoder = _encoder()
    with atomic_write(path) as part:
        try:
            _encode(part, frames, fps, encoder, dict(metadata or {}))
            _verify(part, frames.shape)
        except av.error.FFmpegError as error:
            # PyAV's errors carry the system's number where there is one: a full disk, a lost drive.
            if error.errno in errno.errorcode:
                raise OSError(error.errno, error.strerror, str(part)) from error
            raise _failed(encoder, str(error)) from error


def _encoder() -> str:
    """The first of `ENCODERS` that this installation has."""
    for name in ENCODERS:
        if name in av.codecs_available:
            return name
    hint = "Reinstall the av package from its wheel."
    raise WaltError(
        "video-encoder-missing", "No H.264 encoder is installed: the clip cannot be written.", hint
    )


def _encode(part: Path, frames: NDArray[np.uint8], fps: int, encoder: str, metadata: dict[str, str]) -> None:
    """Write all frames to ``part``; its index is put first so that a clip starts to play while it loads."""
    options = {"movflags": "+faststart+use_metadata_tags"}
    with av.open(str(part), "w", format="mp4", options=options) as container:
        container.metadata.update(metadata)
        stream = _video_stream(container, encoder, fps, frames.shape)
        for rgb in frames:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            frame = frame.reformat(
                format="yuv420p", dst_colorspace=_BT709, dst_color_range=_LIMITED, interpolation="BICUBIC"
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _video_stream(container: OutputContainer, encoder: str, fps: int, shape: tuple[int, ...]) -> VideoStream:
    """A stream with its size, colour tags and a visually lossless quality."""
    stream = container.add_stream(encoder, rate=fps, options=_OPTIONS.get(encoder))
    assert isinstance(stream, VideoStream)
    _, stream.height, stream.width, _ = shape
    stream.pix_fmt = "yuv420p"
    if encoder not in _OPTIONS:
        stream.bit_rate = int(_FALLBACK_BITS_PER_PIXEL * stream.width * stream.height * fps)
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = _LIMITED
    return stream


def _verify(part: Path, shape: tuple[int, ...]) -> None:
    """Read the new file back and count what is in it."""
    try:
        found = [frame.shape for frame in iter_frames(part)]
    except WaltError as error:
        raise _failed("the file", error.message) from error
    if found != [shape[1:]] * shape[0]:
        raise _failed("the file", f"{len(found)} of {shape[0]} frames could be read back")


def _failed(what: str, reason: str) -> WaltError:
    return WaltError(
        "video-encoder-failed", f"The clip could not be encoded by {what}: {reason}.", "Try again."
    )
