"""Hands the queue's jobs to the engine, one at a time, and their clips to the library."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.core.bridge import Chunk, Ended, EngineBridge, News, StepPreview
from app.jobs.state import Done, Failed, Idle, JobState, Running, StageRun, Stopped, waiting_stages
from app.library.records import Job, State, UnreadableRequest, readable
from engine.api.errors import WaltError
from engine.api.events import (
    FinetuneDone,
    FinetuneSample,
    FinetuneStep,
    JobFailed,
    JobStarted,
    Planned,
    Ready,
    StageStarted,
    StepDone,
)
from engine.api.types import STAGES

if TYPE_CHECKING:
    from app.jobs.queue import Queue
    from app.library.library import Library
    from app.library.records import ClipRecord
    from engine.api.clip import Clip
    from engine.api.types import StageName


class JobRunner(QObject):
    """Runs one job after the other. A job is recorded as running before the engine gets it, under the same id.

    Signals:
        state_changed(): another kind of job state.
        progress_changed(): the running job came further.
        began(Job): another job runs.
        chunk(Chunk), preview(StepPreview): pictures of the running job.
        ended(Ended): it ended with these pictures, or with none.
    """

    state_changed = Signal()
    progress_changed = Signal()
    began = Signal(object)
    chunk = Signal(object)
    preview = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        bridge: EngineBridge,
        queue: Queue,
        library: Library,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._queue = queue
        self._library = library
        self._clock = clock
        self._state: JobState = Idle()
        self._newest: str | None = None
        """The id of the job that runs, or ran last."""
        self._closing = False
        bridge.news.connect(self._on_news)
        bridge.preview.connect(self._on_preview)
        library.kept.connect(self._on_kept)
        library.not_kept.connect(queue.not_kept)
        queue.wanted.connect(self._start_next)
        bridge.free.connect(self._start_next)

    @property
    def state(self) -> JobState:
        """How far the job has come."""
        return self._state

    def now(self) -> float:
        """The time by the clock that job states use."""
        return self._clock()

    def cancel(self) -> None:
        """Stop the running job; it answers within one step."""
        if isinstance(self._state, Running) and not self._state.cancelling:
            self._state = replace(self._state, cancelling=True)
            self._bridge.cancel(self._state.job.id)
            self.progress_changed.emit()

    def look(self, stage: StageName) -> None:
        """Ask for the frames of a stage of the newest job; they come as `chunk`."""
        if self._newest is not None:
            self._bridge.look(self._newest, stage)

    def close(self) -> None:
        """Start nothing more. What runs is interrupted when the engine ends, and can be tried again."""
        self._closing = True

    @Slot()
    def _start_next(self) -> None:
        """Hand the next job to the engine, when it has none and the store knows that it begins."""
        if isinstance(self._state, Running) or self._closing or self._bridge.task is not None:
            return
        job = self._queue.next()
        if job is None:
            return
        if isinstance(job.request, UnreadableRequest):
            error = job.request.error
            self._queue.start(job, lambda _: self._queue.end("failed", error))
            return
        self._newest = job.id
        self._state = Running(job, self._clock(), waiting_stages(job.request.upto))
        self._queue.start(job, self._submit)
        self._tell()
        self.began.emit(job)

    def _submit(self, job: Job) -> None:
        state = self._state
        if not isinstance(state, Running) or state.job.id != job.id:
            return
        if state.cancelling or self._closing:
            self._stop(state, None)
            return
        try:
            self._state = replace(state, job=job)
            self._bridge.submit(readable(job.request), job.id)
        except WaltError as error:
            self._fail(state, error, "")

    @Slot(object)
    def _on_news(self, news: News) -> None:
        running = self._state
        if isinstance(news, Chunk) and news.job == self._newest:
            self.chunk.emit(news)  # perhaps of a stage that is looked back at when the job is over
        if not isinstance(running, Running) or news.job != running.job.id:
            return
        now = self._clock()
        match news:
            case JobStarted():
                self._set_running(replace(running, started=True))
            case StageStarted():
                self._set_running(running.on_stage(news, now))
            case StepDone():
                self._set_running(running.on_step(news, now))
            case Chunk():
                self._set_running(running.on_chunk(news, now))
            case Ended():
                self._end(running, news, now)
            case JobFailed():
                self._fail(running, news.error, news.details)
            case Planned() | Ready():
                pass  # the form's estimate has said it
            case FinetuneStep() | FinetuneSample() | FinetuneDone():
                pass  # another job's

    @Slot(object)
    def _on_preview(self, preview: StepPreview) -> None:
        if isinstance(self._state, Running) and preview.job == self._state.job.id:
            self.preview.emit(preview)

    def _end(self, running: Running, news: Ended, now: float) -> None:
        clip = news.clip
        if clip is None:
            self._stop(running, None)
            return
        self.ended.emit(news)
        stages = _timed(running.stages, clip)
        if news.complete:
            waited = max(now - running.began, clip.seconds.get("total", 0.0))
            self._state = Done(clip, stages, waited)
            self._tell()
            self._keep(clip, "done")
        else:
            self._stop(replace(running, stages=stages), clip)

    def _stop(self, running: Running, clip: Clip | None) -> None:
        """It was cancelled: by the person, or because the window closes."""
        state: State = "cancelled" if running.cancelling and not self._closing else "interrupted"
        self._state = Stopped(clip, running.stages)
        if clip is None:
            self.ended.emit(Ended(running.job.id, None, (), complete=False))
        self._tell()
        if clip is None:
            self._queue.end(state)
        else:
            self._keep(clip, state)

    def _fail(self, running: Running, error: WaltError, details: str) -> None:
        self._state = Failed(running.request, error, details, running.stages)
        self.ended.emit(Ended(running.job.id, None, (), complete=False))
        self._tell()
        self._queue.end("failed", error)

    def _keep(self, clip: Clip, state: State) -> None:
        """Every clip goes into the library, and so does what was finished of one that was stopped."""
        job = self._queue.running
        if job is not None:
            self._library.keep(clip, job.id, state)
            self._queue.end(state, recorded=True)

    @Slot(str, object)
    def _on_kept(self, job: str, record: ClipRecord) -> None:
        self._queue.set_clip(job, record.id)

    def _set_running(self, running: Running) -> None:
        self._state = running
        self.progress_changed.emit()

    def _tell(self) -> None:
        self.state_changed.emit()
        self.progress_changed.emit()


def _timed(stages: tuple[StageRun, ...], clip: Clip) -> tuple[StageRun, ...]:
    """The engine's own seconds for the finished stages, in place of the window's estimate.

    It tells decoding as one figure; each stage has its share of that, by the size of its pictures.
    """
    finished = [stage for stage in stages if STAGES.index(stage.name) <= STAGES.index(clip.stage)]
    pixels = {stage.name: prod(stage.size) if stage.size else 0 for stage in finished}
    decoding = clip.seconds.get("decode", 0.0) / max(1, sum(pixels.values()))

    def timed(stage: StageRun) -> StageRun:
        if stage.name not in pixels:
            return replace(stage, seconds=None)
        denoising = clip.seconds.get(stage.name)
        share = decoding * pixels[stage.name]
        return replace(stage, seconds=stage.seconds if denoising is None else denoising + share)

    return tuple(timed(stage) for stage in stages)
