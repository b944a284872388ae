"""The denoisers' loss, self-conditioning, batches and validation, shared by all their trainers.

Loss: mean squared error of v at uniformly drawn noise levels, unweighted (W.A.L.T. sections 3 and 5.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.diffusion.noise import frame_noise
from engine.diffusion.schedule import Schedule
from engine.models.text_encoder import TextEncoder
from engine.models.transformer import WindowTransformer
from engine.text.batch import TextBatch
from engine.training.data.store import CAMERA, ShardStore
from engine.training.precision import autocast


@dataclass
class DenoisingBatch:
    """Clean latents and what they are conditioned on.

    Attributes:
        x0: (B, C, T, h, w).
        ids: (B, L) word ids.
        frames: (B, C+1, T, h, w) known frames and their mask, or None.
        low_res, low_res_t: Latents of the stage below, already noised, and their noise level (B,).
    """

    x0: Tensor
    ids: Tensor
    frames: Tensor | None = None
    low_res: Tensor | None = None
    low_res_t: Tensor | None = None

    def to(self, device: torch.device) -> DenoisingBatch:
        """The same batch on ``device``."""
        rest = (None if one is None else one.to(device) for one in (self.frames, self.low_res, self.low_res_t))
        return DenoisingBatch(self.x0.to(device), self.ids.to(device), *rest)

    def conditions(self) -> dict[str, Tensor | None]:
        """Keyword arguments for the transformer."""
        return {"frames": self.frames, "low_res": self.low_res, "low_res_t": self.low_res_t}


class Denoiser(nn.Module):
    """A text encoder and a transformer that train together (or, for super-resolution, the transformer alone)."""

    adamw_names = (
        "text.words", "text.positions", "text.null", "patches", "position", "condition", "biases", "modulation",
        "head", "low_res",
    )  # fmt: skip

    def __init__(self, text: TextEncoder, transformer: WindowTransformer) -> None:
        super().__init__()
        self.text = text
        self.transformer = transformer

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.text.null.device

    def encode(self, ids: Tensor) -> TextBatch:
        """Captions (B, L) as tokens (B, 1, L, D)."""
        tokens, mask = self.text(ids)
        return TextBatch(tokens[:, None], mask[:, None])


def denoising_loss(
    model: Denoiser,
    schedule: Schedule,
    batch: DenoisingBatch,
    generator: torch.Generator,
    self_conditioning: bool,
    *,
    noisy_share: float = 0.5,
    one_graph: bool = False,
) -> Tensor:
    """Mean squared error of v, per sample (B,), at random noise levels.

    Args:
        model: Text encoder and transformer.
        schedule: The noise schedule.
        batch: Latents and conditions; moved to where the model is.
        generator: Of noise levels and noise, on any device.
        self_conditioning: Whether the network first estimates x0, which it then gets as an input.
        noisy_share: Share of the levels in the noisier half.
        one_graph: See `velocity_loss`.
    """
    size, device = len(batch.x0), generator.device
    # Stratified: one level from each of B equal ranges, which steadies the loss and changes no expectation.
    even = (torch.arange(size, device=device) + torch.rand(size, generator=generator, device=device)) / size
    t = noise_levels(even, noisy_share, schedule.steps)
    t = t[torch.randperm(size, generator=generator, device=device)]
    eps = frame_noise(batch.x0.shape, model.transformer.config.shared_noise, generator)
    return loss_at(model, schedule, batch, t, eps, self_conditioning, one_graph)


def mean_loss(
    model: Denoiser,
    schedule: Schedule,
    batches: Iterable[tuple[str, DenoisingBatch]],
    generator: torch.Generator,
    self_conditioning: bool,
    *,
    noisy_share: float = 0.5,
    one_graph: bool = False,
) -> tuple[Tensor, dict[str, Tensor]]:
    """`denoising_loss` of named batches: its mean over all samples, and that over each batch for the log."""
    each = {
        name: denoising_loss(
            model, schedule, batch, generator, self_conditioning, noisy_share=noisy_share, one_graph=one_graph
        )
        for name, batch in batches
    }
    return torch.cat(list(each.values())).mean(), {name: loss.detach().mean() for name, loss in each.items()}


def noise_levels(even: Tensor, noisy_share: float, steps: int) -> Tensor:
    """Numbers in [0, 1), evenly spread, to noise levels of which ``noisy_share`` are in the noisier half."""
    calm = 1 - noisy_share
    t = torch.where(even < calm, even / calm * 0.5, 0.5 + (even - calm) / noisy_share * 0.5)
    return (t * steps).long().clamp(0, steps - 1)


def loss_at(
    model: Denoiser,
    schedule: Schedule,
    batch: DenoisingBatch,
    t: Tensor,
    eps: Tensor,
    self_conditioning: bool,
    one_graph: bool = False,
) -> Tensor:
    """`denoising_loss` at given levels t (B,) and noise. What lies elsewhere is moved to where the model is."""
    batch, t, eps = batch.to(model.device), t.to(model.device), eps.to(model.device)
    with autocast(model.device):
        conditions = {"text": model.encode(batch.ids), **batch.conditions()}
        return velocity_loss(
            model.transformer, schedule, batch.x0, t, eps, self_conditioning, conditions, one_graph
        )


def velocity_loss(
    transformer: nn.Module,
    schedule: Schedule,
    x0: Tensor,
    t: Tensor,
    eps: Tensor,
    self_conditioning: bool,
    conditions: Mapping[str, object],
    one_graph: bool = False,
) -> Tensor:
    """Mean squared error of v, per sample (B,).

    Args:
        transformer: Or anything called like one.
        schedule: The noise schedule.
        x0, t, eps: Clean latents (B, C, T, h, w), noise levels (B,), noise like x0.
        self_conditioning: Whether the network first estimates x0, which it then gets as an input.
        conditions: The transformer's other arguments.
        one_graph: Compute the first estimate with gradients on, as the second, and drop them: compiled layers then
            need one variant instead of two.
    """
    x = schedule.add_noise(x0, eps, t)
    estimate = None
    if self_conditioning:
        with torch.set_grad_enabled(one_graph):
            v = transformer(x, t, x0_prev=None, **conditions)
            estimate = schedule.x0_from_velocity(x, v.float(), t).detach()
            del v
    v = transformer(x, t, x0_prev=estimate, **conditions)
    return F.mse_loss(v.float(), schedule.velocity(x0, eps, t), reduction="none").flatten(1).mean(1)


def known_frames(truths: list[dict[str, Any]], rate: float, rng: np.random.Generator) -> Tensor:
    """How many latent frames of each clip are given (B,): one or two at ``rate`` (p_fp), else none.

    Photographs moved by a camera are always given theirs: their captions do not say what they show.
    """
    asked = rng.random(len(truths)) < rate
    moved = np.array([CAMERA in truth for truth in truths])
    return torch.from_numpy(rng.integers(1, 3, len(truths)) * (asked | moved))


@dataclass
class LatentSet:
    """Latents of one kind (images or clips), split into training and validation by position.

    The last ``held`` items, at most an eighth, are for validation only; where that is none, the first are for both.
    """

    store: ShardStore
    held: int = 64
    crop_width: int = 0

    def __post_init__(self) -> None:
        self.held = min(self.held, len(self.store) // 8)

    @property
    def size(self) -> int:
        """Items to train on."""
        return len(self.store) - self.held

    def draw(self, rng: np.random.Generator, count: int) -> tuple[Tensor, list[dict[str, Any]], list[int]]:
        """Random training items: latents (count, C, T, h, w), their truths, their positions."""
        picks = [int(i) for i in rng.integers(self.size, size=count)]
        return self.take(picks, rng), [self.store.truth[i] for i in picks], picks

    def validation(self, count: int) -> tuple[Tensor, list[dict[str, Any]]]:
        """The first ``count`` validation items, cropped at the centre."""
        first, there = (self.size, self.held) if self.held else (0, self.size)
        picks = list(range(first, first + min(count, there)))
        return self.take(picks, None), [self.store.truth[i] for i in picks]

    def take(self, picks: list[int], rng: np.random.Generator | None) -> Tensor:
        """Items by position; with ``crop_width`` a window of their columns, near the centre."""
        latents = np.stack([np.asarray(self.store[i]) for i in picks]).astype(np.float32)
        spare = latents.shape[-1] - self.crop_width if self.crop_width else 0
        if spare > 0:
            shift = (
                0 if rng is None else int(np.clip(rng.normal(0, spare / 8), -spare // 2, spare - spare // 2))
            )
            start = spare // 2 + shift
            latents = latents[..., start : start + self.crop_width]
        return torch.from_numpy(latents)


def validate(model: Denoiser, schedule: Schedule, batches: list[DenoisingBatch]) -> float:
    """Mean loss over fixed batches at fixed, evenly spread levels and fixed noise."""
    total, count, share = 0.0, 0, model.transformer.config.shared_noise
    for i, batch in enumerate(batches):
        size = len(batch.x0)
        t = ((torch.arange(size) + 0.5) / size * schedule.steps).long()
        eps = frame_noise(batch.x0.shape, share, torch.Generator().manual_seed(i))
        total += float(loss_at(model, schedule, batch, t, eps, True).sum())
        count += size
    return total / count
