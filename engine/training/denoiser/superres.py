"""Training of a super-resolution stage on pairs of latents (W.A.L.T. section 4.5).

The low-resolution latents are the true ones, noised at a level drawn up to ``max_low_res_t``, which the network reads
(noise conditioning augmentation): it learns to tolerate errors of the stage below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api.errors import WaltError
from engine.diffusion.guidance import Guidance
from engine.diffusion.known_frames import frame_condition
from engine.diffusion.noise import frame_noise
from engine.diffusion.schedule import Schedule
from engine.media.images import write_png
from engine.media.pixels import psnr, to_frames
from engine.models.superres import LowResPath
from engine.models.text_encoder import TextEncoder
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.text.vocabulary import Vocabulary
from engine.training.checkpoint import latest
from engine.training.data.captions import Captioner
from engine.training.data.store import ShardStore
from engine.training.denoiser.loss import (
    Denoiser,
    DenoisingBatch,
    LatentSet,
    known_frames,
    mean_loss,
    validate,
)
from engine.training.denoiser.sampling import sample_latents
from engine.training.loop import Draw, Loop, LoopConfig
from engine.training.precision import CPU, autocast


@dataclass(frozen=True)
class SuperresTraining:
    """A super-resolution run as data.

    Attributes:
        image_batch, video_batch: Samples of each kind in a step.
        max_low_res_t: t_max_noise of the paper, as an index into the 1000 steps.
        report_low_res_t: The level that the sample sheets (and the cascade) use.
        held: Pairs of each kind kept for validation.
    """

    model: TransformerConfig
    loop: LoopConfig
    text_layers: int = 2
    image_batch: int = 4
    video_batch: int = 1
    frame_rate: float = 0.2
    self_conditioning: float = 0.9
    caption_drop: float = 0.1
    max_low_res_t: int = 400
    report_low_res_t: int = 100
    held: int = 8


@dataclass
class Pairs:
    """Latents of one kind at two resolutions, shard by shard the same clips."""

    high: LatentSet
    low: LatentSet

    @classmethod
    def open(cls, high: Path, low: Path, held: int) -> Pairs:
        """Open both folders; the last ``held`` pairs are for validation.

        Raises:
            WaltError: ``no-training-data`` where they aren't pairs, ``wrong-latents`` where one isn't twice the other.
        """
        pairs = cls(LatentSet(ShardStore(high), held), LatentSet(ShardStore(low), held))
        if len(pairs.high.store) != len(pairs.low.store):
            raise WaltError(
                "no-training-data", f"{low} does not pair with {high}.", "Encode both from one store."
            )
        large, small = pairs.high.store[0].shape, pairs.low.store[0].shape
        if large != (*small[:2], 2 * small[2], 2 * small[3]):
            raise WaltError(
                "wrong-latents",
                f"{high} holds latents of {large}, and {low} of {small}: not twice as high and wide.",
                "Encode the same clips twice, once with --shrink 2.",
            )
        return pairs


class SuperresTrainer:
    """Trains one super-resolution transformer; the text encoder is the base's and is frozen.

    Args:
        training: The run.
        tokenizer: Decodes the sample sheets.
        text: The base's text encoder.
        vocabulary: Its words.
        images, clips: (high, low) folders of latent shards; None leaves a kind out.
        folder: Where the run lives.
        device: What it computes on.
    """

    def __init__(
        self,
        training: SuperresTraining,
        tokenizer: Tokenizer,
        text: TextEncoder,
        vocabulary: Vocabulary,
        images: tuple[Path, Path] | None,
        clips: tuple[Path, Path] | None,
        folder: Path,
        device: torch.device = CPU,
    ) -> None:
        torch.manual_seed(training.loop.seed)
        self.training, self.tokenizer, self.folder = training, tokenizer.to(device), folder
        self.schedule = Schedule.linear()
        self.captioner = Captioner(vocabulary, drop=training.caption_drop)
        self.images = Pairs.open(*images, training.held) if images else None
        self.clips = Pairs.open(*clips, training.held) if clips else None
        self.model = Denoiser(text.requires_grad_(False), WindowTransformer(training.model))
        if self.model.transformer.low_res_path is not None and latest(folder) is None:
            self._start_path(self.model.transformer.low_res_path)
        self.model.to(device)
        self.loop = Loop(self.model, self.loss, self.report, training.loop, folder)

    def _start_path(self, path: LowResPath, count: int = 32) -> None:
        """Initialise the linear path with the least-squares fit of some training pairs."""
        kinds = [pairs for pairs in (self.clips, self.images) if pairs is not None]
        low, high = [], []
        for pairs in kinds:
            picks = list(range(min(count, pairs.high.size)))
            high += [pairs.high.take([i], None).transpose(0, 2) for i in picks]
            low += [pairs.low.take([i], None).transpose(0, 2) for i in picks]
        levels = torch.full((1,), self.training.report_low_res_t)
        noised = self._noised(torch.cat(low), levels, torch.Generator().manual_seed(7))
        path.fit(noised, torch.cat(high))

    def loss(self, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
        """One step over clips and images."""
        twice = bool(draw.numpy.random() < self.training.self_conditioning)
        return mean_loss(self.model, self.schedule, self._batches(draw), draw.torch, twice)

    def _batches(self, draw: Draw) -> Iterator[tuple[str, DenoisingBatch]]:
        t = self.training
        for name, pairs, size in (
            ("video", self.clips, t.video_batch),
            ("image", self.images, t.image_batch),
        ):
            if pairs is not None and size:
                yield name, self._draw(pairs, size, draw)

    def _draw(self, pairs: Pairs, size: int, draw: Draw) -> DenoisingBatch:
        t = self.training
        high, truths, picks = pairs.high.draw(draw.numpy, size)
        levels = torch.randint(0, t.max_low_res_t + 1, (size,), generator=draw.torch)
        known = known_frames(truths, t.frame_rate, draw.numpy)
        frames = frame_condition(high, known) if high.shape[2] > 1 else None
        low = self._noised(pairs.low.take(picks, None), levels, draw.torch)
        return DenoisingBatch(high, self.captioner.ids(truths, draw.numpy), frames, low, levels)

    def _noised(self, low: Tensor, levels: Tensor, generator: torch.Generator) -> Tensor:
        eps = torch.randn(low.shape, generator=generator)
        return self.schedule.add_noise(low, eps, levels)

    def report(self, step: int) -> dict[str, float]:
        """Validation loss, PSNR of upscaled clips against the true ones, beside bicubic, and a sheet of them."""
        figures: dict[str, float] = {}
        rows: list[NDArray[np.uint8]] = []
        for name, pairs in (("image", self.images), ("video", self.clips)):
            if pairs is None:
                continue
            batch = self._validation(pairs)
            halves = [_one(batch, i) for i in range(len(batch.x0))]
            figures[f"val_{name}"] = validate(self.model, self.schedule, halves)
            upscaled, bicubic, row = self._compare(halves[0], pairs)
            figures[f"psnr_{name}"], figures[f"bicubic_{name}"] = upscaled, bicubic
            rows.append(row)
        write_png(self.folder / f"sheet-{step:07d}.png", np.concatenate(rows))
        return figures

    def _validation(self, pairs: Pairs) -> DenoisingBatch:
        high, truths = pairs.high.validation(self.training.held)
        low, _ = pairs.low.validation(self.training.held)
        levels = torch.full((len(high),), self.training.report_low_res_t)
        noised = self._noised(low, levels, torch.Generator().manual_seed(5))
        ids = self.captioner.ids(truths, np.random.default_rng(99))
        return DenoisingBatch(high, ids, None, noised, levels)

    def _compare(self, batch: DenoisingBatch, pairs: Pairs) -> tuple[float, float, NDArray[np.uint8]]:
        """Sample one pair: (PSNR, bicubic's PSNR) against the decoded truth, and a strip low | sampled | true."""
        share = self.training.model.shared_noise
        noise = frame_noise(batch.x0.shape, share, torch.Generator().manual_seed(1))
        z = sample_latents(
            self.model,
            self.schedule,
            noise,
            batch.ids,
            10,
            Guidance(1.0),
            batch.low_res,
            self.training.report_low_res_t,
        )
        low, _ = pairs.low.validation(1)
        with autocast(z.device):
            sampled, true, small = (
                self.tokenizer.decode(y.to(z.device)).float() for y in (z, batch.x0, low)
            )
        size = (true.shape[3], true.shape[4])
        flat = small.transpose(1, 2).flatten(0, 1)
        bicubic = (
            torch.nn.functional.interpolate(flat, size, mode="bicubic").unflatten(0, (1, -1)).transpose(1, 2)
        )
        last = true.shape[2] - 1
        strip = np.concatenate([to_frames(y[0])[last] for y in (bicubic, sampled, true)], 1)
        return psnr(sampled, true), psnr(bicubic, true), strip


def _one(batch: DenoisingBatch, i: int) -> DenoisingBatch:
    low, level = batch.low_res, batch.low_res_t
    assert low is not None
    assert level is not None
    return DenoisingBatch(batch.x0[i : i + 1], batch.ids[i : i + 1], None, low[i : i + 1], level[i : i + 1])
