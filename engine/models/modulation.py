"""What the whole network is told at once (noise level, class, caption) as scales, shifts and gates: AdaLN."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

FREQUENCIES = 256


def sinusoid(t: Tensor, size: int = FREQUENCIES) -> Tensor:
    """(B,) noise levels -> (B, size): cosines and sines of wavelengths from 2 pi to 20,000 pi, in fp32."""
    half = size // 2
    rates = torch.exp(-math.log(10_000.0) / half * torch.arange(half, device=t.device, dtype=torch.float32))
    angles = t.float()[:, None] * rates
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class LevelEmbedding(nn.Module):
    """A noise level as a vector: sinusoid -> MLP."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, t: Tensor) -> Tensor:
        """(B,) -> (B, 1, D): one level for all frames of a slot."""
        dtype = next(self.parameters()).dtype
        return self.mlp(sinusoid(t).to(dtype))[:, None]


class SharedModulation(nn.Module):
    """A linear from c + t to ``vectors`` modulation vectors."""

    def __init__(self, width: int, vectors: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, vectors * width)

    def forward(self, condition: Tensor) -> Tensor:
        """(B, F, D) -> (B, F, vectors*D)."""
        return self.linear(nn.functional.silu(condition).to(self.linear.weight.dtype))


class LowRankModulation(nn.Module):
    """W_b W_a (c + t), what one layer adds to the first layer's modulation (equation 3)."""

    def __init__(self, width: int, vectors: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Linear(width, rank, bias=False)  # W_a
        self.up = nn.Linear(rank, vectors * width, bias=False)  # W_b

    def forward(self, condition: Tensor) -> Tensor:
        """(B, F, D) -> (B, F, vectors*D)."""
        return self.up(self.down(condition.to(self.down.weight.dtype)))
