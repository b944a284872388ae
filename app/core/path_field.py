"""A field for a path: without the focus, a path that is too long is shortened in the middle."""

from __future__ import annotations

import os

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

FOLDER_ROOM = 64
"""A folder that would get less than this is not named at all, logical pixels."""
_INSIDE = 2
"""What a line edit leaves free on both sides of its text."""
_MIDDLE = Qt.TextElideMode.ElideMiddle


def shortened(path: str, metrics: QFontMetrics, width: int) -> str:
    """Shorten a path to at most ``width`` pixels: first the folder, then the middle of the name."""
    if metrics.horizontalAdvance(path) <= width:
        return path
    folder, name = os.path.split(path)
    room = width - metrics.horizontalAdvance(os.sep + name)
    if room >= FOLDER_ROOM:
        return metrics.elidedText(folder, _MIDDLE, room) + os.sep + name
    away = f"…{os.sep}" if folder else ""
    return away + metrics.elidedText(name, _MIDDLE, width - metrics.horizontalAdvance(away))


class PathField(QLineEdit):
    """A line edit whose tooltip has the whole path, always."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.textChanged.connect(self._explain)

    @Slot(str)
    def _explain(self, text: str) -> None:
        self.setToolTip(text)

    def shown(self) -> str:
        """The text shown without the focus."""
        return shortened(self.text(), self.fontMetrics(), self._room().width())

    def _room(self) -> QRect:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        return room.adjusted(_INSIDE, 0, -_INSIDE, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text as it is typed, or as much of it as tells the most."""
        if self.hasFocus() or self.shown() == self.text():
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        enabled = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.setPen(self.palette().color(enabled, QPalette.ColorRole.Text))
        painter.drawText(self._room(), Qt.AlignmentFlag.AlignVCenter, self.shown())
