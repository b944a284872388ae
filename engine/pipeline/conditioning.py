"""What a stage is told besides noise: the words, the frames that are known already, the stage below."""

from __future__ import annotations

import hashlib

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.noise import mix_frames
from engine.diffusion.schedule import Schedule
from engine.models.text_encoder import TextBatch
from engine.packs.load import LoadedPack


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
    text = pack.words.encode([negative, prompt])
    longest = int(text.mask.sum(-1).max())  # attention need not look at padding
    return TextBatch(text.tokens[:, :, :longest], text.mask[:, :, :longest])


def to_pixels(frames: NDArray[np.uint8], device: torch.device) -> Tensor:
    """Frames (T, H, W, 3) uint8 to pixels (1, 3, T, H, W) in [-1, 1]."""
    pixels = torch.from_numpy(np.ascontiguousarray(frames)).to(device).float().div(127.5).sub(1)
    return pixels.permute(3, 0, 1, 2)[None]


def to_frames(pixels: Tensor) -> NDArray[np.uint8]:
    """Pixels (1, 3, T, H, W) in [-1, 1], clamped, to frames (T, H, W, 3) uint8, contiguous."""
    scaled = pixels[0].float().add(1).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)
    return scaled.permute(1, 2, 3, 0).contiguous().cpu().numpy()


def frame_condition(known: Tensor, frames: int) -> Tensor:
    """Clean latents (1, C, k, h, w) as (1, C + 1, frames, h, w): latents times mask, then the mask."""
    marked = torch.cat([known, torch.ones_like(known[:, :1])], dim=1)
    return F.pad(marked, (0, 0, 0, 0, 0, frames - known.shape[2]))


def clamp_known(v: Tensor, x: Tensor, known: Tensor, schedule: Schedule, t: int) -> Tensor:
    """``v`` with that of the known first frames replaced by what leads to them: v = (alpha x - x0) / sigma.

    So the sampler carries them at the right noise level, as in training, and lands on them.
    """
    alpha, sigma = schedule.level(t)
    count = known.shape[2]
    return torch.cat([(alpha * x[:, :, :count] - known) / sigma, v[:, :, count:]], dim=2)
