"""How fast this processor can be: plain products, a convolution and a copy, without walt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engine.cli.timing import Timing, timed
from engine.models.convolution import InferenceConv

COPY = 64 * 2**20
"""Bytes, more than caches hold."""
SIDES = (128, 1024)
"""Of the matrices."""
PICTURES = ((16, 28), (128, 224))
"""Height and width that are convolved, with as many frames and channels as the starter has at half its full size."""
_FRAMES, _CHANNELS = 4, 32
_SLOW = 0.02
"""Seconds: what takes longer at the small size is emulated, and not measured at the large one."""
FORMATS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of this processor; its ``timing`` is None where the operation does not work here.

    ``work`` is in GFLOP, for a copy in GB.
    """

    name: str
    unit: str
    work: float
    timing: Timing | None

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        if self.timing is None:
            return {"unit": self.unit, "rate": None}
        return {"unit": self.unit, "rate": round(self.work / self.timing.seconds, 2), **self.timing.to_json()}


def roof(repeats: int = 5) -> list[Limit]:
    """Measure the limits."""
    copied = [(2e-9 * COPY, _copy())]
    products = {name: [(2e-9 * side**3, _product(kind, side)) for side in SIDES] for name, kind in FORMATS.items()}
    limits = [_limit(f"product {name}", sizes, repeats) for name, sizes in products.items()]
    int8 = [(2e-9 * side**3, _int8_product(side)) for side in SIDES]
    limits.append(_limit("product int8", int8, repeats))
    for name, kind in FORMATS.items():
        each = 2e-9 * 27 * _CHANNELS**2 * _FRAMES
        sizes = [(each * high * wide, _convolution(kind, high, wide)) for high, wide in PICTURES]
        limits.append(_limit(f"convolution {name}", sizes, repeats))
    return [*limits, _limit("copy", copied, repeats, "GB/s")]


def _limit(
    name: str, sizes: Sequence[tuple[float, Callable[[], object]]], repeats: int, unit: str = "GFLOP/s"
) -> Limit:
    """Of the largest size that is not emulated; sizes are work and what does it, the smallest first."""
    work, timing = 0.0, None
    for work, run in sizes:
        try:
            timing = timed(run, repeats)
        except (RuntimeError, AttributeError):
            return Limit(name, unit, work, None)
        if timing.cpu_seconds > _SLOW:
            break
    return Limit(name, unit, work, timing)


def _copy() -> Callable[[], Tensor]:
    source, target = torch.zeros(COPY, dtype=torch.uint8), torch.empty(COPY, dtype=torch.uint8)
    return lambda: target.copy_(source)


def _product(kind: torch.dtype, side: int) -> Callable[[], Tensor]:
    matrix = torch.ones(side, side, dtype=kind)
    return lambda: matrix @ matrix


def _int8_product(side: int) -> Callable[[], Tensor]:
    matrix = torch.ones(side, side, dtype=torch.int8)
    return lambda: torch._int_mm(matrix, matrix)  # pyright: ignore[reportPrivateUsage, reportPrivateImportUsage]


def _convolution(kind: torch.dtype, height: int, width: int) -> Callable[[], Tensor]:
    conv = torch.nn.Conv3d(_CHANNELS, _CHANNELS, 3, padding=(0, 1, 1), bias=False).to(kind).requires_grad_(False)
    run = InferenceConv(conv)
    x = torch.ones(1, _CHANNELS, _FRAMES + 2, height, width, dtype=kind)
    x = x.contiguous(memory_format=torch.channels_last_3d)
    return lambda: run(x)
