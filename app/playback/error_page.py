"""Pages that say what is wrong, why, and what to do about it; and what the pages of the middle share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core import icons
from app.core.actions import Actions
from app.core.error_messages import Sentence, sentence
from app.core.formatting import tenths
from app.core.theme import AROUND, BETWEEN, INSIDE
from app.core.widgets import ActionButton, button, note
from app.help.report import details_of
from app.jobs.state import Failed
from app.window.session import Session
from engine.api.types import FPS

if TYPE_CHECKING:
    from engine.api.request import ClipRequest

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
        self.setObjectName("trouble")
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


class FailureView(ErrorPage):
    """A clip could not be made: try again, or smaller where memory was short; and the details to copy."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self._session = session
        self.smaller = button("", "primary")
        self.again = ActionButton(actions["generate"], self.tr("Try again"))
        self.copy = button(self.tr("Copy details"))
        self.offer(self.smaller, self.again, self.copy)
        self.smaller.clicked.connect(session.make_smaller)
        self.copy.clicked.connect(self._copy)

    @Slot()
    def refresh(self) -> None:
        """Show the error."""
        state = self._session.state
        if not isinstance(state, Failed):
            return
        self.say(self.tr("This clip could not be made"), sentence(state.error))
        self.copy.setText(self.tr("Copy details"))
        request = self._session.smaller
        self.smaller.setVisible(request is not None)
        if request is not None:
            self.smaller.setText(self._words(request))

    def _words(self, request: ClipRequest) -> str:
        card = self._session.card
        size = card.size(request.aspect, request.upto) if card else None
        failed = self._session.state.request if isinstance(self._session.state, Failed) else None
        if size is None or (failed is not None and failed.upto == request.upto):
            return self.tr("Make {0} s instead").format(tenths(request.frames / FPS))
        return self.tr("Make it at {0} × {1}").format(*size)

    @Slot()
    def _copy(self) -> None:
        state = self._session.state
        if isinstance(state, Failed):
            QGuiApplication.clipboard().setText(details_of(state))
            self.copy.setText(self.tr("Copied"))


class PackView(ErrorPage):
    """Nothing can be made: the pack is gone or damaged."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self._session = session
        self.packs = ActionButton(actions["packs"], self.tr("Packs…"), "primary")
        self.offer(self.packs)
        session.pack_changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Show what is wrong with the pack."""
        error = self._session.pack_error
        if error is not None:
            self.say(self.tr("No model to make clips with"), sentence(error))
