"""In which number format training computes: the faster one on this machine, found by trying.

bfloat16 is several times faster than float32 where a CPU multiplies it natively (AMX, Zen 5) and slower where it
does not. Unlike `engine.devices`, which must give the same frames every time, training may look at a clock.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from functools import cache

import torch

_SIDE = 768
_MARGIN = 1.15
"""How much faster bfloat16 must be: it costs accuracy and conversions."""


def autocast() -> AbstractContextManager[object]:
    """Matrix products and convolutions in `training_dtype`."""
    dtype = training_dtype()
    return torch.autocast("cpu", torch.bfloat16, enabled=dtype is torch.bfloat16)


@cache
def training_dtype() -> torch.dtype:
    """bfloat16 or float32, whichever multiplies faster here; measured once a process."""
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
