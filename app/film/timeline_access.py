"""The timeline for screen readers: a slider over frames, the film's verbs as its actions, segments as its children."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleValueInterface
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import Shiboken

from app.film.segment_access import SegmentAccess

if TYPE_CHECKING:
    from app.film.timeline import Timeline


class TimelineAccess(QAccessibleWidget, QAccessibleValueInterface):
    """Its value is the frame under the playhead; its value as text says the time and the segment."""

    def __init__(self, timeline: Timeline) -> None:
        QAccessibleWidget.__init__(self, timeline, QAccessible.Role.Slider, timeline.accessibleName())
        QAccessibleValueInterface.__init__(self)
        self._timeline = timeline
        self._segments: list[SegmentAccess] = []

    # The segments.

    def childCount(self) -> int:
        """How many segments there are."""
        return len(self._timeline.lane.blocks())

    def child(self, index: int) -> QAccessibleInterface | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A segment, by its place."""
        if not 0 <= index < self.childCount():
            return None
        while len(self._segments) <= index:
            self._segments.append(SegmentAccess(self._timeline, len(self._segments)))
        return self._segments[index]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The place of a segment."""
        return next((at for at, segment in enumerate(self._segments) if segment is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The segment at a place of the screen."""
        children = (self.child(index) for index in range(self.childCount()))
        return next((child for child in children if child and child.rect().contains(x, y)), None)

    def focusChild(self) -> QAccessibleInterface | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The selected segment, while the timeline has the focus."""
        if not self._timeline.hasFocus():
            return None
        selected = self._timeline.lane.selected
        return self if selected is None else self.child(selected)

    # The slider.

    def interface_cast(self, t: QAccessible.InterfaceType) -> int:
        """The value interface is this object's second half; Qt wants its address."""
        if t == QAccessible.InterfaceType.ValueInterface:
            address = Shiboken.VoidPtr(Shiboken.getCppPointer(self)[-1])
            return cast("int", address)  # the stubs say int, but an int crashes
        return super().interface_cast(t)

    def text(self, t: QAccessible.Text) -> str:
        """The value in words; name and description as for any widget."""
        if t == QAccessible.Text.Value:
            return self._timeline.spoken()
        return super().text(t)

    def currentValue(self) -> int:
        """The frame under the playhead, from 0."""
        return self._timeline.player.position

    def setCurrentValue(self, value: object) -> None:
        """Put the playhead on a frame."""
        if isinstance(value, int | float):
            self._timeline.player.seek(int(value))

    def minimumValue(self) -> int:
        """The first frame."""
        return 0

    def maximumValue(self) -> int:
        """The last frame."""
        return max(0, self._timeline.player.total - 1)

    def minimumStepSize(self) -> int:
        """One frame."""
        return 1

    def actionNames(self) -> list[str]:
        """The verbs that are possible now."""
        return [action.objectName() for action in self._timeline.verbs() if action.isEnabled()]

    def localizedActionName(self, name: str) -> str:
        """A verb in words."""
        return next((action.text() for action in self._timeline.verbs() if action.objectName() == name), name)

    def doAction(self, actionName: str) -> None:
        """Do a verb."""
        for action in self._timeline.verbs():
            if action.objectName() == actionName:
                action.trigger()


def access_of(_key: str, thing: QObject) -> QAccessibleInterface | None:
    """For `QAccessible.installFactory`: the timeline's interface; None for anything else."""
    from app.film.timeline import Timeline

    if not isinstance(thing, Timeline):
        return None
    access = TimelineAccess(thing)
    thing.kept_access = access  # Qt owns the C++ object; the Python half must live as long
    return access
