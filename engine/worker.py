"""The engine: one thread that owns torch, a queue of jobs, and the one place where errors are caught."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api.clip import Cancelled
from engine.api.errors import WaltError
from engine.api.events import Event, JobCancelled, JobDone, JobFailed, JobStarted, Planned, Ready
from engine.kinds.registry import KINDS, kind_of
from engine.packs.manifest import DEFAULT_KIND
from engine.packs.store import InstalledPack, PackStore
from engine.runtime.memory import is_out_of_memory, leave_no_gaps, out_of_memory
from engine.runtime.preload import preload

if TYPE_CHECKING:
    from engine.api.clip import Clip
    from engine.api.request import ClipRequest
    from engine.api.types import MemoryBudget, ResidencyMode
    from engine.kinds.kind import ClipMaker
    from engine.planning.memory import ExecutionPlan
    from engine.runtime.devices import Device

log = logging.getLogger(__name__)

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
    cancel: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Loaded:
    path: Path
    residency: ResidencyMode
    resident: int
    """Bytes of its networks that stay in memory between clips."""
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
        self._speed: float | None = None
        self._thread = threading.Thread(target=self._loop, name="walt-engine", daemon=True)
        self._thread.start()

    def submit(self, request: ClipRequest, job_id: str | None = None) -> str:
        """Queue a clip; every job ends with JobDone, JobFailed or JobCancelled.

        Args:
            request: What to make.
            job_id: What the caller calls the job; all its events bear this id. A new one if None.

        Returns:
            The job's id.

        Raises:
            WaltError: ``engine-closed``.
        """
        return self._queue_up(_Job(job_id or new_job_id(), request, private=_words_of(request)))

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
            self._emit(self._work(job))
            if self._warm:
                self._tell_ready()
            with self._changed:
                self._running = None
        self._loaded = None

    def _next(self) -> _Job | None:
        with self._changed:
            while not self._queue and not self._closing:
                self._changed.wait()
            self._running = self._queue.popleft() if self._queue else None
            return self._running

    def _work(self, job: _Job) -> Event:
        """Do a job and return its last event. Nothing gets past here: the thread must live on."""
        full = False
        try:
            if job.cancel.is_set():
                raise Cancelled
            self._emit(JobStarted(job.id))
            if job.task is not None:
                self._loaded = None
                return job.task(job.id, self._emit, lambda: self._poll(job), self._device)
            assert job.request is not None
            return JobDone(job.id, self._generate(job, job.request))
        except Cancelled as cancelled:
            return JobCancelled(job.id, cancelled.clip)
        except WaltError as error:
            return JobFailed(job.id, error)
        except BaseException as error:
            full = is_out_of_memory(error)
            if not full:
                details = _without_words(traceback.format_exc(), job.private)
                log.error("job %s failed\n%s", job.id, details)
                return JobFailed(job.id, _internal(error), details)
        self._loaded = None  # the models; outside the except block, whose exception holds tensors
        return JobFailed(job.id, out_of_memory())

    def _generate(self, job: _Job, request: ClipRequest) -> Clip:
        from engine.kinds.check import check_request
        from engine.kinds.planning import plan_clip
        from engine.runtime import devices

        pack = self._packs.find(request.pack)
        still = check_request(request, pack).still  # read while the networks are not there: it may be huge
        kind = kind_of(pack)
        preload(kind.modules)  # or the program would grow after it was measured
        self._use_threads()
        device = devices.resolve(self._device)
        if self._loaded is not None and self._loaded.path != pack.path:
            self._loaded = None  # never two packs in memory
        largest = max((file.bytes for file in pack.manifest.files.values()), default=0)
        budget = self._budget(device, largest)
        forecast = plan_clip(pack, request, kind.weights(pack, budget.weights), budget)
        plan = forecast.plan
        if plan.tight and device.maps_files:  # cards have allocators of their own
            leave_no_gaps()
        self._emit(
            Planned(job.id, plan.residency, self._int8, plan.tile, forecast.peak_mb, forecast.budget_mb)
        )
        maker = self._maker(pack, device, plan)
        return maker.generate(
            request, self._emit, lambda: self._poll(job), job.id, tile=plan.tile, still=still
        )

    def _use_threads(self) -> None:
        from engine.runtime import devices

        if self._threads is not None and self._loaded is None:
            devices.use_threads(self._threads)

    def _budget(self, device: Device, mapped: int = 0) -> MemoryBudget:
        """What a clip is planned on now."""
        from engine.planning.memory import memory_budget

        resident = None if self._loaded is None else self._loaded.resident
        return memory_budget(
            device, int8=self._int8, allowed_mb=self._memory_mb, mapped=mapped, resident=resident
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
            self._loaded = _Loaded(pack.path, plan.residency, plan.resident, maker)
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


def _without_words(text: str, private: tuple[str, ...]) -> str:
    """A traceback that may be kept and passed on: without what was typed, and without the user's folders."""
    for word in private:
        for spelling in (word, repr(word)[1:-1]):
            text = text.replace(spelling, "…")
    return text


def _internal(error: BaseException) -> WaltError:
    if type(error).__name__ == "AcceleratorError" or "CUDA error" in str(error):
        # The driver gives this process nothing more; a new one starts afresh.
        message = "The graphics card stopped answering."
        return WaltError("device-lost", message, "Start walt again; --device cpu works without the card.")
    message = f"Internal error ({type(error).__name__})."
    return WaltError("internal", message, "Please report it with the details.")


def _lower_priority() -> None:
    if sys.platform == "linux":  # elsewhere priorities belong to processes, or need rights
        try:
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)
        except OSError:
            log.debug("the engine's priority stays as it is", exc_info=True)
