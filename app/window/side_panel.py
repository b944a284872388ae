"""The panel on the right: library and queue as two tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.core.widgets import hairline
from app.jobs.queue_panel import QueuePanel
from app.library.library_panel import LibraryPanel

if TYPE_CHECKING:
    from app.core.actions import Actions
    from app.preferences.preferences import PreferenceFile
    from app.window.session import Session

WIDTH, NARROWEST = 280, 248


class SidePanel(QWidget):
    """Two tabs over two panels."""

    def __init__(
        self, session: Session, actions: Actions, preferences: PreferenceFile, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("side_panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(NARROWEST)
        self._queue = session.queue
        self.library = LibraryPanel(session, preferences)
        self.queue = QueuePanel(session, actions)
        self.tabs = QTabBar()
        self.tabs.setObjectName("side_panel_tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(True)
        self.tabs.setAccessibleName(self.tr("Library and queue"))
        self.pages = QStackedWidget()
        for panel, words in ((self.library, self.tr("Library")), (self.queue, self.tr("Queue"))):
            self.pages.addWidget(panel)
            self.tabs.addTab(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(hairline())
        column.addWidget(self.pages, 1)
        self.tabs.currentChanged.connect(self.pages.setCurrentIndex)
        self._queue.changed.connect(self._refresh)
        session.library.opened.connect(self._opened)
        self._refresh()

    def turn_to(self, panel: QWidget) -> None:
        """Show one of the panels."""
        self.tabs.setCurrentIndex(self.pages.indexOf(panel))

    def search(self) -> None:
        """Show the library and focus its search field."""
        self.turn_to(self.library)
        self.library.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.library.search.selectAll()

    @Slot()
    def _opened(self) -> None:
        """Show the queue if jobs are left from last time."""
        if self._queue.left_over or self._queue.interrupted:
            self.turn_to(self.queue)

    @Slot()
    def _refresh(self) -> None:
        waiting = len(self._queue.waiting) + (self._queue.running is not None)
        words = self.tr("Queue · {0}").format(waiting) if waiting else self.tr("Queue")
        self.tabs.setTabText(self.pages.indexOf(self.queue), words)
