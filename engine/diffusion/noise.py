"""Noise of a clip whose latent frames have a part of it in common.

The paper noises every latent frame on its own. A network that has seen few clips then draws every frame anew:
colours and poses jump. With common noise, frames start alike and what moves is what is learned (the mixed noise of
Ge et al., "Preserve Your Own Correlation", 2023). Each frame's noise stays standard normal, and so an image's is.
"""

from __future__ import annotations

import torch
from torch import Tensor


def mix_frames(own: Tensor, common: Tensor, share: float) -> Tensor:
    """Noise of a clip.

    Args:
        own: (B, C, T, h, w) standard normal, each frame's own.
        common: (B, C, 1, h, w) standard normal.
        share: Of the variance, what the frames have in common, 0 to 1.

    Returns:
        (B, C, T, h, w), standard normal; two frames correlate by ``share``.
    """
    return share**0.5 * common + (1 - share) ** 0.5 * own


def frame_noise(shape: tuple[int, ...], share: float, generator: torch.Generator) -> Tensor:
    """`mix_frames` of noise (B, C, T, h, w) from a generator, on its device; plain noise for images."""
    own = torch.randn(shape, generator=generator, device=generator.device)
    if share == 0 or shape[2] == 1:
        return own
    common = torch.randn((*shape[:2], 1, *shape[3:]), generator=generator, device=generator.device)
    return mix_frames(own, common, share)
