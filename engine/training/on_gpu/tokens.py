"""The tokenizer's share of the time: joint training on what the farm has drawn so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Queue

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.models.tokenizer import Tokenizer
from engine.runtime.devices import autocast
from engine.training.on_gpu.farm import Farm, Job
from engine.training.on_gpu.optim import Optimizer, trapezoid


@dataclass(frozen=True)
class Crop:
    """What some batches are: ``size`` crops of a shape, from jobs of these kinds.

    With ``lively`` every second crop is the one of three in which most changes: most of a large picture is sky and
    ground.
    """

    weight: float
    kinds: tuple[str, ...]
    size: int
    frames: int
    height: int
    width: int
    lively: bool = False


CROPS = (
    Crop(0.35, ("clip128", "clip128", "photo128"), 32, 17, 80, 112),
    Crop(0.15, ("clip256", "clip256", "photo256"), 24, 17, 96, 128, lively=True),
    Crop(0.30, ("clip512", "clip512", "clip512", "photo512"), 24, 17, 96, 128, lively=True),
    Crop(0.06, ("image128",), 64, 1, 128, 224),
    Crop(0.06, ("image256", "image512"), 32, 1, 192, 256),
    Crop(0.08, ("photo128",), 64, 1, 128, 224),
)
NOISE = 0.1
"""Most noise on the latents; each clip draws its own: a decoder that meets generated latents must forgive."""


class CropQueue:
    """Batches of crops, cut in a thread while the GPU works."""

    def __init__(self, farm: Farm, jobs: dict[str, list[Job]], scale: int, crops: tuple[Crop, ...]) -> None:
        self.farm, self.jobs, self.scale, self.crops = farm, jobs, scale, crops
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
        out = np.empty((max(2, crop.size // self.scale), crop.frames, crop.height, crop.width, 3), np.uint8)
        for i in range(len(out)):
            jobs = self.jobs[kinds[int(rng.integers(len(kinds)))]]
            clips = self.farm.pixels(jobs[int(rng.integers(len(jobs)))])
            clip = clips[int(rng.integers(len(clips)))]
            window = _window(clip, crop, rng)
            if crop.lively and i % 2:
                window = max(window, _window(clip, crop, rng), _window(clip, crop, rng), key=_change)
            out[i] = window[:, :, ::-1] if rng.random() < 0.5 else window
        return out


def _window(clip: NDArray[np.uint8], crop: Crop, rng: np.random.Generator) -> NDArray[np.uint8]:
    wanted = crop.frames, crop.height, crop.width
    t, y, x = (int(rng.integers(have - want + 1)) for have, want in zip(clip.shape, wanted, strict=False))
    return clip[t : t + crop.frames, y : y + crop.height, x : x + crop.width]


def _change(window: NDArray[np.uint8]) -> float:
    """How much frames differ from those four before them, in grey levels."""
    few = window[::4, ::4, ::4].astype(np.int16)
    return float(np.abs(np.diff(few, axis=0)).mean())


def train_tokenizer(
    tokenizer: Tokenizer,
    batches: CropQueue,
    share: Callable[[], float],
    poll: Callable[[], object],
    device: torch.device,
    lr: float,
) -> int:
    """Train until ``share()`` is 1; the average ends up in the model. Returns the steps."""
    optimizer = Optimizer(tokenizer, lr, 1.2 * lr, 0.998)
    steps, report = 0, 0.05
    while (now := share()) < 1:
        poll()
        x = torch.from_numpy(batches.ready.get()).to(device).permute(0, 4, 1, 2, 3).float() / 127.5 - 1
        loss, figures = _loss(tokenizer, x, steps % 4 == 3)
        optimizer.step(loss, trapezoid(now, 0.04, 0.6))
        steps += 1
        if now > report:
            print(
                f"tokenizer {steps} {now:.2f}",
                {k: round(float(v), 4) for k, v in figures.items()},
                flush=True,
            )
            report = now + 0.08
    optimizer.finish()
    return steps


def _loss(tokenizer: Tokenizer, x: Tensor, halve: bool) -> tuple[Tensor, dict[str, Tensor]]:
    """As `engine.training.tokenizer.trainer.TokenizerTrainer.loss`, with more noise."""
    with autocast(x.device, torch.bfloat16):
        raw = tokenizer.encoder(x).float()
        sigma = NOISE * torch.rand(len(raw), 1, 1, 1, 1, device=x.device)
        z, y = raw + sigma * torch.randn_like(raw), x
        if halve:
            z, y = F.avg_pool3d(z, (1, 2, 2)), F.avg_pool3d(x, (1, 2, 2))
        decoded = tokenizer.decoder(z).float()
    d = decoded - y
    pixel = d.abs().mean()
    edge = (d[..., 1:] - d[..., :-1]).abs().mean() + (d[..., 1:, :] - d[..., :-1, :]).abs().mean()
    pull = raw.square().mean()
    total = (0.25 if halve else 1.0) * (pixel + 0.5 * edge) + 2e-4 * pull
    return total, {"pixel": pixel.detach(), "mse": d.detach().square().mean(), "z2": pull.detach()}


@torch.no_grad()
def quality(tokenizer: Tokenizer, pixels: Tensor) -> float:
    """PSNR in dB of clips (N, T, H, W, 3) through the tokenizer."""
    errors = []
    for part in pixels.split(16):
        x = part.permute(0, 4, 1, 2, 3).float() / 127.5 - 1
        with autocast(x.device, torch.bfloat16):
            y = tokenizer.decoder(tokenizer.encoder(x)).float()
        errors.append((y.clamp(-1, 1) - x).square().mean())
    return float(10 * torch.log10(4 / torch.stack(errors).mean()))
