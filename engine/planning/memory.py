"""The memory that a clip will take, before it is begun: for `walt generate`, `walt plan` and the window alike.

One meaning for all of them: the most that the process takes on its device at once. On a CPU that is everything, the
program with its libraries, the networks and the work; on a card it is what lies there. No torch here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.errors import WaltError
from engine.api.types import MemoryBudget, ResidencyMode, WeightFormat
from engine.runtime.memory import available_mb

if TYPE_CHECKING:
    from engine.runtime.devices import Device

MB = 2**20


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a clip is decoded: in tiles of what side in latents, None for none; and whether without gaps between
    pieces of memory, which takes more time (`engine.runtime.memory.leave_no_gaps`)."""

    tile: int | None = None
    tight: bool = False


@dataclass(frozen=True, slots=True)
class ExecutionPlan:
    """One way to make a clip.

    Attributes:
        residency: Which networks are in memory at once.
        decoding: How frames are decoded.
        peak: The most bytes that networks and work take at once, beside the program itself.
        resident: Bytes of the networks that stay in memory between two clips.
        host: The most bytes of the computer's own memory, where the device has another.
    """

    residency: ResidencyMode
    decoding: Decoding
    peak: int
    resident: int
    host: int = 0

    @property
    def tile(self) -> int | None:
        """The side of decoded tiles."""
        return self.decoding.tile

    @property
    def tight(self) -> bool:
        """Whether no gaps may be left in memory."""
        return self.decoding.tight


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a clip will be made, the MiB that the process will take at its peak, and those that it may.

    ``opening_mb`` are those that the request's picture takes while it is read.
    """

    plan: ExecutionPlan
    peak_mb: float
    budget_mb: float
    opening_mb: float = 0.0


def memory_budget(
    device: Device,
    *,
    int8: bool = False,
    allowed_mb: int | None = None,
    mapped: int = 0,
    resident: int | None = None,
    host: int = 0,
) -> MemoryBudget:
    """What a clip would be planned on now, on a device. The program has to be loaded already, all of it.

    Args:
        device: Where it is made.
        int8: Whether the denoisers' matrices are in 8 bits.
        allowed_mb: The most that the process may take there, in MiB; what is free if None.
        mapped: Bytes of files that will be mapped at once.
        resident: Bytes of networks that are in memory from a clip before; None before the first.
        host: The same in the computer's own memory, where the device has another.
    """
    from engine.runtime.devices import FIRST_USE, room

    free, used = room(device, allowed_mb, mapped)
    if resident is None:
        resident = -FIRST_USE if device.maps_files else 0
    weights = WeightFormat(device.dtype.itemsize, device.maps_files, int8)
    left = available_mb() * MB + host if device.torch.type == "cuda" else math.inf
    return MemoryBudget(weights, used - resident, free + resident, left)


def forecast(
    plans: Iterable[ExecutionPlan], budget: MemoryBudget, smaller: Callable[[], str] = lambda: ""
) -> Forecast:
    """The first plan that fits.

    Args:
        plans: All ways to make the clip, fastest first.
        budget: What it may take.
        smaller: Asked for the end of the hint where nothing fits: what could be asked for instead.

    Raises:
        WaltError: ``out-of-memory``.
    """
    needed: list[int] = []
    waiting: list[int] = []
    for plan in plans:
        if plan.peak <= budget.room and plan.host <= budget.host:
            return Forecast(plan, (budget.program + plan.peak) / MB, (budget.program + budget.room) / MB)
        needed.append(plan.peak)
        waiting += [plan.host] * (plan.peak <= budget.room)
    if waiting:
        raise _host_too_small(min(waiting), budget.host)
    raise too_large(budget.program + min(needed), budget.program + budget.room, smaller())


def least_mb(plans: Iterable[ExecutionPlan], budget: MemoryBudget) -> float:
    """The MiB that the process would take at its peak if it saved memory in every way there is, room or not."""
    return (budget.program + min(plan.peak for plan in plans)) / MB


def _host_too_small(needed: float, allowed: float) -> WaltError:
    """The error of a clip that the card could make, but for the networks that wait in the computer's own memory."""
    sizes = f"the model needs about {needed / MB:,.0f} MB of it, and {max(0.0, allowed) / MB:,.0f} MB are free"
    message = f"The graphics card is large enough, but the computer's own memory is not: {sizes}."
    return WaltError("out-of-memory", message, "Close other programs, or choose a smaller model.")


def too_large(needed: float, allowed: float, instead: str = "") -> WaltError:
    """The error of a clip that would not fit into the bytes that are free, or that it was allowed."""
    sizes = f"it needs about {needed / MB:,.0f} MB, and {max(0.0, allowed) / MB:,.0f} MB may be taken"
    hint = f"Close other programs, or allow more with --memory{instead}."
    return WaltError("out-of-memory", f"There is not enough memory for this clip: {sizes}.", hint)
