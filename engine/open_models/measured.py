"""What the work on a model's clips took on a card, beside what was estimated: the next plan is corrected by it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.api.types import ResidencyMode, WeightFormat
from engine.open_models.plan import execution_plans, weigh
from engine.packs.open_manifest import OpenManifest
from engine.runtime.json_file import read_object, write_object

MEASURED = "measured.json"
"""In the pack."""
LEAST, MOST = 0.25, 4.0
"""A factor outside means that something else was measured."""
_SPARE = 1.1
_MAX_BYTES = 4096


def work_factor(folder: Path) -> float:
    """How many times what is estimated the work takes, as far as the pack in ``folder`` knows; 1 before any clip."""
    try:
        found = (read_object(folder / MEASURED, _MAX_BYTES) or {}).get("factor")
    except OSError:
        return 1.0
    return min(MOST, max(LEAST, float(found))) if isinstance(found, int | float) and found == found else 1.0


def record_peak(
    folder: Path, model: Path, manifest: OpenManifest, request: ClipRequest, weight_format: WeightFormat,
    *, residency: ResidencyMode, tile: int | None, peak: int,
) -> None:  # fmt: skip
    """Keep what a clip took.

    Args:
        folder: The pack's.
        model: The model's.
        manifest: The pack's.
        request: The clip's.
        weight_format: How the device keeps networks.
        residency: How they were kept.
        tile: The side of decoded tiles.
        peak: The most bytes on the card.
    """
    weights = weigh(model, manifest, weight_format)

    def predicted(factor: float) -> int:
        plans = execution_plans(weights, manifest, request, weight_format, factor)
        return next(plan.peak for plan in plans if (plan.residency, plan.tile) == (residency, tile))

    without, with_work = predicted(0), predicted(1)
    factor = _SPARE * (peak - without) / max(1, with_work - without)
    with suppress(WaltError):  # where the pack cannot be written to, plans stay estimates
        write_object(folder / MEASURED, {"factor": min(MOST, max(LEAST, factor))})
