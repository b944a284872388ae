"""The line above Generate: estimated time and memory."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.compose.estimate import Estimate, estimate, pace_of
from app.compose.prompt_history import PromptHistory
from app.core.formatting import clock_text, size_text
from app.core.theme import figures
from app.jobs.state import Done
from app.window.session import Session

PAUSE_MS = 150
MB = 2**20
MINUTE = 60


class EstimateLine(QLabel):
    """Empty as long as nothing is known."""

    def __init__(self, session: Session, prompt_history: PromptHistory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._prompt_history = prompt_history
        self.setProperty("role", "secondary")
        self.setFont(figures(self.font()))
        self.setMinimumHeight(16)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._parts: list[str] = []
        self._apart = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.refresh)
        session.draft_changed.connect(self._timer.start)
        session.pack_changed.connect(self._timer.start)
        session.ready_changed.connect(self._timer.start)
        session.still.changed.connect(self._timer.start)
        session.state_changed.connect(self._learn)

    @Slot()
    def _learn(self) -> None:
        state, card = self._session.state, self._session.card
        if isinstance(state, Done) and card is not None:
            pace = pace_of(state.clip, card)
            if pace is not None:
                self._prompt_history.learn(pace)
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what the draft will take."""
        session, card = self._session, self._session.card
        if card is None or not session.draft.prompt.strip() or session.surplus:
            self._say([])
            return
        found = estimate(session.draft, card, self._prompt_history.pace, session.ready, session.still.path)
        parts = [words for words in (self._time(found), self._memory(found)) if words]
        self._apart = not found.measured or found.short
        self._say(parts)

    def _say(self, parts: list[str]) -> None:
        self._parts = parts
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the line where it is too long."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """In one line if there is room for it, else each part in its own; what is still too long ends in dots."""
        metrics, room = self.fontMetrics(), self.width()
        lines = [" · ".join(self._parts)]
        if self._apart or metrics.horizontalAdvance(lines[0]) > room:
            lines = self._parts
        lines = [line[:1].upper() + line[1:] for line in lines]
        shown = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in lines]
        self.setText("\n".join(shown))
        self.setToolTip("\n".join(lines) if shown != lines else "")

    def _time(self, found: Estimate) -> str:
        if found.seconds is None:
            return ""
        seconds = found.seconds
        if seconds < MINUTE:
            words = self.tr("about {0} s").format(max(1, round(seconds)))
        else:
            words = self.tr("about {0}").format(clock_text(seconds))
        return words if found.measured else self.tr("{0} (not measured here yet)").format(words)

    def _memory(self, found: Estimate) -> str:
        if found.megabytes is None:
            return ""
        size = size_text(round(found.megabytes * MB))
        if found.short:
            return self.tr("{0} of memory, more than is available").format(size)
        return self.tr("up to {0} of memory").format(size)
