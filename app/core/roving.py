"""One Tab stop for a row of buttons: Tab enters and leaves it, the arrows move inside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class Roving(QObject):
    """Makes buttons one Tab stop: the one that is checked, or was focused last, else the first.

    Args:
        parent: The widget that holds the buttons.
        buttons: In the order of the arrows.
        pick: Whether an arrow also clicks the button it goes to, as in a choice of one.
    """

    def __init__(self, parent: QWidget, buttons: Sequence[QAbstractButton], *, pick: bool = False) -> None:
        super().__init__(parent)
        self._buttons = list(buttons)
        self._pick = pick
        self._last: QAbstractButton | None = None
        for button in self._buttons:
            button.installEventFilter(self)
            button.toggled.connect(self._settle)
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move with the arrows; note what has the focus, is hidden or disabled."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QAbstractButton):
            return self._moved(watched, event)
        if kind == QEvent.Type.FocusIn and isinstance(watched, QAbstractButton):
            self._last = watched
            self._settle()
        elif kind in (
            QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.EnabledChange,
        ):  # fmt: skip
            self._settle()
        return super().eventFilter(watched, event)

    def _usable(self) -> list[QAbstractButton]:
        return [button for button in self._buttons if not button.isHidden() and button.isEnabled()]

    def _moved(self, button: QAbstractButton, event: QKeyEvent) -> bool:
        usable = self._usable()
        if button not in usable or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(usable) - 1}
        key = Qt.Key(event.key())
        if key in _STEPS:
            target = usable[(usable.index(button) + _STEPS[key]) % len(usable)]
        elif key in ends:
            target = usable[ends[key]]
        else:
            return False
        target.setFocus(Qt.FocusReason.TabFocusReason)
        if self._pick and not target.isChecked():
            target.click()
        return True

    def _settle(self) -> None:
        """Let Tab reach one of the buttons."""
        usable = self._usable()
        checked = next((button for button in usable if button.isChecked()), None)
        focused = next((button for button in usable if button.hasFocus()), None)
        last = self._last if self._last in usable and not self._pick else None
        stop = focused or last or checked or (usable[0] if usable else None)
        for button in self._buttons:
            policy = Qt.FocusPolicy.TabFocus if button is stop else Qt.FocusPolicy.NoFocus
            if button.focusPolicy() != policy:
                button.setFocusPolicy(policy)
