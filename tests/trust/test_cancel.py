"""Cancelled at every moment at which it is asked: each stops there, keeps what was done, and gives memory back."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.api.clip import Cancelled, Clip
from engine.api.events import FramesReady, JobCancelled, StageStarted, StepDone
from engine.api.request import ClipRequest
from engine.api.types import STAGES
from engine.packs.load import LoadedPack, load_pack
from engine.packs.store import PackStore
from engine.pipeline.cascade import Cascade
from engine.worker import Engine

from .ears import PATIENCE, Ears


@pytest.fixture(scope="module")
def pack(packs_folder: Path) -> LoadedPack:
    return load_pack(packs_folder / "tiny")


def ask(**wishes: object) -> ClipRequest:
    return ClipRequest.parse(**{"prompt": "a horse", "pack": "tiny", "frames": 5, "steps": 3, "seed": 7, **wishes})


def tensors() -> int:
    gc.collect()
    return sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects())


class Asked:
    """Says yes the ``at``-th time it is asked whether to stop; counts what was done after that."""

    def __init__(self, at: int) -> None:
        self.at, self.count, self.stage, self.after = at, 0, "", 0

    def __call__(self) -> bool:
        self.count += 1
        return self.count >= self.at

    def listen(self, event: object) -> None:
        if isinstance(event, StageStarted):
            self.stage = event.stage
        self.after += self.count >= self.at and isinstance(event, StepDone | FramesReady)


@pytest.mark.slow
def test_every_step_of_every_stage(pack: LoadedPack, still: Path) -> None:
    cascade = Cascade(pack)
    whole = cascade.generate(ask(image=str(still)), lambda event: None, lambda: False)
    before, at, stages = tensors(), 1, []
    while True:
        asked = Asked(at)
        clip = _cancelled(lambda asked=asked: cascade.generate(ask(image=str(still)), asked.listen, asked))
        if asked.count < at:
            break
        assert asked.after == 0, "went on after it was told to stop"
        done = STAGES.index(asked.stage) if asked.stage else 0  # a still is looked at before the first stage
        assert (clip.stage if clip else None) == (STAGES[done - 1] if done else None)
        stages += [asked.stage] if asked.stage else []
        at += 1
    assert tensors() == before, "a tensor stays"
    # Three steps of the base, as many of the others as go with them, and each decoded chunk.
    assert set(stages) == set(STAGES)
    assert len(stages) >= 3 + 2 + 2 + 3 * 2
    again = cascade.generate(ask(image=str(still)), lambda event: None, lambda: False)
    assert (again.frames == whole.frames).all()


def _cancelled(run: Callable[[], Clip]) -> Clip | None:
    try:
        return run()
    except Cancelled as cancelled:
        return cancelled.clip


def test_a_full_queue_ends_within_a_step(store: PackStore) -> None:
    """Counted in steps, not in seconds: a machine may be slow, and the rest of the queue must cost nothing."""
    ears, steps, engines = Ears(), [], []

    def close_at_the_second_step(event: object) -> None:
        if isinstance(event, StepDone):
            steps.append(event)
            if len(steps) == 2:
                engines[0].close(0)

    ears.on = close_at_the_second_step
    engine = Engine(ears, store, "cpu")
    engines.append(engine)
    jobs = [engine.submit(ask(upto="base", steps=500, seed=seed)) for seed in range(200)]
    assert engine.close(PATIENCE)
    assert len(steps) <= 2
    ends = [ears.wait(job) for job in jobs]
    assert all(isinstance(end, JobCancelled) for end in ends)
    assert all(len(found) == 1 for found in ears.ends.values())
