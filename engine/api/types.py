"""Names, strides, limits and small records that all rooms share. Nothing is imported here but the standard library."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

StageName = Literal["base", "sr1", "sr2"]
STAGES: tuple[StageName, ...] = ("base", "sr1", "sr2")
"""The stages of a cascade, in order; a pack has one or more of them, from the first on."""

Aspect = Literal["16:9", "9:16", "1:1"]
ASPECTS: tuple[Aspect, ...] = ("16:9", "9:16", "1:1")

ResidencyMode = Literal["resident", "staged", "streamed"]
"""All networks in memory; text encoder and denoisers in turns; the denoisers' layers in turns."""

# The numbers of walt's own networks. A pack of any kind states its own in `engine.packs.capabilities`.
FPS = 8
"""Frames a second."""
SPACE, TIME = 8, 4
"""Strides of the tokenizer: pixels per latent in height and width, frames per latent frame."""
WINDOW_FRAMES = 17
"""Frames of one full window, which is also the usual length of a clip."""
OVERLAP = 5
"""Frames of the previous window that a continuation sees: two latent frames (paper 4.4)."""

WALT_PROMPT = 500
"""Characters of a prompt."""
MAX_FRAMES = 161

Strength = Literal["gentle", "normal", "strong"]
STRENGTHS: dict[Strength, float] = {"gentle": 0.5, "normal": 1.0, "strong": 1.6}
"""How strongly the camera moves over a still: the model's own move to this power."""
MAX_STILL_SIDE = 1024
"""Pixels of the shorter side up to which a still can be moved."""

# Bounds of any request; what a pack makes is in its record (`engine.packs.capabilities`).
MAX_PROMPT = 4000
MAX_SEED = 2**32 - 1
MAX_STEPS = 1000
MAX_GUIDANCE = 30


def is_frame_count(frames: int) -> bool:
    """Whether a clip can have this many frames: 1 + 4k, because the first frame is coded alone."""
    return frames >= 1 and frames % TIME == 1


@dataclass(frozen=True, slots=True)
class WeightFormat:
    """In which numbers a device keeps networks.

    Attributes:
        matrix: Bytes of a number in a matrix; everything else takes four.
        mapped: Whether the device computes in the memory that files are mapped into, as the CPU does.
        int8: Whether the matrices of the denoisers' layers are kept in 8 bits.
    """

    matrix: int = 2
    mapped: bool = True
    int8: bool = False


@dataclass(frozen=True, slots=True)
class MemoryBudget:
    """The memory of a device that a clip is planned on.

    Attributes:
        weights: How the device keeps networks.
        program: Bytes that the process takes there without a clip and its networks.
        room: Bytes that it may take besides; infinite where the system does not say.
        host: Bytes of the computer's own memory that a clip may take, where the device has another.
    """

    weights: WeightFormat
    program: float
    room: float
    host: float = math.inf
