"""A page that says what is wrong, why, and what to do about it; and what all pages of the middle share."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core import icons
from app.core.error_messages import Sentence
from app.core.theme import AROUND, BETWEEN, INSIDE
from app.core.widgets import note

COLUMN = 520
TITLE_PX = 22
ICON = 32


def page_title() -> QLabel:
    """The head of a page."""
    label = QLabel()
    font = QFont(label.font())
    font.setPixelSize(TITLE_PX)
    label.setFont(font)
    label.setWordWrap(True)
    return label


def page_column(parent: QWidget) -> QVBoxLayout:
    """A column in the middle of a page."""
    inner = QWidget()
    inner.setMaximumWidth(COLUMN)
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(INSIDE)
    across = QHBoxLayout()
    across.addStretch(1)
    across.addWidget(inner, 20)
    across.addStretch(1)
    down = QVBoxLayout(parent)
    down.setContentsMargins(AROUND, AROUND, AROUND, AROUND)
    down.addStretch()
    down.addLayout(across)
    down.addStretch()
    return column


class ErrorPage(QWidget):
    """A title, what went wrong, what to do, and buttons to do it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("error_page")
        column = page_column(self)
        self._icon = QLabel()
        self._icon.setFixedSize(QSize(ICON, ICON))
        self.title = page_title()
        self.message = note(role="")
        self.hint = note()
        for text in (self.message, self.hint):
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._row = QHBoxLayout()
        self._row.setSpacing(INSIDE)
        for part in (self._icon, self.title, self.message, self.hint):
            column.addWidget(part)
        column.addSpacing(BETWEEN)
        column.addLayout(self._row)

    def offer(self, *buttons: QPushButton) -> None:
        """What can be done about it."""
        for one in buttons:
            self._row.addWidget(one)
        self._row.addStretch()

    def say(self, title: str, words: Sentence) -> None:
        """Show what is wrong."""
        colour = self.palette().color(QPalette.ColorRole.BrightText)
        self._icon.setPixmap(icons.pixmap("warning", ICON, colour, self.devicePixelRatioF()))
        self.title.setText(title)
        self.message.setText(words.message)
        self.hint.setText(words.hint)
        self.hint.setVisible(bool(words.hint))
