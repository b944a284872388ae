"""The only connection between the engine's thread and the window's thread.

State changes go through a lossless queue, previews through a mailbox that holds only the newest. Both wake
the window by one signal without arguments, emitted with no lock held: a burst of events costs one wake-up.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from app.core.frames import to_thumbs
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
    Planned,
    Ready,
    StageStarted,
    StepDone,
)
from engine.api.types import StageName

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.core.frames import Pixels
    from engine.api.clip import Clip
    from engine.api.request import ClipRequest
    from engine.worker import EngineTask

CLOSE_SECONDS = 8.0
"""How long a closed window waits for the engine to end by itself: a step of the largest stage, on most machines."""


class EngineLike(Protocol):
    """What the window needs of `engine.worker.Engine`."""

    def submit(self, request: ClipRequest, job_id: str | None = None) -> str:
        """Queue a request under the id that is given, or a new one; returns the id at once."""
        ...

    def run(self, task: EngineTask, private: tuple[str, ...] = ()) -> str:
        """Queue work that makes no clip; returns the job's id at once."""
        ...

    def look(self, job: str, stage: StageName) -> None:
        """Ask for the frames of a stage of a job; they come as events, if they still can be decoded."""
        ...

    def cancel(self, job: str) -> None:
        """Ask a job to stop; it answers with an event."""
        ...

    def close(self, timeout: float = 5.0) -> bool:
        """Cancel everything and wait for the thread to end; True if it did."""
        ...


Listener = Callable[[Event], None]
EngineFactory = Callable[[Listener], EngineLike]


@dataclass(frozen=True, slots=True)
class StepPreview:
    """A quick preview of a stage that is still denoising: (t, h, w, 3), one picture for each latent frame."""

    job: str
    stage: StageName
    frames: Pixels


@dataclass(frozen=True, slots=True)
class Chunk:
    """Decoded frames with their thumbnails."""

    job: str
    stage: StageName
    first: int
    total: int
    frames: Pixels
    thumbs: tuple[QImage, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """A job ended: with a complete clip, with the stages that were finished, or without a clip."""

    job: str
    clip: Clip | None
    thumbs: tuple[QImage, ...]
    complete: bool


News = (
    JobStarted
    | Planned
    | Ready
    | StageStarted
    | StepDone
    | Chunk
    | Ended
    | JobFailed
    | FinetuneStep
    | FinetuneSample
    | FinetuneDone
)


def _to_news(event: Event) -> News:
    """Convert an event for the window; thumbnails are made here, on the engine's thread."""
    match event:
        case StepDone():
            return replace(event, preview=None)
        case FramesReady(job, stage, first, total, frames):
            return Chunk(job, stage, first, total, frames, to_thumbs(frames))
        case JobDone(job, clip):
            return Ended(job, clip, to_thumbs(clip.frames), complete=True)
        case JobCancelled(job, clip):
            return Ended(job, clip, to_thumbs(clip.frames) if clip else (), complete=False)
        case _:
            return event


class EngineBridge(QObject):
    """Lives in the window's thread; `listen` alone is called from the engine's.

    Signals:
        news(News): state changes, in order, none lost.
        preview(StepPreview): the newest one; older ones not yet shown are dropped.
        free(): the task is over; clips may be made again.
        closed(): the engine's thread has ended, or would not within `CLOSE_SECONDS`.
    """

    news = Signal(object)
    preview = Signal(object)
    free = Signal()
    closed = Signal()
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine: EngineLike | None = None
        self._lock = threading.Lock()
        self._queue: deque[News] = deque()
        self._mailbox: StepPreview | None = None
        self._awake = False
        self._closer: threading.Thread | None = None
        self._ended = True
        self.task: str | None = None
        """The job of the task that waits or runs, if there is one; no clip is begun before it is over."""
        self._woken.connect(self._drain)

    def start(self, factory: EngineFactory) -> None:
        """Create the engine; its thread starts to load torch."""
        if self._engine is None and self._closer is None:
            self._engine = factory(self.listen)
            self._ended = False

    @property
    def running(self) -> bool:
        """Whether the engine exists and accepts jobs."""
        return self._engine is not None and self._closer is None

    @property
    def stopped(self) -> bool:
        """Whether the engine's thread has ended, or there never was one."""
        return self._ended

    def submit(self, request: ClipRequest, job_id: str | None = None) -> str:
        """Hand a request to the engine, under the id that is given or a new one; returns the id.

        Raises:
            WaltError: ``engine-not-running``, or what the engine says.
        """
        if self._engine is None or self._closer is not None:
            raise WaltError("engine-not-running", "The engine is not running yet.", "Try again in a moment.")
        return self._engine.submit(request, job_id)

    def run(self, task: EngineTask, private: tuple[str, ...] = ()) -> str:
        """Give the engine work that makes no clip, one at a time; it starts after the current clip.

        Raises:
            WaltError: ``engine-not-running``, ``engine-busy``, or what the engine says.
        """
        if self._engine is None or self._closer is not None:
            raise WaltError("engine-not-running", "The engine is not running yet.", "Try again in a moment.")
        if self.task is not None:
            raise WaltError("engine-busy", "A pack is already being finetuned.", "Wait until it is done, or stop it.")
        self.task = self._engine.run(task, private)
        return self.task

    def look(self, job: str, stage: StageName) -> None:
        """Ask for the frames of a stage of the job that runs or was done last."""
        if self._engine is not None:
            self._engine.look(job, stage)

    def cancel(self, job: str) -> None:
        """Ask a job to stop."""
        if self._engine is not None:
            self._engine.cancel(job)

    def close(self) -> None:
        """Stop the engine without blocking the window; `closed` follows."""
        if self._closer is None:
            self._closer = threading.Thread(target=self._close_engine, name="walt-close", daemon=True)
            self._closer.start()

    def wait_closed(self) -> None:
        """Block until the closing thread has ended (it ends right after `closed`)."""
        if self._closer is not None:
            self._closer.join()

    def _close_engine(self) -> None:
        if self._engine is not None:
            self._ended = self._engine.close(CLOSE_SECONDS)
        self.closed.emit()

    def listen(self, event: Event) -> None:
        """Take an event, on the engine's thread."""
        news = _to_news(event)
        preview = event.preview if isinstance(event, StepDone) else None
        with self._lock:
            self._queue.append(news)
            if isinstance(event, StepDone) and preview is not None:
                self._mailbox = StepPreview(event.job, event.stage, preview)
            wake, self._awake = not self._awake, True
        if wake:
            self._woken.emit()

    @Slot()
    def _drain(self) -> None:
        with self._lock:
            queue, self._queue = self._queue, deque()
            mailbox, self._mailbox = self._mailbox, None
            self._awake = False
        for news in queue:
            over = news.job == self.task and isinstance(news, Ended | JobFailed | FinetuneDone)
            if over:
                self.task = None
            self.news.emit(news)
            if over:
                self.free.emit()
        if mailbox is not None:
            self.preview.emit(mailbox)
