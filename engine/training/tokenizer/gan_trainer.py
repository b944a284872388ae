"""Training of the tokenizer with its discriminator over several processes (MAGVIT-v2's recipe, no quantiser)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

from engine.api.errors import UsageError, WaltError
from engine.media.images import write_png
from engine.media.pixels import psnr, to_frames, to_pixels
from engine.models.tokenizer import Tokenizer
from engine.runtime.devices import autocast
from engine.training.checkpoint import latest
from engine.training.data.latents import HELD, EpochOrder
from engine.training.data.store import ClipStore
from engine.training.denoiser.full_size import VALIDATION, per_process
from engine.training.denoiser.sheets import sheet_file, strip
from engine.training.denoiser.slots import is_image
from engine.training.distributed.gathered import gathered_tokenizer
from engine.training.distributed.process_group import ProcessGroup
from engine.training.loop import Draw, Loop
from engine.training.runs.full_size import DTYPES, GanTokenizerRun
from engine.training.tokenizer.discriminator import Discriminator
from engine.training.tokenizer.gan_losses import GanModel
from engine.training.tokenizer.trainer import measure_latents


class ClipSource(Protocol):
    """Where clips come from."""

    def clips(self, step: int, indices: Sequence[int]) -> list[NDArray[np.uint8]]:
        """Clips (T, H, W, 3) of a step by their place in its batch; step -1 is for validation."""
        ...


class GanTrainer:
    """One tokenizer run over the processes of a `ProcessGroup`; small enough to be whole in each of them.

    Args:
        run: The run.
        source: Its clips, of the run's size.
        group: The run's processes.
        folder: Where the run lives.
        start: Folder of the run whose tokenizer a new run starts from; the discriminator always starts from nothing.
    """

    def __init__(
        self, run: GanTokenizerRun, source: ClipSource, group: ProcessGroup, folder: Path, start: Path | None = None
    ) -> None:
        self.run, self.source, self.group, self.folder = run, source, group, folder
        self.slice = per_process(run.batch, group.size, run.loop.accumulate)
        torch.manual_seed(run.loop.seed)
        tokenizer = _initial_tokenizer(run, folder, start)
        model = GanModel(tokenizer, Discriminator(run.gan, run.crop), run.gan).to(group.device)
        self.model = model
        model.tokenizer.encoder.recompute = model.tokenizer.decoder.recompute = run.recompute
        gpus = [group.device.index] if group.device.type == "cuda" else None
        with warnings.catch_warnings():
            # Each process gathers its own verdicts. torch 2.13 renames the argument; its successor isn't in 2.10.
            warnings.simplefilter("ignore", FutureWarning)
            self.whole = DistributedDataParallel(model, device_ids=gpus, broadcast_buffers=False)
        self.loop = Loop(model, self.loss, self.report, run.loop, folder, group)

    def loss(self, draw: Draw) -> tuple[Tensor, dict[str, float]]:
        """This process's share of one part of a step."""
        if draw.part == 0:
            self.model.update_means()
        first = (draw.part * self.group.size + self.group.rank) * self.slice
        x = self._pixels(draw.step, range(first, first + self.slice))
        gan = self.run.gan
        adversarial = draw.step >= gan.start
        with autocast(self.group.device, DTYPES[self.run.numbers]):
            return self.whole(x, adversarial, adversarial and draw.step % gan.r1_every == 0)

    def report(self, step: int) -> dict[str, float]:
        """PSNR of validation clips with the averaged weights, and a sheet of one."""
        x = self._pixels(VALIDATION, [self.group.rank])
        y = self.model.tokenizer.decoder(self.model.tokenizer.encoder(x))
        if self.group.main:
            write_png(sheet_file(self.folder, step), strip(to_frames(x[0]), to_frames(y[0])))
        return self.group.mean({"psnr": psnr(y, x)})

    def finish(self, clips: int = 64) -> None:
        """Measure the latent statistics with the averaged weights and save them with the checkpoint."""
        shown = self.source.clips(VALIDATION, range(clips))
        with self.loop.averaged():
            measure_latents(self.model.tokenizer, shown)
        self.loop.save()

    def _pixels(self, step: int, indices: Sequence[int]) -> Tensor:
        """Clips (B, 3, T, H, W); those that stand for images repeat their first frame, encoded like an image."""
        clips = self.source.clips(step, indices)
        for i, index in enumerate(indices):
            if self.run.crop[0] > 1 and is_image(index, self.run.image_share):
                clips[i] = np.broadcast_to(clips[i][:1], clips[i].shape)
        return to_pixels(np.stack(clips)).to(self.group.device)


def _initial_tokenizer(run: GanTokenizerRun, folder: Path, start: Path | None) -> Tokenizer:
    """The tokenizer of a new run, from ``start`` if given; a resumed run loads its own afterwards.

    Raises:
        UsageError: ``wrong-run`` when the run in ``start`` has another shape.
    """
    if start is None or latest(folder) is not None:
        return Tokenizer(run.model)
    tokenizer = gathered_tokenizer(start)
    if tokenizer.config != run.model:
        raise UsageError("wrong-run", f"{start} has a tokenizer of another shape.", "Start from a run like this one.")
    return tokenizer.train()


class NoiseClips:
    """Clips of random colours in blocks, to test a run and measure its speed without footage."""

    def __init__(self, crop: tuple[int, int, int]) -> None:
        self.crop = crop

    def clips(self, step: int, indices: Sequence[int]) -> list[NDArray[np.uint8]]:
        """The same clips for the same step and index."""
        return [self._clip(step, index) for index in indices]

    def _clip(self, step: int, index: int) -> NDArray[np.uint8]:
        rng = np.random.default_rng((step + 1, 3, index))
        frames, height, width = self.crop
        small = rng.integers(0, 256, (frames, -(-height // 8), -(-width // 8), 3), dtype=np.uint8)
        return small.repeat(8, axis=1).repeat(8, axis=2)[:, :height, :width]


class ShardClips:
    """Random crops of the clips in shards; the last ones are for validation."""

    def __init__(self, folder: Path, run: GanTokenizerRun) -> None:
        self.store, self.run = ClipStore(folder), run
        self.held = min(HELD, len(self.store) // 8)
        self.order = EpochOrder(len(self.store) - self.held, run.loop.seed)

    def clips(self, step: int, indices: Sequence[int]) -> list[NDArray[np.uint8]]:
        """Each clip once an epoch, each time in another crop, mirrored half of the time."""
        return [self._clip(step, index) for index in indices]

    def _clip(self, step: int, index: int) -> NDArray[np.uint8]:
        if step < 0 and self.held:
            clip = self.store[len(self.store) - self.held + index % self.held]
        else:
            clip = self.store[self.order[max(step, 0) * self.run.batch + index]]
        rng = np.random.default_rng((self.run.loop.seed, step + 1, 6, index))
        spare = [have - want for have, want in zip(clip.shape[:3], self.run.crop, strict=True)]
        if min(spare) < 0:
            raise WaltError(
                "wrong-clips",
                f"{self.store.folder} holds clips of {clip.shape[:3]}.",
                f"{self.run.crop} are needed.",
            )
        t, y, x = (int(rng.integers(room + 1)) for room in spare)
        frames, height, width = self.run.crop
        cut = np.asarray(clip[t : t + frames, y : y + height, x : x + width])
        return cut[:, :, ::-1] if step >= 0 and rng.random() < 0.5 else cut
