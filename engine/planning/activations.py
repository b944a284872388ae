"""How much memory the work on a clip takes, beside walt's own networks, before it is begun. No torch here.

The formulas count the largest tensors that live at once; their constants were measured with the starter on a CPU
(docs/reliability.md). They are meant to be a little too high: what they promise is that a plan that fits, runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.api.request import ClipRequest
from engine.api.types import SPACE, STAGES, TIME, StageName
from engine.packs.base_manifest import damaged
from engine.packs.manifest import WaltManifest
from engine.planning.memory import Decoding
from engine.planning.workload import still_size

TILES: tuple[int | None, ...] = (None, 16)
"""Sides of decoded tiles in latents, best first; None is the whole picture."""
_BYTES, _HALF = 4, 2
_LIVING = 3.7
"""Copies of the finest activations that the decoder holds at once, beside what its convolutions remember."""
_WITH_GAPS, _WITH_FEWER = 10, 9
"""The same with the gaps between them, which are fewer where a copy is too large for the heap."""
_HEAP_MOST = 32 * 2**20
"""Bytes from which on glibc takes a piece from the system by itself, without `Decoding.tight` too."""
_SCORES = 3
"""Copies of the attention scores of a layer."""
_STILL = 8
"""A still may have twice a frame's pixels in both directions, and is blurred beside itself."""
_BLENDED = 4
"""Copies of a frame, in 32-bit numbers, while a still and what is painted beside it are put together."""
_AROUND = 8
"""Copies of the tokens around the MLP, whose hidden layer counts twice."""


DECODINGS = (Decoding(), Decoding(None, True), Decoding(16, True))
"""Best first."""


@dataclass(frozen=True, slots=True)
class WorkMemory:
    """Bytes: the largest denoising step, the largest decoded chunk, and the frames of the clip."""

    step: int
    decode: int
    clip: int

    @property
    def work(self) -> int:
        """What the clip takes once the networks are there: steps and decoding take turns."""
        return max(self.step, self.decode) + self.clip


def work_memory(manifest: WaltManifest, request: ClipRequest, decoding: Decoding = DECODINGS[0]) -> WorkMemory:
    """Estimate the memory of a request that the pack can serve.

    Args:
        manifest: The pack's.
        request: What is asked for.
        decoding: How it is decoded.

    Raises:
        UsageError: see `WaltManifest.size`.
        WaltError: ``pack-damaged`` when the networks' shapes make no sense.
    """
    stages = STAGES[: STAGES.index(request.upto) + 1]
    frames = request.frames
    try:
        return WorkMemory(
            step=max(_step(manifest, request, stage) for stage in stages),
            decode=max(
                _decode(manifest.tokenizer, *manifest.size(request.aspect, stage), decoding) for stage in stages
            ),
            clip=sum(3 * frames * math.prod(still_size(manifest, request, stage)) for stage in stages[-2:])
            + _still(manifest, request),
        )
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError):
        raise damaged(Path(manifest.name), "the shapes of its networks are not valid") from None


def _still(manifest: WaltManifest, request: ClipRequest) -> int:
    """Bytes of a still, and of one of its frames while that is put together."""
    if request.image is None:
        return 0
    return math.prod(still_size(manifest, request, request.upto)) * (3 * _STILL + 3 * _BYTES * _BLENDED)


def stage_work(
    manifest: WaltManifest, request: ClipRequest, stage: StageName, decoding: Decoding = DECODINGS[0]
) -> int:
    """Bytes that one stage takes beside its network: its steps and its decoding take turns."""
    height, width = manifest.size(request.aspect, stage)
    return max(_step(manifest, request, stage), _decode(manifest.tokenizer, height, width, decoding))


def tables(manifest: WaltManifest, request: ClipRequest, stage: StageName) -> int:
    """Bytes of what a denoiser's tables of positions become for its windows, in all layers; kept between steps."""
    shape: dict[str, Any] = manifest.stages[stage].transformer
    frames, rows, columns = shape["grid"]
    height, width = manifest.size(request.aspect, stage)
    grown = height // SPACE * (width // SPACE) / (rows * columns)
    spatial = math.prod(shape["spatial_window"]) * grown
    spacetime = math.prod(shape["spacetime_window"]) * grown * min(frames, 1 + (request.frames - 1) // TIME)
    return int(_BYTES * shape["heads"] * (shape["layers"] / 2) * (spatial**2 + spacetime**2))


def _step(manifest: WaltManifest, request: ClipRequest, stage: StageName) -> int:
    """Bytes of one pass of a stage's network over one window."""
    spec = manifest.stages[stage]
    shape: dict[str, Any] = spec.transformer
    height, width = manifest.size(request.aspect, stage)
    frames = min(int(shape["grid"][0]), 1 + (request.frames - 1) // TIME)
    tokens = frames * (height // SPACE // shape["patch"]) * (width // SPACE // shape["patch"])
    keys = max(math.prod(shape["spatial_window"]), frames * math.prod(shape["spacetime_window"]))
    usual = spec.guidance_scale(still=request.image is not None)
    scale = request.guidance if stage == "base" and request.guidance is not None else usual
    rows = 1 if scale == 1 else 2
    each = _SCORES * keys * shape["heads"] + (2 * shape.get("mlp_ratio", 4) + _AROUND) * shape["width"]
    return int(rows * tokens * each * _BYTES)


def _decode(shape: dict[str, Any], height: int, width: int, decoding: Decoding) -> int:
    """Bytes to decode one latent frame, that is four frames: what is computed at the finest size, and the past."""
    whole = part = covered = height * width
    frames, tile = 0, decoding.tile
    if tile is not None and tile * SPACE < max(height, width):
        part = min(whole, (tile * SPACE) ** 2)
        covered = _tiles(height // SPACE, tile) * _tiles(width // SPACE, tile) * part
        frames = 10 * TIME * _BYTES * whole  # tiles are blended in 32-bit numbers, then become a picture
    patch = shape.get("patch", 1)
    finest = TIME * shape["channels"] * shape["multipliers"][0] * _BYTES / patch**2 * part
    return int(finest * _living(finest, decoding) + _remembered(shape) * covered) + frames


def _living(finest: float, decoding: Decoding) -> float:
    """How often the finest activations, of so many bytes, are in memory at once."""
    if decoding.tight:
        return _LIVING
    return _WITH_GAPS if finest < _HEAP_MOST else _WITH_FEWER


def _remembered(shape: dict[str, Any]) -> float:
    """Bytes a pixel of what the decoder's convolutions remember: two frames each, of the picture or each tile."""
    blocks = [*shape["blocks"]]
    blocks[-1] += shape["mid_blocks"]
    levels = enumerate(zip(shape["multipliers"], blocks, strict=True))
    # Two convolutions a block, and the one that leads to the next level or to pixels.
    numbers = sum((2 * count + 1) * 2 * shape["channels"] * wide / 4**level for level, (wide, count) in levels)
    return _HALF * numbers / shape.get("patch", 1) ** 2


def _tiles(size: int, side: int) -> int:
    """How many tiles cover ``size`` latents; see `engine.models.tokenizer`."""
    return 1 if size <= side else 1 + math.ceil((size - side) / max(1, side * 3 // 4))
