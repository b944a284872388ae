"""The engine: one thread that owns torch, a queue of jobs, and the one place where errors are caught."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.api.clip import Cancelled
from engine.api.errors import WaltError, out_of_memory
from engine.api.events import Event, JobCancelled, JobDone, JobFailed, JobStarted, Planned, Ready
from engine.api.types import STAGES
from engine.kinds.registry import KINDS, kind_of
from engine.packs.base_manifest import DEFAULT_KIND
from engine.packs.store import InstalledPack, PackStore
from engine.runtime.faults import internal_error, without_words
from engine.runtime.memory import is_out_of_memory, leave_no_gaps
from engine.runtime.preload import preload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.api.clip import Clip
    from engine.api.request import ClipRequest
    from engine.api.types import MemoryBudget, ResidencyMode, StageName
    from engine.kinds.kind import ClipMaker
    from engine.planning.memory import ExecutionPlan, Forecast
    from engine.runtime.devices import Device

log = logging.getLogger(__name__)

_LARGE_MB = 64
"""For a picture that takes more to open, networks make room."""

Emit = Callable[[Event], None]
EngineTask = Callable[[str, Emit, Callable[[], bool], str], Event]
"""Work besides clips: told its job's id, where events go, whether to stop and the device; returns its last event.

It may raise what making a clip may raise: WaltError, Cancelled, or anything for a full memory or a fault.
"""

NICENESS = 5
"""How much lower the priority of the engine's thread is, so that a window on the same cores stays fluent."""


@dataclass(eq=False, slots=True)
class _Job:
    id: str
    request: ClipRequest | None
    task: EngineTask | None = None
    private: tuple[str, ...] = ()
    keep_stopped: bool = True
    looks: set[StageName] = field(default_factory=set[Any])
    """Stages that somebody looks at."""
    undecoded: _Undecoded | None = None
    """The clip that was made under this job's id, where there are only looks left to serve."""
    cancel: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Undecoded:
    """A clip that was made, and the latents of its stages that nobody looked at."""

    job: str
    request: ClipRequest
    latents: Mapping[StageName, Sequence[NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class _Loaded:
    path: Path
    residency: ResidencyMode
    resident: int
    """Bytes of its networks that stay in memory between clips."""
    host: int
    """The same in the computer's own memory, where the device has another."""
    maker: ClipMaker


class Engine:
    """Makes clips, one job after the other, on its own thread.

    Args:
        listener: Called with every event, in order, on the engine's thread. What it raises is logged.
        packs: Where to look for packs; the default store if None.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        warm: Load torch now rather than with the first job, and say when the engine is ready, then and after each.
        threads: How many processor threads to compute with; as many as torch thinks right if None.
        memory_mb: The most memory to take, in MiB; what is free if None.
        int8: Keep the matrices of the denoisers in 8 bits (`engine.packs.int8`).
    """

    def __init__(
        self,
        listener: Callable[[Event], None],
        packs: PackStore | None = None,
        device: str = "auto",
        *,
        warm: bool = False,
        threads: int | None = None,
        memory_mb: int | None = None,
        int8: bool = False,
    ) -> None:
        self._listener = listener
        self._packs = packs if packs is not None else PackStore()
        self._device = device
        self._warm = warm
        self._threads = threads
        self._memory_mb = memory_mb
        self._int8 = int8
        self._queue: deque[_Job] = deque()
        self._running: _Job | None = None
        self._changed = threading.Condition()
        self._closing = False
        self._loaded: _Loaded | None = None
        self._last: _Undecoded | None = None
        self._speed: float | None = None
        self._thread = threading.Thread(target=self._loop, name="walt-engine", daemon=True)
        self._thread.start()

    def submit(self, request: ClipRequest, job_id: str | None = None, *, keep_stopped: bool = True) -> str:
        """Queue a clip; every job ends with JobDone, JobFailed or JobCancelled.

        Frames are decoded of the last stage only, and of those that somebody looks at (`look`).

        Args:
            request: What to make.
            job_id: What the caller calls the job; all its events bear this id. A new one if None.
            keep_stopped: Whether JobCancelled brings the last finished stage, which may have to be decoded for that.

        Returns:
            The job's id.

        Raises:
            WaltError: ``engine-closed``.
        """
        job = _Job(job_id or new_job_id(), request, private=_words_of(request), keep_stopped=keep_stopped)
        return self._queue_up(job)

    def look(self, job: str, stage: StageName) -> None:
        """Ask for the frames of a stage of a job; they come as FramesReady under the job's id.

        Of a job that runs or waits they come after a denoising step, once the stage is sampled. Of the clip that was
        made last they come after the jobs that wait, even if the job has ended. Of other jobs none come.
        """
        with self._changed:
            for known in (self._running, *self._queue):
                if known is not None and known.id == job:
                    known.looks.add(stage)
                    return
            self._queue_look(job, {stage})

    def _queue_look(self, job: str, stages: set[StageName]) -> None:
        """Queue what is wanted of the clip that was made last. The lock is held."""
        last = self._last
        wanted = set() if last is None or last.job != job else stages & last.latents.keys()
        if last is not None and wanted and not self._closing:
            self._queue.append(_Job(job, None, private=_words_of(last.request), looks=wanted, undecoded=last))
            self._changed.notify()

    def run(self, task: EngineTask, private: tuple[str, ...] = ()) -> str:
        """Queue other work for this thread, behind the clips that wait; returns its job's id.

        The pack in memory is let go first. ``private`` are words that no report of a fault may hold.

        Raises:
            WaltError: ``engine-closed``.
        """
        return self._queue_up(_Job(new_job_id(), None, task, private))

    def _queue_up(self, job: _Job) -> str:
        with self._changed:
            if self._closing:
                raise WaltError("engine-closed", "The engine is closed and accepts no more jobs.")
            self._queue.append(job)
            self._changed.notify()
        return job.id

    def cancel(self, job: str) -> None:
        """Ask a job to stop within one denoising step; a job that ended already is left alone."""
        with self._changed:
            for known in (self._running, *self._queue):
                if known is not None and known.id == job:
                    known.cancel.set()

    def close(self, timeout: float = 5.0) -> bool:
        """Cancel everything and end the thread; True if it ended within ``timeout`` seconds."""
        with self._changed:
            self._closing = True
            for job in (self._running, *self._queue):
                if job is not None:
                    job.cancel.set()
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        _lower_priority()
        if self._warm:
            preload(KINDS[DEFAULT_KIND].modules)
            self._use_threads()
            self._tell_ready()
        while (job := self._next()) is not None:
            if (ended := self._work(job)) is not None:
                self._emit(ended)
            if self._warm:
                self._tell_ready()
            with self._changed:
                self._running = None
                self._queue_look(job.id, job.looks)  # those that came too late for it
        self._loaded = None

    def _next(self) -> _Job | None:
        with self._changed:
            while not self._queue and not self._closing:
                self._changed.wait()
            self._running = self._queue.popleft() if self._queue else None
            return self._running

    def _work(self, job: _Job) -> Event | None:
        """Do a job and return its last event, if it has one. Nothing gets past here: the thread must live on."""
        full = False
        try:
            if job.cancel.is_set():
                raise Cancelled
            if job.undecoded is not None:
                return self._look_back(job, job.undecoded)
            self._emit(JobStarted(job.id))
            if job.task is not None:
                self._loaded = None
                return job.task(job.id, self._emit, lambda: self._poll(job), self._device)
            assert job.request is not None
            clip = self._generate(job, job.request)
            self._remember(job, clip)
            return JobDone(job.id, clip)
        except Cancelled as cancelled:
            if job.undecoded is not None:
                return None
            self._remember(job, cancelled.clip)
            return JobCancelled(job.id, cancelled.clip)
        except WaltError as error:
            return JobFailed(job.id, error)
        except BaseException as error:
            full = is_out_of_memory(error)
            if not full:
                details = without_words(traceback.format_exc(), job.private)
                log.error("job %s failed\n%s", job.id, details)
                return JobFailed(job.id, internal_error(error), details)
        self._loaded = None  # the models; outside the except block, whose exception holds tensors
        return JobFailed(job.id, out_of_memory())

    def _remember(self, job: _Job, clip: Clip | None) -> None:
        self._last = None if clip is None else _Undecoded(job.id, clip.request, clip.latents)

    def _generate(self, job: _Job, request: ClipRequest) -> Clip:
        from engine.kinds.check import check_request

        pack = self._packs.find(request.pack)
        device, forecast = self._forecast(request, pack)  # first: a picture that does not fit is not read
        if forecast.opening_mb > _LARGE_MB and self._loaded is not None:
            self._loaded = None  # the networks of the clip before; picture and networks are planned one after the other
            device.free()
        picture = check_request(request, pack).picture
        plan, maker = self._planned(job, pack, device, forecast)
        return maker.generate(
            request,
            self._emit,
            lambda: self._poll(job),
            job.id,
            tile=plan.tile,
            picture=picture,
            looked_at=lambda: self._looks(job),
            keep_stopped=job.keep_stopped,
        )

    def _look_back(self, job: _Job, clip: _Undecoded) -> None:
        """Decode stages of a clip that was made."""
        pack = self._packs.find(clip.request.pack)
        device, forecast = self._forecast(replace(clip.request, image=None), pack)
        plan, maker = self._planned(job, pack, device, forecast)
        for stage in STAGES:
            if stage in self._looks(job):
                maker.decode(
                    clip.request,
                    stage,
                    clip.latents[stage],
                    self._emit,
                    lambda: self._poll(job),
                    job.id,
                    tile=plan.tile,
                )
                with self._changed:
                    job.looks.discard(stage)

    def _looks(self, job: _Job) -> set[StageName]:
        with self._changed:
            return job.looks.copy() if job.undecoded is None else job.looks & job.undecoded.latents.keys()

    def _forecast(self, request: ClipRequest, pack: InstalledPack) -> tuple[Device, Forecast]:
        """How a clip fits into memory now."""
        from engine.kinds.planning import plan_clip
        from engine.runtime import devices

        kind = kind_of(pack)
        preload(kind.modules)  # or the program would grow after it was measured
        self._use_threads()
        device = devices.resolve(self._device)
        if self._loaded is not None and self._loaded.path != pack.path:
            self._loaded = None  # never two packs in memory
        largest = max(pack.manifest.stored.values(), default=0)
        budget = self._budget(device, largest)
        return device, plan_clip(pack, request, kind.weights(pack, budget.weights), budget)

    def _planned(
        self, job: _Job, pack: InstalledPack, device: Device, forecast: Forecast
    ) -> tuple[ExecutionPlan, ClipMaker]:
        """What makes a clip, as it was planned."""
        plan = forecast.plan
        if plan.tight and device.maps_files:  # cards have allocators of their own
            leave_no_gaps()
        if job.undecoded is None:
            peak, budget_mb = forecast.peak_mb, forecast.budget_mb
            self._emit(Planned(job.id, plan.residency, self._int8, plan.tile, peak, budget_mb))
        return plan, self._maker(pack, device, plan)

    def _use_threads(self) -> None:
        from engine.runtime import devices

        if self._threads is not None and self._loaded is None:
            devices.use_threads(self._threads)

    def _budget(self, device: Device, mapped: int = 0) -> MemoryBudget:
        """What a clip is planned on now."""
        from engine.planning.memory import memory_budget

        resident, host = (None, 0) if self._loaded is None else (self._loaded.resident, self._loaded.host)
        return memory_budget(
            device, int8=self._int8, allowed_mb=self._memory_mb, mapped=mapped, resident=resident, host=host
        )

    def _tell_ready(self) -> None:
        """Say to a window what the next clip would be planned on; what is wrong here the next job will say."""
        from engine.runtime import devices

        try:
            device = devices.resolve(self._device)
            if self._speed is None:
                self._speed = devices.speed(device)
            self._emit(Ready(self._budget(device), self._speed))
        except Exception:
            log.warning("the device cannot be looked at", exc_info=True)

    def _maker(self, pack: InstalledPack, device: Device, plan: ExecutionPlan) -> ClipMaker:
        """What makes the pack's clips: the one that is there, or else a fresh one."""
        if self._loaded is None or self._loaded.residency != plan.residency:
            if self._loaded is not None:
                self._loaded = None
                device.free()
            maker = kind_of(pack).open(pack, device, plan.residency, int8=self._int8)
            self._loaded = _Loaded(pack.path, plan.residency, plan.resident, plan.host, maker)
        return self._loaded.maker

    def _poll(self, job: _Job) -> bool:
        """Whether ``job`` is to stop; also lets cancelled jobs leave the queue while another one runs."""
        with self._changed:
            gone = [waiting for waiting in self._queue if waiting.cancel.is_set()]
            for waiting in gone:
                self._queue.remove(waiting)
        for waiting in gone:
            self._emit(JobCancelled(waiting.id, None))
        return job.cancel.is_set()

    def _emit(self, event: Event) -> None:
        try:
            self._listener(event)
        except BaseException:  # SystemExit too: the jobs behind this one still have to end
            log.exception("a listener failed on %s", type(event).__name__)


def new_job_id() -> str:
    """An id that no other job has."""
    return uuid.uuid4().hex[:12]


def _words_of(request: ClipRequest) -> tuple[str, ...]:
    words = (request.prompt, request.negative, request.image, request.source)
    return tuple(word for word in words if word)


def _lower_priority() -> None:
    if sys.platform == "linux":  # elsewhere priorities belong to processes, or need rights
        try:
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)
        except OSError:
            log.debug("the engine's priority stays as it is", exc_info=True)
