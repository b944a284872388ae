"""FFmpeg's encoders: which of them really open on this machine, and a stream of frames through one of them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.media.presets import Encoder, Preset, Quality, load_presets
from engine.runtime.fault_injection import fault_point

os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder would tell its settings on the terminal

_MATRIX = {"bt709": 1, "bt601": 5}
_LIMITED = 1
_PROBE = 64

Pixels = NDArray[np.uint8]


@lru_cache(maxsize=64)
def opens(name: str, pixels: str) -> bool:
    """Whether an encoder is here and accepts a small picture; asked once, then remembered."""
    try:
        context = av.CodecContext.create(name, "w")
        assert isinstance(context, VideoCodecContext)
        context.width = context.height = _PROBE
        context.pix_fmt = pixels
        context.time_base = Fraction(1, 8)
        context.open()
    except (av.error.FFmpegError, ValueError, OSError):
        return False
    return True


def encoder_of(preset: Preset) -> Encoder | None:
    """The first encoder of a preset that opens here."""
    return next((encoder for encoder in preset.encoders if opens(encoder.name, encoder.pixels)), None)


def available_presets() -> tuple[Preset, ...]:
    """The presets that work here: those of pictures, and those with an encoder that opens."""
    return tuple(preset for preset in load_presets() if not preset.encoders or encoder_of(preset))


def needed_encoder(preset: Preset) -> Encoder:
    """Like `encoder_of`.

    Raises:
        WaltError: ``video-encoder-missing``.
    """
    encoder = encoder_of(preset)
    if encoder is None:
        raise WaltError(
            "video-encoder-missing",
            f"No encoder for {preset.title} is installed: the clip cannot be written.",
            "Choose another format, or reinstall the av package from its wheel.",
        )
    return encoder


@dataclass(frozen=True, slots=True)
class VideoJob:
    """What `encode` needs besides frames. ``plays`` is for formats that loop: 0 is without end."""

    preset: Preset
    encoder: Encoder
    quality: Quality
    size: tuple[int, int]
    fps: int
    metadata: Mapping[str, str]
    plays: int = 0


def encode(part: Path, job: VideoJob, frames: Iterable[Pixels], tell: Callable[[], None]) -> None:
    """Write (H, W, 3) RGB frames to ``part`` by one encoder; ``tell`` is called after each.

    Raises:
        OSError: what the system said, with the file's name.
        WaltError: ``video-encoder-failed``.
    """
    with ffmpeg_errors(part, job.preset.title), _container(part, job) as (container, stream):
        matrix = _MATRIX[job.preset.matrix]
        for rgb in frames:
            fault_point("compress")
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            frame = frame.reformat(
                format=stream.pix_fmt, dst_colorspace=matrix, dst_color_range=_LIMITED, interpolation="BICUBIC"
            )
            container.mux(stream.encode(frame))
            tell()
        fault_point("write")
        container.mux(stream.encode(None))


@contextmanager
def ffmpeg_errors(part: Path, what: str) -> Generator[None]:
    """Tell FFmpeg's errors as walt tells errors: the system's with its number, the others in a sentence."""
    try:
        yield
    except av.error.FFmpegError as error:
        # PyAV's errors carry the system's number where there is one: a full disk, a lost drive.
        if error.errno in errno.errorcode:
            raise OSError(error.errno, error.strerror, str(part)) from error
        raise failed(what, str(error)) from error


def failed(what: str, reason: str) -> WaltError:
    """The error of an encoder that gave up, or of a file that does not read back."""
    return WaltError(
        "video-encoder-failed", f"The clip could not be encoded as {what}: {reason}.", "Try again."
    )


def muxer_options(job: VideoJob) -> dict[str, str]:
    """Options of the container: the preset's, and how often it plays."""
    options = dict(job.preset.muxer)
    if job.preset.kind == "gif":  # counts repetitions: -1 is none, 0 without end
        options["loop"] = str(-1 if job.plays == 1 else max(0, job.plays - 1))
    elif job.preset.kind == "webp":
        options["loop"] = str(job.plays)
    return options


@contextmanager
def _container(part: Path, job: VideoJob) -> Generator[tuple[OutputContainer, VideoStream]]:
    with av.open(str(part), "w", format=job.preset.container, options=muxer_options(job)) as container:
        container.metadata.update(job.metadata)
        yield container, _stream(container, job)


def _stream(container: OutputContainer, job: VideoJob) -> VideoStream:
    """A stream with its size, colour tags and quality."""
    encoder, (width, height) = job.encoder, job.size
    options = {**encoder.options, **encoder.qualities.get(job.quality, {})}
    stream = container.add_stream(encoder.name, rate=job.fps, options=options)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height = width, height
    stream.pix_fmt = encoder.pixels
    bits = encoder.bits_per_pixel.get(job.quality)
    if bits is not None:
        stream.bit_rate = int(bits * width * height * job.fps)
    context = stream.codec_context
    context.color_primaries = context.color_trc = _MATRIX["bt709"]
    context.colorspace = _MATRIX[job.preset.matrix]
    context.color_range = _LIMITED
    return stream
