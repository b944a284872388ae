"""The line above Generate: how long the clip will take, and how much memory."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QLabel, QWidget

from app.model.estimate import estimate, pace_of
from app.model.job import Done
from app.model.notebook import Notebook
from app.model.session import Session
from app.model.words import clock_text, size_text
from app.theme import figures

PAUSE_MS = 150
MB = 2**20


class EstimateLine(QLabel):
    """Empty as long as nothing is known."""

    def __init__(self, session: Session, notebook: Notebook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._notebook = notebook
        self.setProperty("role", "secondary")
        self.setFont(figures(self.font()))
        self.setMinimumHeight(16)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.refresh)
        session.draft_changed.connect(self._timer.start)
        session.pack_changed.connect(self._timer.start)
        session.state_changed.connect(self._learn)

    @Slot()
    def _learn(self) -> None:
        state, card = self._session.state, self._session.card
        if isinstance(state, Done) and card is not None:
            pace = pace_of(state.clip, card)
            if pace is not None:
                self._notebook.learn(pace)
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what the draft will take."""
        session, card = self._session, self._session.card
        if card is None or not session.draft.prompt.strip() or session.surplus:
            self.setText("")
            return
        found = estimate(session.draft, card, self._notebook.pace)
        words: list[str] = []
        if found.seconds is not None:
            seconds = self.tr("about {0} s").format(max(1, round(found.seconds)))
            words.append(
                seconds if found.seconds < 60 else self.tr("about {0}").format(clock_text(found.seconds))
            )
        if found.megabytes is not None:
            size = size_text(round(found.megabytes * MB))
            words.append(self.tr("up to {0} of memory").format(size))
        text = " · ".join(words)
        self.setText(text[:1].upper() + text[1:])
