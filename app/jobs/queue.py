"""The queue: jobs in the order in which they will be made, and those that ended, newest first.

Only the first waiting job is ever handed to the engine, so that reordering, removing and pausing touch
no job that runs already. Every change is recorded in the store; `start` waits for that.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QModelIndex, QObject, Qt, Signal

from app.core.error_messages import sentence
from app.core.record_list_model import Index, RecordListModel
from app.library.records import Job, State

if TYPE_CHECKING:
    from app.core.background_tasks import BackgroundTasks
    from app.library.store import Opened, Store
    from engine.api.errors import WaltError
    from engine.api.request import ClipRequest

MIME = "application/x-walt-jobs"
FAILURES = 3
"""This many failures in a row pause the queue: the next job would most likely fail as well."""
_SHOWN_ENDED = 200


class Queue(RecordListModel[Job]):
    """The jobs as a list model: the running one, those that wait, those that ended.

    Signals:
        changed(): jobs came, went, moved or changed state; or the queue was paused or resumed.
        wanted(): there may be a job to start now.
        failed(WaltError): something could not be recorded.
    """

    changed = Signal()
    wanted = Signal()
    failed = Signal(object)

    def __init__(self, store: Store, worker: BackgroundTasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._worker = worker
        self._running: Job | None = None
        self._waiting: list[Job] = []
        self._ended: list[Job] = []
        self._left_over: set[str] = set()
        self._interrupted: set[str] = set()
        self._paused = False
        self._failures = 0
        self._paused_by_failures = False

    # Contents.

    @property
    def running(self) -> Job | None:
        """The job that runs."""
        return self._running

    @property
    def waiting(self) -> Sequence[Job]:
        """The jobs that wait, the next one first."""
        return self._waiting

    @property
    def ended(self) -> Sequence[Job]:
        """The jobs that ended, the newest first."""
        return self._ended

    @property
    def paused(self) -> bool:
        """Whether no waiting job is started."""
        return self._paused

    @property
    def paused_by_failures(self) -> bool:
        """Whether it paused itself, because several jobs in a row failed."""
        return self._paused_by_failures

    @property
    def left_over(self) -> Sequence[Job]:
        """The jobs that wait since the program ran last; they start when a person resumes the queue."""
        return [job for job in self._waiting if self.is_left_over(job.id)]

    @property
    def interrupted(self) -> Sequence[Job]:
        """The jobs that ran when the program ended last time, until they are tried again or dismissed."""
        return [job for job in self._ended if job.id in self._interrupted]

    def is_left_over(self, job: str) -> bool:
        """Whether a job waits since the program ran last."""
        return job in self._left_over

    def next(self) -> Job | None:
        """The job to start now, if any."""
        if self._paused or self._running is not None:
            return None
        return next((job for job in self._waiting if job.id not in self._left_over), None)

    # Changes.

    def restore(self, opened: Opened) -> None:
        """Begin with the jobs in the store. None of them starts by itself."""
        self._waiting += [job for job in opened.jobs if job.open]
        self._ended += [job for job in opened.jobs if not job.open]
        self._left_over = {job.id for job in opened.jobs if job.open}
        last = takewhile(lambda job: job.state == "interrupted", self._ended)
        self._interrupted = {job.id for job in last}
        self._changed()

    def add(self, requests: Sequence[ClipRequest], *, first: bool = False) -> Sequence[Job]:
        """Put requests into the queue, last or first; returns their jobs."""
        jobs = [_new_job(request) for request in requests]
        self._waiting = [*jobs, *self._waiting] if first else [*self._waiting, *jobs]
        order = [job.id for job in self._waiting]
        self._record(lambda: self._store.add_jobs(jobs, order), self._on_recorded)
        self._changed()
        self.wanted.emit()
        return jobs

    def _on_recorded(self, jobs: tuple[Job, ...]) -> None:
        """Take over the jobs as they were recorded: with the library's copies of their stills."""
        requests = {job.id: job.request for job in jobs}
        self._waiting = [replace(job, request=requests.get(job.id, job.request)) for job in self._waiting]
        if self._running is not None and self._running.id in requests:
            self._running = replace(self._running, request=requests[self._running.id])
        for job in self._waiting:
            if job.id in requests:
                self.put(job)

    def start(self, job: Job, then: Callable[[Job], None]) -> None:
        """Mark a waiting job as running; ``then`` follows when that is recorded, or cannot be."""
        self._waiting = [other for other in self._waiting if other.id != job.id]
        self._left_over.discard(job.id)
        self._running = replace(job, state="running")
        self._changed()

        def recorded(_: object) -> None:
            then(self._running or job)

        def failed(error: WaltError) -> None:
            self.failed.emit(error)
            then(job)  # a library that cannot be written is no reason not to make the clip

        self._worker.run(lambda: self._store.set_state(job.id, "running"), recorded, failed)

    def end(self, state: State, error: WaltError | None = None, *, recorded: bool = False) -> None:
        """The running job ended; ``recorded`` says that the store records that together with its clip."""
        job, self._running = self._running, None
        if job is None:
            return
        words = (error.code, error.message, error.hint) if error else ("", "", "")
        code, message, hint = words
        ended = replace(job, state=state, ended=time.time(), code=code, message=message, hint=hint)
        self._ended.insert(0, ended)
        self._failures = self._failures + 1 if state == "failed" else 0
        if self._failures >= FAILURES and self._waiting:
            self._paused, self._paused_by_failures, self._failures = True, True, 0
        if not recorded:
            self._record(lambda: self._store.set_state(job.id, state, error))
        self._changed()
        self.wanted.emit()

    def set_clip(self, job: str, clip: str) -> None:
        """A job's clip is in the library."""
        self._ended = [replace(other, clip=clip) if other.id == job else other for other in self._ended]
        self._changed()

    def not_kept(self, job: str, error: WaltError) -> None:
        """A job's clip could not be written to the library: it can be tried again."""
        words = {"code": error.code, "message": error.message, "hint": error.hint}
        self._ended = [
            replace(other, state="failed", **words) if other.id == job else other for other in self._ended
        ]
        self._record(lambda: self._store.set_state(job, "failed", error))
        self._changed()

    def resume_interrupted(self) -> None:
        """Go on where the program ended last time: first the jobs that ran, then those that wait."""
        for job in self.interrupted:
            self._left_over.add(job.id)  # so that nothing starts before all are in order
            self.retry(job.id)
        self.pause(False)

    def dismiss_interrupted(self) -> None:
        """Offer the interrupted jobs no longer; they stay in the list."""
        self._interrupted.clear()
        self._changed()

    def retry(self, job: str) -> None:
        """Put a job that failed or was stopped into the queue again, as the next."""
        found = next((other for other in self._ended if other.id == job and other.can_retry), None)
        if found is None:
            return
        self._ended.remove(found)
        self._interrupted.discard(job)
        again = replace(found, state="queued", ended=None, clip=None, code="", message="", hint="")
        self._waiting.insert(0, again)
        self._record(lambda: self._store.set_state(job, "queued"))
        self._changed(order=True)
        self.wanted.emit()

    def remove(self, jobs: Iterable[str]) -> None:
        """Take jobs off the list; the running one stays. Clips are not touched."""
        running = self._running.id if self._running else None
        gone = {job for job in jobs if job != running}
        self._waiting = [job for job in self._waiting if job.id not in gone]
        self._ended = [job for job in self._ended if job.id not in gone]
        self._left_over -= gone
        self._record(lambda: self._store.remove_jobs(sorted(gone)))
        self._changed()

    def clear_ended(self) -> None:
        """Take everything that ended off the list."""
        self.remove([job.id for job in self._ended])

    def move(self, jobs: Sequence[str], to: int) -> None:
        """Put waiting jobs, in their order, before the ``to``-th of those that wait now."""
        wanted = set(jobs)
        moving = [job for job in self._waiting if job.id in wanted]
        before = [job for job in self._waiting[:to] if job.id not in wanted]
        after = [job for job in self._waiting[to:] if job.id not in wanted]
        order = [*before, *moving, *after]
        if moving and order != self._waiting:
            self._waiting = order
            self._changed(order=True)

    def shift(self, jobs: Sequence[str], by: int) -> None:
        """Move waiting jobs up (-1) or down (+1) by one."""
        places = [at for at, job in enumerate(self._waiting) if job.id in set(jobs)]
        if places:
            self.move(jobs, max(0, places[0] - 1) if by < 0 else places[-1] + 2)

    def pause(self, paused: bool) -> None:
        """Start no more jobs, or resume; resuming starts the jobs left over from last time too."""
        self._paused, self._paused_by_failures = paused, False
        if not paused:
            self._left_over.clear()
            self._failures = 0
        self._changed()
        self.wanted.emit()

    # For views.

    def sentence(self, job: Job) -> str:
        """A job's state in words."""
        match job.state:
            case "queued":
                words = self.tr("Left from last time") if self.is_left_over(job.id) else self.tr("Waiting")
            case "running":
                words = self.tr("Being made")
            case "interrupted":
                words = self.tr("Interrupted")
            case "failed":
                return sentence(job.error).message or self.tr("Failed")
            case "cancelled":
                words = self.tr("Stopped")
            case "done":
                words = self.tr("Done")
        return " · ".join((words, self.tr("seed {0}").format(job.seed)))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The record, its prompt, or, for screen readers, its state."""
        job = self.row_at(index)
        if job is not None and role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self.sentence(job)
        if job is not None and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return job.prompt
        return super().data(index, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Waiting jobs can be dragged, and dropped between others."""
        job = self.row_at(index)
        if job is None:
            return Qt.ItemFlag.ItemIsDropEnabled
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usual | Qt.ItemFlag.ItemIsDragEnabled if job.state == "queued" else usual

    def supportedDropActions(self) -> Qt.DropAction:
        """Jobs are moved."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Only jobs of this queue."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The ids of the jobs that are dragged."""
        names = [job.id for index in sorted(indexes, key=QModelIndex.row) if (job := self.row_at(index))]
        mime = QMimeData()
        mime.setData(MIME, "\n".join(names).encode())
        return mime

    def dropMimeData(
        self, data: QMimeData, _action: Qt.DropAction, row: int, _column: int, parent: Index
    ) -> bool:
        """Move the jobs to where they were dropped. False: the view has nothing left to remove."""
        if data.hasFormat(MIME):
            at = row if row >= 0 else (parent.row() if parent.isValid() else self.rowCount())
            names = bytes(data.data(MIME).data()).decode().split("\n")
            self.move(names, max(0, at - (self._running is not None)))
        return False

    def _changed(self, *, order: bool = False) -> None:
        if order:
            names = [job.id for job in self._waiting]
            self._record(lambda: self._store.set_order(names))
        running = [self._running] if self._running else []
        self.arrange([*running, *self._waiting, *self._ended[:_SHOWN_ENDED]])
        self.changed.emit()

    def _record(self, work: Callable[[], object], done: Callable[..., None] | None = None) -> None:
        self._worker.run(work, done or (lambda _: None), self.failed.emit)


def _new_job(request: ClipRequest) -> Job:
    return Job(uuid.uuid4().hex[:12], "queued", request, request.words, request.seed, time.time())
