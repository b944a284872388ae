"""Causal 3D building blocks of the tokenizer: convolution with a streaming cache, per-frame norms, resampling.

Layout everywhere: (B, C, T, H, W). Nothing at frame k looks at a frame after k, and nothing but convolutions
mixes frames, so a clip's first frame is coded exactly like an image (MAGVIT-v2; W.A.L.T. section 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Norm = Literal["group", "layer"]


@dataclass
class StreamCache:
    """What causal layers remember between chunks of one clip; ``first`` is true until a chunk has passed."""

    first: bool = True
    past: dict[nn.Module, Tensor] = field(default_factory=dict[nn.Module, Tensor])


class CausalConv3d(nn.Module):
    """3D convolution that sees only the present and the past: ``kernel_t - 1`` zero frames in front, none behind.

    A stride in time maps 1 + s*k frames to 1 + k. Spatial padding is symmetric.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int = 3,
        stride: tuple[int, int, int] = (1, 1, 1),
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv3d(
            in_channels,
            out_channels,
            kernel,
            stride=stride,
            padding=(0, kernel // 2, kernel // 2),
            bias=bias,
        )
        self.front = kernel - 1

    def forward(self, x: Tensor, cache: StreamCache | None = None) -> Tensor:
        """(B, C, T, H, W) -> (B, C', T', H', W'); with a cache the chunk continues the chunks before it."""
        if self.front == 0:
            return self.conv(x)
        if cache is not None:
            before = cache.past.get(self)
            x = F.pad(x, (0, 0, 0, 0, self.front, 0)) if before is None else torch.cat([before, x], dim=2)
            cache.past[self] = x[:, :, -self.front :].clone()
            return self.conv(x)
        if x.shape[2] == 1:
            return self._single(x)
        return self.conv(F.pad(x, (0, 0, 0, 0, self.front, 0)))

    def _single(self, x: Tensor) -> Tensor:
        """One frame meets only the last temporal slice of the kernel: a 2D convolution at a third of the cost."""
        conv = self.conv
        y = F.conv2d(
            x[:, :, 0],
            conv.weight[:, :, -1],
            conv.bias,
            stride=conv.stride[1:],
            padding=conv.padding[1:],  # pyright: ignore[reportArgumentType]
        )
        return y.unsqueeze(2)


class FrameNorm(nn.Module):
    """Normalisation that never mixes frames.

    ``group``: GroupNorm over each frame (the paper's tokenizer, made causal). ``layer``: LayerNorm over the
    channels of each position, which also never mixes positions, so that tiles agree with the whole picture.
    """

    def __init__(self, channels: int, kind: Norm, affine: bool = True) -> None:
        super().__init__()
        self.kind: Norm = kind
        self.channels = channels
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(channels)) if affine else None

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) -> the same shape."""
        if self.kind == "layer":
            return self.last(x.permute(0, 2, 3, 4, 1)).permute(0, 4, 1, 2, 3)
        b, c, t, h, w = x.shape
        y = x.transpose(1, 2).reshape(b * t, c, h, w)
        y = F.group_norm(y, min(32, c), self.weight, self.bias, 1e-6)
        return y.reshape(b, t, c, h, w).transpose(1, 2)

    def last(self, x: Tensor) -> Tensor:
        """(..., C) -> the same shape; of the kind ``layer`` only."""
        return F.layer_norm(x, (self.channels,), self.weight, self.bias, 1e-6)


class AdaptiveNorm(nn.Module):
    """MAGVIT-v2's AdaGN: an affine-free norm scaled and shifted by the latent, nearest-upsampled to the features.

    ``time``: how many feature frames a latent frame has here.
    """

    def __init__(self, channels: int, latent_channels: int, time: int, kind: Norm) -> None:
        super().__init__()
        self.time = time
        self.norm = FrameNorm(channels, kind, affine=False)
        self.modulation = nn.Conv3d(latent_channels, 2 * channels, 1)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)  # pyright: ignore[reportArgumentType]

    def forward(self, x: Tensor, z: Tensor, first: bool = True) -> Tensor:
        """x (B, C, T, H, W), z (B, c, t, h, w) latents of the same chunk; ``first``: the chunk begins the clip."""
        gamma, beta = self.modulation(z).chunk(2, dim=1)  # 1x1x1, so it commutes with the upsampling
        scale, drop = x.shape[-1] // z.shape[-1], self.time - 1 if first else 0
        gamma, beta = (_nearest(m, self.time, scale, drop) for m in (gamma, beta))
        return torch.addcmul(beta, self.norm(x), 1 + gamma)


def _nearest(x: Tensor, time: int, space: int, drop: int) -> Tensor:
    """Repeat every value ``time`` x ``space`` x ``space`` times, in one copy, channels last in memory."""
    b, c, t, h, w = x.shape
    y = x.permute(0, 2, 3, 4, 1)[:, :, None, :, None, :, None]
    y = y.expand(b, t, time, h, space, w, space, c).reshape(b, t * time, h * space, w * space, c)
    return y[:, drop:].permute(0, 4, 1, 2, 3)


class ResBlock(nn.Module):
    """(norm, swish, causal 3x3x3) twice, residual; a 1x1x1 shortcut where the width changes. Bias-free inside."""

    def __init__(self, in_channels: int, out_channels: int, norm: Norm) -> None:
        super().__init__()
        self.norm1 = FrameNorm(in_channels, norm)
        self.conv1 = CausalConv3d(in_channels, out_channels, bias=False)
        self.norm2 = FrameNorm(out_channels, norm)
        self.conv2 = CausalConv3d(out_channels, out_channels, bias=False)
        self.shortcut = (
            None if in_channels == out_channels else CausalConv3d(in_channels, out_channels, 1, bias=False)
        )

    def forward(self, x: Tensor, cache: StreamCache | None = None) -> Tensor:
        """(B, C, T, H, W) -> (B, C', T, H, W)."""
        y = self.conv1(F.silu(self.norm1(x)), cache)
        y = self.conv2(F.silu(self.norm2(y)), cache)
        return y + (x if self.shortcut is None else self.shortcut(x))


def space_to_depth(x: Tensor, time: int, space: int) -> Tensor:
    """(B, C, T, H, W) -> (B, C*time*space^2, T', H/space, W/space), T = 1 + time*k -> T' = 1 + k.

    The first frame is repeated ``time - 1`` times in front, so that it stays alone in its group.
    """
    if time > 1:
        x = torch.cat([x[:, :, :1]] * (time - 1) + [x], dim=2)
    b, c, t, h, w = x.shape
    x = x.reshape(b, c, t // time, time, h // space, space, w // space, space)
    x = x.permute(0, 1, 3, 5, 7, 2, 4, 6)
    return x.reshape(b, c * time * space * space, t // time, h // space, w // space)


def depth_to_space(x: Tensor, time: int, space: int, first: bool = True) -> Tensor:
    """Inverse of `space_to_depth`: the first ``time - 1`` frames of a clip's first chunk are dropped."""
    b, c, t, h, w = x.shape
    c = c // (time * space * space)
    x = x.reshape(b, c, time, space, space, t, h, w).permute(0, 1, 5, 2, 6, 3, 7, 4)
    x = x.reshape(b, c, t * time, h * space, w * space)
    return x[:, :, time - 1 :] if first and time > 1 else x


class Downsample(nn.Module):
    """Strided causal convolution; optionally with a parameter-free shortcut (space-to-depth, averaged groups)."""

    def __init__(self, in_channels: int, out_channels: int, time: int, shortcut: bool) -> None:
        super().__init__()
        self.time, self.out_channels, self.shortcut = time, out_channels, shortcut
        self.conv = CausalConv3d(in_channels, out_channels, stride=(time, 2, 2))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, 1 + time*k, H, W) -> (B, C', 1 + k, H/2, W/2)."""
        y = self.conv(x)
        if not self.shortcut:
            return y
        groups = space_to_depth(x, self.time, 2)
        return y + groups.unflatten(1, (self.out_channels, -1)).mean(dim=2)


class Upsample(nn.Module):
    """Causal convolution and depth-to-space; optionally with a parameter-free shortcut (repeated channels)."""

    def __init__(self, in_channels: int, out_channels: int, time: int, shortcut: bool) -> None:
        super().__init__()
        self.time, self.factor = time, time * 4
        self.conv = CausalConv3d(in_channels, out_channels * self.factor)
        self.repeats = out_channels * self.factor // in_channels if shortcut else 0

    def forward(self, x: Tensor, cache: StreamCache | None = None) -> Tensor:
        """(B, C, 1 + k, H, W) -> (B, C', 1 + time*k, 2H, 2W)."""
        y = self.conv(x, cache)
        if self.repeats:
            y = y + x.repeat_interleave(self.repeats, dim=1)
        y = depth_to_space(y, self.time, 2, first=cache is None or cache.first)
        return y.contiguous(memory_format=torch.channels_last_3d)
