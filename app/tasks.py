"""Small jobs off the window's thread, one at a time: checking a still, reading words, writing a file."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import WaltError
from engine.memory import is_out_of_memory, out_of_memory

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Tasks(QObject):
    """Runs functions on one worker thread and answers in the window's thread, in order.

    Args:
        parent: The owner.
        name: The thread's name, after ``walt-``.
        thorough: Whether closing does everything that waits, or drops it.
    """

    _woken = Signal()

    def __init__(self, parent: QObject | None = None, *, name: str = "task", thorough: bool = False) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"walt-{name}")
        self._thorough = thorough
        self._closed = False
        self._lock = threading.Lock()
        self._answers: deque[Callable[[], None]] = deque()
        self._woken.connect(self._drain)

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
        """Finish what is being done (a file is written whole); drop what waits, unless thorough.

        What is asked for afterwards is not done, and not answered.
        """
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=not self._thorough)

    def _post(self, call: Callable[[], None]) -> None:
        with self._lock:
            self._answers.append(call)
        self._woken.emit()

    @Slot()
    def _drain(self) -> None:
        with self._lock:
            answers, self._answers = self._answers, deque()
        for call in answers:
            call()


def _for_people(error: BaseException) -> WaltError:
    if isinstance(error, WaltError):
        return error
    if is_out_of_memory(error):
        return out_of_memory()
    _log.error("a task failed", exc_info=error)
    return WaltError("unexpected", f"Something unexpected went wrong: {error}.", "The log says more.")
