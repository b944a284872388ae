"""What a job says while it runs. Listeners get these in order, on the engine thread; they must return quickly.

Frames are ``uint8`` arrays of shape (n, height, width, 3), RGB, contiguous, and never written again by the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.api.clip import Clip
    from engine.api.errors import WaltError
    from engine.api.types import MemoryBudget, ResidencyMode, StageName



@dataclass(frozen=True, slots=True)
class JobStarted:
    """The job left the queue; models load now if they were not loaded yet."""

    job: str


@dataclass(frozen=True, slots=True)
class Planned:
    """How the clip is going to be made, told before its networks are read.

    Attributes:
        job: Whose plan it is.
        residency: Which networks are in memory at once.
        int8: Whether the matrices of the denoisers are in 8 bits.
        tile: Side of decoded tiles in latents; None where the picture is decoded whole.
        peak_mb: The most memory that the process is expected to take on its device, in MiB.
        budget_mb: The most that it may take there, in MiB; infinite where the system does not say.
    """

    job: str
    residency: ResidencyMode
    int8: bool
    tile: int | None
    peak_mb: float
    budget_mb: float


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine waits for work; told to windows alone, after torch was loaded and after each job.

    Attributes:
        budget: What a clip would be planned on now.
        speed: Operations a second of a matrix product on this device, measured once.
        job: No job's.
    """

    budget: MemoryBudget
    speed: float
    job: str = ""


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage of the cascade begins to denoise."""

    job: str
    stage: StageName
    width: int
    height: int
    frames: int
    steps: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """One denoising step is done. ETAs are seconds; ``preview`` is a cheap latent-to-RGB look at the estimate."""

    job: str
    stage: StageName
    step: int
    steps: int
    eta_stage: float
    eta_total: float
    preview: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class FramesReady:
    """Truly decoded frames of a stage, from frame index ``first`` on; a stage comes in several chunks, in order.

    The last stage is always decoded. Of a stage before it frames come only where they are needed: for who looks at it
    (`engine.worker.Engine.look`), perhaps while a later stage denoises or after JobDone; and of a clip that is longer
    than one window, for the windows that others continue.
    """

    job: str
    stage: StageName
    first: int
    total: int
    frames: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class JobDone:
    """The whole cascade (as far as was asked) is done."""

    job: str
    clip: Clip


@dataclass(frozen=True, slots=True)
class JobFailed:
    """The job ended with an error; ``details`` is a traceback for reports, empty for expected errors."""

    job: str
    error: WaltError
    details: str = ""


@dataclass(frozen=True, slots=True)
class JobCancelled:
    """The job was cancelled; ``clip`` holds the last stage that was finished, if any."""

    job: str
    clip: Clip | None


FinetunePhase = Literal["reading", "recalling", "learning", "packing"]


@dataclass(frozen=True, slots=True)
class FinetuneStep:
    """A pack that is being taught came further: ``done`` of ``total`` pieces of a phase; ``left`` is in seconds."""

    job: str
    phase: FinetunePhase
    done: int
    total: int
    left: float | None = None


@dataclass(frozen=True, slots=True)
class FinetuneSample:
    """What the network draws now for the first caption, a picture (1, height, width, 3).

    ``error`` is its mean squared error on the clips to learn, ``before`` what that was before the first step.
    """

    job: str
    error: float
    before: float
    frames: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class FinetuneDone:
    """The pack that was taught is installed under this name."""

    job: str
    pack: str


Event = (
    JobStarted
    | Planned
    | Ready
    | StageStarted
    | StepDone
    | FramesReady
    | JobDone
    | JobFailed
    | JobCancelled
    | FinetuneStep
    | FinetuneSample
    | FinetuneDone
)
