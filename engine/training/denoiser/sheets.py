"""Sample sheets of full-size runs: held-out clips above samples of the averaged weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.samplers import ddim
from engine.diffusion.schedule import Schedule
from engine.media.images import write_png
from engine.media.pixels import to_frames
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import WindowTransformer
from engine.runtime.devices import autocast
from engine.training.denoiser.slots import Batch
from engine.training.runs.full_size import DTYPES, DenoiserRun

SLOTS = 4
"""Of a sheet; images come where the run's share puts them."""
STEPS = 20


def sheet_file(folder: Path, step: int) -> Path:
    """The file of a step's sheet."""
    return folder / f"sheet-{step:07d}.png"


def strip(true: NDArray[np.uint8], made: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Three moments of a clip (T, H, W, 3), over the same ones of another."""
    moments = sorted({0, len(true) // 2, len(true) - 1})
    return np.concatenate([np.concatenate([clip[k] for k in moments], axis=1) for clip in (true, made)])


@torch.no_grad()
def sampled(model: WindowTransformer, schedule: Schedule, run: DenoiserRun, batch: Batch) -> Tensor:
    """Samples (B, C, T, h, w) for a batch's conditions and noise, without guidance; all processes call it."""

    def denoise(x: Tensor, t: int, before: Tensor | None) -> Tensor:
        times = torch.full((len(x),), t, device=x.device)
        estimate = before if run.self_conditioning else None  # not for networks trained without
        with autocast(x.device, DTYPES[run.numbers]):
            return model(x, times, x0_prev=estimate, **batch.conditions).float()

    return ddim(denoise, batch.eps, schedule, STEPS)


class Sheets:
    """Draws the sheets of a run of a transformer, in the process that writes.

    Args:
        run: The run.
        tokenizer: Gives the tokenizer that its latents were coded by; asked when the first sheet is drawn.
        folder: Where the run lives.
    """

    def __init__(self, run: DenoiserRun, tokenizer: Callable[[], Tokenizer], folder: Path) -> None:
        self.run, self.folder = run, folder
        self._read = tokenizer
        self._tokenizer: Tokenizer | None = None

    @torch.no_grad()
    def draw(self, step: int, true: Tensor, made: Tensor, images: list[bool]) -> None:
        """Write the sheet of a step: a column a slot, latents (B, C, T, h, w); ``images`` says which are images."""
        if self._tokenizer is None:
            self._tokenizer = self._read().to(true.device).eval()
            if not self.run.latent_norm:
                self._tokenizer.fold_out_normalisation()
        columns = [
            strip(*(self._frames(self._tokenizer, z[i], images[i]) for z in (true, made))) for i in range(len(true))
        ]
        write_png(sheet_file(self.folder, step), np.concatenate(columns, axis=1))

    def _frames(self, tokenizer: Tokenizer, z: Tensor, images: bool) -> NDArray[np.uint8]:
        """(C, T, h, w) decoded: a clip, or T images one after another."""
        clips = z.transpose(0, 1)[:, :, None] if images else z[None]
        with autocast(z.device, DTYPES[self.run.numbers]):
            parts = [torch.cat(list(tokenizer.stream(clip[None])), dim=2)[0] for clip in clips]
        return to_frames(torch.cat(parts, dim=1))
