"""Export: a clip or a film as any preset, whole or not at all, read back before it takes its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from engine.api.errors import UsageError, WaltError
from engine.api.types import FPS
from engine.media.encoders import VideoJob, encode, failed, needed_encoder
from engine.media.gif import encode_gif
from engine.media.images import picture_size, png_bytes
from engine.media.interpolation import retimed
from engine.media.notes import add_gif_note, add_webp_note
from engine.media.presets import ExportSettings, Preset, preset_named
from engine.media.reading import count_frames
from engine.runtime.fault_injection import fault_point
from engine.runtime.files import atomic_write, ensure_writable, part_name

Pixels = NDArray[np.uint8]
Progress = Callable[[int, int], None]
"""Called with the frames done and all frames."""


class ExportCancelled(Exception):
    """The export was asked to stop; nothing was written."""


@dataclass(frozen=True, slots=True)
class FrameSource:
    """What is exported: ``total`` RGB frames of ``size`` (width, height), read anew by each call of ``frames``.

    ``fps`` is how many of them are shown a second.
    """

    total: int
    size: tuple[int, int]
    frames: Callable[[], Iterator[Pixels]]
    fps: int

    @classmethod
    def of(cls, frames: Pixels, fps: int) -> FrameSource:
        """Frames (T, H, W, 3) that are in memory."""
        return cls(len(frames), (frames.shape[2], frames.shape[1]), lambda: iter(frames), fps)


def export(
    path: str | Path,
    source: FrameSource,
    settings: ExportSettings,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Write ``source`` to ``path``: a file, or a new folder for frames. Returns the path.

    Raises:
        ExportCancelled: when ``cancelled`` said so; it is asked before every frame.
        UsageError: ``nothing-to-export``.
        WaltError: ``output-not-writable``, ``output-exists``, ``video-encoder-missing``,
            ``video-encoder-failed`` or what reading the frames raises.
    """
    if source.total < 1:
        raise UsageError("nothing-to-export", "There are no frames to export.", "Choose a longer part.")
    work = _Work(source, settings, progress, cancelled)
    match settings.preset.kind:
        case "frames":
            _write_folder(Path(path), work)
        case "still":
            _write_still(Path(path), work)
        case _:
            _write_video(Path(path), work)
    return Path(path)


def write_mp4(
    path: str | Path, frames: Pixels, fps: int = FPS, metadata: Mapping[str, str] | None = None
) -> None:
    """Write (T, H, W, 3) RGB frames as an H.264 MP4 in the best quality, as the library keeps clips.

    Colours are BT.709, 4:2:0. Metadata keys are free; they come back from `engine.media.reading.read_metadata`.
    The same frames give the same file: x264's macroblock tree is off (its choices vary with whatever was in
    memory before: 150 encodings of one clip gave dozens of different files with it, one without), and so is
    the choice of threads.

    Raises:
        WaltError: see `export`.
        ValueError: for frames of another shape or type, or with an odd width or height.
    """
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != np.uint8 or frames.shape[0] == 0:
        raise ValueError(f"frames must be (T, H, W, 3) uint8, not {frames.shape} {frames.dtype}")
    if frames.shape[1] % 2 or frames.shape[2] % 2:
        raise ValueError(f"H.264 in 4:2:0 needs an even width and height, not {frames.shape[1:3]}")
    settings = ExportSettings(preset_named("mp4-h264"), "best", metadata=dict(metadata or {}))
    export(path, FrameSource.of(frames, fps), settings)


class _Work:
    """The frames on their way out, counted, and stopped when asked."""

    def __init__(
        self,
        source: FrameSource,
        settings: ExportSettings,
        progress: Progress | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.source, self.settings = source, settings
        self._progress, self._cancelled = progress, cancelled
        self.total = 1 if settings.preset.kind == "still" else source.total * settings.times
        self._done = 0

    @property
    def fps(self) -> int:
        """Frames a second as written."""
        return self.source.fps * self.settings.times

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as written; even, because most formats need that."""
        width, height = (side * self.settings.scale for side in self.source.size)
        return width - width % 2, height - height % 2

    def frames(self) -> Iterator[Pixels]:
        """All frames as they are written."""
        for rgb in retimed(self._given(), self.settings.times, smooth=self.settings.smooth):
            self._stop_if_cancelled()
            yield self._sized(rgb)

    def sample(self) -> Iterator[Pixels]:
        """The frames as they were made, to choose colours from."""
        for rgb in self._given():
            self._stop_if_cancelled()
            yield self._sized(rgb)

    def tell(self) -> None:
        """One more is done."""
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self.total)

    def _given(self) -> Iterator[Pixels]:
        for rgb in self.source.frames():
            self._stop_if_cancelled()
            yield rgb

    def _sized(self, rgb: Pixels) -> Pixels:
        width, height = self.size
        if self.settings.scale == 2:
            scaled = cv2.resize(rgb, None, fx=2, fy=2, interpolation=cv2.INTER_LANCZOS4)
            rgb = np.asarray(scaled, np.uint8)
        return rgb[:height, :width]

    def _stop_if_cancelled(self) -> None:
        if self._cancelled is not None and self._cancelled():
            raise ExportCancelled


def _write_video(path: Path, work: _Work) -> None:
    settings = work.settings
    preset, encoder = settings.preset, needed_encoder(settings.preset)
    job = VideoJob(preset, encoder, settings.quality, work.size, work.fps, settings.metadata, settings.plays)
    with atomic_write(path) as part:
        if preset.kind == "gif":
            encode_gif(part, job, work.sample(), work.frames(), work.tell)
        else:
            encode(part, job, work.frames(), work.tell)
        if settings.metadata and preset.kind == "gif":
            add_gif_note(part, settings.metadata)
        elif settings.metadata and preset.kind == "webp":
            add_webp_note(part, settings.metadata, work.size)
        _check(preset, part, work)


def _check(preset: Preset, part: Path, work: _Work) -> None:
    """Read the new file back: as many frames, as large."""
    fault_point("verify")
    try:
        found = _count_webp(part, work) if preset.kind == "webp" else count_frames(part)
    except WaltError as error:
        raise failed(preset.title, error.message) from error
    if found != (work.total, *work.size):
        raise failed(preset.title, f"{found[0]} of {work.total} frames could be read back")


def _count_webp(path: Path, work: _Work) -> tuple[int, int, int]:
    """Frames, width and height of an animated WebP; Pillow reads these, FFmpeg does not.

    The encoder makes one longer frame of equal ones, so time is counted rather than frames; a clip that
    stands still becomes a picture.
    """
    durations: list[int] = []
    try:
        with Image.open(path, formats=["WEBP"]) as image:
            for frame in ImageSequence.Iterator(image):
                frame.load()
                durations.append(frame.info.get("duration", 0))
    except (OSError, EOFError):
        return 0, 0, 0
    count = work.total if len(durations) == 1 else round(sum(durations) * work.fps / 1000)
    return count, *image.size


def _write_still(path: Path, work: _Work) -> None:
    rgb = next(work.frames(), None)
    if rgb is None:
        raise failed(work.settings.preset.title, "there is no frame to write")
    with atomic_write(path) as part:
        part.write_bytes(png_bytes(rgb, work.settings.metadata))
        _check_png(part, work)
    work.tell()


def _write_folder(path: Path, work: _Work) -> None:
    digits = max(4, len(str(work.total)))
    with _new_folder(path) as part:
        for index, rgb in enumerate(work.frames(), 1):
            file = part / f"{path.name}-{index:0{digits}}.png"
            file.write_bytes(png_bytes(rgb, work.settings.metadata if index == 1 else {}))
            _check_png(file, work)
            work.tell()
        if (found := len(list(part.iterdir()))) != work.total:
            raise failed(work.settings.preset.title, f"{found} of {work.total} frames were written")


def _check_png(file: Path, work: _Work) -> None:
    with suppress(WaltError):
        if picture_size(file) == work.size:
            return
    raise failed(work.settings.preset.title, "a picture could not be read back")


@contextmanager
def _new_folder(target: Path) -> Generator[Path]:
    """A hidden folder beside ``target`` that takes its name in the end; nothing that is there is touched."""
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise WaltError("output-exists", f"{target} already exists.", "Choose another name.")
    ensure_writable(target.with_name(f"{target.name}.png"))  # says in plain words why a place is no good
    part = part_name(target)
    try:
        part.mkdir()
        yield part
        os.replace(part, target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WaltError(
            "output-not-writable", f"{target} cannot be written: {reason}.", "Choose another place to write to."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
