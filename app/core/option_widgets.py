"""Controls for choosing: exclusive buttons, a drop-down that ignores the mouse wheel, a collapsible section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.core import icons
from app.core.theme import GRID, INSIDE
from app.core.widgets import FIELD, IconButton


class Segments(QWidget):
    """A row of exclusive buttons.

    Signals:
        picked(object): the value of the button that was clicked.
    """

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons: list[tuple[Any, QToolButton]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(INSIDE)
        self._group.buttonClicked.connect(self._clicked)

    def add(self, value: object, text: str, words: str) -> QToolButton:
        """One more button: its text, and what it means, for the tooltip and for screen readers.

        The text stays its name: whoever speaks to the computer says what is to be seen.
        """
        result = QToolButton()
        result.setProperty("role", "field")
        result.setText(text)
        result.setToolTip(words)
        result.setAccessibleName(text)
        result.setAccessibleDescription(words)
        result.setCheckable(True)
        result.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        result.setFixedHeight(FIELD)
        self._group.addButton(result)
        self._buttons.append((value, result))
        self._row.addWidget(result)
        return result

    def button(self, value: object) -> QToolButton:
        """The button of a value."""
        return next(button for known, button in self._buttons if known == value)

    def choose(self, value: object) -> None:
        """Show a value; no button is down if there is none for it."""
        self._group.setExclusive(False)
        for known, button in self._buttons:
            button.setChecked(known == value)
        self._group.setExclusive(True)

    @Slot(QToolButton)
    def _clicked(self, clicked: QToolButton) -> None:
        for value, button in self._buttons:
            if button is clicked:
                self.picked.emit(value)


class DropDown(QComboBox):
    """A drop-down list; the mouse wheel scrolls the panel around it instead of changing the choice.

    Signals:
        picked(object): the value that was chosen by hand.
    """

    picked = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFixedHeight(FIELD)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.activated.connect(self._activated)

    def fill(self, items: Sequence[tuple[object, str]]) -> None:
        """Offer these values with their words."""
        kept = self.currentData()
        self.clear()
        for value, text in items:
            self.addItem(text, value)
        self.choose(kept)

    def choose(self, value: object) -> None:
        """Show a value."""
        for index in range(self.count()):
            if self.itemData(index) == value:
                self.setCurrentIndex(index)

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.picked.emit(self.itemData(index))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the panel scroll."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The stylesheet draws the field; the arrow is one of walt's icons."""
        super().paintEvent(event)
        painter = QPainter(self)
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        side = 16
        box = QRectF(self.width() - side - INSIDE, (self.height() - side) / 2, side, side)
        icons.draw(painter, "down", box, colour)


class Fold(QWidget):
    """A collapsible section.

    Signals:
        opened(bool)
    """

    opened = Signal(bool)

    def __init__(self, words: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content = content
        self.head = IconButton("right", words)
        self.head.setText(words)
        self.head.setProperty("role", "fold")
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setIconSize(QSize(16, 16))
        self.head.setMinimumSize(0, 0)
        self.head.setMaximumSize(16777215, 24)
        self.head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.head.set_toggle(True)
        self.head.toggled.connect(self._toggled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.head)
        column.addLayout(_indented(content, INSIDE))
        content.setVisible(False)

    def outdented(self) -> QHBoxLayout:
        """The fold in a row that lets its head stand out to the left, so that the chevron is in line with the rest."""
        return _indented(self, -INSIDE)

    def open(self, yes: bool = True) -> None:
        """Open or close it."""
        self.head.setChecked(yes)

    @Slot(bool)
    def _toggled(self, down: bool) -> None:
        self.head.set_icon("down" if down else "right")
        self.content.setVisible(down)
        self.opened.emit(down)


def _indented(widget: QWidget, left: int) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(0)
    row.addSpacing(left)  # layouts take no margins below nought
    row.addWidget(widget)
    return row
