"""Every stage of the newest clip, to look back at and to compare: what the base made, what the others added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.api.types import STAGES, StageName

if TYPE_CHECKING:
    from app.core.bridge import Chunk, Ended
    from app.core.frames import Pixels
    from app.jobs.job_runner import JobRunner
    from app.playback.monitor import Monitor
    from app.playback.screen import Screen

NUDGE = 0.05


class Stages(QObject):
    """Keeps the frames of each stage that the engine finished, and knows which one is looked at.

    Signals:
        changed(): another stage is looked at or compared, or is there now, or no longer.
    """

    changed = Signal()

    def __init__(self, maker: JobRunner, screen: Screen, monitor: Monitor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._screen = screen
        self._monitor = monitor
        self._frames: dict[StageName, list[Pixels | None]] = {}
        self._looking: StageName | None = None
        self._comparing = False
        self._divider = 0.5
        maker.began.connect(self._on_began)
        maker.chunk.connect(self._on_chunk)
        maker.ended.connect(self._on_ended)
        screen.changed.connect(self.changed)
        monitor.mode_changed.connect(self.changed)

    @property
    def shown(self) -> bool:
        """Whether the clip that these stages are of is on show."""
        return self._monitor.mode == "clip" and self._screen.stored is None

    @property
    def looking(self) -> StageName | None:
        """The stage that is looked back at; None is the newest."""
        return self._looking if self.shown and not self._comparing else None

    @property
    def comparing(self) -> bool:
        """Whether two stages are shown side by side."""
        return self._comparing and self.before is not None

    @property
    def before(self) -> StageName | None:
        """The stage on the left of the divider: the one chosen, or the first."""
        whole = self.whole
        if not self.shown or len(whole) < 2:
            return None
        return self._looking if self._looking in whole[:-1] else whole[0]

    @property
    def divider(self) -> float:
        """Where the divider is, from 0 (left) to 1."""
        return self._divider

    @property
    def whole(self) -> tuple[StageName, ...]:
        """The stages of which every frame is there, in their order."""
        found = self._frames
        return tuple(name for name in STAGES if name in found and all(f is not None for f in found[name]))

    def can_look(self, stage: StageName) -> bool:
        """Whether a stage can be looked at now."""
        return self.shown and stage in self.whole

    def frame(self, stage: StageName, index: int) -> Pixels | None:
        """A frame as a stage made it."""
        frames = self._frames.get(stage, [])
        return frames[index] if index < len(frames) else None

    def look(self, stage: StageName) -> None:
        """Look back at a stage; at the newest when that is the one, or when it is looked at already."""
        if not self.can_look(stage):
            return
        back = stage == self._looking or (stage == self.whole[-1] and not self._comparing)
        self._looking = None if back else stage
        self.changed.emit()

    def compare(self, yes: bool) -> None:
        """Show two stages side by side, or no longer."""
        if yes != self._comparing:
            self._comparing = yes
            self.changed.emit()

    def divide(self, at: float) -> None:
        """Put the divider somewhere."""
        self._divider = max(0.0, min(1.0, at))
        self.changed.emit()

    def nudge(self, steps: int) -> None:
        """Move the divider a little, left or right."""
        self.divide(self._divider + NUDGE * steps)

    @Slot(object)
    def _on_began(self, _request: object) -> None:
        self._frames.clear()
        self._looking = None
        self.changed.emit()

    @Slot(object)
    def _on_chunk(self, chunk: Chunk) -> None:
        frames = self._frames.setdefault(chunk.stage, [None] * chunk.total)
        frames[chunk.first : chunk.first + len(chunk.frames)] = list(chunk.frames)
        if chunk.first + len(chunk.frames) >= chunk.total:
            self.changed.emit()

    @Slot(object)
    def _on_ended(self, news: Ended) -> None:
        if news.clip is None:
            self._frames.clear()
        else:  # a stage that was stopped midway is not there
            kept = STAGES[: STAGES.index(news.clip.stage) + 1]
            self._frames = {name: frames for name, frames in self._frames.items() if name in kept}
        self.changed.emit()
