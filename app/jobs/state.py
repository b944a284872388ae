"""The state of the job that runs, or ran last, with its progress."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.library.records import Job, readable
from engine.api.events import StageStarted, StepDone
from engine.api.types import STAGES, StageName

if TYPE_CHECKING:
    from app.core.bridge import Chunk
    from engine.api.clip import Clip
    from engine.api.errors import WaltError
    from engine.api.request import ClipRequest


@dataclass(frozen=True, slots=True)
class StageRun:
    """One stage of the cascade. ``size`` is (width, height); times are seconds, ``deadline`` when it should be done.

    ``past`` is a stage that was done before this job, of which nothing was measured here.
    """

    name: StageName
    size: tuple[int, int] | None = None
    step: int = 0
    steps: int = 0
    decoded: int = 0
    total: int = 0
    began: float | None = None
    seconds: float | None = None
    deadline: float | None = None
    past: bool = False
    decodes: bool = False
    """Whether all its frames are decoded before the clip is done, as the last stage's are: about half of its time."""

    @property
    def started(self) -> bool:
        """Whether it has begun."""
        return self.began is not None

    @property
    def done(self) -> bool:
        """Whether it is sampled; its frames are there, or can be decoded."""
        return self.past or self.seconds is not None

    @property
    def decoding(self) -> bool:
        """Whether it has denoised and its frames are being decoded."""
        return self.started and not self.done and self.step == self.steps

    @property
    def fraction(self) -> float:
        """How much of its steps is done, and of its frames if they are decoded too, 0 to 1; 1 only when it is done."""
        if self.done:
            return 1.0
        sampled = self.step / self.steps if self.steps else 0.0
        if not self.decodes:
            return sampled
        return (sampled + (self.decoded / self.total if self.total else 0.0)) / 2


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing was asked yet."""


@dataclass(frozen=True, slots=True)
class Running:
    """The engine has the job. ``deadline`` is when it should be done, by the window's clock."""

    job: Job
    began: float
    stages: tuple[StageRun, ...]
    started: bool = False
    deadline: float | None = None
    cancelling: bool = False

    @property
    def request(self) -> ClipRequest:
        """What is being made; a job whose request cannot be read is never run."""
        return readable(self.job.request)

    @property
    def current(self) -> StageRun | None:
        """The stage at work, or the last that was."""
        begun = [stage for stage in self.stages if stage.started]
        return begun[-1] if begun else None

    @property
    def fraction(self) -> float:
        """How much of the clip is done, 0 to 1, each stage counting the same."""
        return sum(stage.fraction for stage in self.stages) / max(1, len(self.stages))

    def with_stage(self, stage: StageRun) -> Running:
        """The same with one stage replaced."""
        return replace(self, stages=tuple(stage if old.name == stage.name else old for old in self.stages))

    def stage(self, name: StageName) -> StageRun:
        """A stage by name."""
        return next((stage for stage in self.stages if stage.name == name), StageRun(name))

    def on_stage(self, event: StageStarted, now: float) -> Running:
        """A stage begins; whatever ran before it is done."""
        closed = tuple(
            replace(stage, seconds=now - stage.began) if stage.began is not None and not stage.done else stage
            for stage in self.stages
        )
        size = (event.width, event.height)
        decodes = event.stage == self.stages[-1].name
        run = StageRun(event.stage, size, 0, event.steps, 0, event.frames, began=now, decodes=decodes)
        return replace(self, stages=closed).with_stage(run)

    def on_step(self, event: StepDone, now: float) -> Running:
        """A denoising step is done."""
        deadline = now + event.eta_stage
        run = replace(self.stage(event.stage), step=event.step, steps=event.steps, deadline=deadline)
        return replace(self.with_stage(run), deadline=now + event.eta_total)

    def on_chunk(self, event: Chunk, now: float) -> Running:
        """Decoded frames came."""
        run = self.stage(event.stage)
        decoded = event.first + len(event.frames)
        seconds = run.seconds  # a stage that is looked back at was done before
        if seconds is None and decoded >= event.total and run.began is not None:
            seconds = now - run.began
        return self.with_stage(replace(run, decoded=decoded, total=event.total, seconds=seconds))


@dataclass(frozen=True, slots=True)
class Done:
    """The clip is complete. ``seconds`` is how long it took since the job began, loading included."""

    clip: Clip
    stages: tuple[StageRun, ...]
    seconds: float

    @property
    def preparing(self) -> float:
        """Seconds before the first stage: the pack was loaded."""
        return self.seconds - self.clip.seconds.get("total", self.seconds)


@dataclass(frozen=True, slots=True)
class Stopped:
    """The job was cancelled; ``clip`` is the last stage that was finished."""

    clip: Clip | None
    stages: tuple[StageRun, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The job failed."""

    request: ClipRequest | None
    error: WaltError
    details: str
    stages: tuple[StageRun, ...] = ()


JobState = Idle | Running | Done | Stopped | Failed


def waiting_stages(upto: StageName) -> tuple[StageRun, ...]:
    """The stages of a job that has not begun."""
    return tuple(StageRun(name) for name in STAGES[: STAGES.index(upto) + 1])
