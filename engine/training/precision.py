"""The number format of training: on a CPU the faster one, which is measured.

bfloat16 is several times faster than float32 where a CPU multiplies it natively (AMX, Zen 5) and slower where it
does not. `engine.runtime.devices`, where the same request must give the same frames, never chooses by timing; training
may.

Whatever is drawn at random (weights, noise, levels) is drawn on the CPU and moved, so that a run is the same run
on every device.
"""

from __future__ import annotations

import os
import time
from contextlib import AbstractContextManager
from functools import cache

import torch

from engine.runtime import devices

CPU = torch.device("cpu")
_SIDE = 768
_MARGIN = 1.15
"""How much faster bfloat16 must be: it costs accuracy and conversions."""


def autocast(device: torch.device) -> AbstractContextManager[object]:
    """Matrix products and convolutions on ``device`` in `training_dtype`."""
    return devices.autocast(device, training_dtype(device.type))


def avoid_amx() -> None:
    """Keep oneDNN from AMX in this process: to be called before anything is computed, where convolutions are trained.

    On AMX the bfloat16 gradient of some 3D convolutions' weights (torch 2.13: 12 to 32 channels, or a kernel of one)
    writes past its memory, which gives NaN or ends the process. Forward passes, and the denoisers' training, are not
    affected.
    """
    os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_BF16")


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
