"""A stage's network with everything that it is told besides noise, as the function that samplers call."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.diffusion.guidance import Guidance, guided
from engine.diffusion.samplers import Denoise
from engine.diffusion.schedule import Schedule
from engine.models.text_encoder import TextBatch
from engine.models.transformer import WindowTransformer
from engine.pipeline.conditioning import clamp_known, frame_condition
from engine.runtime.devices import Device
from engine.runtime.fault_injection import fault_point


@dataclass(frozen=True, slots=True)
class Conditioning:
    """What one window of one stage is told.

    Attributes:
        text: Two captions: the one that guidance moves away from, then the prompt.
        known: (1, C, k, h, w) clean latents of the first frames, or None.
        guide_frames: Whether the unguided pass is also not told about ``known``.
        low_res: (1, C, t, h/2, w/2) latents of the stage below, noised to ``low_res_level``, or None.
        low_res_level: Their noise index.
    """

    text: TextBatch
    known: Tensor | None = None
    guide_frames: bool = False
    low_res: Tensor | None = None
    low_res_level: int | None = None


@dataclass(frozen=True, slots=True)
class _Call:
    network: WindowTransformer
    told: Conditioning
    frames: Tensor | None
    device: Device

    def alone(self, x: Tensor, t: int, x0_prev: Tensor | None) -> Tensor:
        """v under all conditions."""
        return self._velocity(x, t, x0_prev, slice(1, 2))

    def both(self, x: Tensor, t: int, x0_prev: Tensor | None) -> tuple[Tensor, Tensor]:
        """v under all conditions and v without what guidance is about, from one call on two rows."""
        v = self._velocity(x, t, x0_prev, slice(0, 2))
        return v[1:], v[:1]

    def one_by_one(self, x: Tensor, t: int, x0_prev: Tensor | None) -> tuple[Tensor, Tensor]:
        """As `both`, from two calls on one row each: slower, with half the memory."""
        return self.alone(x, t, x0_prev), self._velocity(x, t, x0_prev, slice(0, 1))

    def _velocity(self, x: Tensor, t: int, x0_prev: Tensor | None, rows: slice) -> Tensor:
        count = rows.stop - rows.start
        times = torch.full((count,), t, device=x.device)
        fault_point("step")
        level, text = self.told.low_res_level, self.told.text
        reads = self.network.config.text_width is not None
        with self.device.autocast():
            v = self.network(
                x.expand(count, -1, -1, -1, -1),
                times,
                text=TextBatch(text.tokens[rows], text.mask[rows]) if reads else None,
                x0_prev=None if x0_prev is None else x0_prev.expand(count, -1, -1, -1, -1),
                frames=None if self.frames is None else self.frames[rows],
                low_res=None
                if self.told.low_res is None
                else self.told.low_res.expand(count, -1, -1, -1, -1),
                low_res_t=None if level is None else torch.full_like(times, level),
            )
        return v.float()


def stage_denoiser(
    network: WindowTransformer,
    told: Conditioning,
    guidance: Guidance,
    schedule: Schedule,
    device: Device,
    frames: int,
    *,
    together: bool = True,
) -> Denoise:
    """The guided network over latents of ``frames`` latent frames, one clip at a time.

    Guidance needs two answers of the network: from one call if ``together``, else from two that need less memory.

    Known frames are told on channels where the network learned that, and kept on their way in any case (see
    `clamp_known`).
    """
    known, condition = told.known, None
    if known is not None and network.config.frame_conditioning:
        one = frame_condition(known, frames)
        condition = torch.cat([torch.zeros_like(one) if told.guide_frames else one, one])
    call = _Call(network, told, condition, device)
    denoise = guided(call.alone, call.both if together else call.one_by_one, guidance, schedule)
    if known is None:
        return denoise
    return lambda x, t, x0_prev: clamp_known(denoise(x, t, x0_prev), x, known, schedule, t)
