"""How a super-resolution stage sees the stage below: its latents, doubled by a depth-to-space convolution."""

from __future__ import annotations

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.diffusion.schedule import Schedule


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


@cache
def _schedule() -> Schedule:
    with torch.device("cpu"):  # networks are built on the meta device
        return Schedule.linear()


class LowResPath(nn.Module):
    """A linear guess of x0 from the stage below, past the transformer; what is left to it is the fine detail.

    With a guess g of x0 that misses by a variance r, the best linear estimate from g and x_t = alpha x0 + sigma eps is
    g + (alpha r / d) (x_t - alpha g), d = alpha^2 r + sigma^2; it is given as v, so that the network's output is added
    to it. Not in the paper, whose stages see hundreds of millions of samples: the starter's see thousands.

    Args:
        channels: C of the latents.
        residual: r, for latents of variance 1.
    """

    def __init__(self, channels: int, residual: float) -> None:
        super().__init__()
        self.guess = DepthToSpace(channels)
        self.residual = residual

    def forward(self, x: Tensor, t: Tensor, low_res: Tensor) -> Tensor:
        """Noisy (B, C, T, h, w), their times (B,), low resolution (B, C, T, h/2, w/2) -> v (B, C, T, h, w), float32."""
        g = self.guess(low_res.to(self.guess.conv.weight.dtype)).float()
        alpha, sigma = _schedule().coefficients(t, x)
        d = alpha.square() * self.residual + sigma.square()
        return sigma * (alpha * (1 - self.residual) * x - g) / d

    @torch.no_grad()
    def fit(self, low_res: Tensor, high: Tensor, ridge: float = 1e-3) -> None:
        """Start from the least-squares guess of ``high`` (N, C, T, 2h, 2w) from ``low_res`` (N, C, T, h, w)."""
        conv = self.guess.conv
        flat = low_res.transpose(1, 2).flatten(0, 1)
        x = F.unfold(flat, 3, padding=1).transpose(1, 2).flatten(0, 1)
        y = F.pixel_unshuffle(high.transpose(1, 2).flatten(0, 1), 2).flatten(2).transpose(1, 2).flatten(0, 1)
        x = torch.cat([x, torch.ones(len(x), 1)], 1).double()
        gram = x.T @ x + ridge * len(x) * torch.eye(x.shape[1], dtype=x.dtype)
        solved = torch.linalg.solve(gram, x.T @ y.double()).float()
        conv.weight.copy_(solved[:-1].T.reshape(conv.weight.shape))
        if conv.bias is not None:
            conv.bias.copy_(solved[-1])
