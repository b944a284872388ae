"""Names, strides and limits that all rooms share. Nothing is imported here but typing."""

from __future__ import annotations

from typing import Literal

StageName = Literal["base", "sr1", "sr2"]
STAGES: tuple[StageName, ...] = ("base", "sr1", "sr2")
"""The stages of the cascade, in order."""

Aspect = Literal["16:9", "9:16", "1:1"]
ASPECTS: tuple[Aspect, ...] = ("16:9", "9:16", "1:1")

SPACE, TIME = 8, 4
"""Strides of the tokenizer: pixels per latent in height and width, frames per latent frame."""
WINDOW_FRAMES = 17
"""Frames of one full window, which is also the usual length of a clip."""
OVERLAP = 5
"""Frames of the previous window that a continuation sees: two latent frames (paper 4.4)."""

MAX_PROMPT = 500
"""Characters of a prompt."""
MAX_FRAMES = 161
MAX_SEED = 2**32 - 1
MAX_STEPS = 1000
MAX_GUIDANCE = 30


def is_frame_count(frames: int) -> bool:
    """Whether a clip can have this many frames: 1 + 4k, because the first frame is coded alone."""
    return frames >= 1 and frames % TIME == 1
