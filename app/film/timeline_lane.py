"""What stands in the timeline's lane: the film's segments, or the one clip on show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.core.formatting import seconds_text
from app.film.film import placed
from app.film.timeline_paint import Block
from app.jobs.state import Running
from engine.api.request import ClipRequest

if TYPE_CHECKING:
    from app.film.film import Segment, Take
    from app.film.timeline_scale import Scale
    from app.window.session import Session


class Lane(QObject):
    """Blocks to paint, and what is under a place.

    Signals:
        changed(): other blocks, or the same with other words.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._film = session.film_generator.film
        self._film.changed.connect(self.changed)
        self._film.take_changed.connect(self._take_changed)
        self._film.selected_changed.connect(self.changed)
        session.progress_changed.connect(self._progressed)
        session.state_changed.connect(self.changed)
        session.current_clip.changed.connect(self.changed)
        session.player.marks_changed.connect(self.changed)

    @property
    def is_film(self) -> bool:
        """Whether the lane holds segments that can be edited."""
        return self._session.monitor.mode == "film"

    def blocks(self) -> list[Block]:
        """What to paint."""
        if self.is_film:
            return [self._block(segment, first) for segment, first in placed(self._film.segments)]
        if not self._session.monitor.total:
            return []
        part, made = self._session.player.part, self._fraction()
        return [Block("", part.start, len(part), self._clip_words(), fraction=made, grips=made is None)]

    def parts(self) -> list[tuple[int, int]]:
        """The first frame and the length of what stands side by side in the filmstrip."""
        if self.is_film:
            return [(first, len(segment)) for segment, first in placed(self._film.segments)]
        total = self._session.monitor.total
        return [(0, total)] if total else []

    @property
    def selected(self) -> int | None:
        """Place of the selected segment."""
        return next((at for at, block in enumerate(self.blocks()) if block.selected), None)

    def start_of(self, at: int) -> int:
        """The frame before which the ``at``-th segment begins, or the film ends."""
        starts = [first for _, first in placed(self._film.segments)] if self.is_film else []
        return starts[at] if at < len(starts) else self._session.monitor.total

    def segment_at(self, frame: int) -> Segment | None:
        """The segment that shows a frame."""
        found = self._film.at(frame) if self.is_film else None
        return found[0] if found else None

    def select_at(self, frame: int) -> None:
        """Select the segment that shows a frame."""
        segment = self.segment_at(frame)
        if segment is not None:
            self._film.select(segment.id)

    def gap_at(self, scale: Scale, x: float) -> int:
        """Before which segment something goes that is let go at a place."""
        if not self.is_film:
            return len(self._film.segments)
        middles = [
            scale.x(first) + len(segment) * scale.pitch / 2 for segment, first in placed(self._film.segments)
        ]
        return sum(x > middle for middle in middles)

    def spoken(self, frame: int) -> str:
        """The segment under a frame, in words."""
        segment = self.segment_at(frame)
        if segment is None:
            return ""
        number = self._film.segments.index(segment) + 1
        words = self.tr("segment {0} of {1}").format(number, len(self._film.segments))
        state = self._state_words(self._film.take_of(segment))
        return ", ".join(part for part in (words, self._label(segment), state) if part)

    def tip(self, frame: int) -> str:
        """More about the segment under a frame."""
        segment = self.segment_at(frame)
        if segment is None:
            return ""
        take = self._film.take_of(segment)
        prompt, seed = self._recipe(take)
        length = seconds_text(len(segment) / self._film.fps)
        frames = self.tr("frames {0} to {1} of {2}").format(
            segment.start + 1, segment.stop, self._film.length_of(take)
        )
        lines = [
            prompt,
            f"{length} · {frames}",
            self.tr("seed {0}").format(seed) if seed else "",
            take.trouble,
        ]
        return "\n".join(line for line in lines if line)

    def _block(self, segment: Segment, first: int) -> Block:
        take = self._film.take_of(segment)
        return Block(
            segment.id,
            first,
            len(segment),
            self._state_words(take) or self._label(segment),
            selected=self._film.selected == segment,
            fraction=self._part_made(take),
            trouble=bool(take.trouble),
            grips=not take.pending,
        )

    def _label(self, segment: Segment) -> str:
        take = self._film.take_of(segment)
        prompt, _seed = self._recipe(take)
        return prompt or (take.file.stem if take.file else "")

    def _state_words(self, take: Take) -> str:
        if take.trouble:
            return take.trouble
        if not take.pending:
            return ""
        running = self._session.queue.running
        if running is not None and running.id == take.job:
            return self.tr("being made")
        return self.tr("waiting")

    def _part_made(self, take: Take) -> float | None:
        if not take.pending:
            return None
        running = self._session.queue.running
        made = self._fraction() if running is not None and running.id == take.job else None
        return made or 0.0

    def _fraction(self) -> float | None:
        """How much of the running job is done, by its stages."""
        state = self._session.state
        if not isinstance(state, Running):
            return None
        if not self.is_film and self._session.current_clip.library_clip is not None:
            return None
        return sum(stage.fraction for stage in state.stages) / max(len(state.stages), 1)

    def _clip_words(self) -> str:
        clip = self._session.current_clip.clip
        state = self._session.state
        if clip is not None:
            return clip.request.prompt
        return state.request.prompt if isinstance(state, Running) else ""

    def _recipe(self, take: Take) -> tuple[str, str]:
        """Prompt and seed of a take."""
        request = take.request
        return (request.prompt, str(request.seed)) if isinstance(request, ClipRequest) else ("", "")

    @Slot(str)
    def _take_changed(self, _take: str) -> None:
        self.changed.emit()

    @Slot()
    def _progressed(self) -> None:
        self.changed.emit()
