"""Plays a clip at its true frame rate: the position follows the clock, a late tick skips and never slows."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from engine.api.types import FPS

FASTEST = 4


class Player(QObject):
    """The playhead, and the part between two marks that it plays.

    Signals:
        moved(int): the frame under the playhead.
        playing_changed(bool)
        loop_changed(bool)
        marks_changed(): the in or the out point is another.
    """

    moved = Signal(int)
    playing_changed = Signal(bool)
    loop_changed = Signal(bool)
    marks_changed = Signal()

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.fps = FPS
        self._clock = clock
        self._total = 0
        self._position = 0
        self._loop = True
        self._speed = 1
        self._origin = 0.0
        self._from = 0
        self._marks: tuple[int | None, int | None] = (None, None)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._playing = False

    @property
    def total(self) -> int:
        """How many frames there are to play."""
        return self._total

    @property
    def position(self) -> int:
        """The frame under the playhead."""
        return self._position

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._playing

    @property
    def loop(self) -> bool:
        """Whether it starts over at the end."""
        return self._loop

    @property
    def speed(self) -> int:
        """1 is the true frame rate; 2 and 4 are faster, below 0 is backwards."""
        return self._speed

    @property
    def marks(self) -> tuple[int | None, int | None]:
        """The in and the out point: first and last frame to play, where they were set."""
        return self._marks

    @property
    def part(self) -> range:
        """The frames that are played: from the in to the out point, or all."""
        first, last = self._marks
        return range(0 if first is None else first, self._total if last is None else last + 1)

    def load(self, total: int, fps: int) -> None:
        """Another clip: to the start, stopped, no marks."""
        self.pause()
        self._total, self.fps = total, fps
        self.set_marks(None, None)
        self._move(0, always=True)

    def resize(self, total: int, fps: int) -> None:
        """The clip grew or shrank; the playhead stays where it can, and so do the marks."""
        self._total, self.fps = total, fps
        if not total:
            self.pause()
        first, last = self._marks
        inside = [mark if mark is not None and mark < total else None for mark in (first, last)]
        self.set_marks(*inside)
        self._move(max(0, min(self._position, total - 1)), always=True)
        if self._playing:
            self._start_clock()

    def set_loop(self, loop: bool) -> None:
        """Start over at the end, or stop there."""
        if loop != self._loop:
            self._loop = loop
            self.loop_changed.emit(loop)

    def set_marks(self, first: int | None, last: int | None) -> None:
        """Set the in and the out point; one that would lie beyond the other takes that one away."""
        if first is not None and last is not None and first > last:
            first, last = (first, None) if first != self._marks[0] else (None, last)
        if (first, last) != self._marks:
            self._marks = (first, last)
            self.marks_changed.emit()
            if self._playing:
                self._start_clock()

    def play(self, speed: int = 1) -> None:
        """Play from the playhead; from the other end if it stands at the end and does not loop."""
        if self._total < 1 or (self._playing and speed == self._speed):
            return
        self._speed = speed
        if not self._loop:
            part = self.part
            end, start = (part[-1], part[0]) if speed > 0 else (part[0], part[-1])
            if self._position == end:
                self._move(start)
        self._start_clock()
        self._set_playing(True)

    def shuttle(self, direction: int) -> None:
        """J and L: play that way at the true rate; pressed again, twice and four times as fast."""
        same = self._playing and self._speed * direction > 0
        self.play(direction * (min(FASTEST, 2 * abs(self._speed)) if same else 1))

    def pause(self) -> None:
        """Stop where it is."""
        self._timer.stop()
        self._set_playing(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def seek(self, index: int) -> None:
        """Put the playhead on a frame; goes on playing from there if it plays."""
        self._move(max(0, min(index, self._total - 1)))
        if self._playing:
            self._start_clock()

    def step(self, frames: int) -> None:
        """Pause, and move by some frames."""
        self.pause()
        self.seek(self._position + frames)

    @Slot()
    def tick(self) -> None:
        """Move the playhead to where the clock says it is."""
        part = self.part
        frame = self._from + self._gone() - part.start
        if self._loop:
            frame %= max(len(part), 1)
        elif frame >= len(part) - 1 if self._speed > 0 else frame <= 0:
            self._move(part[-1] if self._speed > 0 else part[0])
            self.pause()
            return
        self._move(part.start + frame)
        self._aim()

    def _gone(self) -> int:
        """Frames since the clock was started, by direction."""
        return int((self._clock() - self._origin) * self.fps * abs(self._speed) + 1e-6) * (
            1 if self._speed > 0 else -1
        )

    def _start_clock(self) -> None:
        """From the playhead if it is inside of what is played, else from where that begins."""
        part = self.part
        if part and self._position not in part:
            self._move(part[0] if self._speed > 0 else part[-1])
        self._from = self._position
        self._origin = self._clock()
        self._aim()

    def _aim(self) -> None:
        rate = self.fps * abs(self._speed)
        elapsed = (self._clock() - self._origin) * rate
        self._timer.start(max(1, ceil((1 - elapsed % 1) * 1000 / rate)))

    def _move(self, index: int, *, always: bool = False) -> None:
        index = max(index, 0)
        if index != self._position or always:
            self._position = index
            self.moved.emit(index)

    def _set_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)
