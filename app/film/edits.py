"""Every edit of a film, as a step that can be undone."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QUndoCommand

from app.film import film as change
from app.film.film import Film, Segment, Segments, Take

_TRIM = 1
translate = QCoreApplication.translate


class _Edit(QUndoCommand):
    """Other segments than before. Trims of one edge in a row are one step."""

    def __init__(
        self, film: Film, text: str, after: Segments, edge: str = "", chosen: str | None = None
    ) -> None:
        super().__init__(text)
        self._film = film
        self._before, self._after = (film.segments, film.fps), (after, film.fps_with(after))
        self._edge = edge
        self._was, self._chosen = film.selected, chosen

    def id(self) -> int:
        """Steps with the same number above -1 may be merged."""
        return _TRIM if self._edge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Swallow the next step of the same drag."""
        if not isinstance(other, _Edit) or other._edge != self._edge:
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        """Make the change."""
        self._film.set_segments(*self._after)
        if self._chosen is not None:
            self._film.select(self._chosen)

    def undo(self) -> None:
        """Take it back."""
        self._film.set_segments(*self._before)
        if self._was is not None:
            self._film.select(self._was.id)


class Edits:
    """The verbs of a film. Each is one step of its history, or none if it would change nothing."""

    def __init__(self, film: Film) -> None:
        self._film = film
        self._drag = 0

    def insert(self, take: Take, at: int | None = None, part: range | None = None) -> Segment:
        """Put a take, or a part of it, before the ``at``-th segment, or at the end."""
        film = self._film
        film.put_take(take)
        whole = range(film.length_of(take)) if part is None else part
        segment = Segment(take.id, whole.start, whole.stop)
        place = len(film.segments) if at is None else at
        self._push(
            translate("Edits", "Add Clip"), change.inserted(film.segments, place, segment), chosen=segment.id
        )
        return segment

    def continue_with(self, take: Take, after: str) -> Segment:
        """Put a take that is being made right after a segment."""
        film = self._film
        film.put_take(take)
        place = [segment.id for segment in film.segments].index(after) + 1
        segment = Segment(take.id, 0, film.length_of(take))
        self._push(
            translate("Edits", "Continue"), change.inserted(film.segments, place, segment), chosen=segment.id
        )
        return segment

    def retake(self, segment: Segment, take: Take) -> None:
        """Show another take in a segment, all of it."""
        self._film.put_take(take)
        new = replace(segment, take=take.id, start=0, stop=self._film.length_of(take))
        self._push(
            translate("Edits", "New Take"), change.replaced(self._film.segments, new), chosen=segment.id
        )

    def delete(self, segment: Segment) -> None:
        """Take a segment out; the one that follows is selected."""
        ids = [other.id for other in self._film.segments]
        at = ids.index(segment.id)
        rest = change.removed(self._film.segments, segment.id)
        self._push(translate("Edits", "Delete Segment"), rest)
        if rest:
            self._film.select(rest[min(at, len(rest) - 1)].id)

    def move(self, segment: Segment, to: int) -> None:
        """Make a segment the ``to``-th."""
        after = change.moved(self._film.segments, segment.id, to)
        self._push(translate("Edits", "Move Segment"), after, chosen=segment.id)

    def split(self, frame: int) -> None:
        """Cut the film before a frame."""
        after = change.split(self._film.segments, frame)
        cut = next((segment.id for segment, first in change.placed(after) if first == frame), None)
        self._push(translate("Edits", "Split"), after, chosen=cut)

    def begin_drag(self) -> None:
        """What is trimmed from now on is another step than what was trimmed before."""
        self._drag += 1

    def trim(self, segment: Segment, *, start: int | None = None, stop: int | None = None) -> None:
        """Give a segment another start or stop, in frames of its take at the film's rate."""
        new = change.trimmed(
            segment, self._film.length_of(self._film.take_of(segment)), start=start, stop=stop
        )
        edge = f"{self._drag}/{segment.id}/{'start' if start is not None else 'stop'}"
        self._push(translate("Edits", "Trim"), change.replaced(self._film.segments, new), edge, segment.id)

    def clear(self) -> None:
        """Take everything out."""
        self._push(translate("Edits", "New Film"), ())

    def _push(self, text: str, after: Segments, edge: str = "", chosen: str | None = None) -> None:
        if after != self._film.segments:
            self._film.history.push(_Edit(self._film, text, after, edge, chosen))
