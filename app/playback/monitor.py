"""The monitor: chooses between the frames of a clip and those of the film, with the one playhead over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from app.playback.frame_buffer import FrameBuffer
from app.playback.player import Player
from engine.api.types import FPS

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage

    from app.core.frames import Pixels

Mode = Literal["clip", "film"]


@dataclass(frozen=True, slots=True)
class FilmSegment:
    """The segment of the film under the playhead: the ``number``-th, from 1, of ``count``.

    ``file`` is its clip's, once there is one; ``job`` makes it until then.
    """

    number: int
    count: int
    file: Path | None
    job: str | None


class FilmSource(QObject):
    """What the monitor needs of a film; an empty one, unless a subclass knows better.

    Signals:
        reset(): other frames; their number or the shape may have changed.
        changed(int, int): frames first..last look different now.
        take_changed(): what a segment shows is a file now, or another.
    """

    reset = Signal()
    changed = Signal(int, int)
    take_changed = Signal()

    @property
    def total(self) -> int:
        """How many frames the film has."""
        return 0

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of the film."""
        return 16, 9

    @property
    def fps(self) -> int:
        """Frames a second."""
        return FPS

    def frame(self, index: int) -> Pixels | None:
        """A frame of the film, if it is in memory."""
        return None

    def thumb(self, index: int) -> QImage | None:
        """The thumbnail of a frame, likewise."""
        return None

    def need_frame(self, index: int) -> None:
        """See to it that a frame is read."""

    def need_thumbs(self, first: int, last: int) -> None:
        """See to it that the thumbnails of frames first..last are read."""

    def segment(self, index: int) -> FilmSegment | None:
        """The segment that shows a frame."""
        return None


class Monitor(QObject):
    """What preview, timeline and transport look at.

    Signals:
        reset(): other frames; their number or the shape may have changed.
        changed(int, int): frames first..last look different now.
        mode_changed(): the film is on show instead of a clip, or the other way round.
        segment_changed(): another segment of the film may be under the playhead.
    """

    reset = Signal()
    changed = Signal(int, int)
    mode_changed = Signal()
    segment_changed = Signal()

    def __init__(self, film: FilmSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.player = Player(parent=self)
        self._clip = FrameBuffer()
        self._film = film
        self._mode: Mode = "clip"
        self._left: dict[Mode, tuple[int, tuple[int | None, int | None]]] = {}
        film.reset.connect(self._on_film_reset)
        film.changed.connect(self._on_film_changed)
        film.take_changed.connect(self.segment_changed)
        self.player.moved.connect(self._moved)

    @property
    def mode(self) -> Mode:
        """Whether a clip or the film is on show."""
        return self._mode

    @property
    def segment(self) -> FilmSegment | None:
        """The segment under the playhead, if the film is on show."""
        return self._film.segment(self.player.position) if self._mode == "film" else None

    @property
    def _frames(self) -> FrameBuffer | FilmSource:
        return self._clip if self._mode == "clip" else self._film

    @property
    def total(self) -> int:
        """How many frames there are or will be."""
        return self._frames.total

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of what is on show, in any unit."""
        return self._frames.shape

    @property
    def empty(self) -> bool:
        """Whether there is no picture at all yet."""
        return self._clip.empty if self._mode == "clip" else not self._film.total

    @property
    def pictured(self) -> bool:
        """Whether there is something to look at: the opposite of nothing, and of nothing yet."""
        return self.total > 0 and not self.empty

    def frame(self, index: int) -> Pixels | None:
        """The finest picture of a frame, if there is one."""
        return self._frames.frame(index)

    def thumb(self, index: int) -> QImage | None:
        """The thumbnail of a frame."""
        return self._frames.thumb(index)

    def need_thumbs(self, first: int, last: int) -> None:
        """See to it that the thumbnails of frames first..last are read; `changed` follows if they were not."""
        if self._mode == "film":
            self._film.need_thumbs(first, last)

    def show(self, mode: Mode) -> None:
        """Show the clip or the film, where one left it."""
        if mode == self._mode:
            return
        self._left[self._mode] = self.player.position, self.player.marks
        self._mode = mode
        position, marks = self._left.get(mode, (0, (None, None)))
        self.player.load(self.total, self._frames.fps)
        self.player.set_marks(*marks)
        self.player.resize(self.total, self._frames.fps)
        self.player.seek(position)
        self.mode_changed.emit()
        self.reset.emit()

    def place(self, mode: Mode) -> tuple[int, tuple[int | None, int | None]]:
        """Where the playhead and the marks of a mode are, on show or not."""
        if mode == self._mode:
            return self.player.position, self.player.marks
        return self._left.get(mode, (0, (None, None)))

    def put(self, mode: Mode, position: int, marks: tuple[int | None, int | None]) -> None:
        """Put playhead and marks of a mode somewhere."""
        self._left[mode] = position, marks
        if mode == self._mode:
            self.player.set_marks(*marks)
            self.player.seek(position)

    # For `app.playback.current_clip`, which knows which clip is on show.

    def set_clip(self, frames: FrameBuffer) -> None:
        """Let the clip be another one; its playhead stands at the start."""
        self._clip = frames
        self._left.pop("clip", None)
        if self._mode == "clip":
            self.player.load(frames.total, frames.fps)
            self.reset.emit()

    def refresh_clip(self, first: int, last: int) -> None:
        """Frames first..last of the clip look different now."""
        if self._mode == "clip":
            self.changed.emit(first, last)

    def play_clip(self) -> None:
        """Play the clip from its start, if it is on show."""
        if self._mode == "clip":
            self.player.seek(0)
            self.player.play()

    # What the film and the playhead say.

    @Slot()
    def _on_film_reset(self) -> None:
        if self._mode == "film":
            self.player.resize(self._film.total, self._film.fps)
            self.reset.emit()
            if not self._film.total:
                self.show("clip")
            self.segment_changed.emit()

    @Slot(int, int)
    def _on_film_changed(self, first: int, last: int) -> None:
        if self._mode == "film":
            self._need_frame()  # what was read may have taken the place of what is on show
            self.changed.emit(first, last)

    @Slot()
    def _moved(self) -> None:
        self._need_frame()
        if self._mode == "film":
            self.segment_changed.emit()

    def _need_frame(self) -> None:
        """The film's frame under the playhead is read, if it is not in memory; a clip on show is, whole."""
        if self._mode == "film":
            self._film.need_frame(self.player.position)
