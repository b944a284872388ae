"""Samples for sheets and validation: the guided denoiser of a run, without the cascade around it."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.diffusion.denoiser import Conditioning, stage_denoiser
from engine.diffusion.guidance import Guidance
from engine.diffusion.samplers import ddim
from engine.diffusion.schedule import Schedule
from engine.runtime.devices import Device
from engine.training import precision
from engine.training.denoiser.loss import Denoiser


@torch.no_grad()
def sample_latents(
    model: Denoiser,
    schedule: Schedule,
    noise: Tensor,
    ids: Tensor,
    steps: int,
    guidance: Guidance,
    low_res: Tensor | None = None,
    low_res_level: int | None = None,
) -> Tensor:
    """Sample with the model, where it is.

    Args:
        model: Text encoder and transformer.
        schedule: The one that it is trained on.
        noise: (B, C, T, h, w) standard normal.
        ids: (B, L) word ids of the captions; guidance moves away from the empty one.
        steps: Of DDIM.
        guidance: How strongly the captions act.
        low_res, low_res_level: (B, C, T, h/2, w/2) latents of the stage below, noised to that level, or None.

    Returns:
        Latents (B, C, T, h, w).
    """
    device = Device(model.device, precision.training_dtype(model.device.type))
    text = model.encode(torch.cat([torch.zeros_like(ids), ids]).to(model.device))
    low = None if low_res is None else low_res.to(model.device)
    conditioning = Conditioning(text, low_res=low, low_res_level=low_res_level)
    denoise = stage_denoiser(model.transformer, conditioning, guidance, schedule, device, noise.shape[2])
    return ddim(denoise, noise.to(model.device), schedule, steps)
