"""The path of the low resolution past the transformer: the best linear estimate, told as v."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from engine.diffusion.schedule import Schedule
from engine.models.superres import LowResPath
from engine.models.transformer import WindowTransformer
from engine.packs.recipes import STARTER_SR1
from engine.text.batch import TextBatch

RESIDUAL = 0.1


def _pairs(count: int, noise: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
    """Low resolution, and what a convolution with a pixel shuffle makes of it."""
    generator = torch.Generator().manual_seed(1)
    low = torch.randn(count, 8, 1, 8, 8, generator=generator)
    kernel = torch.randn(32, 8, 3, 3, generator=generator) / 8
    high = F.pixel_shuffle(F.conv2d(low[:, :, 0], kernel, padding=1), 2)[:, :, None]
    return low, high + noise * torch.randn(high.shape, generator=generator)


def test_the_fitted_guess_is_the_linear_one() -> None:
    low, high = _pairs(16)
    path = LowResPath(8, RESIDUAL)
    path.fit(low, high, ridge=1e-9)
    assert torch.allclose(path.guess(low), high, atol=1e-3)


def test_pure_noise_is_answered_with_the_guess() -> None:
    low, high = _pairs(2)
    path = LowResPath(8, RESIDUAL)
    last = torch.full((2,), 999)
    x = torch.randn(high.shape)
    x0 = Schedule.linear().x0_from_velocity(x, path(x, last, low), last)
    assert torch.allclose(x0, path.guess(low), atol=1e-5)


@pytest.mark.parametrize("t", [0, 100, 400, 800])
def test_no_other_weight_of_the_noisy_latents_misses_less(t: int) -> None:
    low, high = _pairs(64, noise=RESIDUAL**0.5)
    schedule, times = Schedule.linear(), torch.full((64,), t)
    path = LowResPath(8, RESIDUAL)
    path.fit(low, high)
    x = schedule.add_noise(high, torch.randn(high.shape, generator=torch.Generator().manual_seed(2)), t)
    with torch.no_grad():
        guess, best = path.guess(low), schedule.x0_from_velocity(x, path(x, times, low), times)
    alpha, _ = schedule.level(t)
    missed = float((best - high).square().mean())
    for gain in torch.linspace(0, 1.2 / alpha, 25):
        other = guess + gain * (x - alpha * guess)
        assert missed <= float((other - high).square().mean()) * 1.03


def test_an_untrained_stage_gives_the_path_alone() -> None:
    config = replace(STARTER_SR1, width=48, layers=2)
    network = WindowTransformer(config)
    assert network.low_res_path is not None
    x, t, low = torch.randn(1, 8, 1, 32, 56), torch.tensor([500]), torch.randn(1, 8, 1, 16, 28)
    text = TextBatch(torch.randn(1, 1, 3, 256), torch.ones(1, 1, 3, dtype=torch.bool))
    with torch.no_grad():
        assert torch.equal(network(x, t, text=text, low_res=low), network.low_res_path(x, t, low))


def test_a_path_from_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="stage below"):
        replace(STARTER_SR1, low_res=False)
