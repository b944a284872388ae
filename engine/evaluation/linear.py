"""The best linear code of the tokenizer's size: what a tokenizer has to beat to be worth its network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api.types import SPACE, TIME
from engine.media.pixels import to_frames, to_pixels
from engine.models.causal import depth_to_space, space_to_depth


def blocks(frames: NDArray[np.uint8]) -> Tensor:
    """Blocks (3 * 4 * 8 * 8, t, h, w) of a clip (1 + 4k, H, W, 3), one for each latent position."""
    return space_to_depth(to_pixels(frames)[None], TIME, SPACE)[0]


@dataclass(frozen=True, slots=True)
class LinearCode:
    """Principal components of blocks: ``mean`` (768,) and ``basis`` (768, c), the columns orthonormal."""

    mean: Tensor
    basis: Tensor

    @classmethod
    def fit(cls, clips: Sequence[NDArray[np.uint8]], channels: int) -> LinearCode:
        """The linear code of ``channels`` numbers a block that is best for these clips.

        First frames have blocks of their own kind (one frame, repeated) and count like all others.
        """
        total, count = torch.zeros(0), 0
        square = torch.zeros(0)
        for clip in clips:  # moments add up, so that no more than one clip's blocks are in memory
            found = blocks(clip).flatten(1).double()
            total = found.sum(1) + (total if count else 0)
            square = found @ found.T + (square if count else 0)
            count += found.shape[1]
        mean = total / count
        _, vectors = torch.linalg.eigh(square / count - torch.outer(mean, mean))
        return cls(mean.float(), vectors[:, -channels:].float())

    def through(self, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A clip (1 + 4k, H, W, 3) coded and decoded again."""
        found = blocks(frames)
        flat = found.flatten(1) - self.mean[:, None]
        made = self.basis @ (self.basis.T @ flat) + self.mean[:, None]
        return to_frames(depth_to_space(made.view_as(found)[None], TIME, SPACE)[0])
