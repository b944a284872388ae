"""Plays a clip at its true frame rate: the position follows the clock, a late tick skips and never slows."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from engine.clip import FPS


class Player(QObject):
    """The playhead.

    Signals:
        moved(int): the frame under the playhead.
        playing_changed(bool)
        loop_changed(bool)
    """

    moved = Signal(int)
    playing_changed = Signal(bool)
    loop_changed = Signal(bool)

    def __init__(
        self, fps: int = FPS, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.fps = fps
        self._clock = clock
        self._total = 0
        self._position = 0
        self._loop = True
        self._origin = 0.0
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

    def load(self, total: int) -> None:
        """Another clip: to the start, stopped."""
        self.pause()
        self._total = total
        self._move(0, always=True)

    def set_loop(self, loop: bool) -> None:
        """Start over at the end, or stop there."""
        if loop != self._loop:
            self._loop = loop
            self.loop_changed.emit(loop)

    def play(self) -> None:
        """Play from the playhead; from the start if it stands at the end and does not loop."""
        if self._playing or self._total < 1:
            return
        if not self._loop and self._position == self._total - 1:
            self._move(0)
        self._start_clock()
        self._set_playing(True)

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
        frame = int((self._clock() - self._origin) * self.fps + 1e-6)
        if self._loop:
            frame %= max(self._total, 1)
        elif frame >= self._total - 1:
            self._move(self._total - 1)
            self.pause()
            return
        self._move(frame)
        self._aim()

    def _start_clock(self) -> None:
        self._origin = self._clock() - self._position / self.fps
        self._aim()

    def _aim(self) -> None:
        elapsed = (self._clock() - self._origin) * self.fps
        self._timer.start(max(1, ceil((1 - elapsed % 1) * 1000 / self.fps)))

    def _move(self, index: int, *, always: bool = False) -> None:
        index = max(index, 0)
        if index != self._position or always:
            self._position = index
            self.moved.emit(index)

    def _set_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)
