"""Where a token is: absolute embeddings of space and time, and relative biases inside windows.

Both are tables learned at one grid. For another grid they are interpolated, as in the paper's aspect fine-tune
(table 6), which then has to learn that pictures are not stretched; or, where nothing is learned afterwards, extended:
the middle of a picture stays what it was, and there is less or more round it.
"""

from __future__ import annotations

import math
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Window = tuple[int, int, int]  # frames, rows, columns of tokens

INIT_STD = 0.02
SPACE_GAIN = 0.5
"""Amplitude of the waves that the absolute tables start from; tokens have about this spread."""


def resize_spatial(table: Tensor, size: tuple[int, int]) -> Tensor:
    """Bilinear: (h, w, D) -> (*size, D). The same size gives the table itself."""
    if table.shape[:2] == size:
        return table
    grid = table.permute(2, 0, 1)[None]
    return F.interpolate(grid, size=size, mode="bilinear", align_corners=False)[0].permute(1, 2, 0)


def resize_temporal(table: Tensor, frames: int) -> Tensor:
    """(t, D) -> (frames, D): a shorter clip takes the first entries, a longer one stretches the table."""
    if frames <= table.shape[0]:
        return table[:frames]
    return F.interpolate(table.T[None], size=frames, mode="linear", align_corners=True)[0].T


def resize_relative(table: Tensor, window: Window) -> Tensor:
    """(heads, 2t-1, 2h-1, 2w-1) -> the same for ``window``.

    Rows and columns are stretched about offset zero, since a window covers the same share of any picture.
    Time isn't: a shorter clip takes the small offsets as they are; only a longer one stretches.
    """
    frames, rows, columns = (2 * size - 1 for size in window)
    if frames < table.shape[1]:
        cut = (table.shape[1] - frames) // 2
        table = table[:, cut : cut + frames]
    size = (frames, rows, columns)
    if table.shape[1:] == size:
        return table
    return F.interpolate(table[None], size=size, mode="trilinear", align_corners=True)[0]


def extend_spatial(table: Tensor, size: tuple[int, int]) -> Tensor:
    """(h, w, D) -> (*size, D): the middle of the table, its border repeated where there is more than it knows."""
    rows, columns = (_middle(have, want, table.device) for have, want in zip(table.shape, size, strict=False))
    return table if table.shape[:2] == size else table[rows][:, columns]


def extend_relative(table: Tensor, window: Window) -> Tensor:
    """(heads, 2t-1, 2h-1, 2w-1) -> the same for ``window``: an offset stays what it is.

    Offsets past the last are as the last; in time as `resize_relative`.
    """
    known = ((table.shape[2] + 1) // 2, (table.shape[3] + 1) // 2)
    table = resize_relative(table, (window[0], *known))
    for axis in (1, 2):
        wanted = 2 * window[axis] - 1
        if table.shape[axis + 1] != wanted:
            places = _middle(table.shape[axis + 1], wanted, table.device)
            table = table.index_select(axis + 1, places)
    return table


def _middle(have: int, want: int, device: torch.device) -> Tensor:
    """(want,) places in the middle of ``have``; before the first it is the first, after the last the last."""
    return (torch.arange(want, device=device) - (want - have) // 2).clamp(0, have - 1)


@lru_cache(maxsize=32)
@torch.inference_mode(False)  # kept between calls, so a later training step must be able to save it
def relative_index(window: Window, device: torch.device) -> Tensor:
    """(n, n) long for the window's n tokens: [q, k] is the place of offset q - k in the flattened table."""
    axes = [torch.arange(size, device=device) for size in window]
    places = torch.stack(torch.meshgrid(*axes, indexing="ij")).flatten(1)  # (3, n)
    offsets = places[:, :, None] - places[:, None, :]
    _, rows, columns = window
    shifted = [offsets[axis] + window[axis] - 1 for axis in range(3)]
    return (shifted[0] * (2 * rows - 1) + shifted[1]) * (2 * columns - 1) + shifted[2]


def waves(size: int, count: int, phase: float = 0.0) -> Tensor:
    """(size, count): sines of ``count`` wavelengths over ``size`` places, from 4 places to 4 times ``size``."""
    rates = math.pi / 2 * torch.exp(-torch.linspace(0, math.log(max(2, size)), count))
    return torch.sin(torch.arange(size)[:, None] * rates + phase)


def start_space(rows: int, columns: int, width: int) -> Tensor:
    """(rows, columns, width): sines and cosines of row and column, so that places differ from the first step."""
    quarter, phases = width // 4, (0.0, math.pi / 2)
    parts = [waves(rows, quarter, phase)[:, None].expand(-1, columns, -1) for phase in phases]
    parts += [waves(columns, quarter, phase)[None].expand(rows, -1, -1) for phase in phases]
    parts.append(torch.zeros(rows, columns, width - 4 * quarter))
    return SPACE_GAIN * torch.cat(parts, dim=-1)


def start_bias(window: Window, heads: int) -> Tensor:
    """(heads, 2t-1, 2h-1, 2w-1): three heads in four start near-sighted, each at its own range, the rest see all."""
    axes = [torch.arange(1 - size, size, dtype=torch.float32) for size in window]
    t, y, x = torch.meshgrid(*axes, indexing="ij")
    distance = (t.square() + y.square() + x.square()).sqrt()
    near = heads * 3 // 4
    slopes = torch.zeros(heads)
    slopes[:near] = 2 ** -torch.linspace(0, 3, near)
    return -slopes[:, None, None, None] * distance


class PositionEmbedding(nn.Module):
    """Learnable absolute embedding: a spatial table plus a temporal table (section 4.2).

    How the tables start is not in the paper. Starting from waves, and the relative biases from near-sighted heads,
    spares a small training budget the steps in which attention finds out what is beside what.
    """

    def __init__(self, grid: Window, width: int, extend: bool = False) -> None:
        super().__init__()
        self.resize = extend_spatial if extend else resize_spatial
        frames, rows, columns = grid
        self.space = nn.Parameter(torch.empty(rows, columns, width))
        self.time = nn.Parameter(torch.empty(frames, width))
        nn.init.trunc_normal_(self.space, std=INIT_STD)
        nn.init.trunc_normal_(self.time, std=INIT_STD)
        if self.space.is_meta:  # nothing to start; and ranges there load sympy, for a second and 80 MB
            return
        with torch.no_grad():
            self.space.add_(start_space(rows, columns, width))
            self.time.add_(SPACE_GAIN * waves(frames, width))  # nothing at frame 0, which images share

    def forward(self, grid: Window, image: Tensor | None) -> Tensor:
        """(B or 1, T, H, W, D). Slots that ``image`` (B,) marks take latent frame 0's everywhere."""
        frames, rows, columns = grid
        time = resize_temporal(self.time, frames)[None]
        if image is not None:
            time = torch.where(image[:, None, None], time[:, :1], time)
        return time[:, :, None, None] + self.resize(self.space, (rows, columns))


class RelativeBias(nn.Module):
    """A table per head of biases by offset inside a window, as in Swin (section 4.2).

    Attributes:
        keeps: Whether what the table becomes for a window is kept for the next call, while no gradient is asked for.
    """

    def __init__(self, window: Window, heads: int, extend: bool = False) -> None:
        super().__init__()
        self.resize = extend_relative if extend else resize_relative
        self.table = nn.Parameter(torch.empty(heads, *(2 * size - 1 for size in window)))
        nn.init.trunc_normal_(self.table, std=INIT_STD)
        if not self.table.is_meta:
            with torch.no_grad():
                self.table.add_(start_bias(window, heads))
        self.keeps = True
        self._cached: tuple[object, Tensor] | None = None

    def forward(self, window: Window, dtype: torch.dtype) -> Tensor:
        """(heads, n, n) for a window of n tokens."""
        if torch.is_grad_enabled() or not self.keeps:
            self._cached = None
            return self._gather(window).to(dtype)
        key = (window, dtype, self.table.data_ptr(), self.table._version)  # pyright: ignore[reportPrivateUsage]
        if self._cached is None or self._cached[0] != key:
            self._cached = (key, self._gather(window).to(dtype))
        return self._cached[1]

    def _gather(self, window: Window) -> Tensor:
        table = self.resize(self.table, window).flatten(1)
        index = relative_index(window, table.device)
        return table.index_select(1, index.flatten()).unflatten(1, index.shape)
