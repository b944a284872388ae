"""What is on show: the clip of the newest job, one of the library, or a segment of the film; and its stages."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot

from app.core.frames import to_thumbs
from app.jobs.state import Done, Idle, JobState, Running, StageRun, Stopped, waiting_stages
from app.library.records import ClipRecord, UnreadableRequest, readable
from app.playback.frame_buffer import FrameBuffer
from engine.api.errors import WaltError
from engine.api.types import STAGES, StageName

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QImage

    from app.core.background_tasks import BackgroundTasks
    from app.core.frames import Pixels
    from app.jobs.job_runner import JobRunner
    from app.library.library import Library
    from app.playback.job_frames import JobFrames
    from app.playback.monitor import FilmSegment, Monitor
    from engine.api.clip import Clip

NUDGE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class LibraryClip:
    """A clip of the library in memory, and what the library knows of it."""

    record: ClipRecord
    clip: Clip


@dataclass(frozen=True, slots=True)
class FilmClip:
    """The clip of a segment of the film; ``record`` is None if the library doesn't have it."""

    segment: FilmSegment
    record: ClipRecord | None


Source = JobState | LibraryClip | FilmClip
"""Whose picture is on show; a job's state stands for the newest job."""


def read_clip(path: Path, record: ClipRecord) -> tuple[Clip, tuple[QImage, ...]]:
    """Decode a clip of the library, with its thumbnails; for a worker thread.

    Raises:
        WaltError: as `engine.media.reading.read_clip`, or ``bad-request``.
    """
    from engine.api.clip import Clip
    from engine.api.provenance import KEY, Provenance
    from engine.media.reading import read_clip

    frames, fps, metadata = read_clip(path)
    stage = cast("StageName", record.stage)
    provenance: Provenance | None = None
    with suppress(KeyError, ValueError):  # a clip of an older walt's has none
        provenance = Provenance.from_json(metadata[KEY])
    clip = Clip(frames, readable(record.request), stage, record.pack, {}, round(fps), provenance)
    return clip, to_thumbs(frames)


def stages_of(record: ClipRecord | None) -> tuple[StageRun, ...]:
    """The stages of a clip of the library: its last one is there, those before it were made, those after it were not.

    Empty where nothing is known of them.
    """
    if record is None or record.stage not in STAGES:
        return ()
    last = record.stage
    wished = last if isinstance(record.request, UnreadableRequest) else record.request.upto
    at = STAGES.index(last)
    upto: StageName = wished if STAGES.index(wished) > at else last
    size = (record.width, record.height)
    return tuple(
        StageRun(run.name, size if run.name == last else None, past=index <= at)
        for index, run in enumerate(waiting_stages(upto))
    )


class CurrentClip(QObject):
    """The one answer to what is on show.

    While a clip of the library is on show, the newest job's frames are kept and can be returned to. Its stages can be
    looked back at, and compared.

    Signals:
        changed(): another source, or something new is known of it.
        stages_changed(): another stage is looked at or compared, or is there now, or no longer.
        failed(WaltError): a clip of the library could not be read.
    """

    changed = Signal()
    stages_changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        job_runner: JobRunner,
        job_frames: JobFrames,
        library: Library,
        monitor: Monitor,
        tasks: BackgroundTasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._job_runner = job_runner
        self._job_frames = job_frames
        self._library = library
        self._monitor = monitor
        self._tasks = tasks
        self._library_clip: LibraryClip | None = None
        self._other: LibraryClip | FilmClip | None = None
        self._other_stages: tuple[StageRun, ...] = ()
        self._pictured = False
        """Whether the newest job has shown a picture since its clip is on show."""
        self._opened = 0
        self._whole: tuple[StageName, ...] = ()
        self._sampled: tuple[StageName, ...] = ()
        self._looking: StageName | None = None
        self._comparing = False
        self._divider = 0.5
        job_runner.progress_changed.connect(self._on_progress)
        job_frames.began.connect(self._on_began)
        job_frames.reset.connect(self._on_reset)
        job_frames.changed.connect(self._on_frames)
        job_frames.ended.connect(self.stages_changed)
        job_frames.kept.connect(self._on_kept)
        monitor.mode_changed.connect(self._on_mode)
        monitor.segment_changed.connect(self._look_again)
        library.changed.connect(self._look_again)

    # Whose picture it is.

    @property
    def source(self) -> Source:
        """Whose picture is on show."""
        return self._other or self._job_runner.state

    @property
    def reported(self) -> Source:
        """What stages and status line are about: the job that runs, or else the source."""
        state = self._job_runner.state
        return state if isinstance(state, Running) else self.source

    @property
    def library_clip(self) -> LibraryClip | None:
        """The clip of the library that takes the place of the newest job's."""
        return self._library_clip

    @property
    def record(self) -> ClipRecord | None:
        """The library's record of the clip that is, or would be, on show beside the film; as soon as it is there."""
        return self._library_clip.record if self._library_clip is not None else self._job_frames.record

    @property
    def clip(self) -> Clip | None:
        """The same clip, if it is whole."""
        if self._library_clip is not None:
            return self._library_clip.clip
        state = self._job_runner.state
        return state.clip if isinstance(state, Done | Stopped) else None

    @property
    def position(self) -> int:
        """The frame under the playhead."""
        return self._monitor.player.position

    def open(self, record: ClipRecord, then: Callable[[], None] | None = None) -> None:
        """Show and play a clip of the library; then call ``then``. The last one asked for is shown."""
        self._opened += 1
        turn = self._opened
        path = self._library.path(record)

        def opened(read: tuple[Clip, tuple[QImage, ...]]) -> None:
            if turn != self._opened:
                return
            clip, thumbs = read
            self._library_clip = LibraryClip(record, clip)
            self._show(FrameBuffer.of(clip.frames, thumbs, clip.fps))
            if then is not None:
                then()

        def failed(error: WaltError) -> None:
            self.failed.emit(error)

        self._tasks.run(lambda: read_clip(path, record), opened, failed)

    def watch(self) -> None:
        """Show what the engine makes, or made last."""
        self._opened += 1
        if self._library_clip is not None:
            self._library_clip = None
            self._pictured = not self._job_frames.frames.empty
            self._show(self._job_frames.frames)

    def _show(self, frames: FrameBuffer) -> None:
        """Another clip is on show, whole or as far as it came: play it."""
        self._monitor.set_clip(frames)
        self._monitor.show("clip")
        self._set_other(self._library_clip)
        self.changed.emit()
        self.stages_changed.emit()
        self._monitor.play_clip()

    @Slot()
    def _look_again(self) -> None:
        """The film may show another clip, or more may be known of it."""
        other = self._find_other()
        if other != self._other:
            self._set_other(other)
            self.changed.emit()

    def _find_other(self) -> LibraryClip | FilmClip | None:
        """What is on show, if it is not the clip of the newest job."""
        if self._monitor.mode == "clip":
            return self._library_clip
        segment = self._monitor.segment
        if segment is None or self._job_frames.made(segment.job, segment.file):
            return None
        return FilmClip(segment, self._library.kept_as(segment.file) if segment.file is not None else None)

    def _set_other(self, other: LibraryClip | FilmClip | None) -> None:
        self._other = other
        self._other_stages = stages_of(other.record) if other is not None else ()

    @Slot()
    def _on_mode(self) -> None:
        self._set_other(self._find_other())
        self.changed.emit()
        self.stages_changed.emit()

    # What comes of the newest job.

    @Slot()
    def _on_began(self) -> None:
        self._looking = None
        self._pictured = False
        self._look_again()
        self.stages_changed.emit()

    @Slot()
    def _on_reset(self) -> None:
        if self._library_clip is None:
            self._monitor.set_clip(self._job_frames.frames)

    @Slot(int, int)
    def _on_frames(self, first: int, last: int) -> None:
        if self._library_clip is None:
            self._monitor.refresh_clip(first, last)
            if not self._pictured:
                self._pictured = True
                self._monitor.play_clip()
        if self.whole != self._whole:
            self._whole = self.whole
            self.stages_changed.emit()

    @Slot()
    def _on_progress(self) -> None:
        if self.sampled != self._sampled:
            self._sampled = self.sampled
            self._ask_for_frames()
            self.stages_changed.emit()

    @Slot()
    def _on_kept(self) -> None:
        self._set_other(self._find_other())
        self.changed.emit()

    # Its stages.

    @property
    def stages(self) -> tuple[StageRun, ...]:
        """The stages of what is reported; empty where nothing is known of them."""
        reported = self.reported
        if isinstance(reported, LibraryClip | FilmClip):
            return self._other_stages
        return () if isinstance(reported, Idle) else reported.stages

    @property
    def shown(self) -> bool:
        """Whether the clip of the newest job is on show, whose stages can be looked at."""
        return self._monitor.mode == "clip" and self._library_clip is None

    @property
    def whole(self) -> tuple[StageName, ...]:
        """The stages of the newest job's clip of which every frame is there, in their order."""
        return self._job_frames.frames.stages

    @property
    def sampled(self) -> tuple[StageName, ...]:
        """The stages of the newest job's clip whose frames are there, or can be decoded; in their order."""
        state, whole = self._job_runner.state, self.whole
        there = isinstance(state, Running | Done) or (isinstance(state, Stopped) and state.clip is not None)
        runs = state.stages if there and isinstance(state, Running | Done | Stopped) else ()
        done = {run.name for run in runs if run.done}
        return tuple(stage for stage in STAGES if stage in done or stage in whole)

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
        sampled = self.sampled
        if not self.shown or len(sampled) < 2:
            return None
        return self._looking if self._looking in sampled[:-1] else sampled[0]

    @property
    def divider(self) -> float:
        """Where the divider is, from 0 (left) to 1."""
        return self._divider

    def can_look(self, stage: StageName) -> bool:
        """Whether a stage can be looked at now."""
        return self.shown and stage in self.sampled

    def look(self, stage: StageName) -> None:
        """Look back at a stage; at the newest when that is the one, or when it is looked at already.

        Until its frames are decoded, what was on show stays there.
        """
        if not self.can_look(stage):
            return
        back = stage == self._looking or (stage == self.sampled[-1] and self._finest(stage) and not self._comparing)
        self._looking = None if back else stage
        self._ask_for_frames()
        self.stages_changed.emit()

    def _finest(self, stage: StageName) -> bool:
        """Whether the picture on show is of this stage without looking back."""
        return stage in self.whole[-1:]

    def _ask_for_frames(self) -> None:
        """Have those stages decoded that are looked at."""
        for stage in (self.looking, self.before if self._comparing else None):
            if stage is not None and stage not in self.whole:
                self._job_runner.look(stage)

    def compare(self, yes: bool) -> None:
        """Show two stages side by side, or no longer."""
        if yes != self._comparing:
            self._comparing = yes
            self._ask_for_frames()
            self.stages_changed.emit()

    def divide(self, at: float) -> None:
        """Put the divider somewhere."""
        self._divider = max(0.0, min(1.0, at))
        self.stages_changed.emit()

    def nudge(self, steps: int) -> None:
        """Move the divider a little, left or right."""
        self.divide(self._divider + NUDGE * steps)

    # Its frames under the playhead.

    @property
    def frame(self) -> Pixels | None:
        """The picture under the playhead: of the stage that is looked at, or the finest."""
        if self.looking is not None:
            decoded = self._job_frames.frames.stage_frame(self.looking, self.position)
            if decoded is not None:
                return decoded
        return self._monitor.frame(self.position)

    @property
    def frame_before(self) -> Pixels | None:
        """What is on the left of the divider, if two stages are compared."""
        if not self._comparing or self.before is None:
            return None
        return self._job_frames.frames.stage_frame(self.before, self.position)
