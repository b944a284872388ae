"""Classifier-free guidance, and what keeps it from over-exposing: an interval, a power cosine, a rescale.

A guided step mixes a conditional and an unconditional (or negative) prediction: v = v_u + w (v_c - v_u).
At one time x0, eps and v are affine in each other with the same x, so plain guidance is the same on any of
them; only the rescale, which looks at spreads, has to say where it acts: on the clean estimate x0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from engine.diffusion.samplers import Denoise
from engine.diffusion.schedule import Schedule

DenoisePair = Callable[[Tensor, int, Tensor | None], tuple[Tensor, Tensor]]
"""Like `Denoise`, but (conditional v, unconditional v), best made by one call on a doubled batch."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """How strongly the condition steers, and when.

    Raises:
        ValueError: for an impossible interval, rescale, scale or power.
    """

    scale: float
    """w: 1 is the plain conditional model, 0 the unconditional one."""
    interval: tuple[float, float] = (0.0, 1.0)
    """Part of noise time (0 clean, 1 pure noise) in which guidance acts, ends included (arXiv 2404.07724)."""
    rescale: float = 0.0
    """phi: how far the guided x0 is brought back to the conditional one's spread (arXiv 2305.08891, 3.4)."""
    power_cosine: float | None = None
    """Exponent s of MDT's schedule (W.A.L.T. on ImageNet): weight 1 in pure noise, ``scale`` when clean."""

    def __post_init__(self) -> None:
        low, high = self.interval
        if not 0.0 <= low <= high <= 1.0:
            raise ValueError(f"the guidance interval {self.interval} is not within (0, 1)")
        if not 0.0 <= self.rescale <= 1.0:
            raise ValueError(f"the guidance rescale {self.rescale} is not between 0 and 1")
        if not (math.isfinite(self.scale) and self.scale >= 0.0):
            raise ValueError(f"the guidance scale {self.scale} is not a number from 0 up")
        if self.power_cosine is not None and not self.power_cosine > 0.0:
            raise ValueError(f"the guidance power {self.power_cosine} is not above 0")

    def weight(self, t: int, steps: int = 1000) -> float:
        """w at time ``t`` of ``steps``: 1 outside the interval, else ``scale``, or with a power cosine

        w(t) = (scale - 1) (1 - cos(pi (1 - t/T)^s)) / 2 + 1,  T = steps - 1.
        """
        noise_time = t / max(steps - 1, 1)
        low, high = self.interval
        if not low <= noise_time <= high:
            return 1.0
        if self.power_cosine is None:
            return self.scale
        ramp = (1.0 - math.cos(math.pi * (1.0 - noise_time) ** self.power_cosine)) / 2.0
        return (self.scale - 1.0) * ramp + 1.0

    def active(self, t: int, steps: int = 1000) -> bool:
        """Whether the unconditional prediction is needed at all at time ``t``."""
        return self.weight(t, steps) != 1.0


def guide(
    v_cond: Tensor, v_uncond: Tensor, guidance: Guidance, t: int, *, x: Tensor, schedule: Schedule
) -> Tensor:
    """The guided v at time ``t`` for the noisy input ``x``; all tensors (B, ...), result at least float32."""
    weight = guidance.weight(t, schedule.steps)
    v_cond, v_uncond = v_cond.to(x.dtype), v_uncond.to(x.dtype)
    v = v_uncond + weight * (v_cond - v_uncond)
    if guidance.rescale == 0.0:
        return v
    x0 = schedule.x0_from_velocity(x, v, t)
    shrink = 1.0 - _spread(schedule.x0_from_velocity(x, v_cond, t)) / _spread(x0).clamp_min(1e-8)
    # x0 becomes (1 - phi shrink) x0; in terms of v = (alpha x - x0) / sigma that is an addition.
    return v + guidance.rescale * shrink * x0 / schedule.level(t)[1]


def guided(cond: Denoise, pair: DenoisePair, guidance: Guidance, schedule: Schedule) -> Denoise:
    """A denoiser for the samplers that calls ``pair`` where guidance acts, and only ``cond`` elsewhere."""

    def denoise(x: Tensor, t: int, x0_prev: Tensor | None) -> Tensor:
        if not guidance.active(t, schedule.steps):
            return cond(x, t, x0_prev)
        v_cond, v_uncond = pair(x, t, x0_prev)
        return guide(v_cond, v_uncond, guidance, t, x=x, schedule=schedule)

    return denoise


def _spread(x: Tensor) -> Tensor:
    """Standard deviation of each sample over all its other axes, shaped (B, 1, ...)."""
    return x.std(dim=tuple(range(1, x.dim())), keepdim=True)
