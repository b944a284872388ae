"""The denoisers' shares of the time: the base on images and clips, the two super-resolution stages on pairs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.diffusion.known_frames import frame_condition
from engine.diffusion.noise import mix_frames
from engine.diffusion.schedule import Schedule
from engine.runtime.devices import autocast
from engine.training.denoiser.loss import Denoiser
from engine.training.on_gpu.bank import Bank
from engine.training.on_gpu.optim import Optimizer, trapezoid

SELF_CONDITIONING = 0.25
CAPTION_DROP = 0.1
KNOWN = {"base": 0.5, "sr": 0.2}
MAX_LOW_RES_T = 60
NOISY = {"base": 0.6, "sr": 0.75}
"""Share of the noise levels that lies in the noisier half: there it is decided what moves, and sampling begins."""


@dataclass(frozen=True)
class Batch:
    """What one pass of a step sees: latents from ``banks`` by weight, ``size`` of them; ``first``: only frame 0."""

    name: str
    banks: tuple[tuple[float, Bank], ...]
    size: int
    first: bool = False
    photos: tuple[bool, ...] = ()


class Stage:
    """One denoiser's training.

    Args:
        model: Its text encoder is trained with it when ``learn_text``, else kept.
        batches: Each is a pass of every step.
        lr, muon_lr: Peak learning rates.
    """

    def __init__(
        self,
        name: str,
        model: Denoiser,
        batches: list[Batch],
        device: torch.device,
        lr: float,
        muon_lr: float,
        learn_text: bool,
    ) -> None:
        self.name, self.model, self.batches, self.device = name, model, batches, device
        self.schedule = Schedule.linear()
        self.learn_text = learn_text
        model.text.requires_grad_(learn_text)
        self.optimizer = Optimizer(model, lr, muon_lr, 0.998)
        self.share_noise = model.transformer.config.shared_noise
        kind = "sr" if model.transformer.config.low_res else "base"
        self.known, self.noisy = KNOWN[kind], NOISY[kind]
        self.steps = self.samples = 0

    def train(self, share: Callable[[], float], poll: Callable[[], object]) -> None:
        """Train until ``share()`` is 1; the average ends up in the model."""
        report, sums = 0.02, {}
        while (now := share()) < 1:
            if self.steps % 10 == 0:
                poll()
            twice = self.steps % 100 < 100 * SELF_CONDITIONING
            losses = []
            for batch in self.batches:
                if all(bank.count for _, bank in batch.banks):
                    each = self._loss(batch, twice)
                    losses.append(each)
                    total = sums.get(batch.name, (0.0, 0))
                    sums[batch.name] = (total[0] + each.detach().mean(), total[1] + 1)
                    self.samples += batch.size
            if not losses:  # the cores have drawn nothing yet
                time.sleep(0.05)
                continue
            norm = self.optimizer.step(torch.cat(losses).mean(), trapezoid(now))
            self.steps += 1
            if now > report:
                shown = {name: round(float(a) / n, 4) for name, (a, n) in sums.items()}
                print(f"{self.name} {self.steps} {now:.2f} {shown} |g| {float(norm):.2f}", flush=True)
                report, sums = now + 0.06, {}
        self.optimizer.finish()
        print(f"{self.name}: {self.steps} steps, {self.samples} samples", flush=True)

    def _loss(self, batch: Batch, twice: bool) -> Tensor:
        x0, low, ids, photo = self._draw(batch)
        size = len(x0)
        ids = ids * (torch.rand(size, 1, device=self.device) >= CAPTION_DROP)
        even = (torch.arange(size, device=self.device) + torch.rand(size, device=self.device)) / size
        t = levels(even, self.noisy)[torch.randperm(size, device=self.device)]
        eps = torch.randn_like(x0)
        if x0.shape[2] > 1 and self.share_noise:
            eps = mix_frames(eps, torch.randn_like(x0[:, :, :1]), self.share_noise)
        told: dict[str, Tensor | None] = {"frames": self._frames(x0, photo)}
        if low is not None:
            level = torch.randint(MAX_LOW_RES_T + 1, (size,), device=self.device)
            noised = self.schedule.add_noise(low, torch.randn_like(low), level)
            told |= {"low_res": noised, "low_res_t": level}
        x, target = self.schedule.add_noise(x0, eps, t), self.schedule.velocity(x0, eps, t)
        with autocast(self.device, torch.bfloat16):
            with torch.set_grad_enabled(self.learn_text):
                text = self.model.encode(ids)
            estimate = None
            if twice:  # with gradients on, so that the compiled layers serve both passes
                v = self.model.transformer(x, t, x0_prev=None, text=text, **told)
                estimate = self.schedule.x0_from_velocity(x, v.float(), t).detach()
                del v
            v = self.model.transformer(x, t, x0_prev=estimate, text=text, **told)
        return F.mse_loss(v.float(), target, reduction="none").flatten(1).mean(1)

    def _draw(self, batch: Batch) -> tuple[Tensor, Tensor | None, Tensor, Tensor]:
        weights = sum(weight for weight, _ in batch.banks)
        highs, lows, ids, photo = [], [], [], []
        left = batch.size
        for i, (weight, bank) in enumerate(batch.banks):
            size = left if i == len(batch.banks) - 1 else round(batch.size * weight / weights)
            left -= size
            high, low, words = bank.draw(size)
            highs.append(high[:, :, :1] if batch.first else high)
            lows.append(low)
            ids.append(words)
            is_photo = bool(batch.photos and batch.photos[i])
            photo.append(torch.full((size,), is_photo, device=self.device))
        low = None if lows[0] is None else torch.cat(lows)
        return torch.cat(highs), low, torch.cat(ids), torch.cat(photo)

    def _frames(self, x0: Tensor, photo: Tensor) -> Tensor | None:
        """(m * z, m) for the known latent frames; photographs in motion always know one or two."""
        if x0.shape[2] == 1:
            return None
        size = len(x0)
        asked = photo | (torch.rand(size, device=self.device) < self.known)
        known = asked * torch.randint(1, 3, (size,), device=self.device)
        return frame_condition(x0, known)


def levels(even: Tensor, noisy: float) -> Tensor:
    """Numbers spread evenly from 0 to 1 -> noise levels 0 to 999, a share ``noisy`` of them from 500 on."""
    calm = 1 - noisy
    t = torch.where(even < calm, even / calm * 0.5, 0.5 + (even - calm) / noisy * 0.5)
    return (t * 1000).long().clamp(0, 999)
