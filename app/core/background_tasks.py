"""Functions that run on a worker thread, one at a time: checking a still, reading a vocabulary, writing a project."""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from engine.api.errors import WaltError, out_of_memory
from engine.runtime.memory import is_out_of_memory

_log = logging.getLogger(__name__)
T = TypeVar("T")


class BackgroundTasks(QObject):
    """Runs functions on one worker thread and answers in the window's thread, in order.

    An answer is never given inside `run`, however fast the work was. One that raises does not stop the others: its
    error is logged and goes to `sys.excepthook`.

    Args:
        parent: The owner.
        name: The thread's name, after ``walt-``.
        drain_on_close: Whether `close` does and answers everything that waits, or drops it. Whatever writes a
            user's data has to be drained; what only reads can be dropped.
    """

    _woken = Signal()

    def __init__(
        self, parent: QObject | None = None, *, name: str = "task", drain_on_close: bool = False
    ) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"walt-{name}")
        self._drain_on_close = drain_on_close
        self._closed = False
        self._lock = threading.Lock()
        self._answers: deque[Callable[[], None]] = deque()
        # Queued even where the work was done before `run` could ask: the callback is then called in this thread.
        self._woken.connect(self._answer_next, Qt.ConnectionType.QueuedConnection)

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[WaltError], None]
    ) -> None:
        """Run ``work`` on the worker; then call ``done`` with its result, or ``failed``, in this thread."""

        def answer(future: Future[T]) -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is None:
                self._post(lambda: done(future.result()))
            else:
                self._post(lambda: failed(_for_people(error)))

        if not self._closed:
            self._pool.submit(work).add_done_callback(answer)

    def close(self) -> None:
        """Finish the running function; then drop the waiting ones, or run and answer them too (``drain_on_close``).

        Later calls of `run` are ignored.
        """
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=not self._drain_on_close)
        while self._drain_on_close and self._answers:
            self._answer_next()

    def _post(self, call: Callable[[], None]) -> None:
        with self._lock:
            self._answers.append(call)
        self._woken.emit()

    @Slot()
    def _answer_next(self) -> None:
        """Give one answer: each has its own event, so that one with an event loop of its own keeps the order."""
        with self._lock:
            call = self._answers.popleft() if self._answers else None
        if call is None:
            return  # `close` was first
        try:
            call()
        except Exception as error:
            _log.exception("an answer failed")
            sys.excepthook(type(error), error, error.__traceback__)


def _for_people(error: BaseException) -> WaltError:
    if isinstance(error, WaltError):
        return error
    if is_out_of_memory(error):
        return out_of_memory()
    _log.error("a task failed", exc_info=error)
    return WaltError("unexpected", f"Something unexpected went wrong: {error}.", "See the log for details.")
