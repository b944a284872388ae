"""What each process of test_full_size_distributed.py runs: a small run of the paper's, on random data.

Arguments: run, folder, ``kill=STEP`` (rank 1 kills itself there, once), settings.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from torch import Tensor

from engine.training.denoiser.full_size import DenoiserTrainer
from engine.training.denoiser.slots import NoiseSource
from engine.training.distributed.process_group import ProcessGroup
from engine.training.loop import Draw
from engine.training.runs.full_size import DenoiserRun, FullRun, with_overrides
from engine.training.runs.paper import PAPER_RUNS
from engine.training.tokenizer.gan_trainer import GanTrainer, NoiseClips

COMMON = ["numbers=fp32", "batch=4", "loop.warmup=1", "loop.log_steps=1", "loop.report_steps=99", "loop.lr=0.003"]
SMALL = [
    *COMMON, "model.width=16", "model.layers=2", "model.heads=2", "model.grid=[5,8,8]", "model.spatial_window=[8,8]",
    "model.spacetime_window=[4,4]", "text_length=4", "loop.checkpoint_steps=2",
]  # fmt: skip
TOKENIZER = [
    *COMMON, "model.channels=8", "model.blocks=[1,1,1,1]", "model.mid_blocks=0", "gan.channels=8", "gan.r1_every=2",
    "crop=[5,16,16]", "loop.lr=0.0001",
]  # fmt: skip


def small(name: str, settings: list[str]) -> FullRun:
    run = PAPER_RUNS[name]
    return with_overrides(run, [*(SMALL if isinstance(run, DenoiserRun) else TOKENIZER), *settings])


def train(name: str, folder: Path, settings: list[str], world: ProcessGroup, kill: int | None = None) -> None:
    run = small(name, settings)
    if isinstance(run, DenoiserRun):
        trainer = DenoiserTrainer(run, NoiseSource(run), world, folder)
    else:
        trainer = GanTrainer(run, NoiseClips(run.crop), world, folder)
    loss, marker = trainer.loop.loss, folder / "killed"

    def deadly(draw: Draw) -> tuple[Tensor, dict[str, float]]:
        if world.rank == 1 and draw.step == kill and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return loss(draw)

    trainer.loop.loss = deadly
    trainer.loop.run()


if __name__ == "__main__":
    name, folder, kill, *settings = sys.argv[1:]
    with ProcessGroup() as world:
        train(name, Path(folder), settings, world, int(kill.removeprefix("kill=")))
