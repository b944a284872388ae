"""Compile the denoisers' layers ahead, in a process of its own: the training finds them in the compiler's cache."""

from __future__ import annotations

import sys

import torch
from bank import Bank
from denoise import Batch, Stage

from engine.models.text import TextConfig, TextEncoder
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.packs.recipes import STARTER_BASE, STARTER_SR1, STARTER_SR2
from engine.training.denoising import Denoiser


def warm(config: TransformerConfig, clips: int, images: int) -> None:
    """Take one step of a stage's shapes with nonsense."""
    device = torch.device("cuda")
    c, (t, h, w) = config.latent_channels, config.grid
    banks = [Bank(8, (c, frames, h, w), config.low_res, device) for frames in (t, 1)]
    for bank in banks:
        bank.count = 8
    text = TextEncoder(TextConfig(100, width=config.text_width or 256, layers=2))
    model = Denoiser(text, WindowTransformer(config)).to(device)
    model.transformer.compile_blocks()
    batches = [Batch("clip", ((1.0, banks[0]),), clips), Batch("image", ((1.0, banks[1]),), images)]
    stage = Stage("warm", model, batches, device, 1e-5, 1e-5, not config.low_res)
    shares = iter((0.0, 1.0))
    stage.train(lambda: next(shares), lambda: None)


def main() -> None:
    """Base, then both super-resolution stages; batch sizes on the command line."""
    base, superres = (int(arg) for arg in sys.argv[1:])
    torch.backends.cuda.matmul.allow_tf32 = True
    warm(STARTER_BASE, base, base)
    for config in (STARTER_SR1, STARTER_SR2):
        warm(config, superres, 2 * superres)


if __name__ == "__main__":
    main()
