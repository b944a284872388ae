"""The picture alone, on the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.playback.preview import Preview

if TYPE_CHECKING:
    from app.core.actions import Actions
    from app.playback.current_clip import CurrentClip
    from app.playback.monitor import Monitor


class FullScreen(QWidget):
    """Escape, F11 or a double click goes back; the keys of the transport work as in the window."""

    def __init__(self, current: CurrentClip, monitor: Monitor, actions: Actions, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self._actions = actions
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("walt: full screen"))
        colours = self.palette()
        colours.setColor(QPalette.ColorRole.Window, Qt.GlobalColor.black)
        self.setPalette(colours)
        self.setAutoFillBackground(True)
        self.preview = Preview(current, monitor, margin=0)
        self.preview.opened.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.preview)
        self.preview.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Back with Escape or F11; else what the window does with a key."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F11):
            self.close()
        elif not self._actions.press(event):
            super().keyPressEvent(event)
