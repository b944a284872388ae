"""The three stages (paper 4.5): sample latents, hand them on, decode frames; stills, continuations (4.4).

Stage after stage: the whole clip at the base's size first, window after window, then at twice that size, then
at four times. Each window takes the memory of 17 frames, whatever the clip's length. What is continued, a
clip of before or the window before, is known in the same way: its last frames, encoded at the stage's size.

Stages hand on latents, so frames of a stage are decoded only for who needs them (`_Run._needs_frames`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine import __version__
from engine.api.clip import Cancelled, Clip
from engine.api.events import Event, FramesReady, StageStarted, StepDone
from engine.api.provenance import Provenance, file_hash
from engine.api.request import ClipRequest
from engine.api.types import FPS, SPACE, STAGES, WINDOW_FRAMES, StageName
from engine.diffusion.denoiser import Conditioning, stage_denoiser
from engine.diffusion.guidance import Guidance
from engine.diffusion.samplers import OnStep, ddim, dpm_solver_pp_2m
from engine.diffusion.schedule import Schedule
from engine.media.pixels import to_frames, to_pixels
from engine.media.reading import frames_before
from engine.media.resize import fit, fit_frames
from engine.media.stills import load_still
from engine.packs.load import LoadedPack
from engine.packs.manifest import SamplerName
from engine.pipeline.conditioning import encode_prompt, seeded_clip_noise
from engine.pipeline.decoding import StageFrames
from engine.planning.activations import TILES
from engine.planning.eta import EtaEstimator
from engine.planning.workload import Window, first_pass_of, guidance_of, steps_of, tasks_of, windows_of
from engine.runtime.fault_injection import fault_point
from engine.runtime.memory import retry_without_memory
from engine.text.batch import TextBatch

_T = TypeVar("_T")
Sampler = Callable[..., Tensor]
SAMPLERS: dict[SamplerName, Sampler] = {"ddim": ddim, "dpmpp-2m": dpm_solver_pp_2m}


class Cascade:
    """Makes clips with one pack. Keeps nothing between clips but how long things took."""

    def __init__(self, pack: LoadedPack) -> None:
        self.pack = pack
        self._remembered: dict[tuple[str, int], dict[str, float]] = {}

    @torch.inference_mode()
    def generate(
        self,
        request: ClipRequest,
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        job: str = "",
        *,
        tile: int | None = None,
        still: NDArray[np.uint8] | None = None,
        looked_at: Callable[[], Collection[StageName]] = tuple,
        keep_stopped: bool = True,
    ) -> Clip:
        """Make the clip that ``request`` asks for.

        Args:
            request: A request that the pack can serve (see `engine.kinds.check.check_request`).
            emit: Gets StageStarted, StepDone and FramesReady, in order.
            cancelled: Asked after every step and every chunk of frames; True stops the job.
            job: Id that the events carry.
            tile: Side of decoded tiles in latents, one of `engine.planning.activations.TILES`: less memory, more time.
            still: The request's image, (H, W, 3) in the clip's size, if it was read already.
            looked_at: Asked after every step which stages somebody looks at. Their frames are decoded too, as soon as
                the stage is sampled or somebody looks; otherwise only those of the last stage are.
            keep_stopped: Whether a job that is cancelled decodes the last finished stage.

        Raises:
            Cancelled: when ``cancelled`` said so; with the last finished stage, where that is to be kept.
            WaltError: for a still or a source that cannot be used, or ``out-of-memory``.
        """
        # How long a piece takes depends on the picture's size and on whether a window is short.
        short = request.frames if request.source is None else WINDOW_FRAMES
        remembered = self._remembered.setdefault((request.aspect, min(short, WINDOW_FRAMES)), {})
        try:
            run = _Run(self.pack, request, emit, cancelled, job, remembered, tile, still, looked_at)
            return run.clip(keep_stopped)
        finally:
            self.pack.networks.release()

    @torch.inference_mode()
    def decode(
        self,
        request: ClipRequest,
        stage: StageName,
        latents: Sequence[NDArray[np.float32]],
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        job: str = "",
        *,
        tile: int | None = None,
    ) -> None:
        """Decode a stage of a clip that was made before, from its latents (`Clip.latents`).

        Args:
            request: What made the clip.
            stage: The stage to decode.
            latents: (1, C, t, h, w) of each window.
            emit: Gets FramesReady, in order.
            cancelled: Asked after every chunk of frames.
            job: Id that the events carry.
            tile: See `generate`.

        Raises:
            Cancelled: when ``cancelled`` said so.
            WaltError: ``out-of-memory``.
        """
        height, width = self.pack.manifest.size(request.aspect, stage)
        frames = np.empty((request.frames, height, width, 3), np.uint8)
        made = StageFrames(self.pack, stage, windows_of(self.pack.manifest, request), frames, _from(tile))
        made.latents = [torch.from_numpy(z).to(self.pack.device.torch) for z in latents]

        def on_chunk(first: int, end: int, _seconds: float) -> None:
            if end > first:
                emit(_ready(job, request, made, first, end))
            if cancelled():
                raise Cancelled

        made.decode(on_chunk)


def _from(tile: int | None) -> tuple[int | None, ...]:
    """A side of tiles; where memory is full all the same: once more when it was tidied up, then smaller and smaller."""
    return (tile, *TILES[TILES.index(tile) :])


def _ready(job: str, request: ClipRequest, made: StageFrames, first: int, end: int) -> FramesReady:
    """The event of frames ``first`` to ``end`` of a stage; what is continued was shown already."""
    before, frames = request.known, made.frames
    return FramesReady(job, made.stage, first - before, len(frames) - before, frames[first:end])


class _Run:
    """One clip in the making."""

    def __init__(
        self,
        pack: LoadedPack,
        request: ClipRequest,
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        job: str,
        remembered: dict[str, float],
        tile: int | None,
        still: NDArray[np.uint8] | None,
        looked_at: Callable[[], Collection[StageName]],
    ) -> None:
        self.tiles = _from(tile)
        self.pack, self.request, self.emit, self.cancelled, self.job = pack, request, emit, cancelled, job
        self.looked_at = looked_at
        self.started = time.perf_counter()
        self.schedule = Schedule.linear()
        self.stages = STAGES[: STAGES.index(request.upto) + 1]
        self.windows = windows_of(pack.manifest, request)
        height, width = pack.manifest.size(request.aspect, request.upto)
        self.still = still
        if still is None and request.image is not None:
            self.still = load_still(request.image, width, height)
        self.source: NDArray[np.uint8] | None = None
        if request.source is not None:
            self.source = frames_before(
                request.source, request.source_frame, request.overlap, (width, height)
            )
        self.text = self._patiently(self._encode_text)
        self.files = file_hash(request.image), file_hash(request.source)
        self.seconds: dict[str, float] = dict.fromkeys((*STAGES, "decode", "total"), 0.0)
        self.made: list[StageFrames] = []
        """Of the stages that are sampled."""
        self.eta = EtaEstimator(tasks_of(pack.manifest, request), remembered)

    def clip(self, keep_stopped: bool) -> Clip:
        """All stages; the clip of the last one."""
        try:
            for stage in self.stages:
                self.made.append(self._stage(stage, self.made[-1].latents if self.made else None))
        except Cancelled:
            if not keep_stopped or not self.made:
                raise Cancelled from None
            self._decode(self.made[-1], quiet=True)
            raise Cancelled(self._finished()) from None
        return self._finished()

    def _finished(self) -> Clip:
        """The clip as far as its stages are sampled; the last of them is decoded."""
        last = self.made[-1]
        self.seconds["total"] = time.perf_counter() - self.started
        name, took = self.pack.manifest.name, dict(self.seconds)
        frames, origin = last.frames[self.request.known :], self._origin(last.stage)
        return Clip(frames, self.request, last.stage, name, took, FPS, origin, self._latents())

    def _latents(self) -> Mapping[StageName, tuple[NDArray[np.float32], ...]]:
        """Of the stages that are not decoded."""
        waiting = [made for made in self.made if not made.decoded]
        return {made.stage: tuple(z.float().cpu().numpy() for z in made.latents) for made in waiting}

    def _origin(self, stage: StageName) -> Provenance:
        device = self.pack.device
        numbers = (device.torch.type, str(device.dtype).removeprefix("torch."), *["int8"] * self.pack.int8)
        return Provenance(
            walt=__version__,
            torch=torch.__version__,
            device=" ".join(numbers),
            threads=torch.get_num_threads(),
            pack=self.pack.sha256,
            stage=stage,
            still=self.files[0],
            source=self.files[1],
        )

    def _all_steps(self, stage: StageName) -> int:
        return self._first_pass(stage) + self._steps(stage) * len(self.windows)

    def _first_pass(self, stage: StageName) -> int:
        return first_pass_of(self.pack.manifest, self.request, stage)

    def _steps(self, stage: StageName) -> int:
        return steps_of(self.pack.manifest, self.request, stage)

    def _latent_shape(self, stage: StageName, window: Window) -> tuple[int, int, int]:
        height, width = self.pack.manifest.size(self.request.aspect, stage)
        return window.latents, height // SPACE, width // SPACE

    def _stage(self, stage: StageName, below: list[Tensor] | None) -> StageFrames:
        """Sample one stage, window by window, and decode what somebody needs of it."""
        height, width = self.pack.manifest.size(self.request.aspect, stage)
        steps = self._all_steps(stage)
        self.emit(StageStarted(self.job, stage, width, height, self.request.new_frames, steps))
        frames = np.empty((self.request.frames, height, width, 3), np.uint8)
        if self.source is not None:
            frames[: len(self.source)] = fit_frames(self.source, width, height)
        made = StageFrames(self.pack, stage, self.windows, frames, self.tiles)
        for index, window in enumerate(self.windows):
            known = self._known(window, frames)
            begun, decoding = time.perf_counter(), self.seconds["decode"]
            made.latents.append(self._sample(stage, index, known, None if below is None else below[index]))
            looking_back = self.seconds["decode"] - decoding
            self.seconds[stage] += time.perf_counter() - begun - looking_back
            if self._needs_frames(stage, index):
                self._decode(made)
        return made

    def _needs_frames(self, stage: StageName, window: int) -> bool:
        """Whether the frames of a window are needed: by people, or by the window that continues it."""
        return stage == self.stages[-1] or window + 1 < len(self.windows) or stage in self.looked_at()

    def _known(self, window: Window, frames: NDArray[np.uint8]) -> Tensor | None:
        """Clean latents of the frames a window starts with: the last that were made or are continued, or the
        still, or none (paper 4.4)."""
        if window.known:
            seen = frames[window.start : window.start + window.known]
        elif self.still is not None:
            seen = fit(self.still, frames.shape[2], frames.shape[1])[None]
        else:
            return None
        return self._patiently(lambda: self._encode(seen))

    def _encode(self, seen: NDArray[np.uint8]) -> Tensor:
        fault_point("encode")
        with self.pack.device.autocast():
            return self.pack.tokenizer.encode(to_pixels(seen, self.pack.device.torch)[None]).float()

    def _encode_text(self) -> TextBatch:
        fault_point("text")
        with self.pack.device.autocast():
            return encode_prompt(self.pack, self.request.prompt, self.request.negative)

    def _patiently(self, attempt: Callable[[], _T]) -> _T:
        """A small piece of work, once more if memory was full and could be freed."""
        return retry_without_memory([attempt, attempt], self.pack.device.free)

    def _sample(self, stage: StageName, index: int, known: Tensor | None, below: Tensor | None) -> Tensor:
        """Latents (1, C, t, h, w) of one window of a stage."""
        told, first = self._told(stage, index, known, below), self._first_pass(stage)
        if first and index == 0:
            known = self._denoise(stage, index, told, first, 0)[:, :, :1].clone()
            told = replace(told, known=known)
        z = self._denoise(stage, index, told, self._steps(stage), first + index * self._steps(stage))
        return z if known is None else torch.cat([known, z[:, :, known.shape[2] :]], dim=2)

    def _denoise(self, stage: StageName, index: int, told: Conditioning, steps: int, done: int) -> Tensor:
        """From noise to latents in ``steps``, of which the stage has ``done`` others before."""
        shape = self._latent_shape(stage, self.windows[index])
        noise = self._noise(f"{stage}/{index}", shape, self.pack.shapes[stage].shared_noise)
        network, guidance, device = self.pack.transformer(stage), self._guidance(stage), self.pack.device
        on_step = self._on_step(stage, done)
        sampler = SAMPLERS[self.pack.manifest.stages[stage].sampler]

        def attempt(together: bool) -> Tensor:
            denoise = stage_denoiser(
                network, told, guidance, self.schedule, device, shape[0], together=together
            )
            return sampler(denoise, noise, self.schedule, steps, on_step=on_step)

        ladder = [lambda together=together: attempt(together) for together in (True, True, False)]
        return retry_without_memory(ladder, device.free)

    def _noise(self, purpose: str, shape: tuple[int, int, int], share: float = 0.0) -> Tensor:
        """Noise (1, C, t, h, w) whose frames have a ``share`` of the variance in common."""
        full = (1, self.pack.tokenizer.config.latent_channels, *shape)
        return seeded_clip_noise(self.request.seed, purpose, full, share).to(self.pack.device.torch)

    def _guidance(self, stage: StageName) -> Guidance:
        spec = self.pack.manifest.stages[stage].guidance
        scale = guidance_of(self.pack.manifest, self.request, stage)
        return Guidance(scale, spec.interval, spec.rescale, spec.power_cosine)

    def _told(self, stage: StageName, index: int, known: Tensor | None, below: Tensor | None) -> Conditioning:
        spec = self.pack.manifest.stages[stage]
        level = spec.low_res_noise
        if below is not None and level is not None:
            eps = self._noise(f"{stage}/{index}/low-res", (below.shape[2], below.shape[3], below.shape[4]))
            below = self.schedule.add_noise(below, eps, level)
        return Conditioning(self.text, known, spec.guide_frames, below, level)

    def _on_step(self, stage: StageName, done: int) -> OnStep:
        total = self._all_steps(stage)
        last = time.perf_counter()

        def on_step(step: int, _steps: int, x0: Tensor) -> None:
            nonlocal last
            now = time.perf_counter()
            self.eta.done(stage, now - last)
            preview = to_frames(self.pack.tokenizer.preview(x0)[0])
            left, whole = self.eta.left(stage), self.eta.total()
            self.emit(StepDone(self.job, stage, done + step, total, left, whole, preview))
            self._stop_if_cancelled()
            self._look_back()
            last = time.perf_counter()

        return on_step

    def _look_back(self) -> None:
        """Decode the stages before that somebody looks at by now."""
        looked_at = self.looked_at()
        for made in self.made:
            if made.waiting and made.stage in looked_at:
                self._decode(made)

    def _decode(self, made: StageFrames, quiet: bool = False) -> None:
        """Decode what was sampled of a stage; tell of its frames and stop when told to, unless ``quiet``."""
        begun = time.perf_counter()

        def on_chunk(first: int, end: int, seconds: float) -> None:
            self.eta.done(f"{made.stage} decode", seconds)
            if quiet:
                return
            if end > first:
                self.emit(_ready(self.job, self.request, made, first, end))
            self._stop_if_cancelled()

        try:
            made.decode(on_chunk)
        finally:
            self.seconds["decode"] += time.perf_counter() - begun

    def _stop_if_cancelled(self) -> None:
        if self.cancelled():
            raise Cancelled
