"""What a clip of an open model takes: weights from the headers of its files, work by the clip's size. No torch here.

The weights are exact. What the work takes is an estimate, meant to be a little too high; on a card it is corrected by
what earlier clips took (`engine.open_models.measured`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.api.types import ResidencyMode, WeightFormat
from engine.open_models.headers import read_header
from engine.packs.base_manifest import shown
from engine.packs.open_manifest import OpenManifest
from engine.packs.sizes import Weight, Weights
from engine.planning.eta import Task
from engine.planning.memory import Decoding, ExecutionPlan
from engine.planning.workload import Workload

TILE = 32
"""Of decoded tiles, in latents: diffusers' own size, but for a few models that choose theirs."""
_TILED = 0.25
"""Of the memory of decoding, what tiles take."""
_COPIES = 14
"""Copies of the tokens that a layer holds at once; its hidden numbers count as four."""
_FRAME = 15
"""Bytes a pixel of a finished frame: in 32-bit numbers, and as a picture."""
_PIXEL_OPERATIONS = 1.2e6
"""To decode a pixel of a frame where a latent is 8 pixels wide."""
_WAYS: tuple[tuple[ResidencyMode, bool], ...] = (
    ("resident", False), ("resident", True), ("staged", False), ("staged", True), ("streamed", True),
)  # fmt: skip
"""How parts are kept, and whether frames are decoded in tiles; fastest first."""


def is_denoiser(part: str) -> bool:
    """Whether a part makes the steps; some models have two, which take turns."""
    return part.startswith(("transformer", "unet"))


def weigh(path: Path, manifest: OpenManifest, weight_format: WeightFormat) -> Weights:
    """Bytes of each part of the model in the folder ``path`` on the device; reads headers only.

    Raises:
        WaltError: ``model-damaged``.
    """
    parts: dict[str, Weight] = {}
    for name in manifest.weights:
        part = name.split("/")[0]
        try:
            header = read_header(path / name)
        except (OSError, ValueError):
            raise model_damaged(name, "cannot be read") from None
        found = _weigh(header.shapes, 4 if part in manifest.model.precise else weight_format.matrix)
        if weight_format.int8 and is_denoiser(part):
            found = Weight(found.rest, found.layers // weight_format.matrix, found.layer // weight_format.matrix)
        before = parts.get(part, Weight(0))
        parts[part] = Weight(
            before.rest + found.rest, before.layers + found.layers, max(before.layer, found.layer)
        )
    return parts


def model_damaged(name: str, why: str) -> WaltError:
    """The error of a file of a model that is not what it was when the model was linked."""
    return WaltError("model-damaged", f"The model's {shown(name)} {why}.", "Get the model again, and link it.")


def _weigh(shapes: Mapping[str, tuple[int, ...]], each: int) -> Weight:
    """What tensors take; those of layers have a number in their names, as ``blocks.7.attn1.to_q.weight``."""
    rest = 0
    layers: dict[str, int] = {}
    for name, shape in shapes.items():
        words = name.split(".")
        place = next((place for place, word in enumerate(words) if word.isdigit()), None)
        size = each * math.prod(shape)
        if place is None:
            rest += size
        else:
            layer = ".".join(words[: place + 1])
            layers[layer] = layers.get(layer, 0) + size
    return Weight(rest, sum(layers.values()), max(layers.values(), default=0))


def execution_plans(
    weights: Weights, manifest: OpenManifest, request: ClipRequest, weight_format: WeightFormat, factor: float = 1.0
) -> Iterator[ExecutionPlan]:
    """All ways to make a clip, fastest first. Where the device computes in the computer's memory, all parts are there.

    Args:
        weights: What the parts take.
        manifest: The pack's.
        request: What is asked for.
        weight_format: How the device keeps networks.
        factor: How much more or less the work takes than is estimated, as measured.

    Raises:
        UsageError: ``aspect-not-in-pack``.
    """
    everything = sum(weight.whole for weight in weights.values())
    for residency, tiled in _WAYS:
        if weight_format.mapped and residency != "resident":
            continue
        peak = _peak(residency, weights, manifest, request, weight_format, factor * (_TILED if tiled else 1), factor)
        host = 0 if weight_format.mapped else max(w.whole for w in weights.values())
        if residency != "resident":
            host = everything
        staying = everything if residency == "resident" else 0
        yield ExecutionPlan(residency, Decoding(TILE if tiled else None), peak, staying, host)


def _peak(
    residency: ResidencyMode, weights: Weights, manifest: OpenManifest, request: ClipRequest,
    weight_format: WeightFormat, decoding: float, stepping: float,
) -> int:  # fmt: skip
    height, width = manifest.size(request.aspect)
    step = stepping * step_bytes(manifest, request, weight_format.matrix)
    decode = decoding * decode_bytes(manifest, request)
    clip = _FRAME * request.frames * height * width
    if residency == "resident":
        return int(sum(weight.whole for weight in weights.values()) + max(step, decode) + clip)

    def kept(weight: Weight) -> int:
        return weight.whole if residency == "staged" else weight.rest + 2 * weight.layer

    turns = [
        kept(weight) + (step if is_denoiser(part) else decode if part == "vae" else 0)
        for part, weight in weights.items()
    ]
    return int(max(turns) + clip)


def step_bytes(manifest: OpenManifest, request: ClipRequest, each: int) -> int:
    """Bytes of one denoising step beside the networks, in numbers of ``each`` bytes."""
    return 2 * _COPIES * tokens_of(manifest, request) * manifest.shape.width * each


def decode_bytes(manifest: OpenManifest, request: ClipRequest) -> int:
    """Bytes that decoding takes beside the networks, without tiles."""
    height, width = manifest.size(request.aspect)
    model = manifest.model
    at_once = min(request.frames, model.decoded_frames or request.frames)
    return model.decoded_bytes * at_once * height * width


def tokens_of(manifest: OpenManifest, request: ClipRequest) -> int:
    """Tokens that the denoiser sees."""
    patch = manifest.shape.patch
    frames, rows, columns = latent_grid(manifest, request.frames, *manifest.size(request.aspect))
    return math.ceil(frames / patch[0]) * math.ceil(rows / patch[1]) * math.ceil(columns / patch[2])


def latent_grid(manifest: OpenManifest, frames: int, height: int, width: int) -> tuple[int, int, int]:
    """Latent frames, rows and columns of a clip."""
    space = manifest.model.space
    return 1 + (frames - 1) // manifest.model.time, height // space, width // space


def tasks_of(manifest: OpenManifest, request: ClipRequest) -> dict[str, Task]:
    """The pieces of work by name: denoising steps, and decoding as one. Costs are operations."""
    tokens = tokens_of(manifest, request)
    parts: dict[str, int] = {}
    for name, file in manifest.weights.items():
        part = name.split("/")[0]
        parts[part] = parts.get(part, 0) + file.bytes // 2
    parameters = max((size for part, size in parts.items() if is_denoiser(part)), default=0)
    attention = 4.0 * tokens**2 * manifest.shape.width * manifest.shape.layers
    scale = manifest.model.guidance if request.guidance is None else request.guidance
    passes = 1 if scale is None or scale == 1 else 2
    height, width = manifest.size(request.aspect)
    decode = _PIXEL_OPERATIONS * height * width * request.frames * 64 / manifest.model.space**2
    steps = request.steps or manifest.model.steps
    return {"base": Task(steps, passes * (2.0 * parameters * tokens + attention)), "decode": Task(1, decode)}


def workload_of(manifest: OpenManifest, request: ClipRequest) -> Workload:
    """How many operations a clip takes.

    Raises:
        UsageError: ``aspect-not-in-pack``.
    """
    tasks = tasks_of(manifest, request)
    return Workload(tasks["base"].count * tasks["base"].cost, tasks["decode"].cost)
