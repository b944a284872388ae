"""The ways to keep walt's own networks while a clip is made, and what each takes. No torch here.

All networks are in memory, or one at a time, or a denoiser's layers one at a time. Bytes of weights are counted from
the files' headers (`engine.packs.sizes`); those of the work beside them are `engine.planning.activations`'.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.api.request import ClipRequest
from engine.api.types import STAGES, ResidencyMode, StageName
from engine.packs.manifest import WaltManifest
from engine.packs.sizes import Weights
from engine.planning.activations import DECODINGS, stage_work, tables, work_memory
from engine.planning.memory import Decoding, ExecutionPlan

RESIDENCY_MODES: tuple[ResidencyMode, ...] = ("resident", "staged", "streamed")
"""Fastest first."""


def execution_plans(weights: Weights, manifest: WaltManifest, request: ClipRequest) -> Iterator[ExecutionPlan]:
    """All ways to make a clip, fastest first.

    Raises:
        UsageError: see `WaltManifest.size`.
        WaltError: ``pack-damaged``, see `engine.planning.activations.work_memory`.
    """
    for mode in RESIDENCY_MODES:
        for decoding in DECODINGS:
            needed = peak(mode, weights, manifest, request, decoding)
            yield ExecutionPlan(mode, decoding, needed, resident_bytes(mode, weights))


def resident_bytes(mode: ResidencyMode, weights: Weights) -> int:
    """Bytes of networks that stay in memory between two clips."""
    if mode == "resident":
        return sum(weight.whole for weight in weights.values())
    return weights["tokenizer"].whole


def peak(
    mode: ResidencyMode,
    weights: Weights,
    manifest: WaltManifest,
    request: ClipRequest,
    decoding: Decoding = DECODINGS[0],
) -> int:
    """The most bytes that networks and work take at once, beside the program itself.

    Raises:
        WaltError: ``pack-damaged``, see `engine.planning.activations.work_memory`.
    """
    clip = work_memory(manifest, request, decoding).clip
    stages = STAGES[: STAGES.index(request.upto) + 1]
    works: dict[StageName, int] = {
        stage: clip + stage_work(manifest, request, stage, decoding) for stage in stages
    }
    staying = resident_bytes(mode, weights)
    if mode == "resident":
        reading = max(weight.reading for weight in weights.values())
        all_tables = sum(tables(manifest, request, stage) for stage in stages)
        return staying + max(reading, all_tables + max(works.values()))
    turns = [weights["text"].whole + weights["text"].reading]
    for stage, work in works.items():
        weight = weights[stage]
        if mode == "staged":
            turns.append(weight.whole + max(weight.reading, work + tables(manifest, request, stage)))
        else:
            turns.append(weight.rest + weight.layer + max(weight.reading, work))
    return staying + max(turns)
