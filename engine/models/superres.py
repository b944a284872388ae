"""How a super-resolution stage sees the stage below: its latents, doubled by a depth-to-space convolution."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class DepthToSpace(nn.Module):
    """Convolution to 4C channels, then pixel shuffle, each latent frame on its own (section 4.5)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, 4 * channels, kernel_size=3, padding=1)

    def forward(self, z: Tensor) -> Tensor:
        """(B, C, T, h, w) -> (B, C, T, 2h, 2w)."""
        frames = z.shape[2]
        flat = z.transpose(1, 2).flatten(0, 1)
        doubled = F.pixel_shuffle(self.conv(flat), 2)
        return doubled.unflatten(0, (-1, frames)).transpose(1, 2)
