"""Whatever people do with the engine, in any order: every job ends once, in its turn, with the right frames."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.api.errors import WaltError
from engine.api.events import JobCancelled, JobDone, JobFailed
from engine.api.request import ClipRequest
from engine.packs.store import PackStore
from engine.worker import Engine
from tests.tiny_pack import write_tiny_pack

from .ears import PATIENCE, Ears
from .faults import failing

_FRAMES: dict[int, str] = {}
"""Hash of the frames by seed, over all examples: the same request makes the same clip, whatever came before."""


class People(RuleBasedStateMachine):
    """A crowd at one engine."""

    folder = None

    def __init__(self) -> None:
        super().__init__()
        if People.folder is None:
            People.folder = tempfile.TemporaryDirectory()
            write_tiny_pack(Path(People.folder.name))
        self.store = PackStore([Path(People.folder.name)])
        self.ears = Ears()
        self.engine = Engine(self.ears, self.store, "cpu")
        self.jobs: dict[str, int] = {}
        self.cancelled: set[str] = set()
        self.closed = False

    def _submit(self, seed: int, **wishes: object) -> str:
        wishes = {"prompt": "a horse", "pack": "tiny", "upto": "base", "frames": 1, "steps": 1, **wishes}
        job = self.engine.submit(ClipRequest.parse(seed=seed, **wishes))
        self.jobs[job] = seed
        return job

    @precondition(lambda self: not self.closed)
    @rule(seed=st.integers(0, 2))
    def submit(self, seed: int) -> None:
        """Ask for a clip."""
        self._submit(seed)

    @precondition(lambda self: not self.closed)
    @rule(pack=st.sampled_from(["tiny", "castle"]), prompt=st.sampled_from(["castle", "a horse"]))
    def submit_nonsense(self, pack: str, prompt: str) -> None:
        """Ask for what may not be possible."""
        self._submit(0, pack=pack, prompt=prompt)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """Cancel any job, also one that is over."""
        job = data.draw(st.sampled_from(sorted(self.jobs)))
        self.cancelled.add(job)
        self.engine.cancel(job)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def wait(self, data: st.DataObject) -> None:
        """Wait for a job."""
        self.ears.wait(data.draw(st.sampled_from(sorted(self.jobs))))

    @precondition(lambda self: not self.closed)
    @rule(at=st.integers(1, 6), fault=st.sampled_from(["MemoryError", "kernel", "EIO"]))
    def fail(self, at: int, fault: str) -> None:
        """Let something break while all jobs and one more run."""
        with failing(fault, at, lasts=fault == "MemoryError"):
            self._submit(1)
            for job in self.jobs:
                end = self.ears.wait(job)
                if isinstance(end, JobFailed):
                    assert end.error.message

    @precondition(lambda self: not self.closed)
    @rule()
    def close(self) -> None:
        """Close the window."""
        self.cancelled.update(self.jobs)
        assert self.engine.close(PATIENCE)
        self.closed = True
        assert self.ears.ends.keys() == self.jobs.keys()

    @precondition(lambda self: self.closed)
    @rule()
    def reopen(self) -> None:
        """Open it again; the old engine takes nothing any more."""
        try:
            self._submit(0)
        except WaltError as error:
            assert error.code == "engine-closed"  # noqa: PT017
        else:
            raise AssertionError("a closed engine took a job")
        self.engine = Engine(self.ears, self.store, "cpu")
        self.closed = False

    @invariant()
    def nobody_is_told_twice(self) -> None:
        """Each end is the only one, and belongs to a job that was asked for."""
        for job, ends in dict(self.ears.ends).items():
            assert len(ends) == 1
            end = ends[0]
            if isinstance(end, JobCancelled):
                assert job in self.cancelled
            if isinstance(end, JobDone):
                made = hashlib.sha256(end.clip.frames.tobytes()).hexdigest()
                assert _FRAMES.setdefault(end.clip.request.seed, made) == made

    def teardown(self) -> None:
        """Close, and count."""
        assert self.engine.close(PATIENCE)
        assert self.ears.ends.keys() == self.jobs.keys(), "a job never ended"


People.TestCase.settings = settings(
    max_examples=8, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestPeople = pytest.mark.slow(People.TestCase)
