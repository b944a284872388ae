"""MAGVIT-v2's 3D discriminator with blur pooling, for the tokenizer's adversarial loss; it has no norms."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.training.runs.full_size import GanConfig

SLOPE = 0.2
SMOOTH = (1.0, 2.0, 1.0)


class BlurPool(nn.Module):
    """Halve time, height and width after a binomial blur, which makes the output less sensitive to shifts.

    A single frame is halved in space only.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) -> (B, C, ceil(T/2), ceil(H/2), ceil(W/2))."""
        for axis in (2, 3, 4):
            if x.shape[axis] > 1:
                x = _blurred_half(x, axis)
        return x


def _blurred_half(x: Tensor, axis: int) -> Tensor:
    """One axis: [1, 2, 1] / 4 at every second place, edges repeated."""
    taps = torch.tensor(SMOOTH, dtype=x.dtype, device=x.device) / sum(SMOOTH)
    shape, stride = [1, 1, 1, 1, 1], [1, 1, 1]
    shape[axis], stride[axis - 2] = 3, 2
    pad = [0] * 6
    pad[2 * (4 - axis)] = pad[2 * (4 - axis) + 1] = 1
    kernel = taps.reshape(shape).expand(x.shape[1], -1, -1, -1, -1)
    return F.conv3d(F.pad(x, pad, mode="replicate"), kernel, stride=stride, groups=x.shape[1])


class DownBlock(nn.Module):
    """Convolution, blur pool, convolution; beside it blur pool and a 1x1x1 convolution; their sum over sqrt 2."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(in_channels, in_channels, 3, padding=1)
        self.conv2 = nn.Conv3d(in_channels, out_channels, 3, padding=1)
        self.skip = nn.Conv3d(in_channels, out_channels, 1, bias=False)
        self.pool = BlurPool()

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) -> half of each, (B, C', ...)."""
        y = self.pool(F.leaky_relu(self.conv1(x), SLOPE))
        y = F.leaky_relu(self.conv2(y), SLOPE)
        return (y + self.skip(self.pool(x))) / math.sqrt(2)


class Discriminator(nn.Module):
    """Clips of one size -> one logit each, higher for real ones, and the features of each block.

    Args:
        config: Width and growth.
        crop: Frames, height and width of its input.
    """

    def __init__(self, config: GanConfig, crop: tuple[int, int, int]) -> None:
        super().__init__()
        widths = [config.channels] + [config.channels * m for m in config.multipliers]
        self.conv_in = nn.Conv3d(3, widths[0], 3, padding=1)
        self.blocks = nn.ModuleList(DownBlock(a, b) for a, b in pairwise(widths))
        last = widths[-1]
        self.conv_out = nn.Conv3d(last, last, 3, padding=1)
        places = math.prod(_halved(side, len(config.multipliers)) for side in crop)
        self.hidden = nn.Linear(last * places, last)
        self.verdict = nn.Linear(last, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(B, 3, T, H, W) in [-1, 1] -> (B,) and the output of each block."""
        x = F.leaky_relu(self.conv_in(x), SLOPE)
        features: list[Tensor] = []
        for block in self.blocks:
            x = block(x)
            features.append(x)
        x = F.leaky_relu(self.conv_out(x), SLOPE).flatten(1)
        return self.verdict(F.leaky_relu(self.hidden(x), SLOPE))[:, 0], features


def _halved(side: int, times: int) -> int:
    for _ in range(times):
        side = -(-side // 2)
    return side
