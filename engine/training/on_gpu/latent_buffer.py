"""Latents with their captions in the card's memory, and the encoding of rendered clips into them."""

from __future__ import annotations

from collections import defaultdict

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.media.pixels import to_pixels
from engine.models.tokenizer import Tokenizer
from engine.training.on_gpu.render_workers import LENGTH, WORDINGS, RenderedJob, RenderWorkers
from engine.training.precision import autocast

BATCH_PIXELS = 32 * 17 * 128 * 224
"""Pixels of all frames that are encoded at a time."""


class LatentBuffer:
    """Latents of one kind of clips, drawn from while they are added.

    Args:
        capacity: Clips.
        shape: (C, t, h, w) of one.
        low_res: Whether latents at half the height and width are kept beside them.
        device: Where.
    """

    def __init__(self, capacity: int, shape: tuple[int, int, int, int], low_res: bool, device: torch.device) -> None:
        c, t, h, w = shape
        self.high = torch.zeros(capacity, c, t, h, w, dtype=torch.float16, device=device)
        self.low = (
            torch.zeros(capacity, c, t, h // 2, w // 2, dtype=torch.float16, device=device) if low_res else None
        )
        self.ids = torch.zeros(capacity, WORDINGS, LENGTH, dtype=torch.int16, device=device)
        self.count = 0

    def add(self, high: Tensor, low: Tensor | None, ids: Tensor) -> None:
        """Add clips; those beyond the capacity are dropped."""
        kept = min(len(high), len(self.high) - self.count)
        area = slice(self.count, self.count + kept)
        self.high[area], self.ids[area] = high[:kept].half(), ids[:kept].to(self.ids.dtype)
        if self.low is not None and low is not None:
            self.low[area] = low[:kept].half()
        self.count += kept

    def draw(self, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor | None, Tensor]:
        """Random clips: latents in float32, low ones or None, one caption each (size, LENGTH)."""
        device = self.high.device
        picks = torch.randint(self.count, (size,), generator=generator, device=device)
        wording = torch.randint(WORDINGS, (size,), generator=generator, device=device)
        low = None if self.low is None else self.low[picks].float()
        return self.high[picks].float(), low, self.ids[picks, wording].long()


class LatentEncoder:
    """Encodes rendered jobs into buffers.

    Args:
        workers: Where the jobs come from.
        tokenizer: Encodes them.
        buffers: By kind of job.
    """

    def __init__(self, workers: RenderWorkers, tokenizer: Tokenizer, buffers: dict[str, LatentBuffer]) -> None:
        self.workers, self.tokenizer, self.buffers = workers, tokenizer, buffers
        self._waiting: defaultdict[str, list[RenderedJob]] = defaultdict(list)

    def take(self, jobs: list[RenderedJob], at_once: int = 8) -> None:
        """Encode jobs in full batches of ``at_once``; the rest waits for the next call."""
        for job in jobs:
            self._waiting[job.kind.name].append(job)
        for waiting in self._waiting.values():
            while len(waiting) >= at_once:
                self._encode([waiting.pop() for _ in range(at_once)])

    def flush(self) -> None:
        """Encode everything that waits."""
        for waiting in self._waiting.values():
            while waiting:
                self._encode([waiting.pop() for _ in range(min(8, len(waiting)))])

    def _encode(self, jobs: list[RenderedJob]) -> None:
        buffer = self.buffers[jobs[0].kind.name]
        device = buffer.high.device
        frames = torch.cat([torch.from_numpy(self.workers.frames(job)).to(device) for job in jobs])
        ids = torch.cat([torch.from_numpy(job.ids).to(device) for job in jobs])
        high: list[Tensor] = []
        low: list[Tensor] = []
        pixels_each = frames[0].numel() // 3
        for part in frames.split(max(1, BATCH_PIXELS // pixels_each)):
            x = to_pixels(part)
            high.append(encode(self.tokenizer, x))
            if buffer.low is not None:
                low.append(encode(self.tokenizer, F.avg_pool3d(x, (1, 2, 2))))
        buffer.add(torch.cat(high), torch.cat(low) if low else None, ids)
        for job in jobs:
            self.workers.release(job)


@torch.no_grad()
def encode(tokenizer: Tokenizer, x: Tensor) -> Tensor:
    """Normalised latents of pixels (B, 3, T, H, W), in float32."""
    with autocast(x.device):
        raw = tokenizer.encoder(x)
    return tokenizer.normalise(raw.float())
