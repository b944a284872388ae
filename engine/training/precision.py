"""Where training computes, and in which number format: on a CPU the faster one, found by trying.

bfloat16 is several times faster than float32 where a CPU multiplies it natively (AMX, Zen 5) and slower where it
does not. Unlike `engine.devices`, which must give the same frames every time, training may look at a clock.

Whatever is drawn at random (weights, noise, levels) is drawn on the CPU and moved, so that a run is the same run
on every device.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from functools import cache

import torch

CPU = torch.device("cpu")
_SIDE = 768
_MARGIN = 1.15
"""How much faster bfloat16 must be: it costs accuracy and conversions."""


def autocast(device: torch.device) -> AbstractContextManager[object]:
    """Matrix products and convolutions on ``device`` in `training_dtype`."""
    half = training_dtype(device.type) is torch.bfloat16
    return torch.autocast(device.type, torch.bfloat16) if half else nullcontext()


@cache
def training_dtype(kind: str = "cpu") -> torch.dtype:
    """bfloat16 or float32, whichever multiplies faster on a CPU; measured once a process.

    A graphics card of CUDA has the first or not; elsewhere it is float32. float16 would need its losses scaled.
    """
    if kind == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16
    if kind != "cpu":
        return torch.float32
    bf16, fp32 = (_seconds(dtype) for dtype in (torch.bfloat16, torch.float32))
    return torch.bfloat16 if bf16 * _MARGIN < fp32 else torch.float32


def _seconds(dtype: torch.dtype, tries: int = 8) -> float:
    """The best of a few matrix products."""
    matrix = torch.ones(_SIDE, _SIDE, dtype=dtype)
    best = float("inf")
    for _ in range(tries):
        began = time.perf_counter()
        torch.mm(matrix, matrix)
        best = min(best, time.perf_counter() - began)
    return best
