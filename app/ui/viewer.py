"""The middle of the window: examples to begin with, the picture, or what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app import icons
from app.actions import Actions
from app.model.examples import examples
from app.model.job import Failed, Idle, Running, Stopped
from app.model.report import details_of
from app.model.sentences import sentence
from app.model.session import Session
from app.model.still import offer_of
from app.theme import AROUND, BETWEEN, INSIDE
from app.ui.drop_zone import accept_still
from app.ui.example_card import ExampleCard
from app.ui.parts import ActionButton, button, note, set_role
from app.ui.preview import Preview

COLUMN = 520
TITLE_PX = 22
ICON = 32


def _title(text: str) -> QLabel:
    label = QLabel(text)
    font = QFont(label.font())
    font.setPixelSize(TITLE_PX)
    label.setFont(font)
    label.setWordWrap(True)
    return label


def _column(parent: QWidget) -> QVBoxLayout:
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


class EmptyView(QWidget):
    """Before the first clip: a question, and examples that fill the prompt.

    Signals:
        chosen(str): an example was clicked.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = _column(self)
        self.title = _title("")
        self.words = note()
        self.words.setWordWrap(True)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addSpacing(BETWEEN)
        self.cards = [ExampleCard(example) for example in examples()]
        for card in self.cards:
            card.clicked.connect(lambda _checked=False, text=card.prompt: self.chosen.emit(text))
            column.addWidget(card)
        self.greet(stopped=False)

    def show_clips(self, clips: Sequence[Path]) -> None:
        """Show a clip beside each example, or none."""
        for number, card in enumerate(self.cards):
            card.show_clip(clips[number] if number < len(clips) else None)

    def greet(self, *, stopped: bool) -> None:
        """Say hello, or that a clip was stopped before there was anything to keep."""
        self.title.setText(self.tr("Stopped") if stopped else self.tr("What should happen?"))
        self.words.setText(
            self.tr("There was nothing to keep yet. Generate again, or start with one of these.")
            if stopped
            else self.tr("Write a sentence on the left, or start with one of these.")
        )


class FailureView(QWidget):
    """What went wrong, why, what to do, and the details to copy."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        column = _column(self)
        self._icon = QLabel()
        self._icon.setFixedSize(QSize(ICON, ICON))
        self.title = _title("")
        self.message = note(role="")
        self.hint = note()
        for text in (self.message, self.hint):
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.again = ActionButton(actions["generate"], self.tr("Try again"))
        self.copy = button(self.tr("Copy details"))
        self.copy.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.setSpacing(INSIDE)
        row.addWidget(self.again)
        row.addWidget(self.copy)
        row.addStretch()
        for part in (self._icon, self.title, self.message, self.hint):
            column.addWidget(part)
        column.addSpacing(BETWEEN)
        column.addLayout(row)

    @Slot()
    def refresh(self) -> None:
        """Show the error."""
        state = self._session.state
        if not isinstance(state, Failed):
            return
        colour = self.palette().color(QPalette.ColorRole.BrightText)
        self._icon.setPixmap(icons.pixmap("warning", ICON, colour, self.devicePixelRatioF()))
        self.title.setText(self.tr("This clip could not be made"))
        message, hint = sentence(state.error)
        self.message.setText(message)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.copy.setText(self.tr("Copy details"))

    @Slot()
    def _copy(self) -> None:
        state = self._session.state
        if isinstance(state, Failed):
            QGuiApplication.clipboard().setText(details_of(state))
            self.copy.setText(self.tr("Copied"))
            set_role(self.copy, "")


class Viewer(QStackedWidget):
    """Shows the page that fits the session's state. A picture dropped anywhere here becomes the still.

    Signals:
        still_hovers(bool): a picture is being dragged over it, or no longer.
    """

    still_hovers = Signal(bool)

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAcceptDrops(True)
        self.empty = EmptyView()
        self.preview = Preview(session)
        self.failure = FailureView(session, actions)
        for page in (self.empty, self.preview, self.failure):
            self.addWidget(page)
        session.state_changed.connect(self.refresh)
        session.screen.changed.connect(self.refresh)
        session.monitor.mode_changed.connect(self.refresh)
        session.pack_changed.connect(self._take_pack)
        self.refresh()

    @Slot()
    def _take_pack(self) -> None:
        card = self._session.card
        self.empty.show_clips(card.examples if card else ())

    @Slot()
    def refresh(self) -> None:
        """Turn to the right page."""
        state = self._session.state
        if self._session.screen.stored is not None or self._session.monitor.mode == "film":
            self.setCurrentWidget(self.preview)
        elif isinstance(state, Failed):
            self.failure.refresh()
            self.setCurrentWidget(self.failure)
        elif isinstance(state, Idle) or (isinstance(state, Stopped) and state.clip is None):
            self.empty.greet(stopped=not isinstance(state, Idle))
            self.setCurrentWidget(self.empty)
        else:
            self.setCurrentWidget(self.preview)
        self.setAccessibleDescription(self.tr("Busy") if isinstance(state, Running) else "")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A picture may come in."""
        if accept_still(event):
            self.still_hovers.emit(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went away again."""
        self.still_hovers.emit(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Animate what was dropped."""
        self.still_hovers.emit(False)
        event.acceptProposedAction()
        self._session.still.take(offer_of(event.mimeData()))
