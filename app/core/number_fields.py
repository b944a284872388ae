"""Number fields that are changed by typing, arrow keys or two chevrons, but never by the mouse wheel."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSizePolicy, QSpinBox, QWidget

from app.core import icons
from app.core.theme import INSIDE
from app.core.widgets import FIELD

STEPPERS = 24
"""Width of the two steppers, as the stylesheet has it."""
CHEVRON = 16
NARROW = 144
"""Width of a field that stands alone in its row."""


class NumberField(QSpinBox):
    """A whole number.

    Args:
        name: What it is, for screen readers.
        low: The smallest number.
        high: The largest.
        instead: A word for none of them, which comes before the smallest and counts as 0; None if one must be chosen.
    """

    def __init__(
        self, name: str, low: int, high: int, instead: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low = low
        self.setRange(low if instead is None else 0, high)
        if instead is not None:
            self.setSpecialValueText(instead)
        self.setGroupSeparatorShown(True)
        _dress(self, name)

    def narrow(self) -> NumberField:
        """Limit the width to what the numbers need."""
        self.setFixedWidth(NARROW)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return self

    def valueFromText(self, text: str) -> int:
        """The typed number; one below the minimum counts as the minimum."""
        value = super().valueFromText(text)
        return value if value == self.minimum() else max(self._low, value)

    def stepBy(self, steps: int) -> None:
        """From the word to the smallest number, and back."""
        now = self.value()
        if now < self._low and steps > 0:
            self.setValue(self._low + (steps - 1) * self.singleStep())
        elif now <= self._low and steps < 0:
            self.setValue(self.minimum())
        else:
            self.setValue(max(self._low, now + steps * self.singleStep()))
        self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the panel scroll."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The stylesheet draws the field; the steppers are two of walt's icons."""
        super().paintEvent(event)
        _paint_steppers(self, self.stepEnabled())


class DecimalField(QDoubleSpinBox):
    """A number with one decimal."""

    def __init__(self, name: str, low: float, high: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setDecimals(1)
        self.setSingleStep(0.5)
        _dress(self, name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the panel scroll."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The stylesheet draws the field; the steppers are two of walt's icons."""
        super().paintEvent(event)
        _paint_steppers(self, self.stepEnabled())


def _dress(field: QAbstractSpinBox, name: str) -> None:
    field.setAccessibleName(name)
    field.setFixedHeight(FIELD)
    field.setKeyboardTracking(False)
    field.lineEdit().setTextMargins(INSIDE - 1, 0, 0, 0)  # a stylesheet's padding does not reach it


def _paint_steppers(field: QAbstractSpinBox, ways: QAbstractSpinBox.StepEnabledFlag) -> None:
    """Draw the two chevrons at the right end, faint at the limits."""
    painter = QPainter(field)
    colours, left = field.palette(), field.width() - STEPPERS / 2 - CHEVRON / 2
    names: tuple[tuple[icons.Name, QAbstractSpinBox.StepEnabledFlag, float], ...] = (
        ("up", QAbstractSpinBox.StepEnabledFlag.StepUpEnabled, 1),
        ("down", QAbstractSpinBox.StepEnabledFlag.StepDownEnabled, field.height() - 1 - CHEVRON),
    )
    for name, way, top in names:
        free = field.isEnabled() and way in ways
        role = QPalette.ColorRole.PlaceholderText if free else QPalette.ColorRole.Mid
        icons.draw(painter, name, QRectF(left, top, CHEVRON, CHEVRON), colours.color(role))
