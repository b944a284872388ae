"""A finished clip: frames, frame rate, the request that made it, what it took; and how a job that is stopped ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.api.types import FPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.api.provenance import Provenance
    from engine.api.request import ClipRequest
    from engine.api.types import StageName


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames (T, H, W, 3) uint8 RGB with their provenance. ``seconds`` has keys base, sr1, sr2, decode, total."""

    frames: NDArray[np.uint8]
    request: ClipRequest
    stage: StageName
    pack: str
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    fps: int = FPS
    provenance: Provenance | None = None
    """What is needed, besides the request, to make it again."""
    latents: Mapping[StageName, tuple[NDArray[np.float32], ...]] = field(default_factory=dict)
    """Of the stages before whose frames nobody looked at: latents (1, C, t, h, w) of each window, to decode later."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.frames.shape[2]), int(self.frames.shape[1])


class Cancelled(Exception):
    """Raised inside the engine when a job was asked to stop; ``clip`` is the last stage that was finished."""

    def __init__(self, clip: Clip | None = None) -> None:
        super().__init__("cancelled")
        self.clip = clip
