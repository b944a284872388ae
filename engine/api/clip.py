"""A finished clip: frames, frame rate, the request that made it, and what it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.api.provenance import Provenance
    from engine.api.request import ClipRequest
    from engine.api.types import StageName

FPS = 8


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames (T, H, W, 3) uint8 RGB with their provenance. ``seconds`` has keys base, sr1, sr2, decode, total."""

    frames: NDArray[np.uint8]
    request: ClipRequest
    stage: StageName
    pack: str
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    fps: int = FPS
    origin: Provenance | None = None
    """What is needed, besides the request, to make it again."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.frames.shape[2]), int(self.frames.shape[1])
