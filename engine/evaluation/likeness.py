"""Likeness in the features of an image network (`engine.evaluation.photo_features`)."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.evaluation.photo_features import PhotoFeatures
from engine.media.pixels import to_pixels

Frames = NDArray[np.uint8]
_AT_ONCE = 4
"""Pictures in one pass of the network."""


@torch.inference_mode()
def clip_distance(features: PhotoFeatures, made: Frames, true: Frames) -> float:
    """Mean feature distance of frames (T, H, W, 3) to the true ones."""
    pairs = zip(_pictures(made).split(_AT_ONCE), _pictures(true).split(_AT_ONCE), strict=True)
    return float(torch.cat([features.distance(a, b) for a, b in pairs]).mean())


@torch.inference_mode()
def summaries(features: PhotoFeatures, frames: Frames) -> NDArray[np.float32]:
    """One vector a frame (T, F): the mean of the coarsest features over the picture."""
    found = [features(part)[-1].mean((2, 3)) for part in _pictures(frames).split(_AT_ONCE)]
    return torch.cat(found).numpy()


def _pictures(frames: Frames) -> Tensor:
    return to_pixels(frames).transpose(0, 1).contiguous()
