"""Training of the tokenizer on crops of what the workers have rendered so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.media.pixels import psnr, to_pixels
from engine.models.tokenizer import Tokenizer
from engine.training.loop import Draw, Loop, LoopConfig
from engine.training.on_gpu.render_workers import RenderedJob, RenderWorkers
from engine.training.precision import autocast
from engine.training.runs.starter import TOKENIZER
from engine.training.tokenizer.trainer import reconstruction_loss


@dataclass(frozen=True)
class CropBatch:
    """One kind of batch: ``size`` crops of a shape, from jobs of these kinds; ``weight`` is how often it is drawn.

    With ``lively`` every second crop is the one of three with most change: most of a large picture is sky and ground.
    """

    weight: float
    kinds: tuple[str, ...]
    size: int
    frames: int
    height: int
    width: int
    lively: bool = False


CROPS = (
    CropBatch(0.35, ("clip128", "clip128", "photo128"), 32, 17, 80, 112),
    CropBatch(0.15, ("clip256", "clip256", "photo256"), 24, 17, 96, 128, lively=True),
    CropBatch(0.30, ("clip512", "clip512", "clip512", "photo512"), 24, 17, 96, 128, lively=True),
    CropBatch(0.06, ("image128",), 64, 1, 128, 224),
    CropBatch(0.06, ("image256", "image512"), 32, 1, 192, 256),
    CropBatch(0.08, ("photo128",), 64, 1, 128, 224),
)
MAX_NOISE = 0.1
"""Largest standard deviation of the noise on latents: the decoder has to tolerate errors of generated ones."""


class CropQueue:
    """Batches of crops, cut in a thread of its own."""

    def __init__(
        self,
        workers: RenderWorkers,
        jobs: dict[str, list[RenderedJob]],
        shrink: int,
        crops: tuple[CropBatch, ...] = CROPS,
    ) -> None:
        self.workers, self.jobs, self.shrink, self.crops = workers, jobs, shrink, crops
        self.ready: Queue[NDArray[np.uint8]] = Queue(4)
        self.over = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End the thread."""
        self.over = True
        while not self.ready.empty():
            self.ready.get()
        self.thread.join()

    def _run(self) -> None:
        rng = np.random.default_rng(5)
        while not self.over:
            batch = self._cut(rng)
            if batch is not None:
                self.ready.put(batch)

    def _cut(self, rng: np.random.Generator) -> NDArray[np.uint8] | None:
        weights = np.array([crop.weight for crop in self.crops])
        crop = self.crops[int(rng.choice(len(weights), p=weights / weights.sum()))]
        kinds = tuple(kind for kind in crop.kinds if self.jobs.get(kind))
        if not kinds:
            return None
        out = np.empty((max(2, crop.size // self.shrink), crop.frames, crop.height, crop.width, 3), np.uint8)
        for i in range(len(out)):
            jobs = self.jobs[kinds[int(rng.integers(len(kinds)))]]
            clips = self.workers.frames(jobs[int(rng.integers(len(jobs)))])
            clip = clips[int(rng.integers(len(clips)))]
            window = _window(clip, crop, rng)
            if crop.lively and i % 2:
                window = max(window, _window(clip, crop, rng), _window(clip, crop, rng), key=_change)
            out[i] = window[:, :, ::-1] if rng.random() < 0.5 else window
        return out


def _window(clip: NDArray[np.uint8], crop: CropBatch, rng: np.random.Generator) -> NDArray[np.uint8]:
    wanted = crop.frames, crop.height, crop.width
    t, y, x = (int(rng.integers(have - want + 1)) for have, want in zip(clip.shape, wanted, strict=False))
    return clip[t : t + crop.frames, y : y + crop.height, x : x + crop.width]


def _change(window: NDArray[np.uint8]) -> float:
    """Mean difference of frames four apart, in grey levels."""
    few = window[::4, ::4, ::4].astype(np.int16)
    return float(np.abs(np.diff(few, axis=0)).mean())


class TokenizerTrainer:
    """Trains the tokenizer on crops of what is rendered.

    Args:
        tokenizer: Trained in place.
        batches: Crops.
        config: The loop's.
        folder: Where the run lives.
        device: Where the tokenizer is.
        progress: Share of the run's time that is over.
        poll: Called before every step.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        batches: CropQueue,
        config: LoopConfig,
        folder: Path,
        device: torch.device,
        progress: Callable[[], float],
        poll: Callable[[], None],
    ) -> None:
        self.tokenizer, self.batches, self.device, self.poll = tokenizer, batches, device, poll
        self.loop = Loop(tokenizer, self.loss, None, config, folder, progress=progress)

    def loss(self, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
        """The reconstruction loss, with noise of another strength on the latents of each clip."""
        self.poll()
        x = to_pixels(torch.from_numpy(self.batches.ready.get()).to(self.device))

        def noise(raw: Tensor) -> Tensor:
            sigma = MAX_NOISE * torch.rand(len(raw), 1, 1, 1, 1, device=raw.device)
            return sigma * torch.randn_like(raw)

        return reconstruction_loss(self.tokenizer, x, TOKENIZER, noise, half=draw.step % 4 == 3)


@torch.no_grad()
def quality(tokenizer: Tokenizer, frames: Tensor) -> float:
    """PSNR in dB of clips (N, T, H, W, 3) uint8 through the tokenizer."""
    x = to_pixels(frames)
    with autocast(x.device):
        y = torch.cat([tokenizer.decoder(tokenizer.encoder(part)).float() for part in x.split(16)])
    return psnr(y, x)
