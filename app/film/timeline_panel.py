"""The timeline with what stands beside it: its scroll bar, its menu, and the button that continues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollBar, QVBoxLayout, QWidget

from app.core.theme import CAPTION_PX, GRID, INSIDE
from app.core.widgets import IconButton
from app.film.timeline import Timeline
from app.film.timeline_paint import STRIP

if TYPE_CHECKING:
    from app.core.actions import Actions
    from app.core.actions import Name as ActionName
    from app.window.session import Session

MENU: tuple[ActionName | None, ...] = (
    "continue", "retake", "add_to_film", None, "split", "trim_start", "trim_end", "delete_segment", None,
    "move_earlier", "move_later", None, "mark_in", "mark_out", "clear_marks",
)  # fmt: skip
"""What the timeline's own menu holds, and a screen reader's list of actions."""

CONTINUE = 72
"""Width of the button that continues, logical pixels: its word fits in both languages."""
SCROLL = 10


class TimelinePanel(QWidget):
    """What is on show along its frames, and what comes after it."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.timeline = Timeline(session, [actions[name] for name in MENU if name is not None])
        self.scroll_bar = QScrollBar(Qt.Orientation.Horizontal)
        self.scroll_bar.setFixedHeight(SCROLL)
        policy = self.scroll_bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that nothing jumps when one zooms
        self.scroll_bar.setSizePolicy(policy)
        self.plus = self._continue_button()
        self._lay_out()
        self.timeline.scale_changed.connect(self._scaled)
        self.timeline.menu_wanted.connect(self._open_menu)
        self.scroll_bar.valueChanged.connect(self._scrolled)
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

    def _lay_out(self) -> None:
        strip = QVBoxLayout()
        strip.setSpacing(0)
        strip.addWidget(self.timeline)
        strip.addWidget(self.scroll_bar)
        more = QVBoxLayout()
        more.addStretch()
        more.addWidget(self.plus)
        more.addSpacing(SCROLL + GRID)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(INSIDE)
        across.addLayout(strip, 1)
        across.addLayout(more)

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
