"""Guidance: the formula, when it acts, and the rescale."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.diffusion.denoiser import Conditioning, stage_denoiser
from engine.diffusion.guidance import Guidance, guide, guided
from engine.diffusion.samplers import ddim
from engine.diffusion.schedule import Schedule
from engine.models.transformer import WindowTransformer
from engine.runtime.devices import Device
from engine.text.batch import TextBatch
from tests.tiny_pack import lively, transformer

SCHEDULE = Schedule.linear()
SHAPE = (2, 3, 2, 4, 4)


def draw(seed: int) -> Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


def mix(guidance: Guidance, t: int) -> Tensor:
    return guide(draw(0), draw(1), guidance, t, x=draw(2), schedule=SCHEDULE)


def test_plain_guidance_is_the_linear_mix() -> None:
    torch.testing.assert_close(mix(Guidance(4.0), 500), draw(1) + 4.0 * (draw(0) - draw(1)))


def test_scale_one_is_conditional_and_zero_unconditional() -> None:
    torch.testing.assert_close(mix(Guidance(1.0), 500), draw(0))
    assert torch.equal(mix(Guidance(0.0), 500), draw(1))
    assert not Guidance(1.0).active(500)
    assert Guidance(0.0).active(500)


def test_guiding_v_is_guiding_x0() -> None:
    x, t, w = draw(2), 321, 5.0
    cond, uncond = (SCHEDULE.x0_from_velocity(x, draw(seed), t) for seed in (0, 1))
    ours = SCHEDULE.x0_from_velocity(x, mix(Guidance(w), t), t)
    torch.testing.assert_close(ours, uncond + w * (cond - uncond), atol=1e-5, rtol=1e-5)


def test_the_interval_switches_guidance_on_and_off() -> None:
    guidance = Guidance(3.0, interval=(0.2, 0.8))
    acts = [t for t in range(1000) if guidance.active(t)]
    assert acts == list(range(200, 800))
    assert {guidance.weight(t) for t in (0, 199, 800, 999)} == {1.0}
    assert Guidance(3.0).active(0)
    assert Guidance(3.0).active(999)


@pytest.mark.parametrize("power", [0.5, 1.0, 4.0])
def test_the_power_cosine_grows_from_one_to_the_scale(power: float) -> None:
    guidance = Guidance(6.0, power_cosine=power)
    weights = [guidance.weight(t) for t in range(1000)]
    assert weights[999] == 1.0
    assert weights[0] == pytest.approx(6.0)
    assert weights == sorted(weights, reverse=True)
    expected = 5.0 * 0.5 * (1 - math.cos(math.pi * (1 - 250 / 999) ** power)) + 1
    assert weights[250] == pytest.approx(expected, rel=1e-12)


def test_a_full_rescale_gives_x0_the_conditional_spread_and_keeps_its_direction() -> None:
    x, t = draw(2), 700
    cond = SCHEDULE.x0_from_velocity(x, draw(0), t)
    plain = SCHEDULE.x0_from_velocity(x, mix(Guidance(7.0), t), t)
    ours = SCHEDULE.x0_from_velocity(x, mix(Guidance(7.0, rescale=1.0), t), t)
    for k in range(SHAPE[0]):
        assert ours[k].std().item() == pytest.approx(cond[k].std().item(), rel=1e-4)
        torch.testing.assert_close(ours[k] / ours[k].std(), plain[k] / plain[k].std(), atol=1e-4, rtol=1e-4)


def test_the_rescale_blends_by_phi() -> None:
    t = 700
    none, half, full = (mix(Guidance(7.0, rescale=phi), t) for phi in (0.0, 0.5, 1.0))
    torch.testing.assert_close(half, (none + full) / 2, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("t", [0, 999])
def test_the_rescale_is_finite_at_both_ends(t: int) -> None:
    assert torch.isfinite(mix(Guidance(7.0, rescale=0.7), t)).all()
    flat = torch.zeros(SHAPE)
    assert torch.isfinite(guide(flat, flat, Guidance(7.0, rescale=0.7), t, x=flat, schedule=SCHEDULE)).all()


def test_half_precision_predictions_are_mixed_in_float32() -> None:
    v = guide(draw(0).bfloat16(), draw(1).bfloat16(), Guidance(9.0), 10, x=draw(2), schedule=SCHEDULE)
    assert v.dtype == torch.float32
    torch.testing.assert_close(v, draw(1).bfloat16().float() * -8 + draw(0).bfloat16().float() * 9)


def test_outside_the_interval_the_unconditional_pass_is_skipped() -> None:
    calls: list[tuple[str, int]] = []

    def cond(x: Tensor, t: int, x0_prev: Tensor | None) -> Tensor:
        calls.append(("one", t))
        return 0.5 * x

    def pair(x: Tensor, t: int, x0_prev: Tensor | None) -> tuple[Tensor, Tensor]:
        calls.append(("two", t))
        return 0.5 * x, 0.1 * x

    ddim(guided(cond, pair, Guidance(3.0, interval=(0.3, 0.7)), SCHEDULE), draw(3), SCHEDULE, 5)
    assert calls == [("one", 999), ("one", 799), ("two", 599), ("two", 399), ("one", 199)]


def test_a_guided_denoiser_hands_on_the_self_conditioning() -> None:
    given: list[Tensor | None] = []

    def pair(x: Tensor, t: int, x0_prev: Tensor | None) -> tuple[Tensor, Tensor]:
        given.append(x0_prev)
        return 0.5 * x, 0.1 * x

    denoise = guided(lambda x, t, x0_prev: x, pair, Guidance(3.0), SCHEDULE)
    estimate = draw(4)
    denoise(draw(3), 500, None)
    denoise(draw(3), 500, estimate)
    assert given[0] is None
    assert given[1] is estimate


@pytest.mark.parametrize(
    "wrong",
    [
        {"scale": -1.0},
        {"scale": math.nan},
        {"scale": math.inf},
        {"scale": 2.0, "interval": (0.8, 0.2)},
        {"scale": 2.0, "interval": (-0.1, 0.5)},
        {"scale": 2.0, "rescale": 1.5},
        {"scale": 2.0, "power_cosine": 0.0},
    ],
)
def test_impossible_guidance_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="guidance"):
        Guidance(**wrong)


def test_a_batch_is_sampled_as_each_of_its_clips() -> None:
    torch.manual_seed(0)
    network = WindowTransformer(transformer("base")).eval()
    lively(network)
    tokens, mask = torch.randn(4, 1, 3, 16), torch.ones(4, 1, 3, dtype=torch.bool)
    noise, known = torch.randn(2, 4, 5, 4, 8), torch.randn(2, 4, 1, 4, 8)
    device = Device(torch.device("cpu"), torch.float32)

    def sample(clips: list[int], together: bool) -> Tensor:
        rows = [*clips, *(2 + i for i in clips)]
        told = Conditioning(TextBatch(tokens[rows], mask[rows]), known[clips], guide_frames=True)
        denoise = stage_denoiser(network, told, Guidance(3.0), SCHEDULE, device, 5, together=together)
        return ddim(denoise, noise[clips], SCHEDULE, 3)

    both = sample([0, 1], together=True)
    torch.testing.assert_close(both, torch.cat([sample([0], True), sample([1], True)]), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(both, sample([0, 1], together=False), atol=1e-4, rtol=1e-4)
    assert torch.allclose(both[:, :, :1], known, atol=1e-4)
    assert not torch.allclose(both[0], both[1], atol=0.1)
