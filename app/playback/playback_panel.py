"""Everything below the picture: transport, time, Clip or Film, Export, and room for the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.core.actions import Actions
from app.core.actions import Name as ActionName
from app.core.formatting import time_code
from app.core.icons import Name as IconName
from app.core.option_widgets import Segments
from app.core.theme import AROUND, BETWEEN, GRID, INSIDE, figures
from app.core.widgets import ActionButton, IconButton, hairline, note, set_role

if TYPE_CHECKING:
    from app.playback.monitor import Monitor

TRANSPORT: tuple[tuple[IconName, ActionName], ...] = (
    ("start", "first_frame"),
    ("back", "previous_frame"),
    ("play", "play"),
    ("forward", "next_frame"),
    ("end", "last_frame"),
    ("loop", "loop"),
    ("mark_in", "mark_in"),
    ("mark_out", "mark_out"),
)
MODE = 56
ROOMY = 860
"""From this width on, all of it is shown; the least telling parts go first as it gets narrower."""
NARROW, TIGHT, TIGHTEST = 740, 660, 560


class PlaybackPanel(QWidget):
    """Everything about moving through what is on show.

    Args:
        monitor: What is on show.
        timeline: What stands below the buttons.
    """

    def __init__(
        self, monitor: Monitor, actions: Actions, timeline: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("playback_panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = actions
        self._monitor = monitor
        self.buttons = {action: IconButton(icon, "").follow(actions[action]) for icon, action in TRANSPORT}
        self.mode = self._mode_picker()
        self.time = note(role="")
        self.frame = note()
        self.shown_size = note()
        for label in (self.time, self.frame, self.shown_size):
            label.setFont(figures(label.font()))
        self.export = ActionButton(actions["export"], self.tr("Export…"))
        self._lay_out(timeline)
        self._wire()
        self.refresh()

    def _mode_picker(self) -> Segments:
        picker = Segments()
        clip = picker.add("show_clip", self.tr("Clip"), self.tr("The clip that was made or opened last"))
        film = picker.add("show_film", self.tr("Film"), self.tr("The film on the timeline"))
        for button in (clip, film):
            button.setFixedWidth(MODE)
        picker.setFixedWidth(2 * MODE + INSIDE)
        return picker

    def _wire(self) -> None:
        player, monitor = self._monitor.player, self._monitor
        player.moved.connect(self.refresh)
        player.playing_changed.connect(self._playing)
        monitor.changed.connect(self.refresh)
        monitor.reset.connect(self.refresh)
        monitor.mode_changed.connect(self.refresh)
        self._actions["show_film"].enabledChanged.connect(self.mode.button("show_film").setEnabled)
        self.mode.picked.connect(self._pick_mode)

    def _lay_out(self, timeline: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(0)
        for name, tool in self.buttons.items():
            row.addWidget(tool)
            if name == "loop":
                row.addSpacing(INSIDE)
        row.addSpacing(BETWEEN)
        row.addWidget(self.time)
        row.addSpacing(BETWEEN)
        row.addWidget(self.frame)
        row.addStretch()
        row.addWidget(self.shown_size)
        row.addSpacing(BETWEEN)
        row.addWidget(self.mode)
        row.addSpacing(BETWEEN)
        row.addWidget(self.export)
        inner = QVBoxLayout()
        inner.setContentsMargins(AROUND, INSIDE, AROUND, BETWEEN - GRID)
        inner.setSpacing(INSIDE)
        inner.addLayout(row)
        inner.addWidget(timeline)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(hairline())
        column.addLayout(inner)

    @Slot()
    def refresh(self) -> None:
        """Show where the playhead is and how fine the picture under it is."""
        monitor, player = self._monitor, self._monitor.player
        frame = monitor.frame(player.position)
        known = monitor.pictured
        self.time.setText(time_code(player.position if known else 0, player.fps))
        set_role(self.time, "" if known else "secondary")
        words = self.tr("frame {0} of {1}")
        self.frame.setText(words.format(player.position + 1, monitor.total) if known else "")
        self.shown_size.setText(f"{frame.shape[1]} × {frame.shape[0]}" if frame is not None else "")
        self.mode.choose(f"show_{monitor.mode}")
        self.mode.button("show_film").setEnabled(self._actions["show_film"].isEnabled())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the least telling parts out when there is little room; keys and menus still have them."""
        width = event.size().width()
        self.shown_size.setVisible(width >= ROOMY)
        self.frame.setVisible(width >= NARROW)
        for name in ("mark_in", "mark_out"):
            self.buttons[name].setVisible(width >= TIGHT)
        for name in ("first_frame", "last_frame"):
            self.buttons[name].setVisible(width >= TIGHTEST)

    @Slot(bool)
    def _playing(self, playing: bool) -> None:
        self.buttons["play"].set_icon("pause" if playing else "play")

    @Slot(object)
    def _pick_mode(self, name: ActionName) -> None:
        self._actions[name].trigger()
