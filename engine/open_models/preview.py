"""A cheap look at latents: colours of the pixels that a latent stands for, by least squares on the model's own VAE."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.api.errors import WaltError
from engine.media.pixels import to_frames
from engine.runtime.json_file import read_object, write_object

PREVIEW = "preview.json"
"""In the pack: measured once."""
_MAX_PREVIEW = 2**22
_SIDE = 8
"""Latents on a side of the pictures that are measured."""
_RIDGE = 1e-3
_CELLS = (2, 3, 4, 6, 8, 12)


@dataclass(frozen=True, slots=True)
class Preview:
    """A map from a latent to ``fine`` x ``fine`` colours: matrix (channels + 1, 3 fine fine), the last row added."""

    matrix: Tensor
    fine: int

    def pictures(self, z: Tensor) -> NDArray[np.uint8]:
        """Latents (c, t, h, w) to pictures (t, h fine, w fine, 3)."""
        channels, t, h, w = z.shape
        flat = z.float().cpu().permute(1, 2, 3, 0).reshape(-1, channels)
        colours = (flat @ self.matrix[:-1] + self.matrix[-1]).view(t, h, w, 3, self.fine, self.fine)
        return to_frames(colours.permute(3, 0, 1, 4, 2, 5).reshape(3, t, h * self.fine, w * self.fine))


def preview_of(folder: Path, vae: Any, space: int, device: torch.device) -> Preview:
    """The map of a pack's model: the one that is kept in the pack's ``folder``, or else one that is measured now.

    Args:
        folder: The pack's.
        vae: The model's autoencoder, which has just been read.
        space: Pixels a latent.
        device: Where it is measured; it is back where it was afterwards.
    """
    kept = _kept(folder / PREVIEW, latent_channels(vae))
    if kept is not None:
        return kept
    before = next(vae.parameters()).device
    made = measure(vae.to(device), space)
    vae.to(before)
    with suppress(WaltError):  # a folder that cannot be written to: it is measured again the next time
        write_object(folder / PREVIEW, {"fine": made.fine, "matrix": made.matrix.tolist()})
    return made


def latent_channels(vae: Any) -> int:
    """Channels of the latents that an autoencoder makes."""
    return int(vae.config.get("latent_channels") or vae.config.get("z_dim"))


def _kept(file: Path, channels: int) -> Preview | None:
    try:
        found = read_object(file, _MAX_PREVIEW) or {}
        fine = int(found["fine"])
        matrix = torch.tensor(found["matrix"], dtype=torch.float32)
    except (OSError, KeyError, TypeError, ValueError, OverflowError):
        return None
    fits = 1 <= fine <= 16 and matrix.shape == (channels + 1, 3 * fine * fine) and bool(matrix.isfinite().all())
    return Preview(matrix, fine) if fits else None


@torch.no_grad()
def measure(vae: Any, space: int) -> Preview:
    """Measure an autoencoder whose latents are ``space`` pixels wide, on made-up pictures."""
    fine = 4 if space >= 32 else 2 if space >= 16 else 1
    weight = next(vae.parameters())
    latents: list[Tensor] = []
    colours: list[Tensor] = []
    for picture in _pictures(_SIDE * space):
        coded = vae.encode(picture.to(weight.device, weight.dtype)[None, :, None]).latent_dist.mode()
        latents.append(as_denoised(vae, coded.float())[0, :, 0].flatten(1).T.cpu())
        small = F.interpolate(picture[None], scale_factor=fine / space, mode="area")
        colours.append(F.unfold(small, fine, stride=fine)[0].T)
    a, b = torch.cat(latents), torch.cat(colours)
    a = torch.cat([a, torch.ones(len(a), 1)], 1)
    ridge = _RIDGE * a.square().mean() * len(a) * torch.eye(a.shape[1])
    return Preview(torch.linalg.solve(a.T @ a + ridge, a.T @ b), fine)


def as_denoised(vae: Any, z: Tensor) -> Tensor:
    """Latents of an autoencoder as its denoiser sees them: one formula for all of diffusers'."""
    config = vae.config

    def stated(name: str, otherwise: float) -> Tensor:
        found = dict(vae.named_buffers(recurse=False)).get(name)
        found = config.get(name) if found is None else found
        if found is None:
            return torch.tensor(otherwise, device=z.device)
        return torch.as_tensor(found, dtype=torch.float32, device=z.device).view(1, -1, 1, 1, 1)

    scale = float(config.get("scaling_factor") or 1.0)
    return (z - stated("latents_mean", 0.0)) * scale / stated("latents_std", 1.0)


def as_clip(z: Tensor, channels: int, grid: tuple[int, int, int]) -> Tensor | None:
    """Latents of one clip as (c, t, h, w), however a pipeline carries them, told by their shape; None if by none."""
    frames, height, width = grid
    z = z[0].detach()
    if z.ndim == 2 and z.shape[1] == channels and z.shape[0] >= frames * height * width:  # conditions come before
        return z[-frames * height * width :].view(frames, height, width, channels).permute(3, 0, 1, 2)
    if z.ndim == 4 and z.shape[0] == channels:
        return z
    if z.ndim == 4 and z.shape[1] == channels:
        return z.transpose(0, 1)
    return None


def _pictures(side: int) -> list[Tensor]:
    """Smooth colours of several sizes and colours with edges, (3, side, side): what pictures are made of."""
    generator = torch.Generator().manual_seed(0)
    made: list[Tensor] = []
    for cells in _CELLS:
        grid = torch.rand(1, 3, cells, cells, generator=generator) * 2 - 1
        made.append(F.interpolate(grid, size=(side, side), mode="bicubic", align_corners=False)[0].clamp(-1, 1))
        made.append(F.interpolate(grid, size=(side, side), mode="nearest")[0])
    return made
