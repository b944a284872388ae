"""How long closing takes with a full queue, measured in the real engine at every kind of moment of a clip."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

from engine.api.events import Event, FramesReady, JobCancelled, StepDone
from engine.api.request import ClipRequest
from engine.api.types import STAGES, StageName
from engine.packs.store import PackStore
from engine.worker import Engine

from .ears import PATIENCE, Ears

MOST = 5.0
"""Seconds in which walt promises to be gone."""


class Took(NamedTuple):
    """Seconds from asking the engine to close to its end.

    Attributes:
        clock: What a person waits; on a busy machine the work of others too.
        processor: What this process computed meanwhile, which others do not change.
    """

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processor:.2f} s)"


def quit_seconds(
    jobs: int, seed: int, packs: PackStore, pack: str, stage: StageName, kind: type[Event]
) -> Took:
    """Close an engine with ``jobs`` clips at the first ``kind`` of event of a stage."""
    ears, moment = Ears(), threading.Event()

    def listen(event: Event) -> None:
        if isinstance(event, kind) and getattr(event, "stage", None) == stage:
            moment.set()

    ears.on = listen
    engine = Engine(ears, packs, "cpu")
    asked = [
        engine.submit(ClipRequest.parse(prompt="a horse", pack=pack, seed=seed + number, steps=24))
        for number in range(jobs)
    ]
    assert moment.wait(PATIENCE), f"no {kind.__name__} of {stage}"
    begun = time.monotonic(), time.process_time()
    assert engine.close(PATIENCE)
    took = Took(time.monotonic() - begun[0], time.process_time() - begun[1])
    assert all(isinstance(ears.wait(job), JobCancelled) for job in asked)
    assert all(len(ends) == 1 for ends in ears.ends.values())
    return took


def report(jobs: int, seed: int, packs: PackStore, pack: str = "starter") -> str:
    """Measure and say in a line what came of it.

    Raises:
        AssertionError: when it took longer than `MOST` by both measures; the clock alone may show the work of others.
    """
    took = {
        f"{stage} {name}": quit_seconds(jobs, seed, packs, pack, stage, kind)
        for stage in STAGES
        for name, kind in (("step", StepDone), ("decode", FramesReady))
    }
    told = ", ".join(f"{name} {seconds}" for name, seconds in took.items())
    clock, processor = (max(values) for values in zip(*took.values(), strict=True))
    assert min(clock, processor) <= MOST, told
    held = "held by the clock" if clock <= MOST else "held by the processor only: measure on an idle machine"
    return f"quit: {jobs} jobs of {pack}, seed {seed}, by the clock (of the processor): {told}; {MOST:g} s {held}"
