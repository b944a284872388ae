"""The pages for a clip that could not be made, and for a pack that is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication

from app.core.error_messages import sentence
from app.core.error_page import ErrorPage
from app.core.formatting import tenths
from app.core.widgets import ActionButton, button
from app.help.report import details_of
from app.jobs.state import Failed

if TYPE_CHECKING:
    from app.core.actions import Actions
    from app.window.session import Session
    from engine.api.request import ClipRequest


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
        if card is None or size is None:
            return self.tr("Make a smaller clip")
        if failed is not None and failed.upto == request.upto:
            return self.tr("Make {0} s instead").format(tenths(request.frames / card.capabilities.fps))
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
