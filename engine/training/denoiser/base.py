"""Training of the base stage and the text encoder, jointly on images and clips (W.A.L.T. sections 4.2 to 4.4).

Every step sees a batch of clips and a batch of images (`BaseTraining.image_batch`, `video_batch`; either may be 0).
Images are one-frame slots: the same positions and masks as images packed into a clip's slot, without the packing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.guidance import Guidance
from engine.diffusion.known_frames import frame_condition
from engine.diffusion.noise import frame_noise
from engine.diffusion.schedule import Schedule
from engine.media.images import write_png
from engine.media.pixels import to_frames
from engine.models.text_encoder import TextConfig, TextEncoder
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.text.vocabulary import Vocabulary
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
class BaseTraining:
    """A base run as data.

    Attributes:
        image_batch, video_batch: Samples of each kind in a step.
        frame_rate: Share of clips that are conditioned on their first one or two latent frames (p_fp).
        self_conditioning: Share of steps with two passes (p_sc of the paper: 0.9).
        caption_drop: Share of empty captions.
        caption_plain: Share of captions of worlds that are one plain full sentence, which tells camera and heading.
        crop_width: Columns of latents to train on (16: square), 0 for all.
        compile: Compile the layers; pays after some thousand steps on an idle machine.
        freeze_text: Keep the text encoder as it is, so that other stages can be trained on it meanwhile.
        prompts: What the sample sheets draw.
    """

    model: TransformerConfig
    loop: LoopConfig
    text_layers: int = 2
    image_batch: int = 16
    video_batch: int = 4
    frame_rate: float = 0.3
    self_conditioning: float = 0.9
    caption_drop: float = 0.1
    caption_plain: float = 0.3
    crop_width: int = 0
    compile: bool = False
    freeze_text: bool = False
    prompts: tuple[str, ...] = (
        "a horse walking on the beach at sunset",
        "a dragon breathing fire over the sea",
        "a polar bear walking in a snowy landscape",
        "a red robot walking in a meadow",
        "an asteroid striking the Earth in space",
        "a polar bear swimming in the sea",
        "a black horse running in a meadow, the camera pans left",
        "a blue robot walking on the beach at night",
    )


class BaseTrainer:
    """Trains text encoder and base transformer on coded images and clips.

    Args:
        training: The run.
        tokenizer: Decodes the sample sheets.
        vocabulary: The words of the text encoder.
        images: Folder of latent shards; None leaves images out.
        clips: The same of clips; a batch has as many of each folder, on average, whatever they hold.
        folder: Where the run lives.
        device: What it computes on.
    """

    def __init__(
        self,
        training: BaseTraining,
        tokenizer: Tokenizer,
        vocabulary: Vocabulary,
        images: Path | None,
        clips: Sequence[Path],
        folder: Path,
        device: torch.device = CPU,
    ) -> None:
        torch.manual_seed(training.loop.seed)
        self.training, self.tokenizer, self.folder = training, tokenizer.to(device), folder
        self.schedule = Schedule.linear()
        self.captioner = Captioner(vocabulary, drop=training.caption_drop, plain=training.caption_plain)
        self.images = LatentSet(ShardStore(images), crop_width=training.crop_width) if images else None
        self.clips = [LatentSet(ShardStore(path), crop_width=training.crop_width) for path in clips]
        width = training.model.text_width
        assert width is not None
        text = TextEncoder(TextConfig(len(vocabulary), width=width, layers=training.text_layers))
        self.model = Denoiser(text, WindowTransformer(training.model))
        if training.freeze_text:
            self.model.text.requires_grad_(False)
        self.model.to(device)
        self.loop = Loop(self.model, self.loss, self.report, training.loop, folder)
        if training.compile:
            self.model.transformer.compile_blocks()

    def loss(self, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
        """One step over clips and images."""
        twice = bool(draw.numpy.random() < self.training.self_conditioning)
        return mean_loss(self.model, self.schedule, self._batches(draw.numpy), draw.torch, twice)

    def _batches(self, rng: np.random.Generator) -> Iterator[tuple[str, DenoisingBatch]]:
        t = self.training
        if self.clips and t.video_batch:
            x0, truths = _mixed(self.clips, rng, t.video_batch)
            frames = frame_condition(x0, known_frames(truths, t.frame_rate, rng))
            yield "video", DenoisingBatch(x0, self.captioner.ids(truths, rng), frames)
        if self.images is not None and t.image_batch:
            x0, truths, _ = self.images.draw(rng, t.image_batch)
            yield "image", DenoisingBatch(x0, self.captioner.ids(truths, rng))

    def report(self, step: int) -> dict[str, float]:
        """Validation losses, and a sheet of samples: a row a prompt, an image and five moments of a clip."""
        figures: dict[str, float] = {}
        named = {"video" if i == 0 else f"video_{i + 1}": (kind, 8) for i, kind in enumerate(self.clips)}
        for name, (kind, size) in {"image": (self.images, 32), **named}.items():
            if kind is not None:
                figures[f"val_{name}"] = validate(self.model, self.schedule, self._validation(kind, size))
        write_png(self.folder / f"sheet-{step:07d}.png", self._sheet())
        return figures

    def _validation(self, kind: LatentSet, size: int) -> list[DenoisingBatch]:
        x0, truths = kind.validation(64)
        ids = self.captioner.ids(truths, np.random.default_rng(99))
        pairs = zip(x0.split(size), ids.split(size), strict=True)
        return [DenoisingBatch(x, i) for x, i in pairs]

    def _sheet(self) -> NDArray[np.uint8]:
        columns: list[NDArray[Any]] = []
        grids = [1] * 3 if self.training.video_batch == 0 else [1, self.training.model.grid[0]]
        height = self.training.model.grid[1]
        width = self.training.crop_width or self.training.model.grid[2]
        ids = self.captioner.encode(list(self.training.prompts))
        for seed, frames in enumerate(grids):
            shape = (len(ids), self.training.model.latent_channels, frames, height, width)
            share = self.training.model.shared_noise
            noise = frame_noise(shape, share, torch.Generator().manual_seed(seed))
            z = sample_latents(self.model, self.schedule, noise, ids, steps=20, guidance=Guidance(scale=3.0))
            with autocast(z.device):
                decoded = [to_frames(self.tokenizer.decode(one[None])[0]) for one in z]
            moments = [0] if frames == 1 else [0, 4, 8, 12, 16]
            columns.append(np.stack([np.concatenate([clip[k] for k in moments], 1) for clip in decoded]))
        return np.concatenate([np.concatenate([c[row] for c in columns], 1) for row in range(len(ids))], 0)


def _mixed(
    sets: Sequence[LatentSet], rng: np.random.Generator, count: int
) -> tuple[Tensor, list[dict[str, Any]]]:
    """Random items of several sets, each equally likely: latents (count, C, T, h, w) and their truths."""
    shares = [count] if len(sets) == 1 else rng.multinomial(count, [1 / len(sets)] * len(sets))
    drawn = [one.draw(rng, int(share)) for one, share in zip(sets, shares, strict=True) if share]
    return torch.cat([x0 for x0, _, _ in drawn]), [truth for _, truths, _ in drawn for truth in truths]
