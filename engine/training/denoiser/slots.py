"""The slots of a full-size denoiser's step, one clip or 1 + t images each, drawn by (step, index).

The index counts over all processes, so that a step has the same batch whatever their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from engine.diffusion.known_frames import frame_condition
from engine.diffusion.schedule import Schedule
from engine.text.batch import TextBatch
from engine.training.runs.full_size import DenoiserRun


@dataclass
class Slot:
    """One slot, on the CPU.

    Attributes:
        x0: (C, T, h, w) clean, normalised latents.
        image: Whether these are T independent images.
        texts: One encoded caption (L, D) a clip, T for images; empty without text.
        label: Class, or None.
        low_res: (C, T, h/2, w/2) latents of the stage below, clean, or None.
    """

    x0: Tensor
    image: bool
    texts: Sequence[Tensor] = ()
    label: int | None = None
    low_res: Tensor | None = None


class SlotSource(Protocol):
    """Where slots come from."""

    @property
    def null(self) -> Tensor | None:
        """(L, D) encoding of the empty caption."""
        ...

    def slots(self, step: int, indices: Sequence[int]) -> list[Slot]:
        """Slots of a step by their place in its batch; `is_image` says of which kind. Step -1 is for validation."""
        ...


def is_image(index: int, share: float) -> bool:
    """Whether slot ``index`` of a batch holds images: spread evenly, so that every process gets its share."""
    return int((index + 1) * share + 1e-9) > int(index * share + 1e-9)


@dataclass
class Batch:
    """A batch of slots with noise levels and noise, the arguments of `engine.training.denoiser.loss.velocity_loss`."""

    x0: Tensor
    t: Tensor
    eps: Tensor
    conditions: dict[str, Any]

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        conditions = {k: v.to(device) if isinstance(v, Tensor | TextBatch) else v for k, v in self.conditions.items()}
        return Batch(self.x0.to(device), self.t.to(device), self.eps.to(device), conditions)


def assemble(
    run: DenoiserRun,
    schedule: Schedule,
    slots: list[Slot],
    null: Tensor | None,
    step: int,
    indices: Sequence[int],
) -> Batch:
    """Levels, noise, dropped captions and known frames for slots, from generators of (seed, step, index)."""
    shared = np.random.default_rng((run.loop.seed, max(step, 0), 0))
    order = shared.permutation(run.batch)
    levels: list[int] = []
    noise: list[Tensor] = []
    known: list[int] = []
    texts: list[list[Tensor]] = []
    labels: list[int] = []
    low: list[Tensor] = []
    low_t: list[int] = []
    for slot, index in zip(slots, indices, strict=True):
        rng = np.random.default_rng((run.loop.seed, max(step, 0), 1, index))
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        # Stratified: each slot draws from its own range of levels, and which it is changes with the step.
        level = (order[index % run.batch] + rng.random()) / run.batch * schedule.steps
        levels.append(min(int(level), schedule.steps - 1))
        noise.append(torch.randn(slot.x0.shape, generator=generator))
        given = 1 + int(rng.random() < run.two_frames)
        known.append(given if not slot.image and rng.random() < run.frame_rate else 0)
        texts.append([null if null is not None and rng.random() < run.drop else text for text in slot.texts])
        if run.model.classes is not None:
            kept = slot.label is not None and rng.random() >= run.drop
            labels.append(slot.label if kept and slot.label is not None else run.model.classes)
        if slot.low_res is not None:
            at = int(rng.integers(run.max_low_res_t + 1))
            eps = torch.randn(slot.low_res.shape, generator=generator)
            low.append(schedule.add_noise(slot.low_res[None], eps[None], at)[0])
            low_t.append(at)
    x0 = torch.stack([slot.x0 for slot in slots])
    conditions: dict[str, Any] = {}
    if run.image_share and x0.shape[2] > 1:
        conditions["image"] = torch.tensor([slot.image for slot in slots])
    if run.model.frame_conditioning:
        conditions["frames"] = frame_condition(x0, torch.tensor(known))
    if run.model.text_width is not None:
        conditions["text"] = text_batch(texts, x0.shape[2] if run.image_share else 1)
    if labels:
        conditions["labels"] = torch.tensor(labels)
    if low:
        conditions["low_res"], conditions["low_res_t"] = torch.stack(low), torch.tensor(low_t)
    return Batch(x0, torch.tensor(levels), torch.stack(noise), conditions)


def text_batch(texts: list[list[Tensor]], frames: int) -> TextBatch:
    """Encoded captions, one a slot or one a frame, padded to the longest: tokens (B, F, L, D)."""
    rows = [row if len(row) == frames else row * frames for row in texts]
    longest = max(len(text) for row in rows for text in row)
    width = rows[0][0].shape[-1]
    tokens = torch.zeros(len(rows), frames, longest, width)
    mask = torch.zeros(len(rows), frames, longest, dtype=torch.bool)
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            tokens[i, j, : len(text)] = text
            mask[i, j, : len(text)] = True
    return TextBatch(tokens, mask)


RAW_MEAN, RAW_STD = 0.5, 3.0
"""Mean and standard deviation of random latents for a run without latent normalisation."""


class NoiseSource:
    """Slots of random numbers, to test a run and measure its speed without data."""

    def __init__(self, run: DenoiserRun, words: int = 16) -> None:
        self.run, self.words = run, words
        self.null = self._text(np.random.default_rng(0), 1) if run.model.text_width else None

    def slots(self, step: int, indices: Sequence[int]) -> list[Slot]:
        """Random latents, captions and labels, the same ones for the same step and index."""
        return [self._slot(step, index) for index in indices]

    def _slot(self, step: int, index: int) -> Slot:
        model = self.run.model
        rng = np.random.default_rng((step + 1, 2, index))
        image = is_image(index, self.run.image_share)
        count = model.grid[0] if image else 1
        texts = [self._text(rng, self.words) for _ in range(count)] if model.text_width else []
        low = (model.latent_channels, model.grid[0], model.grid[1] // 2, model.grid[2] // 2)
        return Slot(
            x0=self._latents(rng, (model.latent_channels, *model.grid)),
            image=image,
            texts=texts,
            label=int(rng.integers(model.classes)) if model.classes else None,
            low_res=self._latents(rng, low) if model.low_res else None,
        )

    def _latents(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Tensor:
        x = _normal(rng, shape)
        return x if self.run.latent_norm else x * RAW_STD + RAW_MEAN

    def _text(self, rng: np.random.Generator, words: int) -> Tensor:
        return _normal(rng, (words, self.run.model.text_width or 1))


def _normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Tensor:
    return torch.from_numpy(rng.standard_normal(shape, dtype=np.float32))
