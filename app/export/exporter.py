"""Exports: what goes out, how, and the one that is under way. Writing is on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from app.core.background_tasks import BackgroundTasks
from engine.api.errors import WaltError
from engine.api.types import FPS

if TYPE_CHECKING:
    from app.core.frames import Pixels
    from app.film.film import Film
    from engine.api.clip import Clip
    from engine.media.export import Footage

Quality = Literal["small", "good", "best"]
Kind = Literal["video", "gif", "webp", "frames", "still"]
PATIENCE = 3.0
"""Seconds that a closing window lets an export finish; then it is stopped."""


@dataclass(frozen=True, slots=True)
class Format:
    """A preset as the window shows it. ``suffix`` is empty for a folder of pictures.

    ``title`` and ``about`` are English; `app.export.export_formats.words_of` has them in the window's language.
    """

    name: str
    title: str
    about: str
    kind: Kind
    suffix: str
    loops: bool
    metadata: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is exported; see `engine.media.export.Wish`."""

    format: Format
    quality: Quality = "good"
    scale: Literal[1, 2] = 1
    rate: Literal[8, 16, 24] = FPS
    smooth: bool = False
    plays: int = 0
    metadata: bool = True


@dataclass(frozen=True, slots=True)
class Cut:
    """Frames ``start`` to ``stop`` of a clip file."""

    file: Path
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Source:
    """What is exported: a clip in memory, or the cuts of a film. ``name`` suggests a file name.

    ``total`` frames of ``size`` (width, height); ``part`` are those that are wished.
    """

    name: str
    total: int
    size: tuple[int, int]
    clip: Clip | None = None
    cuts: Sequence[Cut] = ()
    title: str = ""

    def only(self, part: range) -> Source:
        """The same, but only a part of its frames."""
        if self.clip is not None:
            cut = replace(self.clip, frames=self.clip.frames[part.start : part.stop])
            return Source(self.name, len(part), self.size, cut, (), self.title)
        return Source(self.name, len(part), self.size, None, _cuts_in(self.cuts, part), self.title)


def film_source(film: Film, name: str) -> Source | None:
    """The film, if all of it is there."""
    takes = [film.take_of(segment) for segment in film.segments]
    if not takes or any(take.file is None or take.trouble for take in takes):
        return None
    cuts = [
        Cut(take.file, segment.start, segment.stop)
        for take, segment in zip(takes, film.segments, strict=True)
        if take.file is not None
    ]
    return Source(name, film.total, film.size, None, tuple(cuts), name)


def _cuts_in(cuts: Sequence[Cut], part: range) -> tuple[Cut, ...]:
    result: list[Cut] = []
    first = 0
    for cut in cuts:
        length = cut.stop - cut.start
        begin, end = max(part.start - first, 0), min(part.stop - first, length)
        if begin < end:
            result.append(Cut(cut.file, cut.start + begin, cut.start + end))
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
        self.formats: tuple[Format, ...] = ()
        self.running = False
        self._counted.connect(self._tell)

    def look(self) -> None:
        """Find out which formats work here; `formats_known` follows, at once if it is known already."""
        if self.formats:
            self.formats_known.emit()
            return

        def known(formats: tuple[Format, ...]) -> None:
            self.formats = formats
            self.formats_known.emit()

        self._tasks.run(_find_formats, known, self.failed.emit)

    def start(self, path: Path, source: Source, plan: Plan) -> None:
        """Write ``source`` to ``path``."""
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

        self._tasks.run(lambda: self._work(path, source, plan), done, failed)

    def cancel(self) -> None:
        """Stop before the next frame; nothing is written."""
        self._stop.set()

    def close(self) -> None:
        """Let a short export finish, stop a long one, and end the thread."""
        if not self._idle.wait(PATIENCE):
            self._stop.set()
        self._tasks.close()

    def _work(self, path: Path, source: Source, plan: Plan) -> bool:
        try:
            return _write(path, source, plan, self._note, self._stop.is_set)
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


def _find_formats() -> tuple[Format, ...]:
    from engine.media.encoders import available_presets

    return tuple(
        Format(
            preset.name, preset.title, preset.about, preset.kind, preset.suffix, preset.loops, preset.metadata
        )
        for preset in available_presets()
    )


def _write(
    path: Path,
    source: Source,
    plan: Plan,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> bool:
    """Whether it was written; False if it was cancelled."""
    from engine.media.export import ExportCancelled, Wish, export
    from engine.media.presets import preset_named

    metadata = _metadata(source) if plan.metadata and plan.format.metadata else {}
    wish = Wish(
        preset_named(plan.format.name), plan.quality, plan.scale, plan.rate, plan.smooth, plan.plays, metadata
    )
    try:
        export(path, _footage(source), wish, progress, cancelled)
    except ExportCancelled:
        return False
    return True


def _metadata(source: Source) -> dict[str, str]:
    if source.clip is not None:
        from engine.media.clips import provenance

        return provenance(source.clip)
    return {"title": source.title, "comment": "Made with walt."}


def _footage(source: Source) -> Footage:
    from engine.media.export import Footage

    if source.clip is not None:
        return Footage.of(source.clip.frames)
    return Footage(source.total, source.size, lambda: _film_frames(source))


def _film_frames(source: Source) -> Iterator[Pixels]:
    from engine.media.reading import iter_frames

    for cut in source.cuts:
        yield from islice(iter_frames(cut.file, size=source.size), cut.start, cut.stop)
