"""The guided denoiser: a stage's network, its conditions and guidance as the one function that samplers call.

Clips, training's samples and evaluation all sample through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.diffusion.guidance import Guidance, guided
from engine.diffusion.known_frames import clamp_known, clamp_part, frame_condition
from engine.diffusion.samplers import Denoise
from engine.diffusion.schedule import Schedule
from engine.runtime.devices import Device
from engine.runtime.fault_injection import fault_point
from engine.text.batch import TextBatch


class Inputs(Protocol):
    """Which conditions a network was built for, see `engine.models.transformer.TransformerConfig`."""

    @property
    def text_width(self) -> int | None:
        """Size of a text token; None without text."""
        ...

    @property
    def frame_conditioning(self) -> bool:
        """Whether known frames are given on channels."""
        ...


class VelocityNetwork(Protocol):
    """A network that predicts v, see `engine.models.transformer.WindowTransformer`."""

    @property
    def config(self) -> Inputs:
        """What it reads."""
        ...

    def __call__(
        self,
        x: Tensor,
        t: Tensor,
        *,
        text: TextBatch | None,
        x0_prev: Tensor | None,
        frames: Tensor | None,
        low_res: Tensor | None,
        low_res_t: Tensor | None,
    ) -> Tensor:
        """v (B, C, T, h, w) of noisy latents ``x`` at the times ``t`` (B,)."""
        ...


@dataclass(frozen=True, slots=True)
class Conditioning:
    """What the network reads besides noise, for B clips.

    Attributes:
        text: 2 B captions: those that guidance moves away from, then the prompts.
        known: (B, C, k, h, w) clean latents of the first frames, or None.
        guide_frames: Whether the unguided pass does not read ``known`` either.
        low_res: (B, C, t, h/2, w/2) latents of the stage below, noised to ``low_res_level``, or None.
        low_res_level: Their noise index.
        part: Clean latents (B, C, t, h, w) and how far each is known, (1, 1, t, h, w) in 0 to 1; or None.
    """

    text: TextBatch
    known: Tensor | None = None
    guide_frames: bool = False
    low_res: Tensor | None = None
    low_res_level: int | None = None
    part: tuple[Tensor, Tensor] | None = None


@dataclass(frozen=True, slots=True)
class _Passes:
    """The network's calls of one step: with all conditions, or without those that guidance is about, or both."""

    network: VelocityNetwork
    conditioning: Conditioning
    frames: Tensor | None
    device: Device

    def cond_only(self, x: Tensor, t: int, x0_prev: Tensor | None) -> Tensor:
        """v under all conditions."""
        return self._velocity(x, t, x0_prev, slice(len(x), None))

    def batched(self, x: Tensor, t: int, x0_prev: Tensor | None) -> tuple[Tensor, Tensor]:
        """v under all conditions and v without those of guidance, from one call on twice the clips."""
        v = self._velocity(x, t, x0_prev, slice(None))
        return v[len(x) :], v[: len(x)]

    def sequential(self, x: Tensor, t: int, x0_prev: Tensor | None) -> tuple[Tensor, Tensor]:
        """As `batched`, from two calls: slower, with half the memory."""
        return self.cond_only(x, t, x0_prev), self._velocity(x, t, x0_prev, slice(0, len(x)))

    def _velocity(self, x: Tensor, t: int, x0_prev: Tensor | None, rows: slice) -> Tensor:
        text, level = self.conditioning.text, self.conditioning.low_res_level
        tokens = text.tokens[rows]
        passes = len(tokens) // len(x)
        times = torch.full((len(tokens),), t, device=x.device)
        fault_point("step")
        reads = self.network.config.text_width is not None
        with self.device.autocast():
            v = self.network(
                _repeated(x, passes),
                times,
                text=TextBatch(tokens, text.mask[rows]) if reads else None,
                x0_prev=None if x0_prev is None else _repeated(x0_prev, passes),
                frames=None if self.frames is None else self.frames[rows],
                low_res=None if self.conditioning.low_res is None else _repeated(self.conditioning.low_res, passes),
                low_res_t=None if level is None else torch.full_like(times, level),
            )
        return v.float()


def _repeated(x: Tensor, passes: int) -> Tensor:
    return x if passes == 1 else torch.cat([x] * passes)


def stage_denoiser(
    network: VelocityNetwork,
    conditioning: Conditioning,
    guidance: Guidance,
    schedule: Schedule,
    device: Device,
    frames: int,
    *,
    together: bool = True,
) -> Denoise:
    """The guided network over latents (B, C, ``frames``, h, w).

    Guidance needs two answers of the network: from one call if ``together``, else from two that need less memory.

    Known frames are given on channels where the network has them, and kept by the sampler in any case (see
    `clamp_known`); a known part of the picture is kept by the sampler (`clamp_part`).
    """
    known, condition = conditioning.known, None
    if known is not None and network.config.frame_conditioning:
        count = torch.full((len(known),), known.shape[2], device=known.device)
        one = frame_condition(F.pad(known, (0, 0, 0, 0, 0, frames - known.shape[2])), count)
        condition = torch.cat([torch.zeros_like(one) if conditioning.guide_frames else one, one])
    passes = _Passes(network, conditioning, condition, device)
    denoise = guided(passes.cond_only, passes.batched if together else passes.sequential, guidance, schedule)
    if conditioning.part is not None:
        latents, share = conditioning.part
        return lambda x, t, x0_prev: clamp_part(denoise(x, t, x0_prev), x, latents, share, schedule, t)
    if known is None:
        return denoise
    return lambda x, t, x0_prev: clamp_known(denoise(x, t, x0_prev), x, known, schedule, t)
