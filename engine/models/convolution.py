"""Convolutions for inference on a CPU, through oneDNN: what `torch.nn.functional.conv3d` computes, sooner.

That takes a kernel of its own for smaller sizes in 32-bit numbers, which is up to four times as slow; and it cannot
add its result to a tensor. The operator that can is an internal one of torch's: it is tried once and, where this
version of torch has another, done without.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class InferenceConv:
    """A convolution 3 x 3 x 3 or 1 x 1 x 1 whose weights do not change.

    Args:
        conv: Its weights; of stride 1.
        factor: Output channels in the order (factor, C) in place of (C, factor); 1 leaves them as they are.
    """

    def __init__(self, conv: nn.Conv3d, factor: int = 1) -> None:
        self.dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else conv.weight.dtype
        self._padding = [int(side) for side in conv.padding]
        weight = conv.weight.unflatten(0, (-1, factor)).transpose(0, 1).flatten(0, 1).to(self.dtype)
        self._weight = weight.contiguous(memory_format=torch.channels_last_3d)
        self._last = weight[:, :, -1].contiguous(memory_format=torch.channels_last)
        self._bias = None if conv.bias is None else conv.bias.view(-1, factor).T.flatten().to(self.dtype)

    def __call__(self, x: Tensor) -> Tensor:
        """(1, C, T + front, H, W) -> (1, C', T, H, W), channels last in memory."""
        return _convolve(x, self._weight, self._bias, self._padding)

    def one_frame(self, x: Tensor) -> Tensor:
        """(1, C, 1, H, W), before which all is zero -> (1, C', 1, H, W): the last slice of the kernel, in 2D."""
        return _convolve(x[:, :, 0], self._last, self._bias, self._padding[1:]).unsqueeze(2)

    def add_to(self, y: Tensor, x: Tensor) -> Tensor:
        """``y`` plus the convolution of ``x``; ``y`` may hold it afterwards."""
        if not _works(_onto_ones, x.dtype):
            return y.add_(self(x))
        return _added(y, x, self._weight, self._bias, self._padding)


def _convolve(x: Tensor, weight: Tensor, bias: Tensor | None, padding: list[int]) -> Tensor:
    if _works(_by_onednn, x.dtype):
        return _by_onednn(x, weight, bias, padding)
    return (F.conv3d if len(padding) == 3 else F.conv2d)(x, weight, bias, 1, padding)


def _by_onednn(x: Tensor, weight: Tensor, bias: Tensor | None, padding: list[int]) -> Tensor:
    ones = [1] * len(padding)
    return torch.mkldnn_convolution(x, weight, bias, padding, ones, ones, 1)


def _added(y: Tensor, x: Tensor, weight: Tensor, bias: Tensor | None, padding: list[int]) -> Tensor:
    add: Any = torch.ops.mkldnn._convolution_pointwise_.binary
    ones = [1] * len(padding)
    return add(y, x, weight, bias, padding, ones, ones, 1, "add", 1.0, None, [], None)


def _onto_ones(x: Tensor, weight: Tensor, bias: Tensor | None, padding: list[int]) -> Tensor:
    y = torch.ones(1, len(weight), x.shape[2] - 2, *x.shape[3:], dtype=x.dtype)
    return _added(y.contiguous(memory_format=torch.channels_last_3d), x, weight, bias, padding) - 1


@cache
def _works(convolve: Callable[[Tensor, Tensor, Tensor | None, list[int]], Tensor], dtype: torch.dtype) -> bool:
    """Whether an operator is in this torch, can compute with these numbers here, and gives what it should."""
    x = torch.arange(16 * 4 * 5 * 6.0).view(1, 16, 4, 5, 6).sin().to(dtype)
    weight = torch.arange(16 * 16 * 27.0).view(16, 16, 3, 3, 3).cos().div(16).to(dtype)
    x, weight = (part.contiguous(memory_format=torch.channels_last_3d) for part in (x, weight))
    try:
        made = convolve(x, weight, None, [0, 1, 1])
    except (AttributeError, RuntimeError, TypeError):
        return False
    with torch.autocast("cpu", enabled=False):  # it would compute what is wanted in 16 bits
        wanted = F.conv3d(x.float(), weight.float(), None, 1, (0, 1, 1))
    return torch.allclose(made.float(), wanted, atol=1e-4 if dtype is torch.float32 else 0.1)
