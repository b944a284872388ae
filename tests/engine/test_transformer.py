"""The window transformer as a whole, small."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.api.errors import WaltError
from engine.models.interpolation import interpolate_state
from engine.models.modulation import sinusoid
from engine.models.superres import DepthToSpace
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.text.batch import TextBatch

BASE = TransformerConfig(
    latent_channels=4,
    grid=(3, 8, 8),
    patch=2,
    width=32,
    layers=4,
    heads=4,
    spatial_window=(4, 4),
    spacetime_window=(2, 2),
    text_width=16,
    frame_conditioning=True,
)
SUPERRES = replace(BASE, low_res=True)
CLASSES = replace(BASE, text_width=None, classes=5, frame_conditioning=False, self_conditioning=False)
IMAGE = torch.tensor([True, True])
LEVELS = torch.tensor([7, 900])


def lively(config: TransformerConfig) -> WindowTransformer:
    """Random where training starts from zeros, so that every part reaches the output."""
    torch.manual_seed(0)
    model = WindowTransformer(config)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.15)
    return model


def latents(
    config: TransformerConfig, slots: int = 2, frames: int | None = None, channels: int = 0
) -> Tensor:
    _, rows, columns = config.grid
    return torch.randn(slots, channels or config.latent_channels, frames or config.grid[0], rows, columns)


def captions(frames: int = 1, slots: int = 2) -> TextBatch:
    mask = torch.rand(slots, frames, 6) > 0.3
    mask[..., 0] = True
    return TextBatch(torch.randn(slots, frames, 6, 16), mask)


def test_predicts_zero_at_the_start() -> None:
    model = WindowTransformer(BASE)
    assert not model(latents(BASE), LEVELS, text=captions()).any()


def test_every_layer_is_the_identity_at_the_start() -> None:
    model = WindowTransformer(BASE)
    torch.nn.init.normal_(model.head.linear.weight)
    x = latents(BASE)
    shallow = WindowTransformer(replace(BASE, layers=1))
    shallow.load_state_dict(model.state_dict(), strict=False)
    assert torch.equal(model(x, LEVELS, text=captions()), shallow(x, LEVELS, text=captions()))


@pytest.mark.parametrize("config", [BASE, SUPERRES, CLASSES, replace(BASE, adaln="separate")])
def test_gradient_reaches_every_parameter(config: TransformerConfig) -> None:
    model = lively(config)
    text = captions() if config.text_width else None
    labels = torch.tensor([0, 3]) if config.classes else None
    low_res = torch.randn(2, 4, 3, 4, 4) if config.low_res else None
    rich = latents(config, channels=5) if config.frame_conditioning else None
    v = model(
        latents(config), LEVELS, text=text, labels=labels, low_res=low_res, low_res_t=LEVELS, frames=rich
    )
    v.square().mean().backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_images_in_a_slot_do_not_see_each_other() -> None:
    model = lively(SUPERRES)
    x, text, low_res = latents(BASE), captions(3), torch.randn(2, 4, 3, 4, 4)
    for changed in range(3):
        other, words, below = x.clone(), text.tokens.clone(), low_res.clone()
        other[:, :, changed] += 1
        words[:, changed] += 1
        below[:, :, changed] += 1
        before = model(x, LEVELS, text=text, low_res=low_res, image=IMAGE)
        after = model(other, LEVELS, text=TextBatch(words, text.mask), low_res=below, image=IMAGE)
        for frame in range(3):
            assert torch.equal(before[:, :, frame], after[:, :, frame]) == (frame != changed)


def test_frames_of_a_video_do_see_each_other() -> None:
    model = lively(BASE)
    x, text = latents(BASE), captions()
    other = x.clone()
    other[:, :, 2] += 1
    assert not torch.equal(model(x, LEVELS, text=text)[:, :, 0], model(other, LEVELS, text=text)[:, :, 0])


def test_an_image_slot_is_as_many_calls_with_one_frame() -> None:
    model = lively(BASE)
    x, text = latents(BASE), captions(3)
    packed = model(x, LEVELS, text=text, image=IMAGE)
    for frame in range(3):
        here = slice(frame, frame + 1)
        alone = model(x[:, :, here], LEVELS, text=TextBatch(text.tokens[:, here], text.mask[:, here]))
        torch.testing.assert_close(packed[:, :, here], alone)


def test_images_and_videos_share_a_batch() -> None:
    model = lively(BASE)
    x, text = latents(BASE), captions()
    mixed = model(x, LEVELS, text=text, image=torch.tensor([True, False]))
    torch.testing.assert_close(mixed[:1], model(x, LEVELS, text=text, image=IMAGE)[:1])
    torch.testing.assert_close(mixed[1:], model(x, LEVELS, text=text)[1:])


def test_slots_do_not_see_each_other() -> None:
    model = lively(BASE)
    x, text = latents(BASE), captions()
    other = x.clone()
    other[1] += 1
    assert torch.equal(model(x, LEVELS, text=text)[0], model(other, LEVELS, text=text)[0])


def test_adaln_lora_is_equation_3() -> None:
    model = lively(replace(BASE, adaln_rank=3))
    condition = model.condition(LEVELS, captions(), None, None)
    found = model._modulations(condition)
    state = model.state_dict()
    first = F.silu(condition) @ state["modulations.0.linear.weight"].T + state["modulations.0.linear.bias"]
    torch.testing.assert_close(found[0], first)
    for i in range(1, BASE.layers):
        down, up = state[f"modulations.{i}.down.weight"], state[f"modulations.{i}.up.weight"]
        assert down.shape == (3, 32)
        assert up.shape == (6 * 32, 3)
        torch.testing.assert_close(found[i], first + condition @ down.T @ up.T)


def test_separate_adaln_has_a_full_matrix_a_layer() -> None:
    model = lively(replace(BASE, adaln="separate"))
    condition = model.condition(LEVELS, captions(), None, None)
    for i, found in enumerate(model._modulations(condition)):
        linear = model.get_parameter(f"modulations.{i}.linear.weight")
        bias = model.get_parameter(f"modulations.{i}.linear.bias")
        torch.testing.assert_close(found, F.linear(F.silu(condition), linear, bias))


def test_a_captions_modulation_is_its_own_frames() -> None:
    model = lively(BASE)
    text = captions(3)
    condition = model.condition(LEVELS, text, None, None)
    assert condition.shape == (2, 3, 32)
    alone = model.condition(LEVELS, TextBatch(text.tokens[:, 1:2], text.mask[:, 1:2]), None, None)
    torch.testing.assert_close(condition[:, 1:2], alone)


def test_a_network_with_text_needs_captions_and_others_ignore_them() -> None:
    """Training never sees a network with text without any: an empty caption is a null token, another condition."""
    with pytest.raises(ValueError, match="captions"):
        lively(BASE)(latents(BASE), LEVELS)
    model, x = lively(CLASSES), latents(CLASSES)
    assert torch.equal(model(x, LEVELS, text=captions()), model(x, LEVELS))


@pytest.mark.parametrize("name", ["x0_prev", "frames", "text", "low_res", "low_res_t"])
def test_each_condition_is_heard(name: str) -> None:
    model = lively(SUPERRES)
    x, below = latents(BASE), torch.randn(2, 4, 3, 4, 4)
    told = {
        "x0_prev": latents(BASE),
        "frames": latents(BASE, channels=5),
        "text": captions(),
        "low_res": torch.randn(2, 4, 3, 4, 4),
        "low_res_t": torch.tensor([300, 400]),
    }
    plain = {"low_res": below, "text": captions()}
    assert not torch.allclose(model(x, LEVELS, **plain | {name: told[name]}), model(x, LEVELS, **plain), atol=1e-3)


def test_labels_are_heard_and_none_is_no_class() -> None:
    model = lively(CLASSES)
    x = latents(CLASSES)
    assert not torch.allclose(model(x, LEVELS, labels=torch.tensor([0, 1])), model(x, LEVELS), atol=1e-3)
    assert torch.equal(model(x, LEVELS, labels=torch.tensor([5, 5])), model(x, LEVELS))
    each = model(x, LEVELS, labels=torch.tensor([[0, 1, 2], [3, 4, 5]]), image=IMAGE)
    torch.testing.assert_close(
        each[:1, :, 1], model(x[:1, :, 1:2], LEVELS[:1], labels=torch.tensor([1]))[:, :, 0]
    )


def test_missing_conditions_are_zeros() -> None:
    model = lively(SUPERRES)
    x, text, below = latents(BASE), captions(), torch.randn(2, 4, 3, 4, 4)
    zeros = model(
        x,
        LEVELS,
        text=text,
        x0_prev=torch.zeros_like(x),
        frames=torch.zeros(2, 5, 3, 8, 8),
        low_res=below,
        low_res_t=torch.zeros(2, dtype=torch.long),
    )
    assert torch.equal(model(x, LEVELS, text=text, low_res=below), zeros)


def test_a_super_resolution_stage_needs_the_stage_below() -> None:
    with pytest.raises(ValueError, match="stage below"):
        lively(SUPERRES)(latents(BASE), LEVELS, text=captions())


def test_depth_to_space_doubles_each_frame_alone() -> None:
    module = DepthToSpace(4)
    z = torch.randn(2, 4, 3, 5, 6)
    y = module(z)
    assert y.shape == (2, 4, 3, 10, 12)
    torch.testing.assert_close(module(z[:, :, 1:2]), y[:, :, 1:2])
    one = module.conv(z[0, :, 0][None])[0]  # (4 C, h, w): channel c of pixel (i, j) is 4 c + 2 i + j
    torch.testing.assert_close(y[0, 1, 0, 3, 4], one[4 * 1 + 2 * 1 + 0, 1, 2])


def test_patches_are_cut_and_put_back_in_place() -> None:
    model = lively(replace(BASE, self_conditioning=False, frame_conditioning=False))
    with torch.no_grad():
        model.patches.weight.copy_(torch.eye(32)[:, :16])
        model.patches.bias.zero_()
        model.head.linear.weight.copy_(torch.eye(32)[:16])
        model.head.linear.bias.zero_()
    x = latents(BASE)
    tokens = model._patchify(x)
    torch.testing.assert_close(tokens[0, 1, 2, 3, :16], x[0, :, 1, 4:6, 6:8].flatten())
    calm = tokens - tokens.mean(-1, keepdim=True)
    expected = calm / (tokens.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    y = model.head(tokens, torch.zeros(2, 1, 64))
    torch.testing.assert_close(y[0, :, 1, 4:6, 6:8].flatten(), expected[0, 1, 2, 3, :16])


@pytest.mark.parametrize(
    "grid", [(3, 8, 8), (3, 8, 16), (3, 16, 8), (3, 16, 16), (1, 8, 8), (2, 8, 8), (6, 8, 8)]
)
def test_works_at_other_grids(grid: tuple[int, int, int]) -> None:
    model = lively(BASE)
    x = torch.randn(2, 4, *grid)
    v = model(x, LEVELS, text=captions(), x0_prev=x, frames=torch.randn(2, 5, *grid))
    assert v.shape == x.shape
    assert bool(v.isfinite().all())


def test_interpolated_weights_are_the_same_network_at_the_other_grid() -> None:
    narrow = lively(BASE)
    config = BASE.at_grid((3, 8, 16))
    assert (config.spatial_window, config.spacetime_window) == ((4, 8), (2, 4))
    wide = WindowTransformer(config)
    wide.load_state_dict(interpolate_state(narrow.state_dict(), BASE, config))
    x, text = torch.randn(2, 4, 3, 8, 16), captions()
    torch.testing.assert_close(wide(x, LEVELS, text=text), narrow(x, LEVELS, text=text))


def test_interpolation_to_the_same_grid_changes_nothing() -> None:
    state = lively(BASE).state_dict()
    same = interpolate_state(state, BASE, BASE.at_grid(BASE.grid))
    assert same.keys() == state.keys()
    assert all(torch.equal(same[name], state[name]) for name in state)


def test_interpolation_is_between_grids_of_one_network() -> None:
    with pytest.raises(ValueError, match="only grid and windows"):
        interpolate_state(lively(BASE).state_dict(), BASE, replace(BASE, width=64))


def test_the_papers_aspect_fine_tune() -> None:
    square = replace(BASE, grid=(5, 16, 16), patch=1, spatial_window=(16, 16), spacetime_window=(8, 8))
    wide = square.at_grid((5, 16, 28))
    assert (wide.spatial_window, wide.spacetime_window) == ((16, 28), (8, 14))


@pytest.mark.parametrize("grid", [(3, 7, 8), (3, 8, 9), (3, 8, 10), (3, 2, 8)])
def test_an_impossible_grid_is_refused(grid: tuple[int, int, int]) -> None:
    model = lively(BASE)
    with pytest.raises(WaltError) as caught:
        model(torch.randn(2, 4, *grid), LEVELS)
    assert caught.value.code == "size-not-possible"
    assert caught.value.hint


@torch.no_grad()
def test_half_precision_stays_close() -> None:
    model = lively(BASE)
    x, text = latents(BASE), captions()
    exact = model(x, LEVELS, text=text)
    with torch.autocast("cpu", torch.bfloat16):
        rough = model(x, LEVELS, text=text)
    assert rough.dtype is torch.float32
    assert float((rough - exact).std() / exact.std()) < 0.05
    whole = lively(BASE).bfloat16()(x, LEVELS, text=text)
    assert float((whole - exact).std() / exact.std()) < 0.1


def test_levels_differ_as_vectors() -> None:
    vectors = sinusoid(torch.arange(1000))
    assert vectors.shape == (1000, 256)
    distances = torch.cdist(vectors, vectors) + 10 * torch.eye(1000)
    assert float(distances.min()) > 0.1


def test_bad_shapes_are_refused_early() -> None:
    with pytest.raises(ValueError, match="heads"):
        replace(BASE, heads=5)
    with pytest.raises(WaltError):
        replace(BASE, spacetime_window=(3, 2))


def test_compiling_keeps_names() -> None:
    model = WindowTransformer(BASE)
    names = list(model.state_dict())
    model.compile_blocks()
    assert list(model.state_dict()) == names
