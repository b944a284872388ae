"""Compile the denoisers' layers in a process of its own, so that training finds them in the compiler's cache.

`compile_ahead.py FOLDER CLIPS IMAGES SUPERRES KIND` compiles and times the base and both super-resolution stages for
these batch sizes, and writes the milliseconds of a step to files in FOLDER. KIND is how attention is computed: fused,
or explicit, by plain products.
"""

from __future__ import annotations

import sys
import tempfile
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
from engine.training.loop import Draw, LoopConfig
from engine.training.on_gpu.denoiser import Mix, StageTrainer
from engine.training.on_gpu.latent_buffer import LatentBuffer

TIMED_STEPS = 12


def compile_stage(config: TransformerConfig, clips: int, images: int) -> float:
    """Train some steps of a stage's shapes on zeros; milliseconds of one of the later steps."""
    device = torch.device("cuda")
    c, (t, h, w) = config.latent_channels, config.grid
    buffers = [LatentBuffer(8, (c, frames, h, w), config.low_res, device) for frames in (t, 1)]
    for buffer in buffers:
        buffer.count = 8
    text = TextEncoder(TextConfig(100, width=config.text_width or 256, layers=2))
    model = Denoiser(text, WindowTransformer(config)).to(device)
    model.transformer.compile_blocks()
    mixes = [Mix("clip", ((1.0, buffers[0]),), clips), Mix("image", ((1.0, buffers[1]),), images)]
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        trainer = StageTrainer(model, mixes, LoopConfig(lr=1e-5), Path(folder), device, not config.low_res)
        for step in range(TIMED_STEPS):
            began = time.perf_counter()
            trainer.loop.train_step(Draw.at(0, step))
            torch.cuda.synchronize()
            seconds.append(time.perf_counter() - began)
    return 1000 * sorted(seconds)[TIMED_STEPS // 4]


def explicit_attention(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
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
        attention.attend = explicit_attention
    for name, config, sizes in (
        ("base", STARTER_BASE, (clips, images)),
        ("sr1", STARTER_SR1, (superres, 2 * superres)),
        ("sr2", STARTER_SR2, (superres, 2 * superres)),
    ):
        took = compile_stage(config, *sizes)
        with atomic_write(timing_file(out, name, kind)) as part:
            part.write_text(str(took), "utf-8")


def timing_file(folder: Path, stage: str, kind: str) -> Path:
    """The file with the milliseconds of a step of a stage."""
    return folder / f"{stage}-{kind}.ms"


if __name__ == "__main__":
    main()
