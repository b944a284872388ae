"""Exports: sources, formats and the running export, which has its own thread."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.core.background_tasks import BackgroundTasks
from engine.api.errors import UsageError, WaltError

if TYPE_CHECKING:
    from app.core.frames import Pixels
    from app.film.film import Film, Take
    from engine.api.clip import Clip
    from engine.media.export import FrameSource
    from engine.media.presets import ExportSettings, Preset

PATIENCE = 3.0
"""Seconds that a closing window lets an export finish; then it is stopped."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Frames ``start`` to ``stop`` of a film, taken from a clip file: ``take`` says which of its own each one is."""

    file: Path
    start: int
    stop: int
    take: Take


@dataclass(frozen=True, slots=True)
class ExportSource:
    """What is exported: a clip in memory, or the cuts of a film. ``name`` suggests a file name.

    ``total`` frames of ``size`` (width, height), ``fps`` of them a second. ``file`` is the library's file of the clip.
    """

    name: str
    total: int
    size: tuple[int, int]
    fps: int
    clip: Clip | None = None
    cuts: Sequence[Cut] = ()
    title: str = ""
    file: Path | None = None

    def only(self, part: range) -> ExportSource:
        """The same, but only a part of its frames."""
        if self.clip is not None:
            clip = replace(self.clip, frames=self.clip.frames[part.start : part.stop])
            return replace(self, total=len(part), clip=clip)
        return replace(self, total=len(part), cuts=_cuts_in(self.cuts, part))


def film_source(film: Film, name: str) -> ExportSource | None:
    """The film, if all of it is there."""
    takes = [film.take_of(segment) for segment in film.segments]
    if not takes or any(take.file is None or take.trouble for take in takes):
        return None
    cuts = [
        Cut(take.file, segment.start, segment.stop, take)
        for take, segment in zip(takes, film.segments, strict=True)
        if take.file is not None
    ]
    return ExportSource(name, film.total, film.size, film.fps, None, tuple(cuts), name)


def _cuts_in(cuts: Sequence[Cut], part: range) -> tuple[Cut, ...]:
    result: list[Cut] = []
    first = 0
    for cut in cuts:
        length = cut.stop - cut.start
        begin, end = max(part.start - first, 0), min(part.stop - first, length)
        if begin < end:
            result.append(replace(cut, start=cut.start + begin, stop=cut.start + end))
        first += length
    return tuple(result)


class Exporter(QObject):
    """Writes one export at a time.

    Signals:
        formats_known(): which formats work here is known now.
        began(Path), progressed(int, int), saved(Path), cancelled(Path), failed(WaltError)
    """

    formats_known = Signal()
    began = Signal(object)
    progressed = Signal(int, int)
    saved = Signal(object)
    cancelled = Signal(object)
    failed = Signal(object)
    _counted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = BackgroundTasks(self, name="export", drain_on_close=True)
        self._stop = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._count = (0, 0)
        self._told = True
        self.formats: tuple[Preset, ...] = ()
        self.running = False
        self._counted.connect(self._tell)

    def look(self) -> None:
        """Find out which formats work here; `formats_known` follows, at once if it is known already."""
        if self.formats:
            self.formats_known.emit()
            return

        def known(formats: tuple[Preset, ...]) -> None:
            self.formats = formats
            self.formats_known.emit()

        self._tasks.run(_available, known, self.failed.emit)

    def start(
        self, path: Path, source: ExportSource, settings: ExportSettings, *, metadata: bool = True
    ) -> None:
        """Write ``source`` to ``path``; with ``metadata`` the file carries prompt, seed and settings, if it can."""
        if self.running:
            return
        self.running = True
        self._stop.clear()
        self._idle.clear()
        self._count = (0, 0)
        self.began.emit(path)

        def done(whole: bool) -> None:
            self.running = False
            (self.saved if whole else self.cancelled).emit(path)

        def failed(error: WaltError) -> None:
            self.running = False
            self.failed.emit(error)

        if metadata:
            settings = replace(settings, metadata=_metadata(source))
        self._tasks.run(lambda: self._work(path, source, settings), done, failed)

    def cancel(self) -> None:
        """Stop before the next frame; nothing is written."""
        self._stop.set()

    def close(self) -> None:
        """Let a short export finish, stop a long one, and end the thread."""
        if not self._idle.wait(PATIENCE):
            self._stop.set()
        self._tasks.close()

    def _work(self, path: Path, source: ExportSource, settings: ExportSettings) -> bool:
        """Whether it was written; False if it was cancelled."""
        from engine.media.export import ExportCancelled, export
        from engine.runtime.files import is_same_file

        if any(is_same_file(path, file) for file in (source.file, *(cut.file for cut in source.cuts)) if file):
            message = f"{path.name} is a file of the library, from which this is made."
            raise UsageError("output-is-input", message, "Choose another name.")
        try:
            export(path, _frames(source), settings, self._note, self._stop.is_set)
        except ExportCancelled:
            return False
        else:
            return True
        finally:
            self._idle.set()

    def _note(self, done: int, total: int) -> None:
        """On the export's thread: remember the newest count, and wake the window unless it is awake."""
        self._count = (done, total)
        if self._told:
            self._told = False
            self._counted.emit()

    @Slot()
    def _tell(self) -> None:
        self._told = True
        self.progressed.emit(*self._count)


def _available() -> tuple[Preset, ...]:
    from engine.media.encoders import available_presets

    return available_presets()


def _metadata(source: ExportSource) -> dict[str, str]:
    if source.clip is not None:
        from engine.media.clips import provenance

        return provenance(source.clip)
    return {"title": source.title, "comment": "Made with walt."}


def _frames(source: ExportSource) -> FrameSource:
    from engine.media.export import FrameSource

    if source.clip is not None:
        return FrameSource.of(source.clip.frames, source.fps)
    return FrameSource(source.total, source.size, lambda: _film_frames(source), source.fps)


def _film_frames(source: ExportSource) -> Iterator[Pixels]:
    from engine.media.reading import iter_frames

    for cut in source.cuts:
        wanted = [cut.take.index(frame, source.fps) for frame in range(cut.start, cut.stop)]
        times = Counter(wanted)
        for index, frame in enumerate(islice(iter_frames(cut.file, size=source.size), wanted[-1] + 1)):
            yield from repeat(frame, times[index])
