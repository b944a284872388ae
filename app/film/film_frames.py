"""The film's frames: each segment's from the job that makes its take, or from the take's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.film.film import Film, placed
from app.playback.monitor import FilmSegment, FilmSource

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.core.frames import Pixels
    from app.film.take_frames import TakeFrames
    from app.playback.job_frames import JobFrames


class FilmFrames(FilmSource):
    """The film as `app.playback.monitor.Monitor` looks at it.

    Args:
        film: What is shown.
        take_frames: The frames of its takes.
        job_frames: Those of the take that is being made.
    """

    def __init__(
        self, film: Film, take_frames: TakeFrames, job_frames: JobFrames, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._film = film
        self._take_frames = take_frames
        self._job_frames = job_frames
        film.changed.connect(self.reset)
        film.take_changed.connect(self.take_changed)
        for looks_different in (take_frames.changed, film.take_changed):
            looks_different.connect(self._on_take)
        for looks_different in (job_frames.began, job_frames.changed):
            looks_different.connect(self._on_job)

    @property
    def total(self) -> int:
        """How many frames the film has."""
        return self._film.total

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of the film."""
        return self._film.size

    @property
    def fps(self) -> int:
        """Frames a second."""
        return self._film.fps

    def frame(self, index: int) -> Pixels | None:
        """A frame of the film, if it is in memory."""
        shown = self._film.shown(index)
        return self._take_frames.frame(*shown) if shown else None

    def thumb(self, index: int) -> QImage | None:
        """The thumbnail of a frame, likewise."""
        shown = self._film.shown(index)
        return self._take_frames.thumb(*shown) if shown else None

    def need_frame(self, index: int) -> None:
        """See to it that a frame is read."""
        shown = self._film.shown(index)
        if shown is not None:
            self._take_frames.need_frames(shown[0])

    def need_thumbs(self, first: int, last: int) -> None:
        """See to it that the thumbnails of frames first..last are read."""
        for segment, start in placed(self._film.segments):
            if start <= last and first < start + len(segment):
                self._take_frames.need_thumbs(self._film.take_of(segment))

    def segment(self, index: int) -> FilmSegment | None:
        """The segment that shows a frame."""
        found = self._film.at(index)
        if found is None:
            return None
        take, segments = self._film.take_of(found[0]), self._film.segments
        return FilmSegment(segments.index(found[0]) + 1, len(segments), take.file, take.job)

    @Slot(str)
    def _on_take(self, take: str) -> None:
        for segment, first in placed(self._film.segments):
            if segment.take == take:
                self.changed.emit(first, first + len(segment) - 1)

    @Slot()
    def _on_job(self) -> None:
        """The job that runs has other frames."""
        take = self._film.take_by(self._job_frames.job)
        if take is not None:
            self._on_take(take.id)
