"""Whatever is done to the queue, in whatever order, and whenever the program dies: nothing is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.jobs.queue import Queue
from app.library.files import LibraryPaths
from app.library.library import Library
from app.library.store import Store
from engine.api.clip import Clip
from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from tests.at_once import AtOnce


class QueueMachine(RuleBasedStateMachine):
    """The queue and the library against a plain model of what a person expects."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.places = LibraryPaths(root / "data", root / "cache")
        self.asked = 0
        self.waiting: list[str] = []
        self.running: str | None = None
        self.ended: dict[str, str] = {}
        self.clips: set[str] = set()
        self.open()

    def open(self) -> None:
        self.store = Store(self.places)
        worker = AtOnce()
        self.library = Library(self.store, worker)  # pyright: ignore[reportArgumentType]
        self.queue = Queue(self.store, worker)  # pyright: ignore[reportArgumentType]
        self.queue.failed.connect(self.refuse)
        self.library.failed.connect(self.refuse)
        self.library.opened.connect(self.queue.restore)
        self.library.kept.connect(lambda job, record: self.queue.set_clip(job, record.id))
        self.library.open()

    def refuse(self, error: WaltError) -> None:
        raise AssertionError(error.line())

    @rule(count=st.integers(1, 3), first=st.booleans())
    def ask(self, count: int, first: bool) -> None:
        names = [f"clip {self.asked + number}" for number in range(count)]
        self.asked += count
        self.queue.add([ClipRequest.parse(prompt=name) for name in names], first=first)
        self.waiting = [*names, *self.waiting] if first else [*self.waiting, *names]

    @precondition(lambda self: self.queue.next() is not None)
    @rule()
    def start(self) -> None:
        job = self.queue.next()
        assert job is not None
        told: list[str] = []
        self.queue.start(job, lambda recorded: told.append(recorded.prompt))
        assert told == [job.prompt]
        self.waiting.remove(job.prompt)
        self.running = job.prompt

    @precondition(lambda self: self.running is not None)
    @rule(state=st.sampled_from(["done", "cancelled", "interrupted"]))
    def end_with_a_clip(self, state: str) -> None:
        job = self.queue.running
        assert job is not None
        frames = np.zeros((1, 16, 16, 3), np.uint8)
        clip = Clip(frames, ClipRequest.parse(prompt=job.prompt), "base", "starter")
        self.library.keep(clip, job.id, state)  # pyright: ignore[reportArgumentType]
        self.queue.end(state, recorded=True)  # pyright: ignore[reportArgumentType]
        self.clips.add(job.prompt)
        self.finish(state)

    @precondition(lambda self: self.running is not None)
    @rule(state=st.sampled_from(["failed", "cancelled"]))
    def end_with_nothing(self, state: str) -> None:
        self.queue.end(state, WaltError("x", "It failed.") if state == "failed" else None)  # pyright: ignore[reportArgumentType]
        self.finish(state)

    def finish(self, state: str) -> None:
        assert self.running is not None
        self.ended[self.running] = state
        self.running = None

    @precondition(lambda self: any(state != "done" for state in self.ended.values()))
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(name for name, state in self.ended.items() if state != "done")))
        self.queue.retry(next(job.id for job in self.queue.ended if job.prompt == name))
        del self.ended[name]
        self.waiting.insert(0, name)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), by=st.sampled_from([-1, 1]))
    def shift(self, data: st.DataObject, by: int) -> None:
        at = data.draw(st.integers(0, len(self.waiting) - 1))
        self.queue.shift([self.queue.waiting[at].id], by)
        to = max(0, min(len(self.waiting) - 1, at + by))
        self.waiting.insert(to, self.waiting.pop(at))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.waiting) - 1))
        self.queue.remove([self.queue.waiting[at].id])
        del self.waiting[at]

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.queue.pause(paused)

    @rule()
    def crash_and_open_again(self) -> None:
        """The program dies without a word; its lock dies with it."""
        assert self.store._lock is not None
        self.store._lock.unlock()
        (self.places.clips / ".half.mp4.0123.part").write_bytes(b"half")
        if self.running is not None:
            self.finish("interrupted")
        self.open()
        assert self.queue.running is None
        assert self.queue.next() is None  # nothing starts by itself
        assert not list(self.places.clips.glob(".*"))

    @invariant()
    def the_queue_is_what_was_asked_for(self) -> None:
        if not hasattr(self, "queue"):
            return
        assert [job.prompt for job in self.queue.waiting] == self.waiting
        assert {job.prompt: job.state for job in self.queue.ended} == self.ended
        assert (self.queue.running.prompt if self.queue.running else None) == self.running
        shown = [job.prompt for job in self.queue.rows]
        assert shown[: len(self.waiting) + (self.running is not None)] == [
            *([self.running] if self.running else []), *self.waiting,
        ]  # fmt: skip

    @invariant()
    def every_finished_clip_is_there(self) -> None:
        if hasattr(self, "library"):
            assert {clip.prompt for clip in self.library.clips} == self.clips
            assert all(self.library.path(clip).is_file() for clip in self.library.clips)

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.library.thumbs.close()
            self.store.close()
            self.folder.cleanup()


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(
    max_examples=10,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
