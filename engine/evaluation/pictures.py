"""How near two pictures are: PSNR, SSIM (Wang et al., 2004), and how much fine detail there is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
_WINDOW, _SIGMA = (11, 11), 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
BEST_PSNR = 100.0
"""What equal pictures get, instead of infinity."""


def psnr(a: NDArray[np.generic], b: NDArray[np.generic]) -> float:
    """Peak signal-to-noise ratio in dB of two uint8 arrays of the same shape."""
    error = float(np.square(a.astype(np.float64) - b.astype(np.float64)).mean())
    return BEST_PSNR if error == 0 else min(BEST_PSNR, float(10 * np.log10(255.0**2 / error)))


def ssim(a: Picture, b: Picture) -> float:
    """Structural similarity of two pictures (H, W, 3), the mean over pixels and colours; 1 when they are equal."""
    x, y = a.astype(np.float32), b.astype(np.float32)

    def smooth(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(picture, _WINDOW, _SIGMA), np.float32)

    mx, my = smooth(x), smooth(y)
    vx, vy, cov = smooth(x * x) - mx * mx, smooth(y * y) - my * my, smooth(x * y) - mx * my
    likeness = (2 * mx * my + _C1) * (2 * cov + _C2) / ((mx**2 + my**2 + _C1) * (vx + vy + _C2))
    return float(likeness.mean())


def detail(frames: Picture) -> float:
    """Energy of what a Gaussian blur of 1.5 pixels takes away, the mean square over frames (T, H, W, 3)."""
    energy = 0.0
    for frame in frames:
        x = frame.astype(np.float32)
        energy += float(np.square(x - cv2.GaussianBlur(x, (0, 0), _SIGMA)).mean())
    return energy / len(frames)


def per_frame(true: Picture, made: Picture) -> tuple[list[float], list[float]]:
    """PSNR and SSIM of each frame of two clips (T, H, W, 3)."""
    pairs = list(zip(true, made, strict=True))
    return [psnr(a, b) for a, b in pairs], [ssim(a, b) for a, b in pairs]
