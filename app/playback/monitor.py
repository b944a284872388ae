"""The monitor: which frames are on show, those of a clip or those of the film, and the one playhead over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from app.film.film import Film, placed
from app.playback.player import Player

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.core.frames import Pixels
    from app.film.take_frames import Footage
    from app.playback.frame_buffer import FrameBuffer

Mode = Literal["clip", "film"]


class FilmReel(QObject):
    """The film's frames, as `app.playback.frame_buffer.FrameBuffer` gives a clip's.

    Signals:
        reset(): other segments.
        changed(int, int): frames first..last look different now.
    """

    reset = Signal()
    changed = Signal(int, int)

    def __init__(self, film: Film, footage: Footage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._film = film
        self._footage = footage
        film.changed.connect(self.reset)
        for looks_different in (footage.changed, film.take_changed):
            looks_different.connect(self._on_take)

    @property
    def total(self) -> int:
        """How many frames the film has."""
        return self._film.total

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of the film."""
        return self._film.size

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self._film.segments

    def frame(self, index: int) -> Pixels | None:
        """A frame of the film, if it is in memory."""
        found = self._film.at(index)
        return self._footage.frame(self._film.take_of(found[0]), found[1]) if found else None

    def thumb(self, index: int) -> QImage | None:
        """The thumbnail of a frame, likewise."""
        found = self._film.at(index)
        return self._footage.thumb(self._film.take_of(found[0]), found[1]) if found else None

    def need_frame(self, index: int) -> None:
        """See to it that a frame is read."""
        found = self._film.at(index)
        if found is not None:
            self._footage.need_frames(self._film.take_of(found[0]))

    def need_thumbs(self, first: int, last: int) -> None:
        """See to it that the thumbnails of frames first..last are read."""
        for segment, start in placed(self._film.segments):
            if start <= last and first < start + len(segment):
                self._footage.need_thumbs(self._film.take_of(segment))

    @Slot(str)
    def _on_take(self, take: str) -> None:
        for segment, first in placed(self._film.segments):
            if segment.take == take:
                self.changed.emit(first, first + len(segment) - 1)


class Monitor(QObject):
    """What preview, timeline and transport look at.

    Signals:
        reset(): other frames; their number or the shape may have changed.
        changed(int, int): frames first..last look different now.
        mode_changed(): the film is on show instead of a clip, or the other way round.
    """

    reset = Signal()
    changed = Signal(int, int)
    mode_changed = Signal()

    def __init__(self, clip: FrameBuffer, film: FilmReel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.player = Player(parent=self)
        self._clip = clip
        self._film = film
        self._mode: Mode = "clip"
        self._left: dict[Mode, tuple[int, tuple[int | None, int | None]]] = {}
        clip.reset.connect(self._on_clip_reset)
        film.reset.connect(self._on_film_reset)
        clip.changed.connect(self._on_clip_changed)
        film.changed.connect(self._on_film_changed)
        self.player.moved.connect(self._need_frame)

    @property
    def mode(self) -> Mode:
        """Whether a clip or the film is on show."""
        return self._mode

    @property
    def _reel(self) -> FrameBuffer | FilmReel:
        return self._clip if self._mode == "clip" else self._film

    @property
    def total(self) -> int:
        """How many frames there are or will be."""
        return self._reel.total

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of what is on show, in any unit."""
        return self._reel.shape

    @property
    def empty(self) -> bool:
        """Whether there is no picture at all yet."""
        return self._reel.empty

    def frame(self, index: int) -> Pixels | None:
        """The finest picture of a frame, if there is one."""
        return self._reel.frame(index)

    def thumb(self, index: int) -> QImage | None:
        """The thumbnail of a frame."""
        return self._reel.thumb(index) if index < self._reel.total else None

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
        self.player.load(self.total)
        self.player.set_marks(*marks)
        self.player.resize(self.total)
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

    @Slot()
    def play_fresh(self) -> None:
        """A clip came that was not on show before: play it from its start."""
        if self._mode == "clip":
            self.player.seek(0)
            self.player.play()

    @Slot()
    def _on_clip_reset(self) -> None:
        self._left.pop("clip", None)
        if self._mode == "clip":
            self.player.load(self._clip.total)
            self.reset.emit()

    @Slot()
    def _on_film_reset(self) -> None:
        if self._mode == "film":
            self.player.resize(self._film.total)
            self.reset.emit()
            if not self._film.total:
                self.show("clip")

    @Slot(int, int)
    def _on_clip_changed(self, first: int, last: int) -> None:
        if self._mode == "clip":
            self.changed.emit(first, last)

    @Slot(int, int)
    def _on_film_changed(self, first: int, last: int) -> None:
        if self._mode == "film":
            self._need_frame()  # what was read may have taken the place of what is on show
            self.changed.emit(first, last)

    @Slot()
    def _need_frame(self) -> None:
        """The film's frame under the playhead is read, if it is not in memory; a clip on show is, whole."""
        if self._mode == "film":
            self._film.need_frame(self.player.position)
