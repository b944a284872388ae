"""Captions as a network reads them: tokens and which of them are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class TextBatch:
    """Encoded captions for a batch of clips.

    Attributes:
        tokens: (B, F, L, D); F is 1 (one caption a clip) or T (one caption for each image in a slot).
        mask: (B, F, L) bool, True where a token is; at least one is True in each caption.
    """

    tokens: Tensor
    mask: Tensor

    def to(self, device: torch.device | str, dtype: torch.dtype | None = None) -> Self:
        """The same captions on another device, tokens also in another dtype."""
        return type(self)(self.tokens.to(device=device, dtype=dtype), self.mask.to(device=device))
