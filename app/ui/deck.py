"""The deck below the picture: transport, time, Export, and the filmstrip."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.actions import Actions
from app.actions import Name as ActionName
from app.icons import Name as IconName
from app.model.session import Session
from app.model.words import time_code
from app.theme import AROUND, BETWEEN, INSIDE, figures
from app.ui.parts import ActionButton, IconButton, hairline, note, set_role
from app.ui.timeline import Timeline

TRANSPORT: tuple[tuple[IconName, ActionName], ...] = (
    ("start", "first_frame"),
    ("back", "previous_frame"),
    ("play", "play"),
    ("forward", "next_frame"),
    ("end", "last_frame"),
    ("loop", "loop"),
)

ROOMY = 640


class Deck(QWidget):
    """Everything about moving through the clip on show."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("deck")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self.timeline = Timeline(session.reel, session.player)
        self.buttons = {action: IconButton(icon, "").follow(actions[action]) for icon, action in TRANSPORT}
        self.time = note(role="")
        self.frame = note()
        self.shown_size = note()
        for label in (self.time, self.frame, self.shown_size):
            label.setFont(figures(label.font()))
        self.export = ActionButton(actions["export"], self.tr("Export…"))
        self._lay_out()
        session.player.moved.connect(self.refresh)
        session.player.playing_changed.connect(self._playing)
        session.reel.changed.connect(self.refresh)
        session.reel.reset.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(0)
        for tool in self.buttons.values():
            row.addWidget(tool)
        row.addSpacing(AROUND)
        row.addWidget(self.time)
        row.addSpacing(BETWEEN)
        row.addWidget(self.frame)
        row.addStretch()
        row.addWidget(self.shown_size)
        row.addSpacing(BETWEEN)
        row.addWidget(self.export)
        inner = QVBoxLayout()
        inner.setContentsMargins(AROUND, INSIDE, AROUND, AROUND)
        inner.setSpacing(INSIDE)
        inner.addLayout(row)
        inner.addWidget(self.timeline)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(hairline())
        column.addLayout(inner)

    @Slot()
    def refresh(self) -> None:
        """Show where the playhead is and how fine the picture under it is."""
        reel, player = self._session.reel, self._session.player
        frame = reel.frame(player.position)
        known = reel.total > 0 and not reel.empty
        self.time.setText(time_code(player.position, player.fps) if known else "00:00.000")
        set_role(self.time, "" if known else "secondary")
        words = self.tr("frame {0} of {1}")
        self.frame.setText(words.format(player.position + 1, reel.total) if known else "")
        self.shown_size.setText(f"{frame.shape[1]} × {frame.shape[0]}" if frame is not None else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the least telling word out when there is little room."""
        self.shown_size.setVisible(event.size().width() >= ROOMY)

    @Slot(bool)
    def _playing(self, playing: bool) -> None:
        self.buttons["play"].set_icon("pause" if playing else "play")
