"""What is known of the selected clip, and its verbs as buttons."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.core.formatting import date_text, seconds_text
from app.core.icons import Name as IconName
from app.core.theme import BETWEEN, GRID, INSIDE
from app.core.widgets import FIELD, ICON, IconButton, hairline, note
from app.library.records import ClipRecord
from engine.api.request import ClipRequest

_BUTTONS: tuple[tuple[str, IconName], ...] = (
    ("play", "play"),
    ("reuse", "reuse"),
    ("vary", "dice"),
    ("favourite", "star"),
    ("export", "save"),
    ("reveal", "folder"),
    ("delete", "trash"),
)
LINES = 3


class ClipDetails(QWidget):
    """Hidden unless exactly one clip is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prompt = note(role="")
        self.prompt.setWordWrap(True)
        self.prompt.setMaximumHeight(LINES * self.prompt.fontMetrics().lineSpacing())
        self.still = note(self.tr("Of a photograph, the pixels are its own; the camera's motion is the model's"))
        self.still.setWordWrap(True)
        self.facts = note()
        self.date = note()
        self.date.setWordWrap(True)
        self.buttons: dict[str, IconButton] = {}
        self._row = QHBoxLayout()
        self._row.setSpacing(0)
        self._row.addSpacing((ICON - FIELD) // 2)  # the icons, not their buttons, line up with the words
        inner = QVBoxLayout()
        inner.setContentsMargins(BETWEEN, INSIDE, BETWEEN, INSIDE)
        inner.setSpacing(GRID)
        for part in (self.prompt, self.facts, self.still, self.date):
            inner.addWidget(part)
        inner.addLayout(self._row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(hairline())
        column.addLayout(inner)
        self.hide()

    def offer(self, verbs: dict[str, QAction]) -> None:
        """Put the verbs into buttons."""
        for name, icon in _BUTTONS:
            self.buttons[name] = IconButton(icon, "").follow(verbs[name])
            self._row.addWidget(self.buttons[name])
        self._row.addStretch()

    def show_clip(self, clip: ClipRecord | None, favourite: bool) -> None:
        """Show a clip, or nothing."""
        self.setVisible(clip is not None)
        if clip is None:
            return
        self.prompt.setText(clip.prompt)
        still = isinstance(clip.request, ClipRequest) and clip.request.image is not None
        self.still.setVisible(still)
        seconds = seconds_text(clip.frames / clip.fps)
        seed = self.tr("seed {0}").format(clip.seed)
        self.facts.setText(" · ".join((seed, seconds, f"{clip.width} × {clip.height}")))
        self.date.setText(date_text(clip.created))
        self.buttons["favourite"].set_icon("starred" if favourite else "star")
