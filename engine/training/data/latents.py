"""Slots from shards of latents: each item once an epoch; a step's items depend on its number alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api.errors import UsageError, WaltError
from engine.training.data.captions import fixed_captions
from engine.training.data.embeddings import EmbeddingCache
from engine.training.data.store import ShardStore, read_statistics
from engine.training.denoiser.slots import Slot, is_image
from engine.training.runs.full_size import DenoiserRun

HELD = 64
"""Items of each kind that are kept for validation, or an eighth of a small store."""


class EpochOrder:
    """An endless order of items: a new permutation each epoch, computed from the position and never saved."""

    def __init__(self, count: int, seed: int) -> None:
        self.count, self.seed = count, seed
        self._epoch = lru_cache(maxsize=2)(self._permutation)

    def __getitem__(self, place: int) -> int:
        epoch, within = divmod(place, self.count)
        return int(self._epoch(epoch)[within])

    def _permutation(self, epoch: int) -> NDArray[np.int64]:
        return np.random.default_rng((self.seed, 5, epoch)).permutation(self.count)


class LatentStore(ShardStore):
    """Shards of latents; with ``raw`` they are given as the tokenizer's encoder made them, not normalised."""

    def __init__(self, folder: Path, raw: bool) -> None:
        super().__init__(folder)
        self.statistics = read_statistics(folder) if raw else None

    def joined(self, items: Sequence[int]) -> Tensor:
        """(C, T, h, w): a clip, or images one after another."""
        x = np.concatenate([np.asarray(self[i]).astype(np.float32) for i in items], axis=1)
        if self.statistics is not None:
            mean, std = (numbers[:, None, None, None] for numbers in self.statistics)
            x = x * std + mean
        return torch.from_numpy(x)


class Kind:
    """Items of one kind, clips or images, with the stage below where the run needs it."""

    def __init__(self, folder: Path, low: Path | None, run: DenoiserRun) -> None:
        self.store = LatentStore(folder, not run.latent_norm)
        self.low = LatentStore(low, not run.latent_norm) if low is not None else None
        count = len(self.store)
        if self.low is not None and len(self.low) != count:
            raise WaltError(
                "no-training-data", f"{low} does not pair with {folder}.", "Encode both from one store."
            )
        self.held = min(HELD, count // 8)
        self.order = EpochOrder(count - self.held, run.loop.seed)

    def item(self, place: int, validation: bool) -> int:
        """Index in the store of the item at a place of the endless order, or of the held ones."""
        if validation and self.held:
            return len(self.store) - self.held + place % self.held
        return self.order[place]


class LatentSource:
    """A `SlotSource` over folders that `walt train encode` wrote.

    Args:
        run: Says the shape, the share of images, and whether there are captions, labels and a stage below.
        videos, images: Folders of latents; each a pair (high, low) for super-resolution.
        embeddings: Encoded captions, for a run with text.
    """

    def __init__(
        self,
        run: DenoiserRun,
        videos: Sequence[Path],
        images: Sequence[Path],
        embeddings: Path | None,
    ) -> None:
        self.run = run
        wanted = 2 if run.model.low_res else 1
        needed = (("videos", videos, run.image_share < 1), ("images", images, run.image_share > 0))
        for name, given, asked in needed:
            if asked and len(given) != wanted:
                hint = f"Give --{name} {'HIGH LOW' if wanted == 2 else 'DIR'}."
                raise UsageError("no-training-data", f"This run needs {name} as training data.", hint)
        if run.model.text_width is not None and embeddings is None:
            raise UsageError("no-embeddings", "This run reads captions.", "Give --embeddings DIR.")
        self.kinds = {
            name == "images": Kind(given[0], given[1] if wanted == 2 else None, run)
            for name, given, asked in needed
            if asked
        }
        self.cache = EmbeddingCache(embeddings) if embeddings is not None else None
        self.null: Tensor | None = self.cache[""] if self.cache is not None and run.model.text_width else None

    def slots(self, step: int, indices: Sequence[int]) -> list[Slot]:
        """Slots of a step; step -1 takes held-out items."""
        return [self._slot(step, index) for index in indices]

    def _slot(self, step: int, index: int) -> Slot:
        run = self.run
        image = is_image(index, run.image_share)
        kind, count = self.kinds[image], run.model.grid[0] if image else 1
        # How many slots of this kind stand before this one: in earlier steps, and in this one.
        each = sum(is_image(i, run.image_share) == image for i in range(run.batch))
        before = sum(is_image(i, run.image_share) == image for i in range(index))
        first = (max(step, 0) * each + before) * count
        items = [kind.item(first + i, step < 0) for i in range(count)]
        truths: list[dict[str, Any]] = [kind.store.truth[i] for i in items]
        low = None if kind.low is None else kind.low.joined(items)
        x0 = kind.store.joined(items)
        if tuple(x0.shape) != (run.model.latent_channels, *run.model.grid):
            raise WaltError(
                "wrong-latents",
                f"{kind.store.folder} holds latents of {tuple(x0.shape)}, not {run.model.grid}.",
                "Prepare clips of the run's size, or change model.grid.",
            )
        rng = np.random.default_rng((run.loop.seed, max(step, 0), 4, index))
        return Slot(x0, image, self._texts(truths, rng), _label(run, truths[0]), low)

    def _texts(self, truths: list[dict[str, Any]], rng: np.random.Generator) -> list[Tensor]:
        if self.cache is None or self.run.model.text_width is None:
            return []
        drawn: list[Tensor] = []
        for truth in truths:
            captions = fixed_captions(truth)
            drawn.append(self.cache[captions[int(rng.integers(len(captions)))]])
        return drawn


def _label(run: DenoiserRun, truth: dict[str, Any]) -> int | None:
    label = truth.get("label")
    if run.model.classes is None or label is None:
        return None
    if not 0 <= int(label) < run.model.classes:
        hint = f"The run has {run.model.classes} classes."
        raise WaltError("bad-label", f"A clip has an unknown class: {label}.", hint)
    return int(label)
