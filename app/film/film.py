"""A film: segments in a row, each a part of a take. Plain values; every change gives a new tuple of segments."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.library.records import StoredRequest
from engine.api.types import FPS

SUFFIX = ".walt"
"""How the name of a project file ends."""


def new_id() -> str:
    """A name that no other take or segment has."""
    return uuid.uuid4().hex[:12]


@dataclass(frozen=True, slots=True)
class Take:
    """One clip that a film can use: on the disk, or still to be made.

    Attributes:
        id: Its name within the film.
        frames: How many frames it has, or will have.
        fps: How many of them are shown a second.
        size: Width and height in pixels; of the first stage while it is made.
        request: The request that made it; None for a clip that does not say.
        file: The clip's file, once there is one.
        job: The queue's job that makes it, until its file is there.
        trouble: Why it could not be made or read, as a sentence.
    """

    id: str
    frames: int
    size: tuple[int, int]
    request: StoredRequest | None = None
    file: Path | None = None
    job: str | None = None
    trouble: str = ""
    fps: float = FPS

    def length(self, fps: int) -> int:
        """How many frames it has in a film of ``fps`` frames a second."""
        return max(1, round(self.frames * fps / self.fps))

    def index(self, frame: int, fps: int) -> int:
        """Which of its own frames is shown as ``frame`` in a film of ``fps`` frames a second."""
        return min(self.frames - 1, int(frame * self.fps / fps + 1e-6))

    @property
    def pending(self) -> bool:
        """Whether it is being made, or waits for that."""
        return self.job is not None and not self.trouble


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames ``start`` to ``stop`` (not included) of a take, counted at the film's frame rate."""

    take: str
    start: int
    stop: int
    id: str = field(default_factory=new_id)

    def __len__(self) -> int:
        return self.stop - self.start


Segments = tuple[Segment, ...]


def inserted(segments: Segments, at: int, new: Segment) -> Segments:
    """With a segment more, before the ``at``-th."""
    return (*segments[:at], new, *segments[at:])


def removed(segments: Segments, segment: str) -> Segments:
    """Without one of them."""
    return tuple(other for other in segments if other.id != segment)


def replaced(segments: Segments, new: Segment) -> Segments:
    """With ``new`` where the segment of the same id was."""
    return tuple(new if other.id == new.id else other for other in segments)


def moved(segments: Segments, segment: str, to: int) -> Segments:
    """With a segment as the ``to``-th of all."""
    moving = next(other for other in segments if other.id == segment)
    rest = removed(segments, segment)
    return inserted(rest, max(0, min(to, len(rest))), moving)


def split(segments: Segments, frame: int) -> Segments:
    """Cut in two before a frame of the film; unchanged if there is a cut already."""
    for segment, first in placed(segments):
        if first < frame < first + len(segment):
            middle = segment.start + frame - first
            head, tail = replace(segment, stop=middle), Segment(segment.take, middle, segment.stop)
            at = segments.index(segment)
            return (*segments[:at], head, tail, *segments[at + 1 :])
    return segments


def trimmed(segment: Segment, length: int, *, start: int | None = None, stop: int | None = None) -> Segment:
    """With another start or stop, within a take of ``length`` frames, and at least one frame long."""
    if start is not None:
        return replace(segment, start=max(0, min(start, segment.stop - 1)))
    if stop is not None:
        return replace(segment, stop=max(segment.start + 1, min(stop, length)))
    return segment


def placed(segments: Segments) -> Iterator[tuple[Segment, int]]:
    """Each segment with the frame of the film at which it begins."""
    first = 0
    for segment in segments:
        yield segment, first
        first += len(segment)


class Film(QObject):
    """The film that is being put together. Segments change only through `app.film.edits`.

    Signals:
        changed(): other segments, or another order, or other lengths.
        take_changed(str): a take is on the disk now, failed, or has another length.
        selected_changed(): another segment is selected.
    """

    changed = Signal()
    take_changed = Signal(str)
    selected_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fps = FPS
        """Frames a second: those of the first take that is put into it. Other takes are fitted to it."""
        self.history = QUndoStack(self)
        self._segments: Segments = ()
        self._takes: dict[str, Take] = {}
        self._selected: str | None = None

    @property
    def segments(self) -> Segments:
        """The segments in their order."""
        return self._segments

    @property
    def takes(self) -> dict[str, Take]:
        """Every take that the film uses or used, by id: undo may bring it back."""
        return self._takes

    @property
    def total(self) -> int:
        """How many frames the film has."""
        return sum(map(len, self._segments))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the film: those of its largest take in the shape of the first."""
        used = [self._takes[segment.take] for segment in self._segments]
        if not used:
            return 16, 9
        width, height = used[0].size
        same = [take.size for take in used if abs(take.size[0] * height - take.size[1] * width) <= width]
        return max(same)

    @property
    def selected(self) -> Segment | None:
        """The segment that verbs are about."""
        return self.segment(self._selected) if self._selected else None

    def segment(self, segment: str) -> Segment | None:
        """A segment by its id."""
        return next((other for other in self._segments if other.id == segment), None)

    def take_of(self, segment: Segment) -> Take:
        """The take that a segment shows."""
        return self._takes[segment.take]

    def fps_with(self, segments: Segments) -> int:
        """The frame rate with other segments: an empty film takes on that of its first take."""
        if self._segments or not segments:
            return self.fps
        return max(1, round(self._takes[segments[0].take].fps))

    def length_of(self, take: Take) -> int:
        """How many frames a take has in this film; an empty film takes on the take's frame rate."""
        return take.length(self.fps if self._segments else max(1, round(take.fps)))

    def take_by(self, job: str | None) -> Take | None:
        """The take that a job makes, until its file is there."""
        takes = self._takes.values()
        return next((take for take in takes if take.job is not None and take.job == job), None)

    def first_of(self, segment: str) -> int:
        """The film's frame at which a segment begins."""
        return next((first for other, first in placed(self._segments) if other.id == segment), 0)

    def at(self, frame: int) -> tuple[Segment, int] | None:
        """The segment that shows a frame of the film, and which frame of the take, at the film's rate."""
        for segment, first in placed(self._segments):
            if first <= frame < first + len(segment):
                return segment, segment.start + frame - first
        return None

    def shown(self, frame: int) -> tuple[Take, int] | None:
        """The take that shows a frame of the film, and which of its own frames."""
        found = self.at(frame)
        if found is None:
            return None
        take = self.take_of(found[0])
        return take, take.index(found[1], self.fps)

    def select(self, segment: str | None) -> None:
        """Choose what the next verbs are about."""
        if segment != self._selected:
            self._selected = segment
            self.selected_changed.emit()

    def put_take(self, take: Take) -> None:
        """A new take, or news of one; a segment of a take that came shorter is cut to what there is."""
        known = self._takes.get(take.id)
        self._takes[take.id] = take
        if known is not None and take.length(self.fps) < known.length(self.fps):
            self.set_segments(self._segments, self.fps)
        if known != take:
            self.take_changed.emit(take.id)

    def set_segments(self, segments: Segments, fps: int) -> None:
        """For `app.film.edits` and for a project that is opened; the rest of the program edits."""
        self.fps = fps
        self._segments = tuple(
            _inside(segment, self._takes[segment.take].length(self.fps)) for segment in segments
        )
        if self._selected and self.selected is None:
            self.select(None)
        self.changed.emit()

    def open(self, takes: dict[str, Take], segments: Segments, fps: int = FPS) -> None:
        """Show another film of ``fps`` frames a second, without a history."""
        self.history.clear()
        self._segments = ()  # whoever hears of the selection must not look for takes that are gone
        self._takes = dict(takes)
        self.select(None)
        self.set_segments(segments, fps)


def _inside(segment: Segment, frames: int) -> Segment:
    stop = min(segment.stop, frames)
    return (
        segment if stop == segment.stop else replace(segment, start=min(segment.start, stop - 1), stop=stop)
    )
