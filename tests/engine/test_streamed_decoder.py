"""The decoder for clips on a CPU gives what the plain one gives."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.media.pixels import psnr
from engine.models.streamed_decoder import fits
from engine.models.tokenizer import Tokenizer, TokenizerConfig
from engine.runtime.devices import autocast
from engine.runtime.fast_paths import SWITCH

STARTER = TokenizerConfig(
    channels=8, multipliers=(1, 2, 4), down_time=(2, 2), blocks=(1, 1, 1), mid_blocks=1, latent_channels=4, patch=2,
    norm="layer", shortcut=True, linear_path=True,
)  # fmt: skip
SHAPES = {
    "like the starter's": STARTER,
    "without shortcuts": replace(STARTER, shortcut=False, linear_path=False),
    "other strides": replace(STARTER, multipliers=(1, 1, 2, 4), down_time=(1, 2, 2), blocks=(1, 1, 1, 1), patch=1),
    "wide steps": replace(STARTER, multipliers=(1, 1, 1), blocks=(2, 1, 0)),
}


def _tokenizer(config: TokenizerConfig) -> Tokenizer:
    torch.manual_seed(0)
    tokenizer = Tokenizer(config).eval().requires_grad_(False)
    for weight in tokenizer.decoder.parameters():
        weight.add_(0.02 * torch.randn_like(weight))  # nothing that starts at zero hides a mistake
    return tokenizer


def _decoded(
    tokenizer: Tokenizer, z: Tensor, monkeypatch: pytest.MonkeyPatch, fast: str, tile: int | None = None
) -> Tensor:
    monkeypatch.setenv(SWITCH, fast)
    with torch.inference_mode():
        assert fits(tokenizer.decoder, z) == (fast == "1")
        return torch.cat([chunk.clone() for chunk in tokenizer.stream(z, tile=tile)], dim=2)


@pytest.mark.parametrize("config", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(("latents", "tile"), [(1, None), (3, None), (3, 4)])
def test_frames_are_the_plain_decoders(
    config: TokenizerConfig, latents: int, tile: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer, z = _tokenizer(config), torch.randn(1, 4, latents, 4, 6)
    plain, fast = (_decoded(tokenizer, z, monkeypatch, switch, tile) for switch in ("0", "1"))
    assert plain.shape == fast.shape == (1, 3, 4 * latents - 3, 32, 48)
    torch.testing.assert_close(fast, plain, rtol=1e-4, atol=1e-4)


def test_in_bfloat16_they_are_as_near(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer, z = _tokenizer(STARTER), torch.randn(1, 4, 3, 4, 6)
    with autocast(torch.device("cpu"), torch.bfloat16):
        plain, fast = (_decoded(tokenizer, z, monkeypatch, switch) for switch in ("0", "1"))
    assert fast.dtype == plain.dtype
    exact = _decoded(tokenizer, z, monkeypatch, "0")
    scale = exact.abs().max()
    assert psnr(fast / scale, plain / scale) > 45
    assert psnr(fast / scale, exact / scale) > psnr(plain / scale, exact / scale) - 1


def test_a_clip_after_another_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer, z = _tokenizer(STARTER), torch.randn(1, 4, 2, 4, 6)
    first, again = (_decoded(tokenizer, z, monkeypatch, "1") for _ in range(2))
    assert torch.equal(first, again)


def test_what_does_not_fit_takes_the_plain_path() -> None:
    tokenizer = _tokenizer(STARTER)
    z = torch.randn(1, 4, 2, 4, 6)
    assert fits(tokenizer.decoder, z)
    assert not fits(tokenizer.decoder, z.expand(2, -1, -1, -1, -1)), "two clips"
    assert not fits(_tokenizer(replace(STARTER, norm="group")).decoder, z), "norms that look at whole frames"
    assert not fits(tokenizer.decoder.requires_grad_(True), z), "weights that learn"
