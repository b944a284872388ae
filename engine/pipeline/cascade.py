"""The three stages (paper 4.5): sample latents, hand them on, decode frames; stills, continuations (4.4).

Stage after stage: the whole clip at the base's size first, window after window, then at twice that size, then
at four times. Each window takes the memory of 17 frames, whatever the clip's length. What is continued, a
clip of before or the window before, is known in the same way: its last frames, encoded at the stage's size.

A still that the model does not know (`engine.pipeline.recognition`) gives the clip its pixels: the base makes the
camera's motion, and the other stages paint what the still does not show (`engine.pipeline.still_stages`).

Stages hand on latents, so frames of a stage are decoded only for who needs them (`_Run._needs_frames`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine import __version__
from engine.api.clip import Cancelled, Clip
from engine.api.events import Event, FramesReady, StageStarted, StepDone
from engine.api.provenance import Provenance, file_hash
from engine.api.request import ClipRequest
from engine.api.types import FPS, STAGES, TIME, WINDOW_FRAMES, StageName
from engine.diffusion.denoiser import Conditioning
from engine.diffusion.samplers import OnStep
from engine.media.images import fit_still, read_still
from engine.media.pixels import to_frames
from engine.media.reading import frames_before
from engine.media.resize import fit_frames
from engine.packs.load import LoadedPack
from engine.pipeline.decoding import StageFrames
from engine.pipeline.sampling import Sampling
from engine.pipeline.still_stages import Painter, knows, moving_still
from engine.planning.activations import TILES
from engine.planning.eta import EtaEstimator
from engine.planning.workload import (
    Window,
    first_pass_of,
    steps_of,
    still_size,
    still_tasks_of,
    tasks_of,
    windows_of,
)
from engine.stills.clip import MovingStill


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
        picture: NDArray[np.uint8] | None = None,
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
            picture: All of the request's image, (H, W, 3), if it was read already.
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
            run = _Run(self.pack, request, emit, cancelled, job, remembered, tile, picture, looked_at)
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
        picture: NDArray[np.uint8] | None,
        looked_at: Callable[[], Collection[StageName]],
    ) -> None:
        self.tiles = _from(tile)
        self.pack, self.request, self.emit, self.cancelled, self.job = pack, request, emit, cancelled, job
        self.looked_at = looked_at
        self.started = time.perf_counter()
        self.stages = STAGES[: STAGES.index(request.upto) + 1]
        self.windows = windows_of(pack.manifest, request)
        height, width = still_size(pack.manifest, request, request.upto)
        if picture is None and request.image is not None:
            picture = read_still(request.image, width, height)
        self.picture = picture
        self.moving: MovingStill | None = None
        self.source: NDArray[np.uint8] | None = None
        if request.source is not None:
            self.source = frames_before(
                request.source, request.source_frame, request.overlap, (width, height)
            )
        self.sampling = Sampling(pack, request)
        self.files = file_hash(request.image), file_hash(request.source)
        self.seconds: dict[str, float] = dict.fromkeys((*STAGES, "decode", "total"), 0.0)
        self.made: list[StageFrames] = []
        """Of the stages that are sampled."""
        self.eta = EtaEstimator(tasks_of(pack.manifest, request), remembered)

    def clip(self, keep_stopped: bool) -> Clip:
        """All stages; the clip of the last one."""
        try:
            if self.picture is not None and not knows(self.sampling, self.picture):
                self.moving = moving_still(self.sampling, self.picture)
                self.eta = EtaEstimator(still_tasks_of(self.pack.manifest, self.request), {})
            self._stop_if_cancelled()
            for stage in self.stages[:1] if self.moving else self.stages:
                self.made.append(self._stage(stage, self.made[-1].latents if self.made else None))
            if self.moving is not None:
                self._still_stages(self.moving)
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
        frames, provenance = last.frames[self.request.known :], self._provenance(last.stage)
        return Clip(frames, self.request, last.stage, name, took, FPS, provenance, self._latents())

    def _latents(self) -> Mapping[StageName, tuple[NDArray[np.float32], ...]]:
        """Of the stages that are not decoded."""
        waiting = [made for made in self.made if not made.decoded]
        return {made.stage: tuple(z.float().cpu().numpy() for z in made.latents) for made in waiting}

    def _provenance(self, stage: StageName) -> Provenance:
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
        if stage == self.stages[-1] or window + 1 < len(self.windows) or self.moving is not None:
            return True
        return stage in self.looked_at()

    def _still_stages(self, moving: MovingStill) -> None:
        """What comes after the base where the still's own pixels move: painting, then frame after frame."""
        painter, uncovered = Painter(self.sampling, moving, self.tiles[0]), moving.uncovered
        for stage in self.stages[1:]:
            (height, width), steps = still_size(self.pack.manifest, self.request, stage), self._steps(stage)
            self.emit(StageStarted(self.job, stage, width, height, self.request.frames, steps))
            self._stop_if_cancelled()
            begun = time.perf_counter()
            if uncovered:
                painter.paint(stage, self._on_step(stage, 0, steps))
            self.eta.skip(stage)
            if not uncovered:
                self.emit(StepDone(self.job, stage, steps, steps, 0.0, self.eta.total(), None))
                self._stop_if_cancelled()
            painted = time.perf_counter()
            frames = np.empty((self.request.frames, height, width, 3), np.uint8)
            made = StageFrames.empty(stage, self.pack, frames)
            for first in range(0, self.request.frames, TIME):
                end = min(first + TIME, self.request.frames)
                moving.show(made.frames, first, end)
                self.emit(_ready(self.job, self.request, made, first, end))
                self._stop_if_cancelled()
            self.eta.skip(f"{stage} decode")
            self.seconds[stage] += painted - begun
            self.seconds["decode"] += time.perf_counter() - painted
            self.made.append(made)

    def _known(self, window: Window, frames: NDArray[np.uint8]) -> Tensor | None:
        """Clean latents of the frames a window starts with: the last that were made or are continued, or the
        still, or none (paper 4.4)."""
        if window.known:
            seen = frames[window.start : window.start + window.known]
        elif self.picture is not None:
            seen = fit_still(self.picture, frames.shape[2], frames.shape[1])[None]
        else:
            return None
        return self.sampling.encode(seen)

    def _sample(self, stage: StageName, index: int, known: Tensor | None, below: Tensor | None) -> Tensor:
        """Latents (1, C, t, h, w) of one window of a stage."""
        conditioning, first = self.sampling.conditioning(stage, index, known, below), self._first_pass(stage)
        if first and index == 0:
            known = self._denoise(stage, index, conditioning, first, 0)[:, :, :1].clone()
            conditioning = replace(conditioning, known=known)
        z = self._denoise(stage, index, conditioning, self._steps(stage), first + index * self._steps(stage))
        return z if known is None else torch.cat([known, z[:, :, known.shape[2] :]], dim=2)

    def _denoise(self, stage: StageName, index: int, conditioning: Conditioning, steps: int, done: int) -> Tensor:
        """From noise to latents in ``steps``, of which the stage has ``done`` others before."""
        on_step = self._on_step(stage, done, self._all_steps(stage))
        return self.sampling.denoise(stage, index, self.windows[index].latents, conditioning, steps, on_step)

    def _on_step(self, stage: StageName, done: int, total: int) -> OnStep:
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
        """Decode what was sampled of a stage; tell of its frames and stop when asked to, unless ``quiet``."""
        begun = time.perf_counter()

        def on_chunk(first: int, end: int, seconds: float) -> None:
            self.eta.done(f"{made.stage} decode", seconds)
            if self.moving is not None:
                self.moving.follow(made.frames, first, end)
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
