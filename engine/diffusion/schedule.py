"""The noise schedule, linear betas with an exactly zero signal at the end, and the algebra of v-prediction.

W.A.L.T. (arXiv 2312.06662) sections 3 and 5.2: 1000 steps, beta from 1e-4 to 0.02, zero terminal SNR.
Writing alpha = sqrt(alpha_bar) and sigma = sqrt(1 - alpha_bar), always with alpha^2 + sigma^2 = 1:

    x_t = alpha x0 + sigma eps          v   = alpha eps - sigma x0
    x0  = alpha x_t - sigma v           eps = alpha v + sigma x_t
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

CLEAN = -1
"""The time after the last denoising step: alpha 1, sigma 0."""


@dataclass(frozen=True, eq=False, slots=True)
class Schedule:
    """A variance-preserving schedule over integer times; the last one is the noisiest.

    Times ``t`` are a (B,) long tensor, one per sample, or one ``int`` for all. Results are at least float32,
    whatever half precision comes in: the coefficients near the ends need the digits.
    """

    alpha_bar: Tensor
    """(steps,) float64 on the CPU: the signal's share of the variance, falling with time."""

    @classmethod
    def linear(
        cls, steps: int = 1000, beta: tuple[float, float] = (1e-4, 0.02), zero_terminal_snr: bool = True
    ) -> Self:
        """The paper's schedule: linear betas; the last ``alpha_bar`` is exactly 0 unless asked otherwise."""
        betas = torch.linspace(beta[0], beta[1], steps, dtype=torch.float64)
        alpha_bar = torch.cumprod(1.0 - betas, dim=0)
        return cls(_zero_terminal_snr(alpha_bar) if zero_terminal_snr else alpha_bar)

    @property
    def steps(self) -> int:
        """How many times the schedule has."""
        return self.alpha_bar.shape[0]

    def level(self, t: int) -> tuple[float, float]:
        """(alpha, sigma) at one time; `CLEAN` gives (1, 0)."""
        alpha_bar = 1.0 if t == CLEAN else self.alpha_bar[t].item()
        return math.sqrt(alpha_bar), math.sqrt(1.0 - alpha_bar)

    def add_noise(self, x0: Tensor, eps: Tensor, t: Tensor | int) -> Tensor:
        """x_t = alpha x0 + sigma eps (paper, section 3)."""
        alpha, sigma = self.coefficients(t, x0)
        return alpha * x0 + sigma * eps

    def velocity(self, x0: Tensor, eps: Tensor, t: Tensor | int) -> Tensor:
        """The network's target, v = alpha eps - sigma x0 (Salimans and Ho, arXiv 2202.00512)."""
        # W.A.L.T. prints v = sigma eps - alpha x0. That is a misprint: with a zero terminal SNR it would make
        # the target equal to the input at the last time, and teach the network nothing there about x0.
        alpha, sigma = self.coefficients(t, x0)
        return alpha * eps - sigma * x0

    def x0_from_velocity(self, x: Tensor, v: Tensor, t: Tensor | int) -> Tensor:
        """The clean estimate, x0 = alpha x - sigma v; at the last time it is exactly -v."""
        alpha, sigma = self.coefficients(t, x)
        return alpha * x - sigma * v

    def eps_from_velocity(self, x: Tensor, v: Tensor, t: Tensor | int) -> Tensor:
        """The noise estimate, eps = alpha v + sigma x; at the last time it is exactly x."""
        alpha, sigma = self.coefficients(t, x)
        return alpha * v + sigma * x

    def velocity_from_x0(self, x: Tensor, x0: Tensor, t: int) -> Tensor:
        """The v at time ``t`` whose clean estimate is ``x0``: v = (alpha x - x0) / sigma."""
        alpha, sigma = self.level(t)
        return (alpha * x - x0) / sigma

    def snr(self, t: Tensor | int) -> Tensor:
        """Signal-to-noise ratio alpha^2 / sigma^2, float64, shaped like ``t``; exactly 0 at the last time."""
        alpha_bar = self.alpha_bar[torch.as_tensor(t).cpu()]
        return alpha_bar / (1.0 - alpha_bar)

    def trailing(self, n: int) -> list[int]:
        """``n`` falling times that begin at the very last one (arXiv 2305.08891, section 3.3).

        Only this spacing starts where the input is pure noise, which a zero-terminal-SNR model needs.

        Raises:
            ValueError: unless 1 <= n <= steps.
        """
        if not 1 <= n <= self.steps:
            raise ValueError(f"{n} denoising steps are not possible: choose from 1 to {self.steps}")
        return [round(self.steps - i * self.steps / n) - 1 for i in range(n)]

    def coefficients(self, t: Tensor | int, x: Tensor) -> tuple[Tensor, Tensor]:
        """alpha and sigma on x's device, shaped (B, 1, ...) or (1, 1, ...) to multiply (B, ...)."""
        dtype = torch.promote_types(x.dtype, torch.float32)
        alpha = self.alpha_bar.sqrt().to(dtype).to(x.device)
        sigma = (1.0 - self.alpha_bar).sqrt().to(dtype).to(x.device)
        index = torch.as_tensor(t, device=x.device).reshape(-1)
        shape = (-1,) + (1,) * (x.dim() - 1)
        return alpha[index].reshape(shape), sigma[index].reshape(shape)


def _zero_terminal_snr(alpha_bar: Tensor) -> Tensor:
    """Shift and scale sqrt(alpha_bar): the last becomes 0, the first stays (arXiv 2305.08891, Alg. 1)."""
    root = alpha_bar.sqrt()
    first, last = root[0].clone(), root[-1].clone()
    return ((root - last) * (first / (first - last))).square()
