"""Small things a panel says: a strip with something to do about it, and a page that is empty."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.core.theme import BETWEEN, GRID, INSIDE
from app.core.widgets import IconButton, button, note


class Banner(QFrame):
    """A sentence, one thing to do about it, and a cross; hidden as long as there is nothing to say.

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
        """Show a sentence and what can be done."""
        self.text.setText(text)
        self.act.setText(act)
        self.show()

    @Slot()
    def _close(self) -> None:
        self.hide()
        self.closed.emit()


class EmptyNote(QWidget):
    """What stands where there is nothing: why, and maybe a way out."""

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
        """Say why there is nothing."""
        self.title.setText(title)
        self.words.setText(words)
        self.act.setText(act)
        self.act.setVisible(bool(act))
