"""What there is to do for a clip: its windows, the steps of every stage, the operations in them. No torch here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.api.errors import WaltError
from engine.api.types import OVERLAP, SPACE, STAGES, TIME, StageName
from engine.planning.eta import Task

if TYPE_CHECKING:
    from engine.api.request import ClipRequest
    from engine.packs.manifest import WaltManifest

SHARE = 0.3
"""Of the speed of plain matrix products, what a clip reaches: the starter 0.26 to 0.36, on two processor cores."""


@dataclass(frozen=True, slots=True)
class Window:
    """Frames ``start`` to ``start + length``, made at once; the first ``known`` were there before."""

    start: int
    length: int
    known: int

    @property
    def latents(self) -> int:
        """Latent frames."""
        return 1 + (self.length - 1) // TIME


@dataclass(frozen=True, slots=True)
class Workload:
    """Operations (multiplications and additions) of a clip."""

    denoising: float
    decoding: float

    def seconds(self, speed: float) -> float:
        """About how long it takes where a matrix product does ``speed`` operations a second, before any was timed."""
        return (self.denoising + self.decoding) / (SHARE * speed)


def plan_windows(frames: int, longest: int, known: int = 0) -> list[Window]:
    """Cut a clip into windows of ``longest`` frames, each seeing the last five of the one before (paper 4.4).

    A short clip is one short window; every continuation is a full window, and what is too much is cut off,
    because full windows are what the model was trained on. ``known`` frames were there before the clip.
    """
    windows = [Window(0, longest if known else min(frames, longest), known)]
    while (end := windows[-1].start + windows[-1].length) < frames:
        windows.append(Window(end - OVERLAP, longest, OVERLAP))
    return windows


def still_size(manifest: WaltManifest, request: ClipRequest, stage: StageName) -> tuple[int, int]:
    """Height and width of a stage's frames where a still's own pixels move: the last stage's may be larger."""
    height, width = manifest.size(request.aspect, stage)
    if stage != request.upto or request.size is None or request.size <= min(height, width):
        return height, width
    scale = request.size / min(height, width)
    return 2 * round(height * scale / 2), 2 * round(width * scale / 2)


def windows_of(manifest: WaltManifest, request: ClipRequest) -> list[Window]:
    """The windows of a clip."""
    longest = 1 + TIME * (int(manifest.stages["base"].transformer["grid"][0]) - 1)
    return plan_windows(request.frames, longest, request.known)


def steps_of(manifest: WaltManifest, request: ClipRequest, stage: StageName) -> int:
    """Denoising steps of one window; the super-resolution stages scale with the base."""
    return _scaled(manifest, request, manifest.stages[stage].steps)


def first_pass_of(manifest: WaltManifest, request: ClipRequest, stage: StageName) -> int:
    """Steps before those of the first window, where the clip begins with nothing known (`StageSpec.first_pass`)."""
    steps, first = manifest.stages[stage].first_pass, windows_of(manifest, request)[0]
    begins = request.image is None and not first.known and first.length > 1
    return _scaled(manifest, request, steps) if steps and begins else 0


def _scaled(manifest: WaltManifest, request: ClipRequest, steps: int) -> int:
    """Steps of the pack as the request wants them: as many times more or fewer as it wants for the base."""
    if request.steps is None:
        return steps
    return max(1, round(steps * request.steps / manifest.stages["base"].steps))


def guidance_of(manifest: WaltManifest, request: ClipRequest, stage: StageName) -> float:
    """The scale of a stage's guidance; 1 is one pass a step instead of two."""
    if stage == "base" and request.guidance is not None:
        return request.guidance
    return manifest.stages[stage].guidance_scale(still=request.image is not None)


def tasks_of(manifest: WaltManifest, request: ClipRequest) -> dict[str, Task]:
    """All pieces of work by name, in order: the steps of each stage, and its decoding, a latent frame a piece.

    Of the stages before the last only those windows are decoded that others continue.
    """
    windows, tasks = windows_of(manifest, request), dict[str, Task]()
    for stage in STAGES[: STAGES.index(request.upto) + 1]:
        height, width = (side // SPACE for side in manifest.size(request.aspect, stage))
        cost = step_cost(manifest.stages[stage].transformer, windows[0].latents, height, width)
        if guidance_of(manifest, request, stage) != 1:  # a second pass, where guidance acts
            low, high = manifest.stages[stage].guidance.interval
            cost *= 1 + high - low
        steps = steps_of(manifest, request, stage) * len(windows) + first_pass_of(manifest, request, stage)
        tasks[stage] = Task(steps, cost)
        decoded = windows if stage == request.upto else windows[:-1]
        chunks = sum(window.latents for window in decoded)
        tasks[f"{stage} decode"] = Task(chunks, decode_cost(manifest.tokenizer, height, width))
    return tasks


def still_tasks_of(manifest: WaltManifest, request: ClipRequest) -> dict[str, Task]:
    """The same where the still's own pixels move: after the base there is one frame of each stage to paint."""
    tasks, once = tasks_of(manifest, request), tasks_of(manifest, replace(request, frames=1))
    return {name: task if name.startswith(STAGES[0]) else once[name] for name, task in tasks.items()}


def workload_of(manifest: WaltManifest, request: ClipRequest) -> Workload:
    """How many operations a clip takes.

    Raises:
        UsageError: see `WaltManifest.size`.
        WaltError: ``pack-damaged``.
    """
    try:
        costs = {name: task.count * task.cost for name, task in tasks_of(manifest, request).items()}
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError):
        raise WaltError("pack-damaged", "The shapes of the pack's networks are not valid.") from None
    denoising = sum(cost for name, cost in costs.items() if name in STAGES)
    return Workload(denoising, sum(costs.values()) - denoising)


def step_cost(shape: Mapping[str, Any], frames: int, height: int, width: int) -> float:
    """Operations of one pass of a denoiser over latents (frames, height, width): every layer's matrix products."""
    tokens = frames * height * width / shape["patch"] ** 2
    spatial, spacetime = math.prod(shape["spatial_window"]), frames * math.prod(shape["spacetime_window"])
    matrices, keys = 12 * shape["width"], (spatial + spacetime) / 2  # layers alternate
    if shape.get("text_width") is not None:
        matrices, keys = matrices + 4 * shape["width"], keys + spatial
    return shape["layers"] * tokens * shape["width"] * (2.0 * matrices + 4.0 * keys)


def decode_cost(shape: Mapping[str, Any], height: int, width: int) -> float:
    """Operations to decode one latent frame of (height, width): the convolutions of every resolution."""
    cost, positions = 0.0, float(height * width)
    widths, blocks = [shape["channels"] * wide for wide in shape["multipliers"]], [*shape["blocks"]]
    blocks[-1] += shape["mid_blocks"]
    for level in reversed(range(len(widths))):
        cost += positions * blocks[level] * 2 * 2 * 27 * widths[level] ** 2
        if level:
            positions *= 4 * shape["down_time"][level - 1]
    return cost
