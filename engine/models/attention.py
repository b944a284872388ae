"""Attention inside windows, and the choice of the kernel that is fast for it.

Tokens travel as (B, T, H, W, D). One copy cuts them into windows and heads at once, one copy puts them back.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.positions import Window
from engine.runtime.fast_paths import fast_paths

Identity = bool | Tensor  # which slots are images: none, all, or (B, 1, 1, 1, 1) bool

# Measured on two AMX cores in bf16: the explicit product beats the fused kernel up to this many keys.
EXPLICIT_KEYS = 640


def partition(x: Tensor, window: Window, heads: int) -> Tensor:
    """Cut tokens into windows and heads: (B, T, H, W, D) -> (N, heads, n, D/heads).

    N counts the windows of the whole batch (clip, then time, row, column), n the tokens of one.
    """
    b, t, h, w, _ = x.shape
    wt, wh, ww = window
    x = x.reshape(b, t // wt, wt, h // wh, wh, w // ww, ww, heads, -1)
    return x.permute(0, 1, 3, 5, 7, 2, 4, 6, 8).reshape(-1, heads, wt * wh * ww, x.shape[-1])


def merge(x: Tensor, window: Window, grid: Window) -> Tensor:
    """The inverse of `partition`: (N, heads, n, D/heads) -> (B, T, H, W, D)."""
    t, h, w = grid
    wt, wh, ww = window
    heads, depth = x.shape[1], x.shape[-1]
    x = x.reshape(-1, t // wt, h // wh, w // ww, heads, wt, wh, ww, depth)
    return x.permute(0, 1, 5, 2, 6, 3, 7, 4, 8).reshape(-1, t, h, w, heads * depth)


def attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
    """softmax(q k^T + bias) v over (N, heads, n, d); the 1/sqrt(d) is already in ``q``."""
    small = k.shape[-2] <= EXPLICIT_KEYS and v.dtype is torch.bfloat16
    if q.device.type == "cpu" and small:
        scores = q @ k.transpose(-1, -2)
        if bias is not None:
            scores = scores + bias.to(scores.dtype)
        return scores.softmax(-1) @ v
    q, k, bias = q.to(v.dtype), k.to(v.dtype), None if bias is None else bias.to(v.dtype)
    if bias is not None and q.device.type == "cpu" and fast_paths() and not torch.is_grad_enabled():
        bias = bias.view(-1, *bias.shape[-3:])  # with three dimensions torch takes no fused kernel
    return F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=1.0)


class HeadNorm(nn.Module):
    """QK-norm: LayerNorm over one head (section 5.2). Gain only: a bias on k would cancel in softmax."""

    def __init__(self, depth: int, scale: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(depth))
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        """(..., heads * depth) -> the same, each head normalised and multiplied by ``scale``."""
        heads = x.unflatten(-1, (-1, len(self.weight)))
        return F.layer_norm(heads, self.weight.shape, (self.weight * self.scale).to(x.dtype)).flatten(-2)


class Scale(nn.Module):
    """Queries without QK-norm: only the 1/sqrt(d) (table 3e's row)."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        """``x`` times the scale."""
        return x * self.scale


class WindowAttention(nn.Module):
    """Multi-head attention over windows, in its two uses.

    Self-attention (section 4.2), and cross-attention with k = v = concat[q, text] (section 4.3).
    """

    def __init__(self, width: int, heads: int, qk_norm: bool = True) -> None:
        super().__init__()
        self.heads = heads
        depth = width // heads
        self.q = nn.Linear(width, width, bias=False)
        self.k = nn.Linear(width, width, bias=False)
        self.v = nn.Linear(width, width, bias=False)
        self.q_norm = HeadNorm(depth, depth**-0.5) if qk_norm else Scale(depth**-0.5)
        self.k_norm = HeadNorm(depth) if qk_norm else nn.Identity()
        self.out = nn.Linear(width, width)

    def forward(
        self,
        x: Tensor,
        window: Window,
        bias: Tensor | None = None,
        identity: Identity = False,
        text: tuple[Tensor, Tensor] | None = None,
    ) -> Tensor:
        """Attention of (B, T, H, W, D) inside windows.

        Args:
            x: Tokens.
            window: Frames, rows and columns; divides the grid. With text it is one frame deep.
            bias: (heads, n, n), added to the scores; not together with text.
            identity: Slots whose tokens see themselves only, so that their value passes through.
            text: Tokens (B, F, L, D), F is 1 or T, and what hides them (B, F, L): 0 or -inf.
        """
        values = self.v(x)
        if identity is True:
            return self.out(values)
        q, k = self.q_norm(self.q(x)), self.k_norm(self.k(x))
        q, k, v = (partition(part, window, self.heads) for part in (q, k, values))
        if text is not None:
            tokens, hidden = text
            bias = _text_bias(hidden, q, x)
            k = _append(k, self.k_norm(self.k(tokens)), x)
            v = _append(v, self.v(tokens), x)
        y = merge(attend(q, k, v, bias), window, (x.shape[1], x.shape[2], x.shape[3]))
        if isinstance(identity, Tensor):
            y = torch.where(identity, values, y)
        return self.out(y)


def _append(windows: Tensor, text: Tensor, x: Tensor) -> Tensor:
    """(N, heads, n, d) and (B, F, L, heads * d) -> (N, heads, n + L, d): a window gets its frame's text."""
    windows = windows.reshape(*x.shape[:2], -1, *windows.shape[1:])
    heads = text.unflatten(-1, (windows.shape[3], -1)).transpose(2, 3)  # (B, F, heads, L, d)
    heads = heads[:, :, None].expand(-1, windows.shape[1], windows.shape[2], -1, -1, -1)
    return torch.cat([windows, heads], dim=-2).flatten(0, 2)


def _text_bias(hidden: Tensor, q: Tensor, x: Tensor) -> Tensor:
    """(B, F, L) -> (N, 1, 1, n + L): zero for the window's tokens."""
    slots, frames = x.shape[:2]
    bias = F.pad(hidden.to(q.dtype), (q.shape[-2], 0))
    bias = bias[:, :, None].expand(-1, frames, q.shape[0] // (slots * frames), -1)
    return bias.flatten(0, 2)[:, None, None]
