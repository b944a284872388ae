"""How a clip of any kind of pack will be made in the memory that there is. No torch here: the window asks too."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from engine.api.request import ClipRequest
from engine.api.types import MemoryBudget
from engine.kinds.check import require_capable
from engine.kinds.registry import kind_of
from engine.packs.sizes import Weights
from engine.packs.store import InstalledPack
from engine.planning.memory import MB, Forecast, forecast, least_mb


def plan_clip(pack: InstalledPack, request: ClipRequest, weights: Weights, budget: MemoryBudget) -> Forecast:
    """The fastest way that fits.

    Raises:
        UsageError: for what the pack does not make.
        WaltError: ``out-of-memory``, with what would fit; ``image-too-large``; ``pack-damaged``.
    """
    plans = kind_of(pack).execution_plans(pack, request, weights, budget.weights)
    found = forecast(plans, budget, partial(_smaller, pack, request, weights, budget))
    if request.image is None:
        return found
    from engine.media.still_memory import require_room

    # The picture is read before the networks are.
    size = require_capable(request, kind_of(pack).capabilities(pack), pack.name)
    on_card = not budget.weights.mapped
    opening = require_room(request.image, *size, budget.host if on_card else budget.room) / MB
    peak = found.peak_mb if on_card else max(found.peak_mb, budget.program / MB + opening)
    return replace(found, peak_mb=peak, opening_mb=opening)


def least_memory(pack: InstalledPack, request: ClipRequest, weights: Weights, budget: MemoryBudget) -> float:
    """The MiB that the process would take at its peak if it saved memory in every way there is, room or not.

    Raises:
        UsageError: for what the pack does not make.
        WaltError: ``pack-damaged``.
    """
    return least_mb(kind_of(pack).execution_plans(pack, request, weights, budget.weights), budget)


def _smaller(pack: InstalledPack, request: ClipRequest, weights: Weights, budget: MemoryBudget) -> str:
    """The next best request that would fit, in words."""
    kind = kind_of(pack)
    able = kind.capabilities(pack)
    names = [stage.name for stage in able.stages]
    for stage in reversed(names[: names.index(request.upto)]):
        plans = kind.execution_plans(pack, replace(request, upto=stage), weights, budget.weights)
        if any(plan.peak <= budget.room for plan in plans):
            return f", or ask for a smaller clip with --upto {stage}"
    return ", or ask for fewer frames" if request.frames > able.lengths.usual else ""
