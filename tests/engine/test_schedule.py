"""The noise schedule against its paper, against diffusers, and against its own algebra."""

from __future__ import annotations

import pytest
import torch
from diffusers import DDIMScheduler

from engine.diffusion.schedule import CLEAN, Schedule

SCHEDULE = Schedule.linear()
BATCH = (5, 2, 3, 4, 4)
TIMES = torch.tensor([0, 1, 500, 998, 999])


def draw(seed: int, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(BATCH, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def test_terminal_snr_is_exactly_zero() -> None:
    assert SCHEDULE.steps == 1000
    assert SCHEDULE.alpha_bar.dtype == torch.float64
    assert SCHEDULE.alpha_bar[999].item() == 0.0
    assert SCHEDULE.snr(999).item() == 0.0
    assert SCHEDULE.level(999) == (0.0, 1.0)
    assert SCHEDULE.level(CLEAN) == (1.0, 0.0)


def test_the_rescale_keeps_the_first_time_and_the_order() -> None:
    plain = Schedule.linear(zero_terminal_snr=False)
    assert plain.alpha_bar[0].item() == pytest.approx(1 - 1e-4, abs=1e-15)
    assert SCHEDULE.alpha_bar[0].item() == pytest.approx(1 - 1e-4, abs=1e-15)
    assert plain.alpha_bar[999].sqrt().item() == pytest.approx(0.00635, abs=1e-5)
    assert torch.all(SCHEDULE.alpha_bar.diff() < 0)


@pytest.mark.parametrize("zero", [True, False])
def test_alpha_bar_is_that_of_diffusers(zero: bool) -> None:
    theirs = DDIMScheduler(beta_start=1e-4, beta_end=0.02, rescale_betas_zero_snr=zero)
    ours = Schedule.linear(zero_terminal_snr=zero)
    torch.testing.assert_close(ours.alpha_bar.float(), theirs.alphas_cumprod, rtol=2e-4, atol=2e-6)


def test_noise_and_velocity_are_those_of_diffusers() -> None:
    theirs = DDIMScheduler(beta_start=1e-4, beta_end=0.02, rescale_betas_zero_snr=True)
    x0, eps = draw(0, torch.float32), draw(1, torch.float32)
    torch.testing.assert_close(
        SCHEDULE.add_noise(x0, eps, TIMES), theirs.add_noise(x0, eps, TIMES), atol=1e-5, rtol=1e-5
    )
    torch.testing.assert_close(
        SCHEDULE.velocity(x0, eps, TIMES), theirs.get_velocity(x0, eps, TIMES), atol=1e-5, rtol=1e-5
    )


def test_velocity_leads_back_to_both_ends() -> None:
    x0, eps = draw(2), draw(3)
    x, v = SCHEDULE.add_noise(x0, eps, TIMES), SCHEDULE.velocity(x0, eps, TIMES)
    torch.testing.assert_close(SCHEDULE.x0_from_velocity(x, v, TIMES), x0, atol=1e-13, rtol=0)
    torch.testing.assert_close(SCHEDULE.eps_from_velocity(x, v, TIMES), eps, atol=1e-13, rtol=0)


def test_at_the_last_time_the_input_is_noise_and_the_target_is_minus_the_data() -> None:
    x0, eps = draw(4), draw(5)
    assert torch.equal(SCHEDULE.add_noise(x0, eps, 999), eps)
    assert torch.equal(SCHEDULE.velocity(x0, eps, 999), -x0)
    assert torch.equal(SCHEDULE.x0_from_velocity(eps, -x0, 999), x0)


def test_one_time_for_all_equals_a_batch_of_times() -> None:
    x0, eps = draw(6), draw(7)
    same = torch.full((BATCH[0],), 123)
    assert torch.equal(SCHEDULE.add_noise(x0, eps, 123), SCHEDULE.add_noise(x0, eps, same))


def test_half_precision_is_widened() -> None:
    x0 = draw(8, torch.bfloat16)
    assert SCHEDULE.add_noise(x0, torch.randn(BATCH), TIMES).dtype == torch.float32
    assert SCHEDULE.x0_from_velocity(x0, x0, TIMES).dtype == torch.float32


@pytest.mark.parametrize("n", [1, 2, 7, 16, 50, 999, 1000])
def test_trailing_times_are_those_of_diffusers(n: int) -> None:
    theirs = DDIMScheduler(timestep_spacing="trailing")
    theirs.set_timesteps(n)
    times = SCHEDULE.trailing(n)
    assert len(times) == n
    assert times[0] == 999
    assert times == theirs.timesteps.tolist()[:n]


@pytest.mark.parametrize("n", [0, -1, 1001])
def test_impossible_step_counts_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 1000"):
        SCHEDULE.trailing(n)
