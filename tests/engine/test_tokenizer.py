"""The tokenizer: causality, one latent space for images and videos, streaming, sizes, parameters."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.api.errors import WaltError
from engine.models.causal import AdaptiveNorm, Norm, StreamCache, depth_to_space, space_to_depth
from engine.models.tokenizer import Tokenizer, TokenizerConfig


def paper_like(norm: Norm = "group") -> TokenizerConfig:
    """The paper's plan (1x patches, three down-samplings, late time strides) at an eighth of a percent of its size."""
    return TokenizerConfig(channels=8, multipliers=(1, 2, 2, 4), blocks=(1, 1, 1, 1), mid_blocks=1, norm=norm)


def starter_like() -> TokenizerConfig:
    return TokenizerConfig(
        channels=8, multipliers=(1, 2, 4), down_time=(2, 2), blocks=(1, 1, 1), mid_blocks=1, patch=2, norm="layer",
        shortcut=True, linear_path=True,
    )  # fmt: skip


CONFIGS = pytest.mark.parametrize("config", [paper_like(), starter_like()], ids=["paper", "starter"])


def build(config: TokenizerConfig) -> Tokenizer:
    """A tokenizer with every parameter away from its special start (zero-initialised branches would hide faults)."""
    torch.manual_seed(0)
    tokenizer = Tokenizer(config).eval()
    with torch.no_grad():
        for parameter in tokenizer.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
        tokenizer.latent_mean.copy_(torch.linspace(-0.5, 0.5, config.latent_channels))
        tokenizer.latent_std.fill_(1.7)
    return tokenizer


def video(frames: int, height: int = 32, width: int = 48, batch: int = 1) -> Tensor:
    return (
        torch.rand(batch, 3, frames, height, width, generator=torch.Generator().manual_seed(frames)) * 2 - 1
    )


@CONFIGS
@pytest.mark.parametrize(("frames", "latents"), [(1, 1), (5, 2), (17, 5), (21, 6)])
@torch.inference_mode()
def test_shapes(config: TokenizerConfig, frames: int, latents: int) -> None:
    tokenizer = build(config)
    x = video(frames, 24, 40)
    z = tokenizer.encode(x)
    assert z.shape == (1, 8, latents, 3, 5)
    assert tokenizer.decode(z).shape == x.shape


@CONFIGS
@torch.inference_mode()
def test_the_first_frame_ignores_all_later_ones_bit_for_bit(config: TokenizerConfig) -> None:
    tokenizer = build(config)
    x = video(17)
    other = x.clone()
    other[:, :, 1:] = video(17)[:, :, 1:].flip(2)
    z, z_other = tokenizer.encode(x), tokenizer.encode(other)
    assert torch.equal(z[:, :, 0], z_other[:, :, 0])
    assert not torch.equal(z[:, :, 1:], z_other[:, :, 1:])
    assert torch.equal(tokenizer.decode(z)[:, :, 0], tokenizer.decode(z_other)[:, :, 0])


@CONFIGS
@pytest.mark.parametrize("changed", [1, 5, 9, 13])
@torch.inference_mode()
def test_nothing_looks_ahead_bit_for_bit(config: TokenizerConfig, changed: int) -> None:
    tokenizer = build(config)
    x = video(17)
    other = x.clone()
    other[:, :, changed:] += 0.3
    z, z_other = tokenizer.encode(x), tokenizer.encode(other)
    before = 1 + (changed - 1) // 4  # latents whose frames all lie before the change
    assert torch.equal(z[:, :, :before], z_other[:, :, :before])
    assert not torch.equal(z[:, :, before], z_other[:, :, before])
    y, y_other = tokenizer.decode(z), tokenizer.decode(z_other)
    assert torch.equal(y[:, :, :changed], y_other[:, :, :changed])


@CONFIGS
@torch.inference_mode()
def test_an_image_is_the_first_latent_of_a_video(config: TokenizerConfig) -> None:
    tokenizer = build(config)
    x = video(9, batch=2)
    assert torch.allclose(tokenizer.encode(x[:, :, :1]), tokenizer.encode(x)[:, :, :1], atol=1e-5)


@CONFIGS
@pytest.mark.parametrize("chunk", [1, 2, 3])
@torch.inference_mode()
def test_streaming_gives_the_numbers_of_a_whole_decode(config: TokenizerConfig, chunk: int) -> None:
    tokenizer = build(config)
    z = torch.randn(1, 8, 5, 4, 6, generator=torch.Generator().manual_seed(3))
    whole = tokenizer.decode(z)
    parts = list(tokenizer.stream(z, chunk=chunk))
    assert parts[0].shape[2] == 4 * chunk - 3
    assert torch.cat(parts, dim=2).sub(whole).abs().max() <= 1e-5


@CONFIGS
@torch.inference_mode()
def test_a_stream_remembers_no_more_for_a_longer_clip(config: TokenizerConfig) -> None:
    tokenizer = build(config)

    def remembered(frames: int) -> int:
        cache = StreamCache()
        for part in torch.randn(1, 8, frames, 2, 2).split(1, dim=2):
            tokenizer.decoder(part, cache)
        return sum(past.numel() for past in cache.past.values())

    assert remembered(3) == remembered(12) > 0


@torch.inference_mode()
def test_tiles_agree_with_the_whole_where_they_see_enough() -> None:
    tokenizer = build(starter_like())
    z = torch.randn(1, 8, 2, 12, 20, generator=torch.Generator().manual_seed(4))
    whole, tiled = tokenizer.decode(z), torch.cat(list(tokenizer.stream(z, tile=10)), dim=2)
    assert tiled.shape == whole.shape
    spread = whole.std()
    assert (tiled - whole).abs().mean() < 0.05 * spread


@torch.inference_mode()
def test_one_tile_is_the_whole() -> None:
    tokenizer = build(starter_like())
    z = torch.randn(1, 8, 2, 4, 4)
    assert torch.equal(
        torch.cat(list(tokenizer.stream(z, tile=8)), 2), torch.cat(list(tokenizer.stream(z)), 2)
    )


@pytest.mark.parametrize(
    ("frames", "height", "width"), [(16, 32, 32), (4, 32, 32), (0, 32, 32), (17, 30, 32), (17, 32, 4)]
)
def test_impossible_sizes_are_refused(frames: int, height: int, width: int) -> None:
    tokenizer = build(starter_like())
    with pytest.raises(WaltError) as caught:
        tokenizer.encode(torch.zeros(1, 3, frames, height, width))
    assert caught.value.code == "size-not-possible"


@pytest.mark.parametrize(("time", "space"), [(1, 2), (2, 2), (4, 8)])
def test_depth_to_space_inverts_space_to_depth(time: int, space: int) -> None:
    x = video(17, 32, 48)
    assert torch.equal(depth_to_space(space_to_depth(x, time, space), time, space), x)


def test_normalisation_is_undone() -> None:
    tokenizer = build(starter_like())
    raw = torch.randn(1, 8, 2, 3, 3)
    assert torch.allclose(tokenizer.denormalise(tokenizer.normalise(raw)), raw, atol=1e-6)


def test_adaptive_norm_looks_at_the_latent_of_its_own_moment() -> None:
    norm = AdaptiveNorm(16, 8, 4, "layer")
    torch.nn.init.normal_(norm.modulation.weight)
    x, z = torch.randn(1, 16, 9, 4, 4), torch.randn(1, 8, 3, 2, 2)
    other = z.clone()
    other[:, :, 2] += 1
    changed = (norm(x, z) != norm(x, other)).flatten(0, 1).any(0).flatten(1).any(1)
    assert changed.tolist() == [False] * 5 + [True] * 4


def test_the_linear_start_is_a_principal_component_code() -> None:
    torch.manual_seed(0)
    tokenizer = Tokenizer(starter_like()).eval()
    mixing = torch.randn(8, 768) * torch.linspace(8, 1, 8)[:, None]
    blocks = torch.randn(4000, 8) @ mixing + 3.0  # blocks that eight numbers describe exactly
    tokenizer.start_linear(blocks)
    x = depth_to_space(blocks[:24].T.reshape(1, 768, 1, 4, 6), 4, 8, first=False)
    x = torch.cat([x[:, :, :1] * 0, x], dim=2)  # a first frame, then one whole block in time
    with torch.inference_mode():
        error = (tokenizer.decode(tokenizer.encode(x)) - x)[:, :, 1:].abs().max()
    assert error < 1e-2 * x.std()


@torch.inference_mode()
def test_preview_is_a_linear_look_at_the_latents() -> None:
    tokenizer = build(starter_like())
    tokenizer.preview_matrix.copy_(torch.randn(3, 9))
    z = torch.randn(2, 8, 3, 4, 5)
    preview = tokenizer.preview(z)
    assert preview.shape == (2, 3, 3, 4, 5)
    expected = tokenizer.preview_matrix[:, :8] @ z[1, :, 2, 3, 4] + tokenizer.preview_matrix[:, 8]
    assert torch.allclose(preview[1, :, 2, 3, 4], expected, atol=1e-5)


def test_parameters_of_the_paper() -> None:
    with torch.device("meta"):
        tokenizer = Tokenizer(TokenizerConfig.magvit2())

    def count(module: torch.nn.Module) -> float:
        return sum(p.numel() for p in module.parameters()) / 1e6

    assert count(tokenizer.encoder) == pytest.approx(144.9, rel=0.01)
    assert count(tokenizer.decoder) == pytest.approx(225.5, rel=0.01)


def test_a_shape_that_is_not_8_by_4_is_refused() -> None:
    with pytest.raises(ValueError, match="space"):
        TokenizerConfig(patch=2)
    with pytest.raises(ValueError, match="time"):
        TokenizerConfig(down_time=(1, 1, 2))
    with pytest.raises(ValueError, match="disagree"):
        TokenizerConfig(blocks=(1, 1))
