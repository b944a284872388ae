"""Compile the denoisers' layers ahead, in a process of its own: the training finds them in the compiler's cache.

`warm.py FOLDER CLIPS IMAGES SUPERRES KIND` compiles and times the base and both super-resolution stages, and writes how
long a step takes to files in FOLDER. KIND is how attention is computed: fused, or explicit, by plain products.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import torch
from torch import Tensor

from engine.models import attention
from engine.models.text_encoder import TextConfig, TextEncoder
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.packs.recipes import STARTER_BASE, STARTER_SR1, STARTER_SR2
from engine.runtime.files import atomic_write
from engine.training.denoiser.loss import Denoiser
from engine.training.on_gpu.bank import Bank
from engine.training.on_gpu.denoise import Batch, Stage

TIMED = 12


def warm(config: TransformerConfig, clips: int, images: int) -> float:
    """Take some steps of a stage's shapes with nonsense; milliseconds of one of the later steps."""
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
    times = []
    for _ in range(TIMED):
        shares = iter((0.0, 1.0))
        began = time.perf_counter()
        stage.train(lambda: next(shares), lambda: None)  # noqa: B023
        torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return 1000 * sorted(times)[len(times) // 4]


def explicit(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
    """`engine.models.attention.attend` by plain products, which the compiler fuses."""
    scores = q.to(v.dtype) @ k.to(v.dtype).transpose(-1, -2)
    if bias is not None:
        scores = scores + bias.to(scores.dtype)
    return scores.float().softmax(-1).to(v.dtype) @ v


def main() -> None:
    """Every stage; folder, batch sizes and kind of attention on the command line."""
    out, kind = Path(sys.argv[1]), sys.argv[5]
    clips, images, superres = (int(arg) for arg in sys.argv[2:5])
    torch.backends.cuda.matmul.allow_tf32 = True
    if kind == "explicit":
        attention.attend = explicit
    pairs = superres, 2 * superres
    stages = (
        ("base", STARTER_BASE, clips, images),
        ("sr1", STARTER_SR1, *pairs),
        ("sr2", STARTER_SR2, *pairs),
    )
    for name, config, *sizes in stages:
        took = warm(config, *sizes)
        with atomic_write(timing(out, name, kind)) as part:
            part.write_text(str(took))


def timing(folder: Path, stage: str, kind: str) -> Path:
    """The file that says how many milliseconds a step of a stage takes."""
    return folder / f"{stage}-{kind}.ms"


if __name__ == "__main__":
    main()
