"""The film's verbs as menus, keys and the timeline call them: which are possible now, and what they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from app.compose.draft import requests_of
from app.film.film import SUFFIX
from app.library.records import StoredRequest, readable
from engine.api.errors import UsageError, WaltError

if TYPE_CHECKING:
    from app.compose.draft import Draft
    from app.film.film import Segment
    from app.library.records import ClipRecord
    from app.window.session import Session
    from engine.api.request import ClipRequest

Verb = Literal[
    "continue", "retake", "add_to_film", "split", "delete_segment", "move_earlier", "move_later",
    "trim_start", "trim_end", "mark_in", "mark_out", "clear_marks", "next_segment", "previous_segment",
]  # fmt: skip
VIDEOS = {".mp4", ".webm", ".mov"}


class FilmActions(QObject):
    """Acts on what is selected, or else on what is under the playhead.

    Signals:
        trouble(WaltError): a verb could not be done.
    """

    trouble = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._generator = session.film_generator
        self._monitor = session.monitor
        self._verbs: dict[Verb, Callable[[], None]] = {
            "continue": self.continue_,
            "retake": self.retake,
            "add_to_film": self.add_to_film,
            "split": lambda: self._generator.edits.split(self._monitor.player.position),
            "delete_segment": lambda: self._with_segment(self._generator.edits.delete),
            "move_earlier": lambda: self._move(-1),
            "move_later": lambda: self._move(1),
            "trim_start": lambda: self._trim(start=True),
            "trim_end": lambda: self._trim(start=False),
            "mark_in": lambda: self._mark(first=True),
            "mark_out": lambda: self._mark(first=False),
            "clear_marks": lambda: self._monitor.player.set_marks(None, None),
            "next_segment": lambda: self._go(1),
            "previous_segment": lambda: self._go(-1),
        }

    @property
    def verbs(self) -> dict[Verb, Callable[[], None]]:
        """What each verb does; errors become `trouble`."""
        return {name: self._guarded(verb) for name, verb in self._verbs.items()}

    def possible(self) -> dict[Verb, bool]:
        """Which verbs make sense now."""
        film, player = self._generator.film, self._monitor.player
        in_film = self._monitor.mode == "film" and bool(film.segments)
        record = self.record
        shown = self._monitor.pictured
        segment = self.segment if in_film else None
        many = len(film.segments) > 1
        end = film.segments[-1] if film.segments else None
        can = self._generator.can_continue(end) if in_film else record is not None
        return {
            "continue": can and (self.own_words is not None or bool(self._session.draft.prompt.strip())),
            "retake": segment is not None and film.take_of(segment).request is not None,
            "add_to_film": not in_film and record is not None,
            "split": in_film and (found := film.at(player.position)) is not None
            and player.position != film.first_of(found[0].id),
            "delete_segment": segment is not None,
            "move_earlier": segment is not None and many and segment != film.segments[0],
            "move_later": segment is not None and many and segment != end,
            "trim_start": segment is not None or (shown and not in_film),
            "trim_end": segment is not None or (shown and not in_film),
            "mark_in": shown,
            "mark_out": shown,
            "clear_marks": player.marks != (None, None),
            "next_segment": in_film and many,
            "previous_segment": in_film and many,
        }  # fmt: skip

    @property
    def segment(self) -> Segment | None:
        """What the verbs are about: the selected segment, or the one under the playhead."""
        film = self._generator.film
        under = film.at(self._monitor.player.position)
        return film.selected or (under[0] if under else None)

    @property
    def own_words(self) -> StoredRequest | None:
        """The request of what would be continued: its words are used where the composer has none."""
        film, record = self._generator.film, self.record
        if self._monitor.mode == "film" and film.segments:
            return film.take_of(film.segments[-1]).request
        return record.request if record is not None else None

    @property
    def record(self) -> ClipRecord | None:
        """The library's record of the clip on show, as soon as it is there."""
        return self._session.current_clip.record

    @property
    def _part(self) -> range | None:
        """The part of the clip on show between its marks, if it has any."""
        player = self._monitor.player
        return player.part if player.marks != (None, None) else None

    # The longer verbs.

    def continue_(self) -> None:
        """Make what comes after the film, or after the clip on show."""
        film = self._generator.film
        record = self.record
        if self._monitor.mode == "film" and film.segments:
            last = film.segments[-1]
            self.continue_segment(last)
        elif record is not None:
            self._generator.continue_clip(record, self._wish(record.request), self._part)
            self._monitor.show("film")
            self._seek_to_selected()

    def continue_segment(self, segment: Segment) -> None:
        """Make what comes after a segment, and go there."""
        self._generator.continue_segment(segment, self._wish(self._generator.film.take_of(segment).request))
        self._seek_to_selected()

    def retake(self) -> None:
        """Make the segment again with another seed."""
        self._with_segment(lambda segment: self._generator.retake(segment, self._session.new_seed()))

    def add_to_film(self) -> None:
        """Put the clip on show at the film's end, from its in to its out point."""
        record = self.record
        if record is None:
            return
        self._generator.add(record, part=self._part)
        self._monitor.show("film")
        self._seek_to_selected()

    def drop(self, file: Path, at: int) -> None:
        """Something was dropped between two segments: a clip of the library, a still to begin with, or a film."""
        if file.suffix.lower() == SUFFIX:
            self._session.still.take(file)  # takes the place of this one
            return
        record = next((r for r in self._session.library.clips if self._session.library.path(r) == file), None)
        if record is not None:
            self._generator.add(record, at)
        elif file.suffix.lower() in VIDEOS:
            raise UsageError(
                "not-in-library",
                "Only clips from the library can be added to a film.",
                "Drop the video on the composer to start a new clip from one of its frames.",
            )
        else:
            self._begin_with(file, at)
        self._monitor.show("film")
        self._seek_to_selected()

    def _begin_with(self, still: Path, at: int) -> None:
        from engine.media.images import load_still

        load_still(still, *self._session.shape)  # refuse now what the engine would refuse later
        wish = self._wish(None)
        self._generator.begin_with(replace(wish, image=str(still)), at)

    def _wish(self, recipe: StoredRequest | None) -> ClipRequest:
        """What the composer asks for; with an empty prompt, the words of ``recipe``."""
        session = self._session
        draft: Draft = session.draft
        prompt = draft.prompt
        if not prompt.strip() and recipe is not None:
            prompt = readable(recipe).prompt
        if not prompt.strip():
            raise UsageError("no-prompt", "The prompt is empty.", "Write a prompt on the left.")
        seed = draft.seed if draft.seed_fixed else session.new_seed()
        asked = replace(draft, prompt=prompt, seed=seed, variations=1)
        return requests_of(asked, session.card, image=None, pack=session.pack)[0]

    def _with_segment(self, verb: Callable[[Segment], None]) -> None:
        segment = self.segment
        if segment is not None:
            verb(segment)

    def _move(self, by: int) -> None:
        segment = self.segment
        if segment is not None:
            self._generator.edits.move(segment, self._generator.film.segments.index(segment) + by)

    def _trim(self, *, start: bool) -> None:
        """Let the segment under the playhead, or the clip on show, begin or end there."""
        if self._monitor.mode == "clip":
            self._mark(first=start)
            return
        under = self._generator.film.at(self._monitor.player.position)
        if under is None:
            return
        segment, frame = under
        self._generator.edits.begin_drag()
        if start:
            self._generator.edits.trim(segment, start=frame)
            self._monitor.player.seek(self._generator.film.first_of(segment.id))
        else:
            self._generator.edits.trim(segment, stop=frame + 1)

    def _mark(self, *, first: bool) -> None:
        player = self._monitor.player
        begin, end = player.marks
        player.set_marks(player.position if first else begin, end if first else player.position)

    def _go(self, by: int) -> None:
        """Select the next or the previous segment, and go to its start."""
        film, segment = self._generator.film, self.segment
        if segment is not None:
            at = film.segments.index(segment) + by
            film.select(film.segments[max(0, min(at, len(film.segments) - 1))].id)
            self._seek_to_selected()

    def _seek_to_selected(self) -> None:
        selected = self._generator.film.selected
        if selected is not None:
            self._monitor.player.seek(self._generator.film.first_of(selected.id))

    def _guarded(self, verb: Callable[[], None]) -> Callable[[], None]:
        def call() -> None:
            try:
                verb()
            except WaltError as error:
                self.trouble.emit(error)

        return call
