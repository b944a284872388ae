"""The tokenizer's opponent: blur pooling, its losses by hand, who gets which gradient."""

from __future__ import annotations

import pytest
import torch

from engine.models.tokenizer import Tokenizer, TokenizerConfig
from engine.training.runs.full_size import GanConfig
from engine.training.tokenizer.discriminator import BlurPool, Discriminator
from engine.training.tokenizer.gan_losses import (
    GanModel,
    discriminator_loss,
    feature_distance,
    generator_loss,
    gradient_penalty,
    lecam,
)

SMALL = GanConfig(channels=8)
TINY = TokenizerConfig(channels=8, blocks=(1, 1, 1, 1), mid_blocks=0)


def test_the_papers_discriminator_has_its_widths_and_one_verdict_a_clip() -> None:
    with torch.device("meta"):
        whole = Discriminator(GanConfig(), (17, 128, 128))
    assert [block.conv2.out_channels for block in whole.blocks] == [256, 512, 512, 512, 512]  # pyright: ignore
    verdicts, features = Discriminator(SMALL, (5, 32, 48))(torch.randn(3, 3, 5, 32, 48))
    assert verdicts.shape == (3,)
    assert [f.shape[2:] for f in features] == [(3, 16, 24), (2, 8, 12), (1, 4, 6), (1, 2, 3), (1, 1, 2)]


def test_blur_pooling_keeps_a_constant_and_damps_what_would_alias() -> None:
    flat = torch.full((1, 2, 5, 8, 8), 3.0)
    assert torch.allclose(BlurPool()(flat), torch.full((1, 2, 3, 4, 4), 3.0))
    stripes = torch.tensor([1.0, -1.0]).repeat(4).expand(1, 1, 1, 8, 8)
    assert BlurPool()(stripes)[..., 1:].abs().max() < 1e-6


def test_losses_by_hand() -> None:
    even = torch.zeros(4)
    log2 = torch.tensor(2.0).log()
    assert torch.isclose(generator_loss(even), log2)
    assert torch.isclose(discriminator_loss(even, even), 2 * log2)
    assert generator_loss(torch.tensor([9.0])) < 1e-3 < generator_loss(torch.tensor([-9.0]))
    one, two = torch.tensor([1.0]), torch.tensor([2.0])
    assert torch.isclose(lecam(two, one, torch.tensor(3.0), torch.tensor(0.5)), torch.tensor(1.5**2 + 2.0**2))
    assert float(feature_distance([one[None]], [one[None]])) == 0
    assert torch.isclose(feature_distance([two[None]], [one[None]]), torch.tensor(0.25))


def test_the_penalty_is_half_the_squared_gradient() -> None:
    x = torch.randn(3, 3, 1, 4, 4, requires_grad=True)
    weight = torch.randn(3, 1, 4, 4)
    verdicts = (x * weight).flatten(1).sum(1)
    assert torch.isclose(gradient_penalty(verdicts, x), 0.5 * weight.square().sum())


@pytest.mark.slow
def test_each_side_gets_its_own_gradient_only() -> None:
    torch.manual_seed(0)
    x = torch.rand(2, 3, 5, 32, 32) * 2 - 1
    grads: list[list[torch.Tensor]] = []
    for adversarial, reconstruction in ((0.1, 5.0), (0.0, 0.0)):
        config = GanConfig(
            channels=8, adversarial=adversarial, reconstruction=reconstruction, perceptual=adversarial, r1_every=1
        )
        torch.manual_seed(1)
        model = GanModel(Tokenizer(TINY), Discriminator(config, (5, 32, 32)), config)
        loss, parts = model(x, True, True)
        loss.backward()
        assert set(parts) == {"pixel", "fooled", "features", "critic", "lecam"}
        assert all(p.grad is not None for p in model.parameters())
        grads.append([p.grad for p in model.discriminator.parameters() if p.grad is not None])
        if not adversarial:
            moved = [p.grad.abs().max() for p in model.tokenizer.parameters() if p.grad is not None]
            assert max(float(m) for m in moved) == 0  # nothing else pulls at the tokenizer
    for a, b in zip(*grads, strict=True):
        assert torch.allclose(a, b)  # what the tokenizer wants doesn't reach the discriminator


def test_running_means_move_once_a_step_however_many_parts_it_has() -> None:
    x = torch.rand(4, 3, 1, 32, 32) * 2 - 1
    means: list[torch.Tensor] = []
    for parts in (1, 2):
        torch.manual_seed(1)
        model = GanModel(Tokenizer(TINY), Discriminator(SMALL, (1, 32, 32)), SMALL)
        for part in x.chunk(parts):
            model(part, True, False)
        model.update_means()
        means.append(model.verdicts.clone())
        assert float(model.gathered.abs().sum()) == 0
    assert torch.allclose(means[0], means[1], atol=1e-7)
    assert float(means[0].abs().sum()) > 0


def test_the_opponent_can_wait() -> None:
    model = GanModel(Tokenizer(TINY), Discriminator(SMALL, (1, 32, 32)), SMALL)
    loss, parts = model(torch.rand(1, 3, 1, 32, 32), False, False)
    assert float(loss.detach()) == pytest.approx(5 * parts["pixel"])
    loss.backward()
    assert all(p.grad is not None and float(p.grad.abs().max()) == 0 for p in model.discriminator.parameters())
