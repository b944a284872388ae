"""Frames and pixels: uint8 (T, H, W, 3) outside the networks, float32 (3, T, H, W) in [-1, 1] inside."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor


def to_pixels(frames: NDArray[Any] | Tensor, device: torch.device | None = None) -> Tensor:
    """Frames (..., T, H, W, 3) uint8 to pixels (..., 3, T, H, W), channels last in memory; on the CPU by default."""
    x = frames if isinstance(frames, Tensor) else torch.from_numpy(np.array(frames, order="C"))
    return x.to(device=device).float().div_(127.5).sub_(1).movedim(-1, -4)


def to_frames(pixels: Tensor) -> NDArray[np.uint8]:
    """Pixels (..., 3, T, H, W), clamped, to frames (..., T, H, W, 3) uint8, contiguous."""
    scaled = pixels.detach().float().add(1).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)
    return scaled.movedim(-4, -1).contiguous().cpu().numpy()


def psnr(x: Tensor, y: Tensor) -> float:
    """Peak signal-to-noise ratio in dB of pixels ``x``, clamped, against pixels ``y``."""
    error = F.mse_loss(x.detach().float().clamp(-1, 1), y.float())
    return float(10 * torch.log10(4 / error.clamp_min(1e-10)))
