"""An evening at the queue with the real engine behind it, in any order, with crashes.

Queue, maker, bridge and library are the window's own; only the store works on this thread.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from PySide6.QtWidgets import QApplication

from app.core.bridge import EngineBridge
from app.jobs.job_runner import JobRunner
from app.jobs.queue import Queue
from app.library.files import LibraryPaths
from app.library.library import Library
from app.library.store import Store
from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.media.reading import read_clip
from engine.packs.store import PackStore
from engine.worker import Engine
from tests.at_once import AtOnce
from tests.tiny_pack import write_tiny_pack

from .ears import PATIENCE


class Turns(AtOnce):
    """The work is done at once, and answered at the next turn."""

    def __init__(self) -> None:
        self.answers: list[Callable[[], None]] = []

    def run(
        self,
        work: Callable[[], object],
        done: Callable[[object], None],
        failed: Callable[[WaltError], None],
    ) -> None:
        super().run(work, self._later(done), self._later(failed))

    def _later(self, answer: Callable[[Any], None]) -> Callable[[Any], None]:
        return lambda value: self.answers.append(partial(answer, value))

    def turn(self) -> None:
        while self.answers:
            self.answers.pop(0)()


class Evening(RuleBasedStateMachine):
    """Submit, cancel, reorder, pause, remove, retry, crash and reopen, against what a person expects."""

    packs: PackStore | None = None

    @initialize()
    def begin(self) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        self.app = QApplication.instance() or QApplication(["walt"])
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.packs = PackStore([write_tiny_pack(root / "packs").parent])
        self.places = LibraryPaths(root / "data", root / "cache")
        self.order: list[str] = []
        self.asked = 0
        self.known: set[str] = set()
        self.open()

    def open(self) -> None:
        worker = self.worker = Turns()
        self.store, self.bridge = Store(self.places), EngineBridge()
        self.library = Library(self.store, worker)  # pyright: ignore[reportArgumentType]
        self.queue = Queue(self.store, worker)  # pyright: ignore[reportArgumentType]
        self.maker = JobRunner(self.bridge, self.queue, self.library)
        self.queue.failed.connect(self.refuse)
        self.library.failed.connect(self.refuse)
        self.library.opened.connect(self.queue.restore)
        self.bridge.start(lambda listener: Engine(listener, self.packs, "cpu"))
        self.library.open()
        self.worker.turn()

    def refuse(self, error: WaltError) -> None:
        raise AssertionError(error.line())

    def states(self) -> dict[str, str]:
        running = {self.queue.running.prompt: "running"} if self.queue.running else {}
        waiting = {job.prompt: "queued" for job in self.queue.waiting}
        return running | waiting | {job.prompt: job.state for job in self.queue.ended}

    def pump(self) -> None:
        self.app.processEvents()
        self.worker.turn()

    @rule(count=st.integers(1, 3), first=st.booleans())
    def submit(self, count: int, first: bool) -> None:
        names = [f"a horse {self.asked + number}" for number in range(count)]
        self.asked += count
        self.known |= set(names)
        self.order = [*names, *self.order] if first else [*self.order, *names]
        wishes = {"pack": "tiny", "upto": "base", "frames": 1, "steps": 2}
        self.queue.add([ClipRequest.parse(prompt=name, **wishes) for name in names], first=first)

    @rule()
    def cancel(self) -> None:
        self.maker.cancel()

    @precondition(lambda self: self.queue.waiting)
    @rule(data=st.data(), by=st.sampled_from([-1, 1]))
    def reorder(self, data: st.DataObject, by: int) -> None:
        waiting = [job.prompt for job in self.queue.waiting]
        at = data.draw(st.integers(0, len(waiting) - 1))
        self.queue.shift([self.queue.waiting[at].id], by)
        waiting.insert(max(0, min(len(waiting) - 1, at + by)), waiting.pop(at))
        self.order = waiting

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.queue.pause(paused)

    @precondition(lambda self: self.queue.waiting)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from([job.id for job in self.queue.waiting]))
        self.known.discard(next(known.prompt for known in self.queue.waiting if known.id == job))
        self.queue.remove([job])

    @precondition(lambda self: any(job.can_retry for job in self.queue.ended))
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from([job for job in self.queue.ended if job.can_retry]))
        self.order = [job.prompt, *(name for name in self.order if name != job.prompt)]
        self.queue.retry(job.id)

    @precondition(lambda self: self.queue.running is not None)
    @rule()
    def wait_for_the_end_of_one(self) -> None:
        running, end = self.queue.running, time.monotonic() + PATIENCE
        while self.queue.running is running and time.monotonic() < end:
            self.pump()
            time.sleep(0.001)
        assert self.queue.running is not running, "it did not end"

    @rule()
    def crash_and_reopen(self) -> None:
        """The program dies without a word, the engine in the middle of what it does."""
        before = self.states()
        self.bridge.news.disconnect()
        assert self.store._lock is not None
        self.store._lock.unlock()
        self.shut()
        self.open()
        assert self.queue.running is None
        assert self.queue.next() is None, "something would start by itself"
        after = {name: "interrupted" if state == "running" else state for name, state in before.items()}
        assert self.states() == after

    @invariant()
    def nothing_is_lost_and_the_order_is_kept(self) -> None:
        if not hasattr(self, "queue"):
            return
        self.pump()
        states = self.states()
        assert states.keys() == self.known
        waiting = [job.prompt for job in self.queue.waiting]
        assert waiting == [name for name in self.order if name in waiting]
        assert all(state != "failed" for state in states.values()), states

    @invariant()
    def every_finished_clip_is_there_whole(self) -> None:
        if hasattr(self, "library"):
            done = {job.prompt: job.clip for job in self.queue.ended if job.state == "done"}
            clips = {clip.id: clip for clip in self.library.clips}
            assert all(clip in clips and clips[clip].prompt == name for name, clip in done.items()), done
            assert all(len(read_clip(self.library.path(clip)).frames) == 1 for clip in clips.values())

    def shut(self) -> None:
        self.bridge.close()
        self.bridge.wait_closed()
        self.library.thumbs.close()

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.maker.close()
            self.shut()
            self.pump()
            self.store.close()
            self.folder.cleanup()


TestEvening = Evening.TestCase
TestEvening.settings = settings(
    max_examples=5, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
