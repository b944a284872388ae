"""Noise from a seed, and a prompt as tokens."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

from engine.diffusion.noise import mix_frames
from engine.packs.load import LoadedPack
from engine.text.batch import TextBatch


def seeded_noise(seed: int, purpose: str, shape: tuple[int, ...]) -> Tensor:
    """Standard normal float32 noise that depends on ``seed`` and ``purpose`` alone, not on the device."""
    digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
    generator = torch.Generator("cpu").manual_seed(int.from_bytes(digest[:8], "little") >> 1)
    return torch.randn(shape, generator=generator)


def seeded_clip_noise(seed: int, purpose: str, shape: tuple[int, ...], share: float) -> Tensor:
    """`seeded_noise` (B, C, T, h, w) whose frames have a ``share`` of the variance in common (`mix_frames`)."""
    own = seeded_noise(seed, purpose, shape)
    if share == 0 or shape[2] == 1:
        return own
    return mix_frames(own, seeded_noise(seed, f"{purpose}/common", (*shape[:2], 1, *shape[3:])), share)


def encode_prompt(pack: LoadedPack, prompt: str, negative: str) -> TextBatch:
    """Two captions: the negative first (an empty one is guidance's null condition), then the prompt."""
    text = pack.text_source.encode([negative, prompt])
    longest = int(text.mask.sum(-1).max())  # attention need not look at padding
    return TextBatch(text.tokens[:, :, :longest], text.mask[:, :, :longest])
