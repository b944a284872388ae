"""The samplers step by step against diffusers, and against a Gaussian whose perfect denoiser is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler
from torch import Tensor

from engine.diffusion.samplers import ddim, ddim_from, dpm_solver_pp_2m
from engine.diffusion.schedule import Schedule

SCHEDULE = Schedule.linear()
SAMPLERS = [ddim, dpm_solver_pp_2m]
MEAN, SPREAD = 0.7, 0.4


def draw(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def wavy(x: Tensor, t: int) -> Tensor:
    """A smooth made-up network: any v will do to compare arithmetic."""
    return torch.tanh(0.8 * x + 0.3 * math.sin(t / 100)) - 0.2 * x.roll(1, dims=-1)


@dataclass
class Recorder:
    """A denoiser that keeps what it was given."""

    network: Callable[[Tensor, int], Tensor] = wavy
    xs: list[Tensor] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    previous: list[Tensor | None] = field(default_factory=list)

    def __call__(self, x: Tensor, t: int, x0_prev: Tensor | None) -> Tensor:
        self.xs.append(x.clone())
        self.times.append(t)
        self.previous.append(x0_prev)
        return self.network(x, t)


@dataclass(frozen=True)
class Gaussian:
    """The exact v for data drawn from N(MEAN, SPREAD^2)."""

    schedule: Schedule

    def __call__(self, x: Tensor, t: int, x0_prev: Tensor | None) -> Tensor:
        alpha, sigma = self.schedule.level(t)
        x0 = MEAN + alpha * SPREAD**2 / (alpha**2 * SPREAD**2 + sigma**2) * (x - alpha * MEAN)
        return (alpha * x - x0) / sigma


def their_path(scheduler, noise: Tensor, steps: int) -> list[Tensor]:
    """The input of every step, and the sample, under a scheduler of diffusers."""
    scheduler.set_timesteps(steps)
    path = [noise]
    for t in scheduler.timesteps:
        path.append(scheduler.step(wavy(path[-1], int(t)), t, path[-1]).prev_sample)
    return path


def their_ddim() -> DDIMScheduler:
    return DDIMScheduler(
        beta_start=1e-4,
        beta_end=0.02,
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        prediction_type="v_prediction",
        clip_sample=False,
    )


def their_dpm(zero: bool) -> DPMSolverMultistepScheduler:
    return DPMSolverMultistepScheduler(
        beta_start=1e-4,
        beta_end=0.02,
        rescale_betas_zero_snr=zero,
        timestep_spacing="trailing",
        prediction_type="v_prediction",
    )


@pytest.mark.parametrize("steps", [1, 4, 20, 50])
def test_ddim_walks_with_diffusers(steps: int) -> None:
    noise, seen = draw(2, 3, 5, 8), Recorder()
    sample = ddim(seen, noise, SCHEDULE, steps)
    theirs = their_path(their_ddim(), noise, steps)
    for ours, their in zip([*seen.xs, sample], theirs, strict=True):
        torch.testing.assert_close(ours, their, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("steps", [1, 2, 7, 20, 50])
def test_dpm_solver_walks_with_diffusers_without_zero_snr(steps: int) -> None:
    noise, seen = draw(2, 3, 5, 8), Recorder()
    sample = dpm_solver_pp_2m(seen, noise, Schedule.linear(zero_terminal_snr=False), steps)
    theirs = their_path(their_dpm(zero=False), noise, steps)
    for ours, their in zip([*seen.xs, sample], theirs, strict=True):
        torch.testing.assert_close(ours, their, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("steps", [2, 7, 20, 50])
def test_dpm_solver_walks_with_diffusers_from_zero_snr(steps: int) -> None:
    noise, seen = draw(2, 3, 5, 8), Recorder()
    sample = dpm_solver_pp_2m(seen, noise, SCHEDULE, steps)
    theirs = their_path(their_dpm(zero=True), noise, steps)
    # Ours starts at exactly zero SNR, theirs at alpha = 2^-12: they differ by a few times that.
    for ours, their in zip([*seen.xs, sample], theirs, strict=True):
        torch.testing.assert_close(ours, their, atol=2e-3, rtol=0)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_first_step_from_pure_noise_is_exact(sampler) -> None:
    noise, seen = draw(1, 4, 4), Recorder()
    sampler(seen, noise, SCHEDULE, 10)
    alpha, sigma = SCHEDULE.level(seen.times[1])
    x0 = -wavy(noise, 999)
    torch.testing.assert_close(seen.xs[1], alpha * x0 + sigma * noise)
    assert all(torch.isfinite(x).all() for x in seen.xs)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_samples_of_a_known_gaussian_have_its_mean_and_spread(sampler) -> None:
    samples = sampler(Gaussian(SCHEDULE), draw(20_000, seed=3).double(), SCHEDULE, 200)
    assert samples.mean().item() == pytest.approx(MEAN, abs=0.01)
    assert samples.std().item() == pytest.approx(SPREAD, abs=0.01)


def spread_error(sampler, steps: int) -> float:
    """How far the spread of the samples is from the truth.

    For a Gaussian the sampler is an affine map of the noise: two noises tell mean and spread without chance.
    """
    noise = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    low, high = sampler(Gaussian(SCHEDULE), noise, SCHEDULE, steps).flatten().tolist()
    assert low == pytest.approx(MEAN, abs=1e-9)
    return abs(high - low - SPREAD)


def test_more_steps_come_nearer_and_the_second_order_is_ahead() -> None:
    first = [spread_error(ddim, n) for n in (10, 20, 50)]
    second = [spread_error(dpm_solver_pp_2m, n) for n in (10, 20, 50)]
    assert first == sorted(first, reverse=True)
    assert second == sorted(second, reverse=True)
    assert second[2] < 0.002
    assert all(s < f for f, s in zip(first, second, strict=True))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_any_step_count_gives_a_finite_sample(sampler) -> None:
    for steps in (1, 3, 1000):
        assert torch.isfinite(sampler(Gaussian(SCHEDULE), draw(1, 64), SCHEDULE, steps)).all()


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_each_step_is_told_and_feeds_its_estimate_to_the_next(sampler) -> None:
    told: list[tuple[int, int, Tensor]] = []
    seen = Recorder()
    sample = sampler(seen, draw(1, 4), SCHEDULE, 5, on_step=lambda *args: told.append(args))
    assert [(step, steps) for step, steps, _ in told] == [(k, 5) for k in range(1, 6)]
    assert seen.times == [999, 799, 599, 399, 199]
    assert seen.previous[0] is None
    for given, (_, _, x0) in zip(seen.previous[1:], told, strict=False):
        assert given is x0
    assert torch.equal(sample, told[-1][2])


class Stop(Exception):
    pass


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_callback_stops_the_sampler_within_its_step(sampler) -> None:
    def stop_at_three(step: int, steps: int, x0: Tensor) -> None:
        if step == 3:
            raise Stop

    seen = Recorder()
    with pytest.raises(Stop):
        sampler(seen, draw(1, 4), SCHEDULE, 10, on_step=stop_at_three)
    assert len(seen.times) == 3


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_same_noise_gives_the_same_bits_and_stays_untouched(sampler) -> None:
    noise = draw(2, 3, 4)
    before = noise.clone()
    first, again = (sampler(Recorder(), noise, SCHEDULE, 12) for _ in range(2))
    assert torch.equal(first, again)
    assert torch.equal(noise, before)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_sample_stays_in_float32_around_a_half_precision_network(sampler) -> None:
    seen = Recorder(network=lambda x, t: wavy(x, t).bfloat16())
    assert sampler(seen, draw(1, 4).bfloat16(), SCHEDULE, 4).dtype == torch.float32
    assert {x.dtype for x in seen.xs} == {torch.float32}


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_no_graph_is_kept(sampler) -> None:
    weight = torch.ones(1, requires_grad=True)
    assert not sampler(lambda x, t, x0: weight * x, draw(1, 4), SCHEDULE, 2).requires_grad


def test_denoising_from_the_middle_lands_on_what_the_network_believes() -> None:
    schedule, truth = Schedule.linear(), torch.full((1, 2, 1, 2, 2), 0.7)

    def denoise(x: Tensor, t: int, x0: Tensor | None) -> Tensor:
        alpha, sigma = schedule.level(t)
        return (alpha * x - truth) / sigma

    noisy = schedule.add_noise(truth, draw(1, 2, 1, 2, 2), 400)
    assert torch.allclose(ddim_from(denoise, noisy, schedule, 400, 4), truth, atol=1e-5)
