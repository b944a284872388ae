"""An engine without networks: plays scripted events from its own thread, obeys gates, cancel and close."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from engine.api.clip import Clip
from engine.api.errors import WaltError
from engine.api.events import (
    Event,
    FinetuneDone,
    FinetuneSample,
    FinetuneStep,
    FramesReady,
    JobCancelled,
    JobDone,
    JobFailed,
    JobStarted,
    StageStarted,
    StepDone,
)
from engine.api.request import ClipRequest
from engine.api.types import StageName

STEPS = 3
TOTAL = 17
SIZES: dict[StageName, tuple[int, int]] = {"base": (28, 16), "sr1": (56, 32), "sr2": (112, 64)}
RED: dict[StageName, int] = {"base": 60, "sr1": 120, "sr2": 180}
PREVIEW_RED = 240


@dataclass
class Gate:
    """Holds a script until the test lets it go on, or the job is cancelled."""

    open: threading.Event = field(default_factory=threading.Event)


Script = Callable[[str, ClipRequest], Iterator[Event | Gate]]


def frames_of(stage: StageName, total: int = TOTAL) -> np.ndarray:
    """Frames whose red says the stage and whose green says the frame."""
    width, height = SIZES[stage]
    frames = np.zeros((total, height, width, 3), np.uint8)
    frames[..., 0] = RED[stage]
    frames[..., 1] = (10 * np.arange(total))[:, None, None]
    return frames


def preview_of(number: int = 0) -> np.ndarray:
    """Five latent frames; blue says which step, green which latent frame."""
    frames = np.zeros((5, 2, 4, 3), np.uint8)
    frames[..., 0] = PREVIEW_RED
    frames[..., 1] = (40 * np.arange(5))[:, None, None]
    frames[..., 2] = number
    return frames


def clip_of(stage: StageName, request: ClipRequest) -> Clip:
    """A finished clip as far as a stage."""
    seconds = {"base": 1.5, "sr1": 2.5, "sr2": 3.5, "decode": 0.5, "total": 8.0}
    return Clip(frames_of(stage, request.new_frames), request, stage, request.pack, seconds)


def play_stage(job: str, stage: StageName, total: int = TOTAL) -> Iterator[Event]:
    """One stage: its start, its steps with previews, its frames in two chunks."""
    width, height = SIZES[stage]
    yield StageStarted(job, stage, width, height, total, STEPS)
    for step in range(1, STEPS + 1):
        yield StepDone(job, stage, step, STEPS, 1.0, 5.0, preview_of(step))
    frames = frames_of(stage, total)
    yield FramesReady(job, stage, 0, total, frames[:9])
    yield FramesReady(job, stage, 9, total, frames[9:])


def whole_clip(job: str, request: ClipRequest) -> Iterator[Event]:
    """A job that goes well."""
    yield JobStarted(job)
    for stage in SIZES:
        yield from play_stage(job, stage, request.new_frames)
    yield JobDone(job, clip_of("sr2", request))


def last_stage_decoded(job: str, request: ClipRequest) -> Iterator[Event]:
    """A job that goes well and that nobody looks at: of the stages before the last no frames come."""
    for event in whole_clip(job, request):
        if not isinstance(event, FramesReady) or event.stage == "sr2":
            yield event


def failing(error: WaltError, details: str = "") -> Script:
    """A job that fails in its first stage."""

    def script(job: str, request: ClipRequest) -> Iterator[Event]:
        yield JobStarted(job)
        yield from list(play_stage(job, "base"))[:3]
        yield JobFailed(job, error, details)

    return script


def gated(gate: Gate, before: StageName) -> Script:
    """A job that waits at a gate in the middle of a stage."""

    def script(job: str, request: ClipRequest) -> Iterator[Event | Gate]:
        yield JobStarted(job)
        for stage in SIZES:
            events = list(play_stage(job, stage, request.new_frames))
            yield from events[:2]
            if stage == before:
                yield gate
            yield from events[2:]
        yield JobDone(job, clip_of("sr2", request))

    return script


def held(gate: Gate) -> Script:
    """A job that says nothing before the gate opens."""

    def script(job: str, request: ClipRequest) -> Iterator[Event | Gate]:
        yield gate
        yield from whole_clip(job, request)

    return script


def whole_training(job: str, gate: Gate | None = None) -> Iterator[Event | Gate]:
    """A task that goes well: what `engine.training.finetuning.finetune.finetune` emits."""
    yield JobStarted(job)
    yield FinetuneStep(job, "reading", 1, 2)
    yield FinetuneStep(job, "learning", 1, 8, 420.0)
    yield FinetuneSample(job, 0.6, 0.8, frames_of("base", 1))
    if gate is not None:
        yield gate
    yield FinetuneStep(job, "packing", 0, 1)
    yield FinetuneDone(job, "taught")


class FakeEngine:
    """The interface of `engine.worker.Engine`."""

    def __init__(self, listener: Callable[[Event], None], script: Script = whole_clip) -> None:
        self.requests: list[ClipRequest] = []
        self.jobs: list[str] = []
        self.looks: list[tuple[str, StageName]] = []
        self.script = script
        self.training: Callable[[str], Iterator[Event | Gate]] = whole_training
        self.tasks: list[tuple[object, tuple[str, ...]]] = []
        self._listener = listener
        self._queue: deque[tuple[str, ClipRequest | None]] = deque()
        self._changed = threading.Condition()
        self._cancelled: set[str] = set()
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="walt-engine", daemon=True)
        self._thread.start()

    def submit(self, request: ClipRequest, job_id: str | None = None) -> str:
        with self._changed:
            self.requests.append(request)
            job = job_id or f"job-{len(self.requests)}"
            self.jobs.append(job)
            self._cancelled.discard(job)
            self._queue.append((job, request))
            self._changed.notify_all()
        return job

    def run(self, task: object, private: tuple[str, ...] = ()) -> str:
        with self._changed:
            self.tasks.append((task, private))
            job = f"task-{len(self.tasks)}"
            self._queue.append((job, None))
            self._changed.notify_all()
        return job

    def look(self, job: str, stage: StageName) -> None:
        """The frames come at once, whether the job runs or is over."""
        with self._changed:
            self.looks.append((job, stage))
        self._listener(FramesReady(job, stage, 0, TOTAL, frames_of(stage)))

    def cancel(self, job: str) -> None:
        with self._changed:
            self._cancelled.add(job)

    def close(self, timeout: float = 5.0) -> bool:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing)
                if self._closing:
                    return
                job, request = self._queue.popleft()
            self._play(job, request)

    def _stopped(self, job: str) -> bool:
        with self._changed:
            return self._closing or job in self._cancelled

    def _play(self, job: str, request: ClipRequest | None) -> None:
        finished: Clip | None = None
        for item in self.training(job) if request is None else self.script(job, request):
            while isinstance(item, Gate) and not self._stopped(job) and not item.open.wait(0.005):
                pass
            if self._stopped(job):
                self._listener(JobCancelled(job, finished))
                return
            if request and isinstance(item, FramesReady) and item.first + len(item.frames) == item.total:
                finished = clip_of(item.stage, request)
            if not isinstance(item, Gate):
                self._listener(item)
