"""How much memory a clip takes, told before it is begun. No torch here: the window asks too.

The formulas count the largest tensors that live at once; their constants were measured with the starter on a CPU
(docs/reliability.md). They are meant to be a little too high: what they promise is that a plan that fits, runs.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import WaltError
from engine.events import STAGES, StageName
from engine.packs.manifest import Manifest, damaged
from engine.request import ClipRequest

SPACE, TIME = 8, 4
TILES: tuple[int | None, ...] = (None, 32, 16)
"""Sides of decoded tiles in latents, best first; None is the whole picture."""
_BYTES = 4
_LIVING = 8
"""Copies of the finest activations that the decoder holds at once, beside what its convolutions remember."""
_SCORES = 3
"""Copies of the attention scores of a layer."""
_AROUND = 8
"""Copies of the tokens around the MLP, whose hidden layer counts twice."""
_WEIGHTS = 1.4
"""Memory over size on disk: matrices as they are stored, what must be precise in twice that."""
MB = 2**20
MAX_HEADER_BYTES = 8 * 2**20
"""Of a safetensors file; it is read whole, before anything else of the file is."""
LAYERS = "blocks."
"""How the names of a denoiser's layers begin in its file."""
_IN_FLIGHT = 5
"""Memory of a streamed layer over its size on disk: as it is mapped, in 32-bit numbers, as it computes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Bytes: networks, the largest denoising step, the largest decoded chunk, and the frames of the clip."""

    weights: int
    step: int
    decode: int
    clip: int

    @property
    def work(self) -> int:
        """What the clip takes once the networks are there: steps and decoding take turns."""
        return max(self.step, self.decode) + self.clip

    @property
    def total(self) -> int:
        """Everything, with the networks."""
        return self.weights + self.work


def plan(manifest: Manifest, request: ClipRequest, tile: int | None = None, *, whole: bool = False) -> Plan:
    """Estimate the memory of a request that the pack can serve.

    Args:
        manifest: The pack's.
        request: What is asked for.
        tile: Side of decoded tiles, see `TILES`.
        whole: Whether the device computes in 32-bit numbers, so that the networks take twice their size.

    Raises:
        UsageError: see `Manifest.size`.
        WaltError: ``pack-damaged`` when the networks' shapes make no sense.
    """
    stages = STAGES[: STAGES.index(request.upto) + 1]
    frames = request.frames
    try:
        return Plan(
            weights=weights(manifest, whole=whole),
            step=max(_step(manifest, request, stage) for stage in stages),
            decode=max(
                _decode(manifest.tokenizer, *manifest.size(request.aspect, stage), tile) for stage in stages
            ),
            clip=sum(3 * frames * math.prod(manifest.size(request.aspect, stage)) for stage in stages[-2:]),
        )
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError):
        raise damaged(Path(manifest.name), "the shapes of its networks make no sense") from None


def weights(manifest: Manifest, *, whole: bool = False) -> int:
    """Bytes that the networks take, while the largest is being read."""
    sizes = [spec.bytes for name, spec in manifest.files.items() if name.endswith(".safetensors")]
    return int((2 if whole else 1) * _WEIGHTS * sum(sizes) + 2 * max(sizes, default=0))


@dataclass(frozen=True, slots=True)
class Streamed:
    """Bytes of a pack whose denoisers' layers stay on disk: what is there all the time, and one layer."""

    resident: int
    layer: int

    @property
    def total(self) -> int:
        """Both, while the networks are being read too."""
        return self.resident + self.layer


def streamed(path: Path, manifest: Manifest) -> Streamed:
    """What the networks in the folder ``path`` take when layers are streamed; reads the files' headers only.

    Raises:
        WaltError: ``pack-damaged``.
    """
    rest: list[int] = []
    layer = 0
    for name, spec in manifest.files.items():
        if not name.endswith(".safetensors"):
            continue
        layers = _layers(path, name) if name.removesuffix(".safetensors") in manifest.stages else {}
        rest.append(spec.bytes - sum(layers.values()))
        layer = max(layer, *layers.values(), 0)
    return Streamed(int(_WEIGHTS * sum(rest) + 2 * max(rest, default=0)), _IN_FLIGHT * layer)


def _layers(path: Path, name: str) -> dict[str, int]:
    """Bytes of each of a denoiser's layers in its file."""
    try:
        with (path / name).open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > MAX_HEADER_BYTES:
                raise damaged(path, f"the header of {name} is too large")
            header: dict[str, Any] = json.loads(file.read(length))
        sizes: dict[str, int] = {}
        for key, value in header.items():
            if key.startswith(LAYERS):
                start, end = value["data_offsets"]
                layer = key.split(".")[1]
                sizes[layer] = sizes.get(layer, 0) + int(end) - int(start)
        return sizes
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise damaged(path, f"the header of {name} cannot be read") from None


def best_tile(manifest: Manifest, request: ClipRequest, budget: float) -> int | None:
    """The way to decode that fits into ``budget`` bytes beside the networks, which are loaded.

    Raises:
        WaltError: ``out-of-memory``, with what would fit.
    """
    for tile in TILES:
        if plan(manifest, request, tile).work <= budget:
            return tile
    needed = plan(manifest, request, TILES[-1]).work
    raise too_large(needed, budget, _smaller(manifest, request, budget))


def too_large(needed: float, budget: float, instead: str = "") -> WaltError:
    """The clip, or the networks, would not fit into what is free."""
    sizes = f"it needs about {needed / MB:,.0f} MB, and {max(0.0, budget) / MB:,.0f} MB are free"
    hint = f"Close other programs{instead}."
    return WaltError("out-of-memory", f"There is not enough memory for this clip: {sizes}.", hint)


def _smaller(manifest: Manifest, request: ClipRequest, budget: float) -> str:
    """The next best request that would fit, in words."""
    for stage in reversed(STAGES[: STAGES.index(request.upto)]):
        if plan(manifest, request.model_copy(update={"upto": stage}), TILES[-1]).work <= budget:
            return f", or ask for a smaller clip with --upto {stage}"
    return ", or ask for fewer frames" if request.frames > 17 else ""


def _step(manifest: Manifest, request: ClipRequest, stage: StageName) -> int:
    """Bytes of one pass of a stage's network over one window."""
    spec = manifest.stages[stage]
    shape: dict[str, Any] = spec.transformer
    height, width = manifest.size(request.aspect, stage)
    frames = min(int(shape["grid"][0]), 1 + (request.frames - 1) // TIME)
    tokens = frames * (height // SPACE // shape["patch"]) * (width // SPACE // shape["patch"])
    keys = max(math.prod(shape["spatial_window"]), frames * math.prod(shape["spacetime_window"]))
    scale = request.guidance if stage == "base" and request.guidance is not None else spec.guidance.scale
    rows = 1 if scale == 1 else 2
    each = _SCORES * keys * shape["heads"] + (2 * shape.get("mlp_ratio", 4) + _AROUND) * shape["width"]
    return int(rows * tokens * each * _BYTES)


def _decode(shape: dict[str, Any], height: int, width: int, tile: int | None) -> int:
    """Bytes to decode one latent frame, that is four frames, at the finest resolution."""
    blocks, patch = shape["blocks"][0], shape.get("patch", 1)
    channels = shape["channels"] * shape["multipliers"][0]
    whole = height * width
    part = whole if tile is None else min(whole, (tile * SPACE) ** 2)
    # Two of four frames are remembered by each of a block's two convolutions, for the whole picture.
    return int(TIME * channels * _BYTES * (_LIVING * part + (blocks + 1) * whole) / patch**2)
