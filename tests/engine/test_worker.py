"""The engine thread: a queue, cancel, errors that end a job and never the thread."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.api.clip import Clip
from engine.api.errors import WaltError
from engine.api.events import (
    Event,
    FramesReady,
    JobCancelled,
    JobDone,
    JobFailed,
    JobStarted,
    Planned,
    StageStarted,
    StepDone,
)
from engine.api.request import ClipRequest
from engine.media.images import write_png
from engine.packs.store import PackStore
from engine.pipeline.cascade import Cascade
from engine.runtime.fault_injection import watched
from engine.worker import Engine

LAST = (JobDone, JobFailed, JobCancelled)
LOWEST_PRIORITY = 19
PATIENCE = 120.0


class Listener:
    """Collects events; ``on`` may act on each, on the engine's thread; `wait` waits until a job has ended."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.threads: set[str] = set()
        self.on: Callable[[Event], object] = lambda event: None
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self.threads.add(threading.current_thread().name)
            self._news.notify_all()
        self.on(event)

    def wait(self, job: str) -> JobDone | JobFailed | JobCancelled:
        def last() -> list[Event]:
            return [event for event in self.events if isinstance(event, LAST) and event.job == job]

        with self._news:
            assert self._news.wait_for(last, PATIENCE), "the job did not end"
            (event,) = last()
        assert isinstance(event, LAST)
        return event

    def of(self, job: str) -> list[Event]:
        return [event for event in self.events if event.job == job]


def ask(**wishes: object) -> ClipRequest:
    return ClipRequest.parse(**{"prompt": "a horse", "pack": "tiny", "upto": "base", "frames": 5, **wishes})


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def engine(listener: Listener, store: PackStore) -> Iterator[Engine]:
    engine = Engine(listener, store, "cpu")
    yield engine
    assert engine.close(PATIENCE)


def test_a_job_from_start_to_clip(engine: Engine, listener: Listener, make: Callable[..., Clip]) -> None:
    job = engine.submit(ask(seed=7))
    done = listener.wait(job)
    assert isinstance(done, JobDone)
    assert np.array_equal(done.clip.frames, make(seed=7, upto="base", frames=5).frames)
    kinds = list(dict.fromkeys(type(event) for event in listener.of(job)))
    assert kinds == [JobStarted, Planned, StageStarted, StepDone, FramesReady, JobDone]
    assert listener.threads == {"walt-engine"}


def test_a_still_is_read_once_and_before_the_networks_are_there(
    engine: Engine, listener: Listener, tmp_path: Path
) -> None:
    write_png(tmp_path / "still.png", np.full((64, 64, 3), 99, np.uint8))
    request = ask(image=str(tmp_path / "still.png"))
    seen: list[str] = []
    with watched(seen.append):
        assert isinstance(listener.wait(engine.submit(request)), JobDone)
        begun = seen.index("weights")
        assert seen[0] == "read"
        assert "read" not in seen[begun:]
        seen.clear()
        assert isinstance(listener.wait(engine.submit(request)), JobDone)
        assert seen.count("read") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority a thread")
def test_the_engine_lets_a_window_go_first(engine: Engine, listener: Listener) -> None:
    seen: list[int] = []
    listener.on = lambda event: seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
    assert isinstance(listener.wait(engine.submit(ask())), JobDone)
    window = os.getpriority(os.PRIO_PROCESS, threading.main_thread().native_id or 0)
    # Under `nice -n 19` there is no lower priority: then the engine works at the same one.
    assert min(seen) > window or window == LOWEST_PRIORITY == min(seen)


def test_a_job_has_the_id_that_it_is_given(engine: Engine, listener: Listener) -> None:
    assert engine.submit(ask(), "the queue's") == "the queue's"
    assert isinstance(listener.wait("the queue's"), JobDone)
    assert {event.job for event in listener.events} == {"the queue's"}


def test_two_jobs_run_one_after_the_other(engine: Engine, listener: Listener) -> None:
    first, second = engine.submit(ask(seed=1)), engine.submit(ask(seed=2))
    assert first != second
    listener.wait(second)
    order = list(dict.fromkeys(event.job for event in listener.events))
    assert order == [first, second]
    ends = [index for index, event in enumerate(listener.events) if isinstance(event, LAST)]
    begins = [index for index, event in enumerate(listener.events) if isinstance(event, JobStarted)]
    assert begins[1] == ends[0] + 1


def test_models_stay_loaded_between_jobs(
    engine: Engine, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Cascade] = []
    real = Cascade.generate

    def noting(self: Cascade, *args: object, **wishes: object) -> Clip:
        used.append(self)
        return real(self, *args, **wishes)

    monkeypatch.setattr(Cascade, "generate", noting)
    for seed in (1, 2):
        listener.wait(engine.submit(ask(seed=seed)))
    assert used[0] is used[1]


def test_cancel_stops_the_running_job_within_a_step(engine: Engine, listener: Listener) -> None:
    listener.on = lambda event: engine.cancel(event.job) if isinstance(event, StepDone) else None
    job = engine.submit(ask(steps=50))
    ended = listener.wait(job)
    assert isinstance(ended, JobCancelled)
    assert ended.clip is None
    assert sum(isinstance(event, StepDone) for event in listener.of(job)) == 1


def test_cancel_keeps_the_finished_stage(engine: Engine, listener: Listener) -> None:
    listener.on = lambda event: (
        engine.cancel(event.job) if isinstance(event, StepDone) and event.stage == "sr1" else None
    )
    ended = listener.wait(engine.submit(ask(upto="sr2")))
    assert isinstance(ended, JobCancelled)
    assert ended.clip is not None
    assert ended.clip.stage == "base"


def test_a_stage_can_be_looked_back_at_when_the_job_is_over(engine: Engine, listener: Listener) -> None:
    job = engine.submit(ask(upto="sr1"))
    ended = listener.wait(job)
    assert isinstance(ended, JobDone)
    engine.look(job, "sr1")  # it is there
    engine.look("another", "base")
    engine.look(job, "base")
    listener.wait(engine.submit(ask(steps=1)))
    before, after = listener.events[: listener.events.index(ended)], listener.events[listener.events.index(ended) :]
    assert not [event for event in before if isinstance(event, FramesReady) and event.stage == "base"]
    told = [event for event in after[1:] if event.job == job]
    assert [type(event) for event in told] == [FramesReady, FramesReady], "and no other end"
    assert [(event.stage, event.first, event.total) for event in told if isinstance(event, FramesReady)] == [
        ("base", 0, 5),
        ("base", 1, 5),
    ]


def test_a_look_while_the_job_waits_or_runs(engine: Engine, listener: Listener) -> None:
    first, second = engine.submit(ask()), engine.submit(ask(upto="sr1"))
    engine.look(second, "base")
    listener.wait(first)
    listener.wait(second)
    stages = [event.stage for event in listener.of(second) if isinstance(event, FramesReady)]
    assert stages == ["base", "base", "sr1", "sr1"]


def test_who_does_not_keep_what_is_stopped_gets_no_clip(engine: Engine, listener: Listener) -> None:
    def stop(event: Event) -> None:
        if isinstance(event, StepDone) and event.stage == "sr1":
            engine.cancel(event.job)

    listener.on = stop
    job = engine.submit(ask(upto="sr1"), keep_stopped=False)
    ended = listener.wait(job)
    assert isinstance(ended, JobCancelled)
    assert ended.clip is None


def test_a_waiting_job_can_be_cancelled(engine: Engine, listener: Listener) -> None:
    second: list[str] = []

    def cancel_second(event: Event) -> None:
        if isinstance(event, StepDone) and not second:
            second.append(engine.submit(ask(seed=2)))
            engine.cancel(second[0])

    listener.on = cancel_second
    first = engine.submit(ask(seed=1))
    assert isinstance(listener.wait(first), JobDone)
    assert isinstance(listener.wait(second[0]), JobCancelled)
    assert len(listener.of(second[0])) == 1
    # It left the queue while the first was still running.
    assert listener.events.index(listener.of(second[0])[0]) < listener.events.index(listener.of(first)[-1])


def test_cancelling_what_is_over_or_unknown_does_nothing(engine: Engine, listener: Listener) -> None:
    job = engine.submit(ask())
    listener.wait(job)
    engine.cancel(job)
    engine.cancel("nobody")
    assert isinstance(listener.wait(engine.submit(ask())), JobDone)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"pack": "castle"}, "pack-not-found"),
        ({"prompt": "castle"}, "prompt-not-known"),
        ({"aspect": "9:16"}, "aspect-not-in-pack"),
        ({"image": "/nowhere.png"}, "image-not-found"),
    ],
)
def test_a_bad_request_fails_alone(
    engine: Engine, listener: Listener, wish: dict[str, object], code: str
) -> None:
    failed = listener.wait(engine.submit(ask(**wish)))
    assert isinstance(failed, JobFailed)
    assert (failed.error.code, failed.details) == (code, "")
    assert isinstance(listener.wait(engine.submit(ask())), JobDone)


def test_a_device_that_is_not_there(listener: Listener, store: PackStore) -> None:
    engine = Engine(listener, store, "abacus")
    failed = listener.wait(engine.submit(ask()))
    assert engine.close(PATIENCE)
    assert isinstance(failed, JobFailed)
    assert failed.error.code == "device-unknown"


@pytest.mark.parametrize(
    ("error", "code"),
    [(ValueError("boom"), "internal"), (MemoryError(), "out-of-memory"), (SystemExit(1), "internal")],
)
def test_an_inner_failure_ends_the_job_and_not_the_thread(
    engine: Engine, listener: Listener, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: str
) -> None:
    def broken(*args: object, **wishes: object) -> Clip:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Cascade, "generate", broken)
        failed = listener.wait(engine.submit(ask()))
    assert isinstance(failed, JobFailed)
    assert failed.error.code == code
    assert ("Traceback" in failed.details) == (code == "internal")
    assert isinstance(listener.wait(engine.submit(ask())), JobDone)


def test_a_failing_listener_does_not_hurt(engine: Engine, listener: Listener) -> None:
    def fail(event: Event) -> None:
        raise RuntimeError("not my day")

    listener.on = fail
    assert isinstance(listener.wait(engine.submit(ask())), JobDone)


def test_closing_cancels_what_runs_and_what_waits(store: PackStore) -> None:
    listener = Listener()
    engine = Engine(listener, store, "cpu")
    begun, closing = threading.Event(), threading.Event()

    def hold(event: Event) -> None:
        if isinstance(event, StepDone):
            begun.set()
            closing.wait(PATIENCE)  # however late the test comes to it, the job is not done before

    listener.on = hold
    jobs = [engine.submit(ask(steps=1000)), engine.submit(ask())]
    assert begun.wait(PATIENCE)
    closing.set()
    assert engine.close(PATIENCE)
    assert all(isinstance(listener.wait(job), JobCancelled) for job in jobs)
    assert "walt-engine" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(WaltError, match="closed"):
        engine.submit(ask())
    assert engine.close(0)


def test_closing_from_the_listener_does_not_deadlock(store: PackStore) -> None:
    listener = Listener()
    engine = Engine(listener, store, "cpu")
    listener.on = lambda event: engine.close(PATIENCE) if isinstance(event, StepDone) else None
    assert isinstance(listener.wait(engine.submit(ask())), JobCancelled)
    assert engine.close(PATIENCE)


def test_a_damaged_pack_fails_the_job(tmp_path: Path, packs_folder: Path, listener: Listener) -> None:
    copy = Path(shutil.copytree(packs_folder / "tiny", tmp_path / "tiny"))
    weights = copy / "sr2.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    engine = Engine(listener, PackStore([tmp_path]), "cpu")
    failed = listener.wait(engine.submit(ask()))
    assert engine.close(PATIENCE)
    assert isinstance(failed, JobFailed)
    assert failed.error.code == "pack-damaged"
