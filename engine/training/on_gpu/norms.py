"""The tokenizer's norms as Triton kernels: torch's own are slow for rows of 32 channels, and norms take most time.

The one module that needs triton, which torch's CUDA builds bring along; it is imported where the kernels are used.
"""

# Triton's language looks like Python but isn't typed as it: pointers, masks and `tl.constexpr` have no Python types.
# Nor is it installed where there is no card, so that it can't be resolved there.
# pyright: basic, reportMissingImports=false, reportIndexIssue=false

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

from engine.models.causal import FrameNorm, ResBlock, StreamCache

EPS = tl.constexpr(1e-6)
ROW_CHANNELS = 4096
"""Numbers that a Triton program holds at a time."""
PROGRAMS = 1056
"""Programs of the backward pass; each sums the gradients of the weights over its rows."""


@triton.jit
def _forward(x, weight, bias, y, rows, C: tl.constexpr, BLOCK: tl.constexpr, SWISH: tl.constexpr):
    row = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    column = tl.arange(0, C)
    at = row[:, None] * C + column[None, :]
    inside = (row < rows)[:, None]
    v = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    v = v - (tl.sum(v, 1) / C)[:, None]
    v = v * tl.rsqrt(tl.sum(v * v, 1) / C + EPS)[:, None]
    v = v * tl.load(weight + column)[None, :] + tl.load(bias + column)[None, :]
    if SWISH:
        v = v * tl.sigmoid(v)
    tl.store(y + at, v.to(y.dtype.element_ty), mask=inside)


@triton.jit
def _backward(
    x, weight, bias, dy, dx, dweight, dbias, rows, C: tl.constexpr, BLOCK: tl.constexpr, SWISH: tl.constexpr
):
    column = tl.arange(0, C)
    w, b = tl.load(weight + column)[None, :], tl.load(bias + column)[None, :]
    sum_w, sum_b = tl.zeros((C,), tl.float32), tl.zeros((C,), tl.float32)
    first, step = tl.program_id(0).to(tl.int64) * BLOCK, tl.num_programs(0) * BLOCK
    for start in range(first, rows, step):
        row = start + tl.arange(0, BLOCK)
        at = row[:, None] * C + column[None, :]
        inside = (row < rows)[:, None]
        v = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
        d = tl.load(dy + at, mask=inside, other=0.0).to(tl.float32)
        v = v - (tl.sum(v, 1) / C)[:, None]
        scale = tl.rsqrt(tl.sum(v * v, 1) / C + EPS)[:, None]
        v = v * scale
        if SWISH:
            z = v * w + b
            s = tl.sigmoid(z)
            d = d * s * (1 + z * (1 - s))
        sum_w += tl.sum(d * v, 0)
        sum_b += tl.sum(d, 0)
        d = d * w
        d = scale * (d - (tl.sum(d, 1) / C)[:, None] - v * (tl.sum(d * v, 1) / C)[:, None])
        tl.store(dx + at, d.to(dx.dtype.element_ty), mask=inside)
    tl.store(dweight + tl.program_id(0) * C + column, sum_w)
    tl.store(dbias + tl.program_id(0) * C + column, sum_b)


class _Norm(torch.autograd.Function):
    """LayerNorm over the last axis of contiguous rows, and swish after it if wanted."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, swish: bool) -> Tensor:
        y = torch.empty_like(x)
        channels = x.shape[-1]
        rows, block = x.numel() // channels, ROW_CHANNELS // channels
        _forward[(triton.cdiv(rows, block),)](x, weight, bias, y, rows, channels, block, swish)
        ctx.save_for_backward(x, weight, bias)
        ctx.swish = swish
        return y

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        x, weight, bias = ctx.saved_tensors
        channels = x.shape[-1]
        rows, block = x.numel() // channels, ROW_CHANNELS // channels
        dx, dy = torch.empty_like(x), grads[0].contiguous()
        programs = min(PROGRAMS, triton.cdiv(rows, block))
        sums = torch.empty(2, programs, channels, device=x.device)
        _backward[(programs,)](x, weight, bias, dy, dx, sums[0], sums[1], rows, channels, block, ctx.swish)
        dweight, dbias = sums.sum(1)
        return dx, dweight, dbias, None


def norm(x: Tensor, weight: Tensor | None, bias: Tensor | None, swish: bool) -> Tensor:
    """LayerNorm over the channels of (B, C, T, H, W), channels last in memory, and swish after it if wanted."""
    rows = x.permute(0, 2, 3, 4, 1).contiguous()
    if weight is None or bias is None:
        weight, bias = (
            x.new_ones(x.shape[1], dtype=torch.float32),
            x.new_zeros(x.shape[1], dtype=torch.float32),
        )
    return _Norm.apply(rows, weight, bias, swish).permute(0, 4, 1, 2, 3)  # pyright: ignore


def use_kernels() -> None:
    """Replace the norms of every tokenizer in this process; needs a CUDA device."""

    def frame_norm(self: FrameNorm, x: Tensor) -> Tensor:
        return norm(x, self.weight, self.bias, swish=False)

    def residual_block(self: ResBlock, x: Tensor, cache: StreamCache | None = None) -> Tensor:
        y = self.conv1(norm(x, self.norm1.weight, self.norm1.bias, swish=True), cache)
        y = self.conv2(norm(y, self.norm2.weight, self.norm2.bias, swish=True), cache)
        return y + (x if self.shortcut is None else self.shortcut(x))

    FrameNorm.forward = frame_norm
    ResBlock.forward = residual_block
