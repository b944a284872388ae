"""What is known of a clip: first latent frames, given to the network on channels and kept by the sampler (W.A.L.T.
section 4.4), or a part of the picture, kept by the sampler alone."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.diffusion.schedule import Schedule


def frame_condition(x0: Tensor, known: Tensor) -> Tensor:
    """The condition c_fp = (m * z, m) on channels.

    Args:
        x0: (B, C, T, h, w) clean latents; frames that are not known may hold anything finite.
        known: (B,) how many of the first frames are known.

    Returns:
        (B, C + 1, T, h, w): latents times mask, then the mask.
    """
    frames = torch.arange(x0.shape[2], device=x0.device)
    mask = (frames[None] < known[:, None]).to(x0.dtype)[:, None, :, None, None]
    return torch.cat([x0 * mask, mask.expand(-1, 1, -1, *x0.shape[3:])], dim=1)


def clamp_known(v: Tensor, x: Tensor, known: Tensor, schedule: Schedule, t: int) -> Tensor:
    """``v`` (B, C, T, h, w) with its first frames replaced by the v that leads from ``x`` to ``known`` (B, C, k, h, w).

    The sampler then carries these frames at the noise level of each step, as in training, and ends on them.
    """
    count = known.shape[2]
    return torch.cat([schedule.velocity_from_x0(x[:, :, :count], known, t), v[:, :, count:]], dim=2)


def clamp_part(v: Tensor, x: Tensor, known: Tensor, share: Tensor, schedule: Schedule, t: int) -> Tensor:
    """``v`` (B, C, T, h, w) with what it leads to replaced by ``known``, as far as ``share`` (1, 1, T, h, w) says.

    The rest of the picture is then painted beside what is known, as in RePaint (arXiv 2201.09865).
    """
    clean = schedule.x0_from_velocity(x, v, t)
    return schedule.velocity_from_x0(x, clean + share * (known - clean), t)
