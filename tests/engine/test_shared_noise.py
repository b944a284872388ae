"""Noise that the frames of a clip have in common: what it is, and that training and cascade agree about it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engine.diffusion.noise import frame_noise, mix_frames
from engine.packs.recipes import STARTER_BASE
from engine.pipeline.conditioning import seeded_clip_noise, seeded_noise

SHAPE = (64, 2, 5, 8, 8)


def _correlation(noise: torch.Tensor) -> torch.Tensor:
    """(T, T) correlations between the frames of (B, C, T, h, w)."""
    return torch.corrcoef(noise.transpose(0, 2).flatten(1))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_each_frame_is_standard_normal_and_two_correlate_by_the_share(share: float) -> None:
    noise = frame_noise(SHAPE, share, torch.Generator().manual_seed(1))
    assert noise.shape == SHAPE
    assert noise.std(dim=(0, 1, 3, 4)).allclose(torch.ones(5), atol=0.03)
    wanted = torch.full((5, 5), share).fill_diagonal_(1.0)
    assert _correlation(noise).allclose(wanted, atol=0.05)


def test_without_a_share_and_for_images_it_is_plain_noise() -> None:
    plain = torch.randn(SHAPE, generator=torch.Generator().manual_seed(2))
    assert frame_noise(SHAPE, 0.0, torch.Generator().manual_seed(2)).equal(plain)
    image = (3, 2, 1, 8, 8)
    assert frame_noise(image, 0.8, torch.Generator().manual_seed(2)).equal(
        torch.randn(image, generator=torch.Generator().manual_seed(2))
    )
    assert seeded_clip_noise(7, "base/0", image, 0.8).equal(seeded_noise(7, "base/0", image))


def test_seeded_noise_of_a_clip_repeats_and_correlates_too() -> None:
    noise = seeded_clip_noise(7, "base/0", SHAPE, 0.8)
    assert noise.equal(seeded_clip_noise(7, "base/0", SHAPE, 0.8))
    assert not noise.equal(seeded_clip_noise(8, "base/0", SHAPE, 0.8))
    assert float(_correlation(noise)[0, 4]) == pytest.approx(0.8, abs=0.05)


def test_all_in_common_is_one_frame_repeated() -> None:
    own, common = torch.randn(1, 2, 5, 4, 4), torch.randn(1, 2, 1, 4, 4)
    assert mix_frames(own, common, 1.0).equal(common.expand(-1, -1, 5, -1, -1))


def test_a_share_outside_of_zero_to_one_is_no_network() -> None:
    with pytest.raises(ValueError, match="share"):
        replace(STARTER_BASE, shared_noise=1.5)
