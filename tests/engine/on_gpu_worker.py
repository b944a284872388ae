"""The starter's training on one card, on a CPU and with tiny networks and clips: `on_gpu_worker.py PACK PHOTOS OUT`.

A process of its own, since it forks workers, and replaces the starter's sizes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from engine.packs.load import load_pack
from engine.training.on_gpu import __main__ as program
from engine.training.on_gpu import render_workers, tokenizer
from engine.training.on_gpu.training_plans import TrainingPlan
from tests.tiny_pack import transformer


def few_steps(_training: object, _network: str) -> Callable[[], float]:
    """A network's share of the time, but by how often it was asked for: a few steps, however fast they are."""
    asked = count()
    return lambda: next(asked) / 8


def shrink() -> None:
    """Tiny networks, and clips of a quarter of the starter's height and less of its width."""
    program.STARTER_BASE, program.STARTER_SR1, program.STARTER_SR2 = map(transformer, ("base", "sr1", "sr2"))
    program.STARTER_TOKENIZER = load_pack(Path(sys.argv[1])).tokenizer.config
    for name, kind in render_workers.KINDS.items():
        scale = kind.height // 128
        render_workers.KINDS[name] = replace(kind, items=min(2, kind.items), height=32 * scale, width=64 * scale)
    crops = (tokenizer.CropBatch(1.0, ("clip128", "photo128"), 2, 5, 16, 16),)
    tokenizer.CropQueue.__init__.__defaults__ = (crops,)
    jobs = {name: 12.0 if name == "clip128" else 1.0 for name in render_workers.KINDS}
    program.FROM_SCRATCH = TrainingPlan(program.FROM_SCRATCH.ends, [(0.0, jobs)], 1e-3, 1e-3)
    program.StarterTraining._progress = few_steps  # pyright: ignore


if __name__ == "__main__":
    shrink()
    pack, photos, out = sys.argv[1:]
    sys.argv[1:] = [
        *("--tokenizer", pack, "--photos", photos, "--out", out, "--seconds", "1e9", "--workers", "1"),
        *("--device", "cpu", "--batch", "4", "--superres-batch", "2", "--slots", "60", "--capacity", "640"),
    ]
    program.main()
