"""Text for the transformers: a small trainable encoder, and the door for a frozen one (T5).

The paper feeds T5-XL's tokens to cross-attention (section 4.3). The starter learns its own words; both stand
behind `TextSource`. The empty text is a caption too, the unconditional side of guidance: one learned "null" token
here, T5's end of text there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from engine.text.batch import TextBatch
from engine.text.vocabulary import PAD, Vocabulary

__all__ = ["TextBatch", "TextConfig", "TextEncoder", "TextSource", "Vocabulary", "WordSource"]


class TextSource(Protocol):
    """Anything that turns captions into tokens for cross-attention."""

    @property
    def width(self) -> int:
        """Size D of one token."""
        ...

    def encode(self, texts: Sequence[str]) -> TextBatch:
        """Encode one caption a clip: tokens (B, 1, L, D), mask (B, 1, L); an empty one has at least one token."""
        ...

    def unknown(self, text: str) -> list[str]:
        """Words of the text that will have no effect, in the user's spelling."""
        ...


@dataclass(frozen=True, slots=True)
class TextConfig:
    """Shape of a `TextEncoder`; ``length`` is the most words it reads."""

    vocabulary_size: int
    width: int = 256
    layers: int = 2
    heads: int = 4
    length: int = 32


class _Block(nn.Module):
    """One pre-norm transformer layer that looks both ways, but never at padding."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """(N, L, D) with an additive mask (N, 1, 1, L) to (N, L, D)."""
        q, k, v = self.qkv(self.norm_attention(x)).chunk(3, dim=-1)
        # (N, L, D) to (N, heads, L, D / heads)
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (q, k, v))
        scores = (q @ k.transpose(-1, -2)) * q.shape[-1] ** -0.5 + bias
        attended = (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)
        x = x + self.out(attended)
        return x + self.mlp(self.norm_mlp(x))


class TextEncoder(nn.Module):
    """Word and position embeddings and a small bidirectional transformer.

    Args:
        config: The shape; stays readable as ``encoder.config``.
    """

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        self.words = nn.Embedding(config.vocabulary_size, config.width)
        self.positions = nn.Parameter(torch.empty(config.length, config.width))
        self.null = nn.Parameter(torch.empty(config.width))
        for table in (self.positions, self.null):
            nn.init.normal_(table, std=0.02)
        self.blocks = nn.ModuleList(_Block(config.width, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        nn.init.normal_(self.words.weight, std=0.02)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Encode word ids.

        Args:
            ids: (N, L) long, 0 where there is no word, L at most ``config.length``; a row of zeros is empty
                text.

        Returns:
            Tokens (N, L, D), zero where the mask is False, and the mask (N, L) bool.
        """
        length = ids.shape[1]
        mask = ids != PAD
        empty = ~mask.any(dim=1)  # (N,)
        first = torch.arange(length, device=ids.device) == 0
        null = empty[:, None] & first  # (N, L)
        x = self.words(ids) + self.positions[:length]
        x = torch.where(null[..., None], self.null, x)
        mask = mask | null
        bias = torch.zeros(mask.shape, dtype=x.dtype, device=x.device).masked_fill(~mask, float("-inf"))
        for block in self.blocks:
            x = block(x, bias[:, None, None, :])
        return self.norm(x) * mask[..., None], mask


class WordSource:
    """The starter's `TextSource`: a vocabulary and the encoder that learned its words."""

    def __init__(self, vocabulary: Vocabulary, encoder: TextEncoder) -> None:
        if len(vocabulary) != encoder.config.vocabulary_size:
            raise ValueError(f"{len(vocabulary)} words for an encoder of {encoder.config.vocabulary_size}")
        self.vocabulary = vocabulary
        self.encoder = encoder

    @property
    def width(self) -> int:
        """Size D of one token."""
        return self.encoder.config.width

    def ids(self, texts: Sequence[str]) -> Tensor:
        """Word ids (N, L) on the encoder's device, as `TextEncoder.forward` takes them."""
        length = self.encoder.config.length
        rows = [self.vocabulary.encode(text, length) for text in texts]
        return torch.tensor(rows, dtype=torch.long, device=self.encoder.null.device)

    def encode(self, texts: Sequence[str]) -> TextBatch:
        """Encode one caption a clip: tokens (B, 1, L, D), mask (B, 1, L)."""
        tokens, mask = self.encoder(self.ids(texts))
        return TextBatch(tokens[:, None], mask[:, None])

    def unknown(self, text: str) -> list[str]:
        """Words of the text that the encoder never saw, in the user's spelling."""
        return self.vocabulary.unknown(text)
