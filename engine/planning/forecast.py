"""The memory that a clip will take, told before it is begun, by `walt generate`, by `walt plan` and by the window.

One meaning for all of them: the most that the process takes on its device at once. On a CPU that is everything, the
program with its libraries, the networks and the work; on a card it is what lies there. No torch here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.request import ClipRequest
from engine.api.types import MemoryBudget, WeightFormat
from engine.packs.manifest import Manifest
from engine.planning.memory import MB
from engine.planning.residency import ExecutionPlan, Weights, choose, ways

if TYPE_CHECKING:
    from engine.runtime.devices import Device


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a clip will be made, the MiB that the process will take at its peak, and those that it may."""

    way: ExecutionPlan
    peak_mb: float
    budget_mb: float


def memory_budget(
    device: Device, *, int8: bool = False, allowed_mb: int | None = None, mapped: int = 0, held: int | None = None
) -> MemoryBudget:
    """What a clip would be planned on now, on a device. The program has to be loaded already, all of it.

    Args:
        device: Where it is made.
        int8: Whether the denoisers' matrices are in 8 bits.
        allowed_mb: The most that the process may take there, in MiB; what is free if None.
        mapped: Bytes of files that will be mapped at once.
        held: Bytes of networks that are in memory from a clip before; None before the first.
    """
    from engine.runtime.devices import FIRST_USE, room

    free, used = room(device, allowed_mb, mapped)
    if held is None:
        held = -FIRST_USE if device.maps_files else 0
    weights = WeightFormat(device.dtype.itemsize, device.maps_files, int8)
    return MemoryBudget(weights, used - held, free + held)


def forecast(weights: Weights, manifest: Manifest, request: ClipRequest, budget: MemoryBudget) -> Forecast:
    """Plan a clip.

    Raises:
        UsageError: see `Manifest.size`.
        WaltError: ``out-of-memory``, with what would fit; ``pack-damaged``.
    """
    way = choose(weights, manifest, request, budget.room, budget.program)
    return Forecast(way, (budget.program + way.peak) / MB, (budget.program + budget.room) / MB)


def least_mb(weights: Weights, manifest: Manifest, request: ClipRequest, budget: MemoryBudget) -> float:
    """The MiB that the process would take at its peak if it saved memory in every way there is, room or not.

    Raises:
        UsageError: see `Manifest.size`.
        WaltError: ``pack-damaged``.
    """
    return (budget.program + min(way.peak for way in ways(weights, manifest, request))) / MB
