"""Windows, positions and the attention inside them."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.attention import HeadNorm, WindowAttention, attend, merge, partition
from engine.models.positions import (
    PositionEmbedding,
    RelativeBias,
    Window,
    extend_relative,
    extend_spatial,
    relative_index,
    resize_relative,
    resize_spatial,
    resize_temporal,
)
from engine.runtime.fast_paths import SWITCH

GRID: Window = (3, 4, 6)
WINDOWS: list[Window] = [(1, 4, 6), (1, 2, 3), (3, 2, 2), (3, 4, 6)]
CPU = torch.device("cpu")


def window_of(place: Window, window: Window) -> Window:
    return place[0] // window[0], place[1] // window[1], place[2] // window[2]


def places(grid: Window) -> list[Window]:
    return [(t, h, w) for t in range(grid[0]) for h in range(grid[1]) for w in range(grid[2])]


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("window", WINDOWS)
def test_merge_undoes_partition(window: Window) -> None:
    x = torch.randn(2, *GRID, 8)
    windows = partition(x, window, heads=2)
    count = window[0] * window[1] * window[2]
    assert windows.shape == (2 * 72 // count, 2, count, 4)
    assert torch.equal(merge(windows, window, GRID), x)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_holds_exactly_its_own_tokens(window: Window) -> None:
    numbers = torch.arange(72.0).reshape(1, *GRID, 1)
    all_places = places(GRID)
    for tokens in partition(numbers, window, heads=1)[:, 0, :, 0]:
        members = [all_places[int(number)] for number in tokens]
        assert len({window_of(place, window) for place in members}) == 1
        assert members == sorted(members)


@pytest.mark.parametrize("window", WINDOWS)
def test_windowed_attention_is_dense_attention_under_a_block_mask(window: Window) -> None:
    attention = WindowAttention(16, 2)
    x = torch.randn(2, *GRID, 16)
    owners = [window_of(place, window) for place in places(GRID)]
    allowed = torch.tensor([[a == b for b in owners] for a in owners])
    q, k, v = (partition(part, GRID, 2) for part in (attention.q(x), attention.k(x), attention.v(x)))
    q = F.layer_norm(q, (8,)) / 8**0.5
    k = F.layer_norm(k, (8,))
    scores = (q @ k.transpose(-1, -2)).masked_fill(~allowed, float("-inf"))
    dense = attention.out(merge(scores.softmax(-1) @ v, GRID, GRID))
    torch.testing.assert_close(attention(x, window), dense)


def test_qk_norm_forgets_the_size_of_queries_and_keys() -> None:
    attention = WindowAttention(16, 2)
    x = torch.randn(1, *GRID, 16)
    before = attention(x, (1, 4, 6))
    with torch.no_grad():
        attention.q.weight.mul_(1000)
        attention.k.weight.mul_(1000)
    torch.testing.assert_close(attention(x, (1, 4, 6)), before, rtol=1e-3, atol=1e-3)


def test_head_norm_normalises_each_head() -> None:
    y = HeadNorm(8)(5 + 3 * torch.randn(7, 4 * 8)).reshape(7, 4, 8)
    torch.testing.assert_close(y.mean(-1), torch.zeros(7, 4), rtol=0, atol=1e-5)
    torch.testing.assert_close(y.var(-1, unbiased=False), torch.ones(7, 4), rtol=0, atol=1e-3)


def test_identity_passes_the_value_through() -> None:
    attention = WindowAttention(16, 2)
    x = torch.randn(2, *GRID, 16)
    expected = attention.out(attention.v(x))
    assert torch.equal(attention(x, (3, 2, 2), identity=True), expected)
    mixed = torch.tensor([True, False])[:, None, None, None, None]
    y = attention(x, (3, 2, 2), identity=mixed)
    assert torch.equal(y[0], expected[0])
    assert torch.equal(y[1], attention(x, (3, 2, 2))[1])


def cross(attention: WindowAttention, x: Tensor, text: Tensor, mask: Tensor, window: Window) -> Tensor:
    hidden = torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))
    return attention(x, window, text=(text, hidden))


def test_text_joins_keys_and_values() -> None:
    attention = WindowAttention(16, 2)
    x, text = torch.randn(1, 1, 2, 2, 16), torch.randn(1, 1, 3, 16)
    y = cross(attention, x, text, torch.ones(1, 1, 3, dtype=torch.bool), (1, 2, 2))
    joined = torch.cat([x.reshape(1, 4, 16), text.reshape(1, 3, 16)], dim=1).reshape(1, 1, 7, 1, 16)
    longer = attention(joined, (1, 7, 1)).reshape(1, 7, 16)
    torch.testing.assert_close(y.reshape(1, 4, 16), longer[:, :4])


def test_hidden_words_change_nothing() -> None:
    attention = WindowAttention(16, 2)
    x, text = torch.randn(1, 2, 4, 4, 16), torch.randn(1, 2, 3, 16)
    mask = torch.tensor([[[True, True, False], [False, False, False]]])
    y = cross(attention, x, text, mask, (1, 2, 2))
    other = text.clone()
    other[:, 0, 2] = 9
    other[:, 1] = -9
    assert torch.equal(cross(attention, x, other, mask, (1, 2, 2)), y)
    torch.testing.assert_close(y[:, 1:], attention(x, (1, 2, 2))[:, 1:])


def test_each_frame_hears_its_own_caption() -> None:
    attention = WindowAttention(16, 2)
    x, text = torch.randn(1, 3, 4, 4, 16), torch.randn(1, 3, 5, 16)
    mask = torch.ones(1, 3, 5, dtype=torch.bool)
    y = cross(attention, x, text, mask, (1, 2, 2))
    for frame in range(3):
        alone = cross(attention, x, text[:, frame : frame + 1], mask[:, :1], (1, 2, 2))
        torch.testing.assert_close(y[:, frame], alone[:, frame])


def test_the_explicit_product_agrees_with_the_fused_kernel() -> None:
    q, k, v = (torch.randn(3, 2, 20, 8) for _ in range(3))
    bias = torch.randn(2, 20, 20)
    fused = attend(q, k, v, bias)
    explicit = attend(q.bfloat16(), k.bfloat16(), v.bfloat16(), bias)
    assert explicit.dtype is torch.bfloat16
    torch.testing.assert_close(explicit.float(), fused, rtol=0.05, atol=0.05)


def test_relative_bias_depends_on_the_offset_alone() -> None:
    window: Window = (2, 3, 4)
    module = RelativeBias(window, heads=2)
    bias = module(window, torch.float32)
    here = places(window)
    for i, query in enumerate(here):
        for j, key in enumerate(here):
            offset = [query[a] - key[a] + window[a] - 1 for a in range(3)]
            assert torch.equal(bias[:, i, j], module.table[:, offset[0], offset[1], offset[2]])


def test_relative_index_reaches_the_whole_table() -> None:
    index = relative_index((5, 8, 8), CPU)
    assert index.unique().numel() == 9 * 15 * 15  # the paper's 2025 entries a head


def test_a_kept_bias_follows_its_table() -> None:
    module = RelativeBias((1, 2, 2), heads=1)
    with torch.no_grad():
        first = module((1, 2, 2), torch.float32)
        assert module((1, 2, 2), torch.float32) is first
        module.table.add_(1)
        torch.testing.assert_close(module((1, 2, 2), torch.float32), first + 1)


def test_a_bias_kept_in_inference_can_be_trained_after() -> None:
    module = RelativeBias((1, 2, 5), heads=1)
    with torch.inference_mode():
        module((1, 2, 5), torch.float32)
    module((1, 2, 5), torch.float32).sum().backward()
    assert module.table.grad is not None
    assert module.table.grad.sum() == 100


def test_tables_of_the_same_grid_stay_as_they_are() -> None:
    space, time, relative = torch.randn(4, 7, 8), torch.randn(5, 8), torch.randn(2, 9, 7, 13)
    assert torch.equal(resize_spatial(space, (4, 7)), space)
    assert torch.equal(resize_temporal(time, 5), time)
    assert torch.equal(resize_relative(relative, (5, 4, 7)), relative)


def test_wider_tables_keep_their_ends_and_their_centre() -> None:
    relative = torch.randn(2, 9, 7, 7)
    wide = resize_relative(relative, (5, 4, 7))
    assert wide.shape == (2, 9, 7, 13)
    torch.testing.assert_close(wide[..., ::6], relative[..., ::3])
    ramp = torch.linspace(0, 1, 4)[None, :, None].expand(4, 4, 1)
    stretched = resize_spatial(ramp, (4, 7))[0, :, 0]
    assert bool((stretched.diff() >= 0).all())
    torch.testing.assert_close(stretched[3], torch.tensor(0.5))


def test_shorter_clips_take_the_small_offsets_and_longer_ones_stretch() -> None:
    relative, time = torch.randn(2, 9, 7, 7), torch.randn(5, 8)
    assert torch.equal(resize_relative(relative, (1, 4, 4)), relative[:, 4:5])
    assert torch.equal(resize_temporal(time, 2), time[:2])
    longer = resize_temporal(time, 9)
    torch.testing.assert_close(longer[::2], time)


def test_images_take_the_time_of_frame_0() -> None:
    module = PositionEmbedding((3, 2, 2), 4)
    place = module((3, 2, 2), torch.tensor([True, False]))
    assert torch.equal(place[0, 1], place[0, 0])
    assert torch.equal(place[0, 0], place[1, 0])
    assert not torch.equal(place[1, 1], place[1, 0])


def test_tables_that_are_extended_keep_the_middle_and_repeat_the_border() -> None:
    space = torch.arange(12.0).view(3, 4, 1)
    assert torch.equal(extend_spatial(space, (3, 4)), space)
    assert extend_spatial(space, (3, 2))[..., 0].tolist() == [[1, 2], [5, 6], [9, 10]]
    assert extend_spatial(space, (7, 4))[:, 0, 0].tolist() == [0, 0, 0, 4, 8, 8, 8]
    relative = torch.arange(7.0).expand(2, 9, 7, 7)  # offsets -3 to 3 of a column, at every row and time
    assert torch.equal(extend_relative(relative, (5, 4, 4)), relative)
    assert extend_relative(relative, (5, 2, 2))[0, 0, 0].tolist() == [2, 3, 4]
    assert extend_relative(relative, (5, 4, 6))[0, 0, 0].tolist() == [0, 0, 0, 1, 2, 3, 4, 5, 6, 6, 6]
    assert extend_relative(relative, (1, 4, 4)).shape == (2, 1, 7, 7)
    shallow = relative + torch.arange(9.0)[None, :, None, None]
    assert torch.equal(extend_relative(shallow, (1, 2, 4)), shallow[:, 4:5, 2:5])


def test_a_network_extends_only_if_it_says_so() -> None:
    torch.manual_seed(0)
    grid = (5, 2, 3)
    stretched, extended = PositionEmbedding((5, 4, 7), 8), PositionEmbedding((5, 4, 7), 8, extend=True)
    extended.load_state_dict(stretched.state_dict())
    assert torch.equal(extended((5, 4, 7), None), stretched((5, 4, 7), None))
    assert torch.equal(extended(grid, None), stretched((5, 4, 7), None)[:, :, 1:3, 2:5])
    assert not torch.equal(extended(grid, None), stretched(grid, None))


@pytest.mark.parametrize("depth", [3, 4])
def test_the_faster_way_gives_the_same_numbers(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    q, k, v = (torch.randn(4, 2, 12, 8) for _ in range(3))
    bias = torch.randn(2, 12, 12) if depth == 3 else torch.randn(4, 1, 1, 12)
    answers: list[torch.Tensor] = []
    for switch in ("0", "1"):
        monkeypatch.setenv(SWITCH, switch)
        with torch.no_grad():
            answers.append(attend(q, k, v, bias))
    torch.testing.assert_close(answers[1], answers[0])
