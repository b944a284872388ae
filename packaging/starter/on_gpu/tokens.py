"""The tokenizer's share of the time: joint training on what the farm has drawn so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Queue

import numpy as np
import torch
import torch.nn.functional as F
from farm import Farm, Job
from numpy.typing import NDArray
from optim import Optimizer, trapezoid
from torch import Tensor

from engine.models.causal import FrameNorm, ResBlock, StreamCache
from engine.models.tokenizer import Tokenizer

Crop = tuple[float, tuple[str, ...], int, int, int, int]
"""Weight, kinds of jobs, clips a batch, frames, height, width."""
CROPS: tuple[Crop, ...] = (
    (0.60, ("clip128", "clip128", "photo128"), 32, 17, 80, 112),
    (0.12, ("image128",), 64, 1, 128, 224),
    (0.12, ("image256", "image512"), 32, 1, 192, 256),
    (0.16, ("photo128",), 64, 1, 128, 224),
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
        weights = np.array([crop[0] for crop in self.crops])
        _, kinds, count, frames, height, width = self.crops[
            int(rng.choice(len(weights), p=weights / weights.sum()))
        ]
        kinds = tuple(kind for kind in kinds if self.jobs.get(kind))
        if not kinds:
            return None
        out = np.empty((max(2, count // self.scale), frames, height, width, 3), np.uint8)
        for i in range(len(out)):
            jobs = self.jobs[kinds[int(rng.integers(len(kinds)))]]
            clips = self.farm.pixels(jobs[int(rng.integers(len(jobs)))])
            clip = clips[int(rng.integers(len(clips)))]
            t, y, x = (
                int(rng.integers(have - want + 1))
                for have, want in zip(clip.shape, (frames, height, width), strict=False)
            )
            crop = clip[t : t + frames, y : y + height, x : x + width]
            out[i] = crop[:, :, ::-1] if rng.random() < 0.5 else crop
        return out


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
    """As `engine.training.tokenizer.TokenizerTrainer.loss`, with more noise."""
    with torch.autocast(x.device.type, torch.bfloat16):
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


def fuse_norms() -> None:
    """Compile the norms with what follows them: torch's own kernel is slow for rows of 32 channels."""
    torch._dynamo.config.recompile_limit = 64
    layer = torch.compile(_layer_norm, dynamic=True)
    swish = torch.compile(_norm_swish, dynamic=True)

    def norm(self: FrameNorm, x: Tensor) -> Tensor:
        return layer(x, self.weight, self.bias)

    def block(self: ResBlock, x: Tensor, cache: StreamCache | None = None) -> Tensor:
        y = self.conv1(swish(x, self.norm1.weight, self.norm1.bias), cache)
        y = self.conv2(swish(y, self.norm2.weight, self.norm2.bias), cache)
        return y + (x if self.shortcut is None else self.shortcut(x))

    FrameNorm.forward = norm
    ResBlock.forward = block


def _layer_norm(x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    y = x.permute(0, 2, 3, 4, 1).float()
    y = y - y.mean(-1, keepdim=True)
    y = y * torch.rsqrt(y.square().mean(-1, keepdim=True) + 1e-6)
    if weight is not None and bias is not None:
        y = y * weight + bias
    return y.to(torch.bfloat16).permute(0, 4, 1, 2, 3)


def _norm_swish(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    y = _layer_norm(x, weight, bias).float()
    return (y * torch.sigmoid(y)).to(torch.bfloat16)


@torch.no_grad()
def quality(tokenizer: Tokenizer, pixels: Tensor) -> float:
    """PSNR in dB of clips (N, T, H, W, 3) through the tokenizer."""
    errors = []
    for part in pixels.split(16):
        x = part.permute(0, 4, 1, 2, 3).float() / 127.5 - 1
        with torch.autocast(x.device.type, torch.bfloat16):
            y = tokenizer.decoder(tokenizer.encoder(x)).float()
        errors.append((y.clamp(-1, 1) - x).square().mean())
    return float(10 * torch.log10(4 / torch.stack(errors).mean()))
