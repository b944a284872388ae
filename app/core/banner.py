"""A banner with a message and an action, and the note on an empty page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.core.theme import BETWEEN, GRID, INSIDE
from app.core.widgets import IconButton, button, note


class Banner(QFrame):
    """A message with one action and a close button; hidden while there is no message.

    Signals:
        closed(): the cross was clicked.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self.text = note(role="")
        self.text.setWordWrap(True)
        self.act = button("", "link")
        self.cross = IconButton("close", self.tr("Close"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.text)
        words.addWidget(self.act, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(BETWEEN, GRID, GRID, GRID)
        row.setSpacing(INSIDE)
        row.addLayout(words, 1)
        row.addWidget(self.cross, 0, Qt.AlignmentFlag.AlignTop)
        self.cross.clicked.connect(self._close)
        self.hide()

    def say(self, text: str, act: str) -> None:
        """Show a message and its action."""
        self.text.setText(text)
        self.act.setText(act)
        self.show()

    @Slot()
    def _close(self) -> None:
        self.hide()
        self.closed.emit()


class EmptyNote(QWidget):
    """The note on an empty page: why it is empty, and an optional action."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = note(role="")
        self.words = note()
        self.act = button("", "link")
        for text in (self.title, self.words):
            text.setWordWrap(True)
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(BETWEEN, BETWEEN, BETWEEN, BETWEEN)
        column.setSpacing(GRID)
        column.addStretch(2)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addWidget(self.act, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.say("", "")

    def say(self, title: str, words: str, act: str = "") -> None:
        """Set the note."""
        self.title.setText(title)
        self.words.setText(words)
        self.act.setText(act)
        self.act.setVisible(bool(act))
