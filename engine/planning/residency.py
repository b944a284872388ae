"""How a pack's networks are kept while a clip is made, and what that takes. No torch here: `walt plan` asks too.

The fastest way that fits is taken: all networks in memory, or one at a time, or a denoiser's layers one at a time.
Bytes of weights are counted from the files' headers; those of the work beside them are `engine.planning.memory`'s.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.api.types import STAGES, WINDOW_FRAMES, ResidencyMode, StageName, WeightFormat
from engine.packs.manifest import Manifest, Network, damaged, weights_file
from engine.planning.memory import DECODINGS, MB, Decoding, plan, stage_work, tables

KEPT: tuple[ResidencyMode, ...] = ("resident", "staged", "streamed")
"""Fastest first."""
LAYERS = "blocks."
"""How the names of a denoiser's layers begin in its file."""
MAX_HEADER_BYTES = 8 * 2**20
"""Of a safetensors file; it is read whole, before anything else of the file is."""
_SIZES = {"BF16": 2, "F16": 2, "F32": 4}
_SCALE = 8
"""Bytes beside each row of a matrix in 8 bits."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in a file: its shape and the bytes of each number."""

    shape: tuple[int, ...]
    each: int

    @property
    def bytes(self) -> int:
        """In the file."""
        return self.each * math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes of one network.

    Attributes:
        rest: What is no layer of a denoiser.
        layers: All its layers.
        layer: The largest of them while it is streamed.
        reading: What reading the network takes for a moment, beside itself.
    """

    rest: int
    layers: int = 0
    layer: int = 0
    reading: int = 0

    @property
    def whole(self) -> int:
        """All of it in memory."""
        return self.rest + self.layers


Weights = Mapping[Network, Weight]


@dataclass(frozen=True, slots=True)
class ExecutionPlan:
    """How a clip is made: what is kept, how it is decoded, and the bytes that takes beside the program."""

    kept: ResidencyMode
    decoding: Decoding
    peak: int

    @property
    def tile(self) -> int | None:
        """The side of decoded tiles."""
        return self.decoding.tile

    @property
    def tight(self) -> bool:
        """Whether no gaps may be left in memory."""
        return self.decoding.tight


def precise(manifest: Manifest, network: Network) -> tuple[str, ...]:
    """How the names of a network's matrices begin that stay in 32-bit numbers, whatever the device."""
    if network in manifest.stages:
        return ("condition.", "modulations.", "head.modulation.")  # noise levels: outside autocast
    if network == "text":
        return ("encoder.shared",) if manifest.has_t5 else ("",)
    return ()


def weigh(path: Path, manifest: Manifest, numbers: WeightFormat) -> Weights:
    """What the networks of the pack in the folder ``path`` take; reads the headers of its files only.

    Raises:
        WaltError: ``pack-damaged``.
    """
    return {
        network: weigh_tensors(manifest, network, _header(path, weights_file(network)), numbers)
        for network in manifest.networks
    }


def weigh_tensors(
    manifest: Manifest, network: Network, tensors: Mapping[str, Stored], numbers: WeightFormat
) -> Weight:
    """What one of a pack's networks takes, of these tensors."""
    wide = precise(manifest, network)
    layered = network in manifest.stages  # others are kept whole
    rest, largest = 0, 0
    kept: dict[str, int] = {}
    passing: dict[str, int] = {}
    for name, stored in tensors.items():
        whole = stored.each == 4 or name.startswith(wide)
        plain = (4 if whole else numbers.matrix) * math.prod(stored.shape)
        largest = max(largest, stored.bytes if numbers.mapped else 0)
        if not (layered and name.startswith(LAYERS)):
            rest += plain
            continue
        small = plain
        if numbers.int8 and len(stored.shape) == 2:
            small = math.prod(stored.shape) + _SCALE * stored.shape[0]
        # Where a mapped tensor is what the device computes with, it is not copied.
        also = stored.bytes if numbers.mapped and plain != stored.bytes else 0
        layer = name.removeprefix(LAYERS).split(".")[0]
        kept[layer] = kept.get(layer, 0) + small
        passing[layer] = passing.get(layer, 0) + plain + also + (small if numbers.int8 else 0)
    layer = max(passing.values(), default=0)
    return Weight(rest, sum(kept.values()), layer, max(largest, layer) if numbers.int8 else largest)


def _header(path: Path, name: str) -> dict[str, Stored]:
    """The tensors of a file."""
    try:
        with (path / name).open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > MAX_HEADER_BYTES:
                raise damaged(path, f"the header of {name} is too large")
            header: dict[str, Any] = json.loads(file.read(length))
        return {
            key: Stored(tuple(map(int, value["shape"])), _SIZES[value["dtype"]])
            for key, value in header.items()
            if key != "__metadata__"
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise damaged(path, f"the header of {name} cannot be read") from None


def held(kept: ResidencyMode, weights: Weights) -> int:
    """Bytes of networks that stay in memory between two clips."""
    return (
        sum(weight.whole for weight in weights.values()) if kept == "resident" else weights["tokenizer"].whole
    )


def peak(
    kept: ResidencyMode, weights: Weights, manifest: Manifest, request: ClipRequest, decoding: Decoding = DECODINGS[0]
) -> int:
    """The most bytes that networks and work take at once, beside the program itself.

    Raises:
        WaltError: ``pack-damaged``, see `engine.planning.memory.plan`.
    """
    clip = plan(manifest, request, decoding).clip
    stages = STAGES[: STAGES.index(request.upto) + 1]
    works: dict[StageName, int] = {
        stage: clip + stage_work(manifest, request, stage, decoding) for stage in stages
    }
    if kept == "resident":
        reading = max(weight.reading for weight in weights.values())
        all_tables = sum(tables(manifest, request, stage) for stage in stages)
        return held(kept, weights) + max(reading, all_tables + max(works.values()))
    turns = [weights["text"].whole + weights["text"].reading]
    for stage, work in works.items():
        weight = weights[stage]
        if kept == "staged":
            turns.append(weight.whole + max(weight.reading, work + tables(manifest, request, stage)))
        else:
            turns.append(weight.rest + weight.layer + max(weight.reading, work))
    return held(kept, weights) + max(turns)


def choose(
    weights: Weights, manifest: Manifest, request: ClipRequest, budget: float, program: float = 0.0
) -> ExecutionPlan:
    """The fastest way that fits into ``budget`` bytes beside those of the program.

    Raises:
        WaltError: ``out-of-memory``, with what would fit.
    """
    found = None
    for found in ways(weights, manifest, request):
        if found.peak <= budget:
            return found
    assert found is not None
    needed = min(way.peak for way in ways(weights, manifest, request))
    raise too_large(program + needed, program + budget, _smaller(weights, manifest, request, budget))


def ways(weights: Weights, manifest: Manifest, request: ClipRequest) -> Iterator[ExecutionPlan]:
    """All ways to make a clip, fastest first."""
    for kept in KEPT:
        for decoding in DECODINGS:
            yield ExecutionPlan(kept, decoding, peak(kept, weights, manifest, request, decoding))


def too_large(needed: float, budget: float, instead: str = "") -> WaltError:
    """The clip would not fit into what is free, or into what it was allowed."""
    sizes = f"it needs about {needed / MB:,.0f} MB, and {max(0.0, budget) / MB:,.0f} MB may be taken"
    hint = f"Close other programs, or allow more with --memory{instead}."
    return WaltError("out-of-memory", f"There is not enough memory for this clip: {sizes}.", hint)


def _smaller(weights: Weights, manifest: Manifest, request: ClipRequest, budget: float) -> str:
    """The next best request that would fit, in words."""
    for stage in reversed(STAGES[: STAGES.index(request.upto)]):
        smaller = replace(request, upto=stage)
        if any(way.peak <= budget for way in ways(weights, manifest, smaller)):
            return f", or ask for a smaller clip with --upto {stage}"
    return ", or ask for fewer frames" if request.frames > WINDOW_FRAMES else ""
