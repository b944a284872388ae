"""A segment of the timeline for screen readers: a list's item that is drawn, not a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, QObject, QPoint, QRect, QSize
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QAccessibleInterface
from shiboken6 import Shiboken

from app.core.formatting import seconds_text
from app.film.timeline_paint import HEIGHT, RULER, Block, block_box

if TYPE_CHECKING:
    from PySide6.QtGui import QWindow

    from app.film.timeline import Timeline

_kept: list[SegmentAccess] = []
"""Qt remembers an interface that it asked for until the program ends, so none may go before; there are few."""


class SegmentAccess(QAccessibleInterface, QAccessibleActionInterface):
    """The ``number``-th segment, whichever that is: its name is its prompt, its value where it lies and how it is.

    Its one action selects it and puts the playhead on its first frame.
    """

    def __init__(self, timeline: Timeline, number: int) -> None:
        QAccessibleInterface.__init__(self)
        QAccessibleActionInterface.__init__(self)
        self._timeline = timeline
        self._number = number
        _kept.append(self)

    def _block(self) -> Block | None:
        if not Shiboken.isValid(self._timeline):
            return None
        blocks = self._timeline.lane.blocks()
        return blocks[self._number] if self._number < len(blocks) else None

    def interface_cast(self, t: QAccessible.InterfaceType) -> int:
        """The action interface is this object's second half; Qt wants its address."""
        if t == QAccessible.InterfaceType.ActionInterface:
            address = Shiboken.VoidPtr(Shiboken.getCppPointer(self)[-1])
            return cast("int", address)  # the stubs say int, but an int crashes
        return super().interface_cast(t)

    # Where it stands.

    def isValid(self) -> bool:
        """Whether there is such a segment."""
        return self._block() is not None

    def object(self) -> QObject | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """No widget."""
        return None

    def window(self) -> QWindow | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The timeline's."""
        return self._timeline.window().windowHandle() if self.isValid() else None

    def parent(self) -> QAccessibleInterface | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The timeline."""
        return QAccessible.queryAccessibleInterface(self._timeline) if self.isValid() else None

    def child(self, index: int) -> QAccessibleInterface | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """None."""

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """None."""

    def childCount(self) -> int:
        """None."""
        return 0

    def indexOfChild(self, arg__1: QAccessibleInterface) -> int:
        """None."""
        return -1

    def rect(self) -> QRect:
        """Its place in the lane and in the filmstrip, on the screen."""
        block = self._block()
        if block is None:
            return QRect()
        box = block_box(self._timeline.scale, block).toAlignedRect()
        size = QSize(box.width(), HEIGHT - RULER)
        return QRect(self._timeline.mapToGlobal(QPoint(box.left(), RULER)), size)

    # What it is.

    def role(self) -> QAccessible.Role:
        """An item of a list."""
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        """Whether it is selected, and whether it is still being made."""
        result, block = QAccessible.State(), self._block()
        if block is None:
            result.invalid = True
            return result
        timeline = self._timeline
        result.focusable = result.selectable = timeline.isEnabled()
        result.selected = block.selected
        result.focused = block.selected and timeline.hasFocus()
        result.busy = block.fraction is not None
        result.disabled = not timeline.isEnabled()
        box = block_box(timeline.scale, block)
        result.offscreen = box.right() < 0 or box.left() > timeline.width()
        return result

    def text(self, t: QAccessible.Text) -> str:
        """Its prompt; where it lies and how it is."""
        block = self._block()
        if block is None:
            return ""
        if t == QAccessible.Text.Name:
            return block.label or QCoreApplication.translate("SegmentAccess", "Segment")
        if t == QAccessible.Text.Value:
            return self._value(block)
        return ""

    def setText(self, t: QAccessible.Text, text: str) -> None:
        """It cannot be renamed."""

    def _value(self, block: Block) -> str:
        fps = self._timeline.player.fps
        words = QCoreApplication.translate("SegmentAccess", "{0} of {1}, from {2}, {3} long")
        place = words.format(
            self._number + 1,
            len(self._timeline.lane.blocks()),
            seconds_text(block.first / fps),
            seconds_text(block.length / fps),
        )
        if block.fraction is None:
            return place
        made = QCoreApplication.translate("SegmentAccess", "{0} % made").format(round(100 * block.fraction))
        return f"{place}, {made}"

    # What can be done with it.

    def actionNames(self) -> list[str]:
        """It can be gone to."""
        return [QAccessibleActionInterface.setFocusAction()] if self.isValid() else []

    def keyBindingsForAction(self, actionName: str) -> list[str]:
        """None of its own."""
        return []

    def doAction(self, actionName: str) -> None:
        """Select it, with the playhead on its first frame."""
        block = self._block()
        if block is not None and actionName == QAccessibleActionInterface.setFocusAction():
            self._timeline.setFocus()
            self._timeline.lane.select_at(block.first)
            self._timeline.player.seek(block.first)
