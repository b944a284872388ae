"""The three stages (paper 4.5): sample latents, decode frames, hand both on; stills, continuations (4.4).

Stage after stage: the whole clip at the base's size first, window after window, then at twice that size, then
at four times. Each window takes the memory of 17 frames, whatever the clip's length. What is continued, a
clip of before or the window before, is known in the same way: its last frames, encoded at the stage's size.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api.clip import Cancelled, Clip
from engine.api.events import Event, FramesReady, StageStarted, StepDone
from engine.api.provenance import Provenance, file_hash, walt_version
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
    ) -> Clip:
        """Make the clip that ``request`` asks for.

        Args:
            request: A request that the pack can serve (see `engine.kinds.check.check_request`).
            emit: Gets StageStarted, StepDone and FramesReady, in order.
            cancelled: Asked after every step and every chunk of frames; True stops the job.
            job: Id that the events carry.
            tile: Side of decoded tiles in latents, one of `engine.planning.activations.TILES`: less memory, more time.
            still: The request's image, (H, W, 3) in the clip's size, if it was read already.

        Raises:
            Cancelled: with the last finished stage, when ``cancelled`` said so.
            WaltError: for a still or a source that cannot be used, or ``out-of-memory``.
        """
        # How long a piece takes depends on the picture's size and on whether a window is short.
        short = request.frames if request.source is None else WINDOW_FRAMES
        remembered = self._remembered.setdefault((request.aspect, min(short, WINDOW_FRAMES)), {})
        try:
            return _Run(self.pack, request, emit, cancelled, job, remembered, tile, still).clip()
        finally:
            self.pack.networks.release()


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
    ) -> None:
        # Where memory is full all the same: once more when it was tidied up, then in smaller and smaller tiles.
        self.tiles = (tile, *TILES[TILES.index(tile) :])
        self.pack, self.request, self.emit, self.cancelled, self.job = pack, request, emit, cancelled, job
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
        self.finished: Clip | None = None
        self.eta = EtaEstimator(tasks_of(pack.manifest, request), remembered)

    def clip(self) -> Clip:
        """All stages; the clip of the last one."""
        below: list[Tensor] | None = None
        for stage in self.stages:
            frames, below = self._stage(stage, below)
            self.seconds["total"] = time.perf_counter() - self.started
            name, took = self.pack.manifest.name, dict(self.seconds)
            self.finished = Clip(frames, self.request, stage, name, took, FPS, self._origin(stage))
        assert self.finished is not None
        return self.finished

    def _origin(self, stage: StageName) -> Provenance:
        device = self.pack.device
        numbers = (device.torch.type, str(device.dtype).removeprefix("torch."), *["int8"] * self.pack.int8)
        return Provenance(
            walt=walt_version(),
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

    def _stage(self, stage: StageName, below: list[Tensor] | None) -> tuple[NDArray[np.uint8], list[Tensor]]:
        """Sample and decode one stage, window by window."""
        height, width = self.pack.manifest.size(self.request.aspect, stage)
        steps = self._all_steps(stage)
        self.emit(StageStarted(self.job, stage, width, height, self.request.new_frames, steps))
        frames = np.empty((self.request.frames, height, width, 3), np.uint8)
        if self.source is not None:
            frames[: len(self.source)] = fit_frames(self.source, width, height)
        latents: list[Tensor] = []
        for index, window in enumerate(self.windows):
            known = self._known(window, frames)
            begun = time.perf_counter()
            latents.append(self._sample(stage, index, known, None if below is None else below[index]))
            sampled = time.perf_counter()
            self._decode(stage, window, latents[-1], frames)
            self.seconds[stage] += sampled - begun
            self.seconds["decode"] += time.perf_counter() - sampled
        return frames[self.request.known :], latents

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
            last = time.perf_counter()

        return on_step

    def _decode(self, stage: StageName, window: Window, z: Tensor, frames: NDArray[np.uint8]) -> None:
        """Decode a window into ``frames`` and hand its new frames on, chunk by chunk."""
        done = window.start + window.known

        def decode(tile: int | None) -> None:
            nonlocal done
            end = window.start
            begun = time.perf_counter()
            self.pack.device.tidy()
            with self.pack.device.autocast():
                fault_point("decode")
                for chunk in self.pack.tokenizer.stream(z, tile=tile):
                    fault_point("decode")
                    start, end = end, end + chunk.shape[2]
                    if end > done:  # what was known, or came before memory ran out, is there already
                        done = self._hand_on(stage, frames, done, to_frames(chunk[0])[done - start :])
                    del chunk
                    self.pack.device.tidy()
                    self._stop_if_cancelled()
                    self.eta.done(f"{stage} decode", time.perf_counter() - begun)
                    begun = time.perf_counter()
                    if done == len(frames):
                        return

        attempts = [lambda tile=tile: decode(tile) for tile in self.tiles]
        retry_without_memory(attempts, self.pack.device.free)

    def _hand_on(
        self, stage: StageName, frames: NDArray[np.uint8], first: int, chunk: NDArray[np.uint8]
    ) -> int:
        """Keep a chunk from frame ``first`` on, as far as the clip goes; returns the frame after it."""
        end = min(first + len(chunk), len(frames))
        frames[first:end] = chunk[: end - first]
        before = self.request.known  # what is continued was shown already
        ready = FramesReady(self.job, stage, first - before, len(frames) - before, frames[first:end])
        self.emit(ready)
        return end

    def _stop_if_cancelled(self) -> None:
        if self.cancelled():
            partial = self.finished
            if partial is not None:
                self.seconds["total"] = time.perf_counter() - self.started
                partial = replace(partial, seconds=dict(self.seconds))
            raise Cancelled(partial)
