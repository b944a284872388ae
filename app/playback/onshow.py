"""What is on show: a job's pictures, or something that was made before, and what is known of that."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.jobs.state import JobState, Running, StageRun, waiting_stages
from app.library.records import parse_request
from engine.api.errors import WaltError
from engine.api.types import STAGES

if TYPE_CHECKING:
    from app.film.film import Film, Segment
    from app.library.records import ClipRecord
    from app.window.session import Session
    from engine.api.types import StageName


@dataclass(frozen=True, slots=True)
class Kept:
    """A clip that was made before, by itself or as a part of the film.

    ``record`` is the library's, None if it does not have the clip; ``place`` is which of how many segments of
    the film it is, from 1; None for a clip by itself. ``stages`` are empty where nothing is known of them.
    """

    record: ClipRecord | None
    stages: tuple[StageRun, ...] = ()
    place: tuple[int, int] | None = None


def on_show(session: Session) -> JobState | Kept:
    """What stages and status are about: the job that runs, or else what the picture above them is."""
    state, stored = session.state, session.screen.stored
    if isinstance(state, Running):
        return state
    if session.monitor.mode == "clip":
        return state if stored is None else kept(stored.record)
    film, segment = session.room.film, segment_on_show(session)
    if segment is None or session.room.made_last(film.take_of(segment)):
        return state
    file = film.take_of(segment).file
    record = session.library.kept_as(file) if file is not None else None
    return kept(record, _place(film, segment))


def segment_on_show(session: Session) -> Segment | None:
    """The segment under the playhead, if the film is on show."""
    found = session.room.film.at(session.player.position) if session.monitor.mode == "film" else None
    return found[0] if found else None


def kept(record: ClipRecord | None, place: tuple[int, int] | None = None) -> Kept:
    """A clip of the library: its last stage is there, those before it were made, those after it were not."""
    if record is None or record.stage not in STAGES:
        return Kept(record, (), place)
    last = wished = record.stage
    with suppress(WaltError):  # settings that this version cannot read
        wished = parse_request(record.request).upto
    at = STAGES.index(last)
    upto: StageName = wished if STAGES.index(wished) > at else last
    size = (record.width, record.height)
    stages = tuple(
        StageRun(run.name, size if run.name == last else None, past=index <= at)
        for index, run in enumerate(waiting_stages(upto))
    )
    return Kept(record, stages, place)


def _place(film: Film, segment: Segment) -> tuple[int, int]:
    return film.segments.index(segment) + 1, len(film.segments)
