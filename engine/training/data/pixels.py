"""Frames to pixels and back: uint8 (T, H, W, 3) outside, float (3, T, H, W) in [-1, 1] inside."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor


def to_tensor(clips: NDArray[Any]) -> Tensor:
    """Frames (B, T, H, W, 3) uint8 to pixels (B, 3, T, H, W) in [-1, 1], channels last in memory."""
    x = torch.from_numpy(np.array(clips)).permute(0, 4, 1, 2, 3)
    return x.float().div_(127.5).sub_(1)


def to_frames(x: Tensor) -> NDArray[np.uint8]:
    """Pixels (3, T, H, W) to frames (T, H, W, 3) uint8."""
    y = x.detach().float().clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8).cpu()
    return np.ascontiguousarray(y.permute(1, 2, 3, 0).numpy())


def psnr(x: Tensor, y: Tensor) -> float:
    """Peak signal-to-noise ratio in dB of pixels in [-1, 1]."""
    error = F.mse_loss(x.detach().float().clamp(-1, 1), y.float())
    return float(10 * torch.log10(4 / error.clamp_min(1e-10)))
