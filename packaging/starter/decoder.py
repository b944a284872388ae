"""Teach a trained tokenizer's decoder to forgive: `python packaging/starter/decoder.py --help`.

The encoder, and so every latent, stays as it is. Half of what the decoder sees are the latents of clips, a little
noised; the other half what the base stage makes of those latents when they are noised much more: the latents that it
will meet in the cascade, with the true pixels beside them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.noise import frame_noise
from engine.diffusion.schedule import Schedule
from engine.models.tokenizer import SPACE, Tokenizer
from engine.training.captions import Captioner
from engine.training.denoising import Denoiser, frame_condition, known_frames
from engine.training.loop import Draw, Loop, LoopConfig
from engine.training.packing import load_run_denoiser, load_run_tokenizer
from engine.training.pixels import psnr, to_tensor
from engine.training.precision import CPU, autocast
from engine.training.runs import TOKENIZER_DECODER, write_run
from engine.training.store import ClipStore
from engine.worlds.captions import vocabulary

WINDOW = (8, 12)
"""Rows and columns of latents that a step decodes."""
LEVELS = (50, 450)
"""Noise levels that the base's estimates are made from."""
HELD = 8


class DecoderTrainer:
    """Trains the decoder on windows of true and of estimated latents.

    Args:
        tokenizer: Only its decoder learns.
        base: Makes the estimates.
        stores: Clips of the base's size; the last `HELD` of each are for validation.
        folder: Where the run lives.
        loop: How long.
        pool: Clips whose latents are kept; one is made a step until there are so many.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        base: Denoiser,
        stores: list[ClipStore],
        folder: Path,
        loop: LoopConfig,
        pool: int,
    ) -> None:
        self.tokenizer, self.base, self.stores, self.room = tokenizer, base, stores, pool
        self.schedule = Schedule.linear()
        self.captioner = Captioner(vocabulary())
        self.pool: list[tuple[NDArray[np.uint8], Tensor, Tensor]] = []
        tokenizer.encoder.requires_grad_(False)
        base.requires_grad_(False)
        self.held = [self._latents(np.random.default_rng(9), store, len(store) - 1 - i, 200)
                     for store in stores for i in range(HELD)]  # fmt: skip
        self.loop = Loop(tokenizer, self.loss, self.report, loop, folder)

    @torch.no_grad()
    def _latents(
        self, rng: np.random.Generator, store: ClipStore, index: int, t: int
    ) -> tuple[NDArray[np.uint8], Tensor, Tensor]:
        """A clip, its latents, and what the base makes of them at level t; both (C, T, h, w)."""
        clip, truth = np.asarray(store[index]), store.truth[index]
        with autocast(CPU):
            z = self.tokenizer.encode(to_tensor(clip[None])).float()
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        eps = frame_noise(z.shape, self.base.transformer.config.shared_noise, generator)
        level = torch.tensor([t])
        x = self.schedule.add_noise(z, eps, level)
        frames = frame_condition(z, known_frames([truth], 0.3, rng))
        with autocast(CPU):
            text = self.base.encode(self.captioner.ids([truth], rng))
            v = self.base.transformer(x, level, text=text, frames=frames).float()
        return clip, z[0], self.schedule.x0_from_velocity(x, v, level)[0]

    def loss(self, draw: Draw) -> tuple[Tensor, dict[str, float]]:
        """One step: two windows of true latents, two of estimates."""
        rng = draw.numpy
        if len(self.pool) < self.room:
            store = self.stores[int(rng.integers(len(self.stores)))]
            index = int(rng.integers(len(store) - HELD))
            self.pool.append(self._latents(rng, store, index, int(rng.integers(*LEVELS))))
        zs, xs = [], []
        for estimated in (False, True):
            clip, true, guess = self.pool[int(rng.integers(len(self.pool)))]
            z = guess if estimated else true
            y, x = (
                int(rng.integers(have - want + 1)) for have, want in zip(z.shape[2:], WINDOW, strict=True)
            )
            zs.append(z[:, :, y : y + WINDOW[0], x : x + WINDOW[1]])
            xs.append(clip[:, y * SPACE : (y + WINDOW[0]) * SPACE, x * SPACE : (x + WINDOW[1]) * SPACE])
        raw = self.tokenizer.denormalise(torch.stack(zs))
        raw = raw + 0.1 * rng.random() * torch.randn(raw.shape, generator=draw.torch)
        with autocast(CPU):
            decoded = self.tokenizer.decoder(raw).float()
        d = (decoded - to_tensor(np.stack(xs)))[
            ..., SPACE:-SPACE, SPACE:-SPACE
        ]  # the border misses its neighbours
        pixel = d.abs().mean()
        edge = (d[..., 1:] - d[..., :-1]).abs().mean() + (d[..., 1:, :] - d[..., :-1, :]).abs().mean()
        return pixel + 0.5 * edge, {"pixel": float(pixel.detach())}

    @torch.no_grad()
    def report(self, _step: int) -> dict[str, float]:
        """PSNR of unseen clips, from true and from estimated latents."""
        figures: dict[str, list[float]] = {"psnr_true": [], "psnr_estimated": []}
        for clip, *latents in self.held:
            for name, z in zip(figures, latents, strict=True):
                with autocast(CPU):
                    figures[name].append(psnr(self.tokenizer.decode(z[None]), to_tensor(clip[None])))
        return {name: float(np.mean(values)) for name, values in figures.items()}


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", type=Path, required=True, help="run to begin with")
    parser.add_argument("--base", type=Path, required=True, help="run of the base stage")
    parser.add_argument(
        "--clips", type=Path, nargs="+", required=True, help="shards of clips of the base's size"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="the run's folder; a run that is there is resumed"
    )
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=0.0, help="stop after so many minutes and save")
    parser.add_argument("--pool", type=int, default=1500, help="clips whose latents are kept")
    args = parser.parse_args()
    loop = LoopConfig(
        steps=args.steps, minutes=args.minutes, lr=5e-4, muon_lr=6e-4, report_steps=500, checkpoint_minutes=5
    )
    trainer = DecoderTrainer(
        load_run_tokenizer(args.tokenizer),
        load_run_denoiser(args.base, vocabulary()),
        [ClipStore(folder) for folder in args.clips],
        args.out,
        loop,
        args.pool,
    )
    write_run(args.out, TOKENIZER_DECODER)
    trainer.loop.run()


if __name__ == "__main__":
    main()
