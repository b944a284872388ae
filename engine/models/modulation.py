"""What the whole network is told at once (noise level, class, caption) as scales, shifts and gates: AdaLN."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from engine.text.batch import TextBatch

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


class Condition(nn.Module):
    """c + t, what every layer's modulation is made from: noise levels, class, caption.

    The arguments are the fields of `engine.models.transformer.TransformerConfig` of the same names.
    """

    def __init__(self, width: int, text_width: int | None, classes: int | None, low_res: bool) -> None:
        super().__init__()
        self.level = LevelEmbedding(width)
        self.low_res_level = LevelEmbedding(width) if low_res else None
        self.text = nn.Linear(text_width, width) if text_width else None
        # One class more: no class, for guidance.
        self.label = nn.Embedding(classes + 1, width) if classes else None

    def forward(
        self, t: Tensor, text: TextBatch | None, labels: Tensor | None, low_res_t: Tensor | None
    ) -> Tensor:
        """(B, F, D); F is the number of frames where each frame has its own caption or label, else 1.

        Raises:
            ValueError: Without ``text`` where the network has it.
        """
        c = self.level(t)
        if self.low_res_level is not None:
            c = c + self.low_res_level(torch.zeros_like(t) if low_res_t is None else low_res_t)
        if self.text is not None:
            if text is None:
                raise ValueError("a network with text needs captions; an empty one is encoded like any other")
            c = c + self.text(_mean(text).to(c.dtype))
        if self.label is not None:
            nothing = self.label.num_embeddings - 1
            chosen = torch.full_like(t, nothing) if labels is None else labels
            c = c + self.label(chosen).reshape(len(t), -1, c.shape[-1])
        return c


def _mean(text: TextBatch) -> Tensor:
    """(B, F, D): the mean of the tokens that count."""
    seen = text.mask.to(text.tokens.dtype)[..., None]
    return (text.tokens * seen).sum(-2) / seen.sum(-2)
