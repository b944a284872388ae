"""Latents with their captions in the GPU's memory, and the coding of finished jobs into them."""

from __future__ import annotations

from collections import defaultdict

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.tokenizer import Tokenizer
from engine.runtime.devices import autocast
from engine.training.on_gpu.farm import LENGTH, WORDINGS, Farm, Job


class Bank:
    """Latents (n, C, t, h, w) of one kind that grow while they are drawn from; ``low`` at half the size, or None."""

    def __init__(self, room: int, shape: tuple[int, ...], low: bool, device: torch.device) -> None:
        self.high = torch.zeros(room, *shape, dtype=torch.float16, device=device)
        small = (*shape[:2], shape[2] // 2, shape[3] // 2)
        self.low = torch.zeros(room, *small, dtype=torch.float16, device=device) if low else None
        self.ids = torch.zeros(room, WORDINGS, LENGTH, dtype=torch.int16, device=device)
        self.count = 0

    def add(self, high: Tensor, low: Tensor | None, ids: Tensor) -> None:
        """Keep what there is room for."""
        kept = min(len(high), len(self.high) - self.count)
        area = slice(self.count, self.count + kept)
        self.high[area], self.ids[area] = high[:kept].half(), ids[:kept]
        if self.low is not None and low is not None:
            self.low[area] = low[:kept].half()
        self.count += kept

    def draw(self, size: int) -> tuple[Tensor, Tensor | None, Tensor]:
        """Random items: latents in float32, low ones, one caption each (size, LENGTH)."""
        picks = torch.randint(self.count, (size,), device=self.high.device)
        wording = torch.randint(WORDINGS, (size,), device=self.high.device)
        low = None if self.low is None else self.low[picks].float()
        return self.high[picks].float(), low, self.ids[picks, wording].long()


class Coder:
    """Codes finished jobs into banks, a few at a time.

    Args:
        farm: Where they come from.
        tokenizer: The finished one.
        banks: By kind of job.
    """

    def __init__(
        self, farm: Farm, tokenizer: Tokenizer, banks: dict[str, Bank], device: torch.device
    ) -> None:
        self.farm, self.banks, self.device, self.tokenizer = farm, banks, device, tokenizer
        self._waiting: defaultdict[str, list[Job]] = defaultdict(list)

    def take(self, jobs: list[Job], at_once: int = 8) -> None:
        """Code jobs in full batches of ``at_once``; the rest waits for the next call."""
        for job in jobs:
            self._waiting[job.kind.name].append(job)
        for waiting in self._waiting.values():
            while len(waiting) >= at_once:
                self._code([waiting.pop() for _ in range(at_once)])

    def flush(self) -> None:
        """Code everything that waits."""
        for waiting in self._waiting.values():
            while waiting:
                self._code([waiting.pop() for _ in range(min(8, len(waiting)))])

    def _code(self, jobs: list[Job]) -> None:
        bank = self.banks[jobs[0].kind.name]
        pixels = torch.cat([torch.from_numpy(self.farm.pixels(job)).to(self.device) for job in jobs])
        ids = torch.cat([torch.from_numpy(job.ids).to(self.device) for job in jobs])
        highs, lows = [], []
        cost = pixels[0].numel()
        for part in pixels.split(max(1, 32 * 17 * 128 * 224 * 3 // cost)):
            x = to_signed(part)
            highs.append(encode(self.tokenizer, x))
            if bank.low is not None:
                lows.append(encode(self.tokenizer, F.avg_pool3d(x, (1, 2, 2))))
        bank.add(torch.cat(highs), torch.cat(lows) if lows else None, ids)
        for job in jobs:
            self.farm.release(job)


def to_signed(pixels: Tensor) -> Tensor:
    """uint8 (N, T, H, W, 3) -> float32 (N, 3, T, H, W) in [-1, 1]."""
    return pixels.permute(0, 4, 1, 2, 3).float() / 127.5 - 1


@torch.no_grad()
def encode(tokenizer: Tokenizer, x: Tensor) -> Tensor:
    """Normalised latents, the network in bf16."""
    with autocast(x.device, torch.bfloat16):
        raw = tokenizer.encoder(x)
    return tokenizer.normalise(raw.float())
