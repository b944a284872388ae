"""The parts of a clip, each timed alone: passes of the denoisers, decoding, encoding, text, pictures, files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from engine.api.request import ClipRequest
from engine.api.types import SPACE, STAGES, StageName
from engine.cli.timing import Timing, timed
from engine.diffusion.schedule import Schedule
from engine.media.export import write_mp4
from engine.media.pixels import to_frames, to_pixels
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import WindowTransformer
from engine.packs.load import LoadedPack
from engine.packs.weights import shell
from engine.pipeline.conditioning import encode_prompt
from engine.pipeline.sampling import stage_guidance
from engine.planning.workload import first_pass_of, steps_of, windows_of
from engine.text.batch import TextBatch

_N = TypeVar("_N", bound=nn.Module)
PROMPT = "a black horse running in a meadow"


@dataclass(frozen=True, slots=True)
class Part:
    """``times``: how often a clip has it. ``gflop`` is 0 where hardly anything is computed."""

    name: str
    kind: str
    """What its roof is: ``product``, ``convolution`` or nothing."""
    gflop: float
    times: int
    timing: Timing

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"gflop": round(self.gflop, 3), "times": self.times, **self.timing.to_json()}


def parts(pack: LoadedPack, request: ClipRequest, repeats: int) -> Iterator[Part]:
    """Time the parts of a clip of one window, one after the other."""
    text = encode_prompt(pack, request.prompt, request.negative)
    yield Part("text", "", 0.0, 1, timed(lambda: encode_prompt(pack, request.prompt, request.negative), repeats))
    stages = STAGES[: STAGES.index(request.upto) + 1]
    for stage in stages:
        yield from _steps(pack, request, stage, text, repeats)
    for stage in stages:
        z, times = _latents(pack, request, stage), int(stage == request.upto)
        timing = timed(partial(_decode, pack, z), repeats)
        yield Part(f"{stage} decode", "convolution", _decode_gflop(pack, z), times, timing)
    z = _latents(pack, request, stages[-1])
    frames = _decode(pack, z)
    timing = timed(partial(_encode, pack, frames[:1]), repeats)
    yield Part(f"{stages[-1]} encode a still", "", 0.0, 0, timing)
    yield Part("preview", "", 0.0, 0, timed(lambda: to_frames(pack.tokenizer.preview(z)[0]), repeats))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "clip.mp4"
        yield Part("MP4", "", 0.0, 1, timed(lambda: write_mp4(target, frames), 1))


def _steps(
    pack: LoadedPack, request: ClipRequest, stage: StageName, text: TextBatch, repeats: int
) -> Iterator[Part]:
    """One pass with all conditions, and where there is guidance two at once."""
    guidance = stage_guidance(pack.manifest, request, stage)
    passes = (first_pass_of(pack.manifest, request, stage), steps_of(pack.manifest, request, stage))
    schedule = Schedule.linear()
    acting = [guidance.active(t) for steps in passes if steps for t in schedule.trailing(steps)]
    network = pack.transformer(stage)
    for rows, times in ((1, acting.count(False)), (2, acting.count(True))):
        if times:
            inputs = _inputs(pack, request, stage, text, rows)
            gflop = _gflop(partial(WindowTransformer, network.config), lambda plain: plain(**_on_meta(inputs)))  # noqa: B023
            timing = timed(partial(_pass, pack, network, inputs), repeats)
            yield Part(f"{stage} step, {rows} rows" if rows > 1 else f"{stage} step", "product", gflop, times, timing)


def _inputs(
    pack: LoadedPack, request: ClipRequest, stage: StageName, text: TextBatch, rows: int
) -> dict[str, Any]:
    x, config = _latents(pack, request, stage), pack.shapes[stage]
    x = x.expand(rows, -1, -1, -1, -1)
    inputs: dict[str, Any] = {"x": x, "t": torch.full((rows,), 500), "x0_prev": x}
    if config.text_width is not None:
        inputs["text"] = TextBatch(text.tokens[-rows:], text.mask[-rows:])
    if config.low_res:
        inputs |= {"low_res": x[..., ::2, ::2], "low_res_t": torch.full((rows,), 300)}
    return inputs


def _on_meta(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: value.to("meta") for name, value in inputs.items()}


def _latents(pack: LoadedPack, request: ClipRequest, stage: StageName) -> Tensor:
    height, width = pack.manifest.size(request.aspect, stage)
    frames = windows_of(pack.manifest, request)[0].latents
    shape = (1, pack.tokenizer.config.latent_channels, frames, height // SPACE, width // SPACE)
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(pack.device.torch)


def _pass(pack: LoadedPack, network: nn.Module, inputs: dict[str, Any]) -> None:
    with pack.device.autocast():
        network(**inputs)


def _decode(pack: LoadedPack, z: Tensor) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with pack.device.autocast():
        return np.concatenate([to_frames(chunk[0]) for chunk in pack.tokenizer.stream(z)])


def _encode(pack: LoadedPack, still: np.ndarray[Any, np.dtype[np.uint8]]) -> None:
    with pack.device.autocast():
        pack.tokenizer.encode(to_pixels(still, pack.device.torch)[None])


def _decode_gflop(pack: LoadedPack, z: Tensor) -> float:
    """As the plain decoder computes it: chunk by chunk, the first frame in three dimensions."""
    return _gflop(partial(Tokenizer, pack.tokenizer.config), lambda plain: list(plain.stream(z.to("meta"))))


def _gflop(build: Callable[[], _N], run: Callable[[_N], object]) -> float:
    """Of a run of a network that is built without memory."""
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(False), torch.no_grad(), counter:
        run(cast(_N, shell(build)))
    return counter.get_total_flops() / 1e9
