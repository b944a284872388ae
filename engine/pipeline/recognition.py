"""Whether the model knows what a still shows: then its own clip may show it, else the still's pixels have to.

The model forgets a photograph at the second frame, but not a drawn world like those that it learned from.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.denoiser import Conditioning, stage_denoiser
from engine.diffusion.guidance import Guidance
from engine.diffusion.schedule import Schedule
from engine.packs.load import LoadedPack
from engine.pipeline.conditioning import encode_prompt, seeded_noise

KNOWN = 0.66
"""Below this `surprise` a still is taken for one that the model knows."""
_LEVELS = (300, 400)
"""Noise that hides detail and leaves shapes."""


DRAWN = 0.6
"""Below this `texture` a picture may be a drawn one."""
_COARSE, _NEAR = 1.5, 9
"""Pixels: detail is what this blur takes away, and its strength is measured over squares of this side."""
_RINGS = 8
"""Of the spectrum: in each the power is taken to be the same all around."""


def surprise(pack: LoadedPack, latent: Tensor, schedule: Schedule) -> float:
    """How badly the base network restores a still from noise: its error over that of the best linear filter.

    The filter knows each channel's spectrum and nothing of pictures. 0.22 to 0.59 for 14 worlds like those that the
    starter learned, 0.75 to 1.1 for 13 of 14 photographs; an empty meadow under a grey sky has 0.52 (docs/stills.md).

    Args:
        pack: The pack.
        latent: The still as the tokenizer codes it at the base's size, (1, C, 1, h, w).
        schedule: The noise schedule.
    """
    conditioning = Conditioning(encode_prompt(pack, "", ""))
    denoise = stage_denoiser(pack.transformer("base"), conditioning, Guidance(1.0), schedule, pack.device, 1)
    power = _power(latent[0, :, 0])
    ratios: list[float] = []
    for level in _LEVELS:
        noise = seeded_noise(0, f"surprise/{level}", tuple(latent.shape)).to(latent.device)
        x = schedule.add_noise(latent, noise, level)
        clean = schedule.x0_from_velocity(x, denoise(x, level, None), level)
        alpha, sigma = schedule.level(level)
        filtered = (power * sigma**2 / (alpha**2 * power + sigma**2)).mean()
        ratios.append(float((clean - latent).square().mean() / filtered.clamp_min(1e-6)))
    return sum(ratios) / len(ratios)


def texture(picture: NDArray[np.uint8]) -> float:
    """How strong the fine detail of a picture (H, W, 3) is in most places: the median local deviation in grey levels.

    Drawn pictures have none between their edges, photographs have grain and texture nearly everywhere. At 512 x 896:
    0.21 to 0.54 for 23 of 24 worlds (1.35 for one), and below 0.6 for 8 of 211 photographs.
    """
    values = picture.astype(np.float32)
    detail = np.square(values - cv2.GaussianBlur(values, (0, 0), _COARSE)).mean(-1)
    return float(np.median(np.sqrt(np.maximum(cv2.blur(detail, (_NEAR, _NEAR)), 0))))


def _power(latent: Tensor) -> Tensor:
    """The power spectrum of each channel of (C, h, w), without its mean, as the mean of each ring."""
    around = latent - latent.mean((1, 2), keepdim=True)
    for side in (1, 2):  # mirrored: its edges would count as detail
        around = torch.cat([around, around.flip(side)], side)
    height, width = around.shape[1:]
    power = torch.fft.fft2(around).abs().square() / (height * width)
    down, across = (torch.fft.fftfreq(side, device=latent.device) for side in (height, width))
    ring = (torch.hypot(down[:, None], across[None]) / 0.5 * _RINGS).long().clamp_max(_RINGS)
    count = torch.bincount(ring.flatten(), minlength=_RINGS + 1)
    sums = power.new_zeros(len(power), _RINGS + 1).index_add_(1, ring.flatten(), power.flatten(1))
    return (sums / count.clamp_min(1))[:, ring]
