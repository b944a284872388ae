"""Samplers: from noise to a clean latent in a few dozen calls of the network. One function a sampler.

All of them step on trailing times, keep the running sample in float32 (or float64 if the noise is), leave
the network free to autocast, and hand each clean estimate to the next call: that is the self-conditioning of
Analog Bits (arXiv 2208.04202), which W.A.L.T. trains with. A network without it ignores the argument.
They draw no random numbers: the same noise gives the same sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor

from engine.diffusion.schedule import CLEAN, Schedule

Denoise = Callable[[Tensor, int, Tensor | None], Tensor]
"""(x (B, ...), time, previous clean estimate or None at the first step) -> v, shaped like x."""

OnStep = Callable[[int, int, Tensor], None]
"""(step from 1, steps, clean estimate x0): called after every step; raise from it to stop the sampler."""

_STANDS_FOR_ZERO = 2.0**-24
"""The alpha_bar put for zero where a logarithm of the SNR is taken; the choice of the `diffusers` library."""


@torch.no_grad()
def ddim(
    denoise: Denoise, noise: Tensor, schedule: Schedule, steps: int, *, on_step: OnStep | None = None
) -> Tensor:
    """Deterministic DDIM (Song et al., arXiv 2010.02502, eq. 12 with eta = 0), the paper's sampler.

    Each step re-noises the clean estimate with the estimated noise: x_s = alpha_s x0 + sigma_s eps.

    Args:
        denoise: The network, guided or not.
        noise: Standard normal noise (B, ...), the sample at the schedule's last time.
        schedule: The schedule that the network was trained on.
        steps: How many calls of ``denoise``; the paper uses 50.
        on_step: See `OnStep`.

    Returns:
        The sample x0, shaped like ``noise``.

    Raises:
        ValueError: when ``steps`` is not possible on this schedule.
    """
    x, x0 = _widen(noise), None
    for step, (t, s) in enumerate(pairwise([*schedule.trailing(steps), CLEAN]), start=1):
        v = denoise(x, t, x0).to(x.dtype)
        x0 = schedule.x0_from_velocity(x, v, t)
        alpha, sigma = schedule.level(s)
        x = alpha * x0 + sigma * schedule.eps_from_velocity(x, v, t)
        if on_step is not None:
            on_step(step, steps, x0)
    return x


@torch.no_grad()
def ddim_from(denoise: Denoise, x: Tensor, schedule: Schedule, level: int, steps: int) -> Tensor:
    """DDIM from the middle: a sample ``x`` (B, ...) that is noised to ``level``, denoised in evenly spaced ``steps``.

    Noise a clean sample and denoise it so, and it gets the network's own errors, more of them from higher levels
    (SDEdit, Meng et al., arXiv 2108.01073). Returns x0, shaped like ``x``.
    """
    x, x0 = _widen(x), None
    times = [max(0, round(level * (1 - i / steps))) for i in range(steps)]
    for t, s in pairwise([*dict.fromkeys(times), CLEAN]):
        v = denoise(x, t, x0).to(x.dtype)
        x0 = schedule.x0_from_velocity(x, v, t)
        alpha, sigma = schedule.level(s)
        x = alpha * x0 + sigma * schedule.eps_from_velocity(x, v, t)
    return x


@torch.no_grad()
def dpm_solver_pp_2m(
    denoise: Denoise, noise: Tensor, schedule: Schedule, steps: int, *, on_step: OnStep | None = None
) -> Tensor:
    """DPM-Solver++(2M): two-step, second order, predicting x0 (Lu et al., arXiv 2211.01095, Algorithm 2).

    In half-log-SNR lambda = log(alpha / sigma) with h the step and h' the one before,
    D = x0 + (h / 2h') (x0 - x0'), x_s = (sigma_s / sigma_t) x - alpha_s (exp(-h) - 1) D.
    The first and the last step are first order, that is DDIM. At zero SNR lambda is minus infinity; the first
    step needs only exp(-h) = 0 and is exact, and the second gets a finite h' as if alpha_bar were 2^-24.

    Arguments, result and errors are those of `ddim`; 15 to 25 steps do the work of its 50.
    """
    x, x0, h_before = _widen(noise), None, 0.0
    for step, (t, s) in enumerate(pairwise([*schedule.trailing(steps), CLEAN]), start=1):
        estimate = data = schedule.x0_from_velocity(x, denoise(x, t, x0).to(x.dtype), t)
        h = _half_log_snr(schedule, s) - _half_log_snr(schedule, t)
        # The last step lands on sigma = 0, where h is infinite and only the first-order rule has a limit.
        if x0 is not None and s != CLEAN:
            data = estimate + (h / (2.0 * h_before)) * (estimate - x0)
        x = _exponential_step(x, data, schedule.level(t), schedule.level(s))
        x0, h_before = estimate, h
        if on_step is not None:
            on_step(step, steps, x0)
    return x


def _exponential_step(x: Tensor, data: Tensor, now: tuple[float, float], then: tuple[float, float]) -> Tensor:
    """x_s = (sigma_s / sigma_t) x - alpha_s (exp(-h) - 1) data, with exp(-h) written out to allow 0."""
    ratio = then[1] / now[1]
    return ratio * x + (then[0] - ratio * now[0]) * data


def _half_log_snr(schedule: Schedule, t: int) -> float:
    """log(alpha / sigma), finite at zero SNR and infinite at the clean end."""
    if t == CLEAN:
        return math.inf
    alpha_bar = schedule.alpha_bar[t].item()
    if alpha_bar == 0.0:
        # A walk of a thousand steps has neighbours smaller than the stand-in: it must stay below them.
        alpha_bar = min(_STANDS_FOR_ZERO, schedule.alpha_bar[t - 1].item() / 4.0)
    return 0.5 * math.log(alpha_bar / (1.0 - alpha_bar))


def _widen(noise: Tensor) -> Tensor:
    """The noise in at least float32."""
    return noise.to(torch.promote_types(noise.dtype, torch.float32))
