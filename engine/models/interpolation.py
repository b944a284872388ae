"""Weights of a denoiser for another grid: its tables of positions are interpolated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from torch import Tensor

from engine.models.positions import resize_relative, resize_spatial, resize_temporal
from engine.models.transformer import TransformerConfig


def interpolate_state(
    state: Mapping[str, Tensor], from_config: TransformerConfig, to_config: TransformerConfig
) -> dict[str, Tensor]:
    """The weights of one grid for another grid: only the tables of positions change (the paper's table 6).

    Raises:
        ValueError: When the two differ in more than grid and windows.
    """
    moved = replace(
        from_config,
        grid=to_config.grid,
        spatial_window=to_config.spatial_window,
        spacetime_window=to_config.spacetime_window,
    )
    if moved != to_config:
        raise ValueError("only grid and windows may differ")
    frames, rows, columns = to_config.tokens(to_config.grid)
    windows = to_config.windows((frames, rows, columns))
    new = dict(state)
    new["position.space"] = resize_spatial(state["position.space"], (rows, columns)).contiguous()
    new["position.time"] = resize_temporal(state["position.time"], frames).contiguous()
    for i in range(to_config.layers):
        name = f"biases.{i}.table"
        new[name] = resize_relative(state[name], windows[i % 2]).contiguous()
    return new
