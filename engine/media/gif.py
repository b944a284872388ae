"""Animated GIF: one palette for the whole clip, chosen in a first pass, then dithered in a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.media.encoders import VideoJob, ffmpeg_errors, muxer_options

if TYPE_CHECKING:
    from engine.media.encoders import Pixels

_BASE = Fraction(1, 1000)
"""Only the order of frames matters to the filters."""
_RGB = VideoFormat("rgb24")


def encode_gif(
    part: Path,
    job: VideoJob,
    sample: Iterable[Pixels],
    frames: Iterable[Pixels],
    tell: Callable[[], None],
) -> None:
    """Write (H, W, 3) RGB frames as a GIF with the best palette for ``sample``, frames of the same clip.

    Raises:
        OSError: what the system said, with the file's name.
        WaltError: ``video-encoder-failed``.
    """
    wishes = job.encoder.qualities[job.quality]
    width, height = job.size
    with ffmpeg_errors(part, job.preset.title):
        dither = _Dither(_palette(sample, job.size, wishes["colours"]), job.size, wishes["dither"])
        with av.open(str(part), "w", format="gif", options=muxer_options(job)) as container:
            stream = container.add_stream("gif", rate=job.fps)
            assert isinstance(stream, VideoStream)
            stream.width, stream.height, stream.pix_fmt = width, height, job.encoder.pixels
            for index, frame in enumerate(dither.each(frames)):
                frame.pts, frame.time_base = index, Fraction(1, job.fps)
                container.mux(stream.encode(frame))
                tell()
            container.mux(stream.encode(None))


def _palette(sample: Iterable[Pixels], size: tuple[int, int], colours: str) -> VideoFrame:
    graph = Graph()
    source = graph.add_buffer(width=size[0], height=size[1], format=_RGB, time_base=_BASE)
    choose = graph.add("palettegen", f"max_colors={colours}:reserve_transparent=0")
    sink = graph.add("buffersink")
    source.link_to(choose)
    choose.link_to(sink)
    graph.configure()
    for index, rgb in enumerate(sample):
        source.push(_frame(rgb, index))
    source.push(None)
    palette = sink.pull()
    assert isinstance(palette, VideoFrame)
    palette.pts, palette.time_base = 0, _BASE
    return palette


class _Dither:
    """The filter that gives each frame the palette's colours."""

    def __init__(self, palette: VideoFrame, size: tuple[int, int], dither: str) -> None:
        self._graph = graph = Graph()
        self._source = graph.add_buffer(width=size[0], height=size[1], format=_RGB, time_base=_BASE)
        colours = graph.add_buffer(width=16, height=16, format=VideoFormat("bgra"), time_base=_BASE)
        use = graph.add("paletteuse", f"dither={dither}:diff_mode=rectangle")
        self._sink = graph.add("buffersink")
        self._source.link_to(use, 0, 0)
        colours.link_to(use, 0, 1)
        use.link_to(self._sink)
        graph.configure()
        colours.push(palette)
        colours.push(None)

    def each(self, frames: Iterable[Pixels]) -> Iterator[VideoFrame]:
        """The frames in 256 colours or fewer."""
        for index, rgb in enumerate(frames):
            self._source.push(_frame(rgb, index))
            yield from _pulled(self._sink)
        self._source.push(None)
        yield from _pulled(self._sink)


def _frame(rgb: Pixels, index: int) -> VideoFrame:
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    frame.pts, frame.time_base = index, _BASE
    return frame


def _pulled(sink: FilterContext) -> Iterator[VideoFrame]:
    while True:
        try:
            frame = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, VideoFrame)
        yield frame
