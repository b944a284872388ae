"""Everything below the picture: transport, time, Clip or Film, Export, and the timeline."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollBar, QVBoxLayout, QWidget

from app.core.actions import Actions
from app.core.actions import Name as ActionName
from app.core.formatting import time_code
from app.core.icons import Name as IconName
from app.core.option_widgets import Segments
from app.core.theme import AROUND, BETWEEN, CAPTION_PX, GRID, INSIDE, figures
from app.core.widgets import ActionButton, IconButton, hairline, note, set_role
from app.film.timeline import Timeline
from app.film.timeline_paint import STRIP
from app.window.session import Session

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
MENU: tuple[ActionName | None, ...] = (
    "continue", "retake", "add_to_film", None, "split", "trim_start", "trim_end", "delete_segment", None,
    "move_earlier", "move_later", None, "mark_in", "mark_out", "clear_marks",
)  # fmt: skip
"""What the timeline's own menu holds, and a screen reader's list of actions."""

MODE = 56
CONTINUE = 72
"""Width of the button that continues, logical pixels: its word fits in both languages."""
ROOMY = 860
"""From this width on, all of it is shown; the least telling parts go first as it gets narrower."""
NARROW, TIGHT, TIGHTEST = 740, 660, 560
SCROLL = 10


class PlaybackPanel(QWidget):
    """Everything about moving through what is on show, and putting a film together."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("playback_panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._actions = actions
        self._monitor = session.monitor
        self.timeline = Timeline(session, [actions[name] for name in MENU if name is not None])
        self.scroll_bar = QScrollBar(Qt.Orientation.Horizontal)
        self.scroll_bar.setFixedHeight(SCROLL)
        policy = self.scroll_bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that nothing jumps when one zooms
        self.scroll_bar.setSizePolicy(policy)
        self.plus = self._continue_button()
        self.buttons = {action: IconButton(icon, "").follow(actions[action]) for icon, action in TRANSPORT}
        self.mode = self._mode_picker()
        self.time = note(role="")
        self.frame = note()
        self.shown_size = note()
        for label in (self.time, self.frame, self.shown_size):
            label.setFont(figures(label.font()))
        self.export = ActionButton(actions["export"], self.tr("Export…"))
        self._lay_out()
        self._wire()
        self.refresh()
        self._scaled()

    def _continue_button(self) -> IconButton:
        result = IconButton("plus", "").follow(self._actions["continue"])
        result.setText(self.tr("Continue"))
        font = QFont(result.font())
        font.setPixelSize(CAPTION_PX)
        result.setFont(font)
        result.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        result.setFixedSize(CONTINUE, STRIP)
        result.setProperty("role", "field")
        return result

    def _mode_picker(self) -> Segments:
        picker = Segments()
        clip = picker.add("show_clip", self.tr("Clip"), self.tr("The clip that was made or opened last"))
        film = picker.add("show_film", self.tr("Film"), self.tr("The film on the timeline"))
        for button in (clip, film):
            button.setFixedWidth(MODE)
        picker.setFixedWidth(2 * MODE + INSIDE)
        return picker

    def _wire(self) -> None:
        player, monitor = self._session.player, self._monitor
        player.moved.connect(self.refresh)
        player.playing_changed.connect(self._playing)
        monitor.changed.connect(self.refresh)
        monitor.reset.connect(self.refresh)
        monitor.mode_changed.connect(self.refresh)
        self._session.room.film.changed.connect(self.refresh)
        self.mode.picked.connect(self._pick_mode)
        self.timeline.scale_changed.connect(self._scaled)
        self.timeline.menu_wanted.connect(self._open_menu)
        self.scroll_bar.valueChanged.connect(self._scrolled)

    def _lay_out(self) -> None:
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
        strip = QVBoxLayout()
        strip.setSpacing(0)
        strip.addWidget(self.timeline)
        strip.addWidget(self.scroll_bar)
        across = QHBoxLayout()
        across.setSpacing(INSIDE)
        across.addLayout(strip, 1)
        more = QVBoxLayout()
        more.addStretch()
        more.addWidget(self.plus)
        more.addSpacing(SCROLL + GRID)
        across.addLayout(more)
        inner = QVBoxLayout()
        inner.setContentsMargins(AROUND, INSIDE, AROUND, BETWEEN - GRID)
        inner.setSpacing(INSIDE)
        inner.addLayout(row)
        inner.addLayout(across)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(hairline())
        column.addLayout(inner)

    @Slot()
    def refresh(self) -> None:
        """Show where the playhead is and how fine the picture under it is."""
        monitor, player = self._monitor, self._session.player
        frame = monitor.frame(player.position)
        known = monitor.total > 0 and not monitor.empty
        self.time.setText(time_code(player.position if known else 0, player.fps))
        set_role(self.time, "" if known else "secondary")
        words = self.tr("frame {0} of {1}")
        self.frame.setText(words.format(player.position + 1, monitor.total) if known else "")
        self.shown_size.setText(f"{frame.shape[1]} × {frame.shape[0]}" if frame is not None else "")
        self.mode.choose(f"show_{monitor.mode}")
        self.mode.button("show_film").setEnabled(bool(self._session.room.film.segments))

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

    @Slot()
    def _scaled(self) -> None:
        scale = self.timeline.scale
        self.scroll_bar.blockSignals(True)  # it follows; the timeline knows already
        self.scroll_bar.setRange(0, round(scale.overflow))
        self.scroll_bar.setPageStep(round(scale.width))
        self.scroll_bar.setSingleStep(round(scale.pitch))
        self.scroll_bar.setValue(round(scale.scroll))
        self.scroll_bar.blockSignals(False)
        self.scroll_bar.setVisible(scale.overflow > 0)

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        self.timeline.set_scale(self.timeline.scale.scrolled(value))

    @Slot(QPoint)
    def _open_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in MENU:
            if name is None:
                menu.addSeparator()
            else:
                menu.addAction(self._actions[name])
        menu.popup(where)
