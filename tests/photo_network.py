"""Weights of an image network with the names of EfficientNet-Lite's, small and random."""

from __future__ import annotations

import torch
from torch import Tensor


def small_state() -> dict[str, Tensor]:
    """Six blocks in six stages, the last of which is not looked at."""
    generator = torch.Generator().manual_seed(0)
    state: dict[str, Tensor] = {}

    def layer(conv: str, norm: str, *shape: int) -> None:
        state[f"{conv}.weight"] = torch.randn(shape, generator=generator) * 0.5
        for name, value in (("weight", 1.0), ("bias", 0.1), ("running_mean", 0.0), ("running_var", 1.0)):
            state[f"{norm}.{name}"] = torch.full((shape[0],), value)

    layer("_conv_stem", "_bn0", 4, 3, 3, 3)
    width = 4
    for i, out in enumerate((5, 6, 7, 8, 9, 10)):
        name, wide = f"_blocks.{i}", width * 2 if i else width
        if i:
            layer(f"{name}._expand_conv", f"{name}._bn0", wide, width, 1, 1)
        layer(f"{name}._depthwise_conv", f"{name}._bn1", wide, 1, 3, 3)
        layer(f"{name}._project_conv", f"{name}._bn2", out, wide, 1, 1)
        width = out
    return state
