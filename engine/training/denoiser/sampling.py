"""Samples for sheets and validation: a denoiser, captions and guidance, without the cascade around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.diffusion.guidance import Guidance, guided
from engine.diffusion.samplers import ddim
from engine.diffusion.schedule import Schedule
from engine.models.text_encoder import TextBatch
from engine.training.precision import autocast

if TYPE_CHECKING:
    from engine.training.denoiser.loss import Denoiser


@torch.no_grad()
def sample_latents(
    model: Denoiser,
    schedule: Schedule,
    noise: Tensor,
    ids: Tensor,
    steps: int,
    guidance: Guidance,
    frames: Tensor | None = None,
    low_res: Tensor | None = None,
    low_res_t: Tensor | None = None,
) -> Tensor:
    """Denoise (B, C, T, h, w) for captions (B, L), where the model is; conditions as in `DenoisingBatch`."""
    device = model.device
    noise, ids = noise.to(device), ids.to(device)
    frames, low_res, low_res_t = (
        None if value is None else value.to(device) for value in (frames, low_res, low_res_t)
    )
    text, null = model.encode(ids), model.encode(torch.zeros_like(ids[:1, :1]))
    both = _with_null(text, null)
    doubled = [None if value is None else torch.cat([value, value]) for value in (frames, low_res, low_res_t)]

    def call(x: Tensor, t: int, x0_prev: Tensor | None, twice: bool) -> Tensor:
        if twice:
            x = torch.cat([x, x])
            x0_prev = None if x0_prev is None else torch.cat([x0_prev, x0_prev])
        f, low, level = doubled if twice else (frames, low_res, low_res_t)
        times = torch.full((len(x),), t, device=device)
        with autocast(device):
            return model.transformer(
                x,
                times,
                text=both if twice else text,
                x0_prev=x0_prev,
                frames=f,
                low_res=low,
                low_res_t=level,
            ).float()

    def pair(x: Tensor, t: int, x0_prev: Tensor | None) -> tuple[Tensor, Tensor]:
        cond, uncond = call(x, t, x0_prev, True).chunk(2)
        return cond, uncond

    denoise = guided(lambda x, t, p: call(x, t, p, False), pair, guidance, schedule)
    return ddim(denoise, noise, schedule, steps)


def _with_null(text: TextBatch, null: TextBatch) -> TextBatch:
    """The captions, then as many empty ones, padded to the same length."""
    tokens = torch.zeros_like(text.tokens)
    tokens[:, :, :1] = null.tokens
    mask = torch.zeros_like(text.mask)
    mask[:, :, :1] = True
    return TextBatch(torch.cat([text.tokens, tokens]), torch.cat([text.mask, mask]))
