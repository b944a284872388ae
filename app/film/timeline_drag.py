"""What the mouse has hold of on the timeline: the playhead, a mark, a segment, or a segment's edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from app.film.timeline_paint import GRIP, LANE, RULER, block_box

if TYPE_CHECKING:
    from app.film.film import Segment
    from app.film.timeline_lane import Lane
    from app.film.timeline_scale import Scale
    from app.window.session import Session

NEAR = 5
TRIM = Qt.CursorShape.SplitHCursor


class Drag:
    """The playhead. It plays on afterwards if it did before."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, session: Session, lane: Lane, scale: Scale, start: QPointF) -> None:
        self.scale = scale
        self.gap: int | None = None
        self._session = session
        self._lane = lane
        self._start = start
        self._resume = False

    def begin(self) -> None:
        """Pause, and go there."""
        self._resume = self._session.player.playing
        self._session.player.pause()
        self.move(self._start)

    def move(self, to: QPointF) -> None:
        """Follow the mouse."""
        self._session.player.seek(self.scale.frame_at(to.x()))

    def end(self) -> None:
        """Let go."""
        if self._resume:
            self._session.player.play()


class MarkDrag(Drag):
    """The in or the out point."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(
        self, session: Session, lane: Lane, scale: Scale, start: QPointF, *, first: bool, trim: bool = False
    ) -> None:
        super().__init__(session, lane, scale, start)
        self._first = first
        if trim:
            self.cursor = TRIM

    def move(self, to: QPointF) -> None:
        """Set it under the mouse, never beyond the other one; at the clip's own end there is nothing to mark."""
        player, frame = self._session.player, self.scale.frame_at(to.x())
        begin, end = player.marks
        if self._first:
            frame = frame if end is None else min(frame, end)
            player.set_marks(frame or None, end)
        else:
            frame = frame if begin is None else max(frame, begin)
            player.set_marks(begin, frame if frame < self.scale.total - 1 else None)
        player.seek(frame)


class SegmentDrag(Drag):
    """A segment to select, or to put between others."""

    cursor = Qt.CursorShape.OpenHandCursor

    def __init__(self, session: Session, lane: Lane, scale: Scale, start: QPointF, segment: Segment) -> None:
        super().__init__(session, lane, scale, start)
        self._segment = segment

    def begin(self) -> None:
        """Select it."""
        self._session.film_generator.film.select(self._segment.id)

    def move(self, to: QPointF) -> None:
        """Show the place between segments."""
        far = abs(to.x() - self._start.x()) >= QApplication.startDragDistance()
        if far or self.gap is not None:
            self.gap = self._lane.gap_at(self.scale, to.x())

    def end(self) -> None:
        """Put it there."""
        if self.gap is None:
            return
        generator = self._session.film_generator
        at = generator.film.segments.index(self._segment)
        generator.edits.move(self._segment, self.gap - (self.gap > at))


class EdgeDrag(Drag):
    """A segment's start or end."""

    cursor = TRIM

    def __init__(
        self, session: Session, lane: Lane, scale: Scale, start: QPointF, segment: Segment, *, first: bool
    ) -> None:
        super().__init__(session, lane, scale, start)
        self._segment = segment
        self._first = first

    def begin(self) -> None:
        """Select the segment; what is trimmed now is one step to undo."""
        self._session.player.pause()
        self._session.film_generator.film.select(self._segment.id)
        self._session.film_generator.edits.begin_drag()

    def move(self, to: QPointF) -> None:
        """Trim by as many frames as the mouse has gone, and show the frame at the edge."""
        by = round((to.x() - self._start.x()) / self.scale.pitch)
        generator, segment = self._session.film_generator, self._segment
        if self._first:
            generator.edits.trim(segment, start=segment.start + by)
        else:
            generator.edits.trim(segment, stop=segment.stop + by)
        now = generator.film.segment(segment.id)
        first = generator.film.first_of(segment.id)
        if now is not None:
            self._session.player.seek(first if self._first else first + len(now) - 1)

    def end(self) -> None:
        """Nothing is left to do: each move was a trim."""


def grab(session: Session, lane: Lane, scale: Scale, at: QPointF) -> Drag:
    """What a press at ``at`` takes hold of."""
    if at.y() < RULER:
        first, last = session.player.marks
        if first is not None and abs(at.x() - scale.x(first)) <= NEAR:
            return MarkDrag(session, lane, scale, at, first=True)
        if last is not None and abs(at.x() - scale.x(last + 1)) <= NEAR:
            return MarkDrag(session, lane, scale, at, first=False)
        return Drag(session, lane, scale, at)
    if not lane.is_film:
        return _grab_clip(session, lane, scale, at)
    segment = lane.segment_at(scale.frame_at(at.x())) if at.y() < RULER + LANE else None
    if segment is None or at.x() > scale.x(scale.total):
        return Drag(session, lane, scale, at)
    block = next(block for block in lane.blocks() if block.id == segment.id)
    box = block_box(scale, block)
    if block.grips and box.width() > 3 * GRIP:
        if at.x() - box.left() <= GRIP:
            return EdgeDrag(session, lane, scale, at, segment, first=True)
        if box.right() - at.x() <= GRIP:
            return EdgeDrag(session, lane, scale, at, segment, first=False)
    return SegmentDrag(session, lane, scale, at, segment)


def _grab_clip(session: Session, lane: Lane, scale: Scale, at: QPointF) -> Drag:
    """A clip that is in no film is trimmed by its marks."""
    block = next(iter(lane.blocks()), None)
    if block is not None and block.grips and at.y() < RULER + LANE:
        box = block_box(scale, block)
        if abs(at.x() - box.left()) <= GRIP:
            return MarkDrag(session, lane, scale, at, first=True, trim=True)
        if abs(at.x() - box.right()) <= GRIP:
            return MarkDrag(session, lane, scale, at, first=False, trim=True)
    return Drag(session, lane, scale, at)
