"""The middle of the window: examples to begin with, the picture, or what went wrong."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from app.compose.drop_zone import accept_still
from app.compose.examples_page import EmptyView
from app.compose.still import offer_of
from app.core.actions import Actions
from app.core.widgets import note
from app.film.film import SUFFIX
from app.jobs.state import Failed, Idle, Running, Stopped
from app.packs.pack_manager import ARCHIVES
from app.playback.preview import Preview
from app.window.error_pages import FailureView, PackView
from app.window.session import Session
from engine.api.errors import UsageError

NO_BEGINNING = (*ARCHIVES, SUFFIX)
"""Packs and films are welcome too, but no clip begins with them."""


class Viewer(QStackedWidget):
    """Shows the page that fits the session's state. A picture dropped anywhere here becomes the still.

    Signals:
        still_hovers(bool): a picture is being dragged over it, or no longer.
        dropped(QMimeData): something was let go over it.
    """

    still_hovers = Signal(bool)
    dropped = Signal(object)

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAcceptDrops(True)
        self.empty = EmptyView()
        self.preview = Preview(session.current_clip, session.monitor)
        self.failure = FailureView(session, actions)
        self.no_pack = PackView(session, actions)
        for page in (self.empty, self.preview, self.failure, self.no_pack):
            self.addWidget(page)
        self.invitation = self._invitation()
        session.state_changed.connect(self.refresh)
        session.current_clip.changed.connect(self.refresh)
        session.monitor.mode_changed.connect(self.refresh)
        session.pack_changed.connect(self._take_pack)
        self.refresh()

    def _invitation(self) -> QLabel:
        """What letting go would do."""
        result = note(self.tr("Drop to start the clip with it"), role="invitation", parent=self)
        result.setAlignment(Qt.AlignmentFlag.AlignCenter)
        result.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        result.hide()
        return result

    def _invite(self, yes: bool) -> None:
        self.invitation.adjustSize()
        self.invitation.move(self.rect().center() - self.invitation.rect().center())
        self.invitation.raise_()
        self.invitation.setVisible(yes)
        self.still_hovers.emit(yes)

    @Slot()
    def _take_pack(self) -> None:
        card = self._session.card
        self.empty.show_clips(card.examples if card else ())
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Turn to the right page."""
        state = self._session.state
        if self._session.current_clip.library_clip is not None or self._session.monitor.mode == "film":
            self.setCurrentWidget(self.preview)
        elif isinstance(state, Failed):
            self.failure.refresh()
            self.setCurrentWidget(self.failure)
        elif isinstance(state, Idle) or (isinstance(state, Stopped) and state.clip is None):
            self.empty.greet(stopped=not isinstance(state, Idle))
            self.setCurrentWidget(self.no_pack if self._session.pack_error else self.empty)
        else:
            self.setCurrentWidget(self.preview)
        self.setAccessibleDescription(self.tr("Busy") if isinstance(state, Running) else "")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A picture may come in."""
        if accept_still(event):
            offer = offer_of(event.mimeData())
            other = isinstance(offer, Path) and offer.suffix.lower() in NO_BEGINNING
            self._invite(not other and not isinstance(offer, UsageError))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went away again."""
        self._invite(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell of what was dropped."""
        self._invite(False)
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())
