"""Several processes train as one: same losses, a killed process costs some steps only, any number may go on.

The longer version, with four processes and more runs, is tests/long/distributed.py.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.training.checkpoint import latest
from engine.training.distributed.process_group import ProcessGroup
from tests.engine.full_size_worker import train

ROOT = Path(__file__).parents[2]


def torchrun(processes: int, name: str, folder: Path, *settings: str, kill: int = -1) -> None:
    """Train over ``processes`` processes, started again once if one dies."""
    launch = ["-m", "torch.distributed.run", "--nproc-per-node", str(processes), "--max-restarts", "1"]
    launch += ["--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0", "--monitor-interval", "0.1"]
    words = [str(ROOT / "tests/engine/full_size_worker.py"), name, str(folder), f"kill={kill}", *settings]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *launch, *words], env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]


def losses(folder: Path) -> dict[int, list[float]]:
    """Step -> loss and gradient norm, the last that were written."""
    rows = list(csv.DictReader((folder / "log.csv").read_text().splitlines()))
    pairs = [
        (int(row["step"]), [float(other["value"]) for other in rows
         if other["step"] == row["step"] and other["figure"] in ("loss", "grad")][-2:])
        for row in rows
    ]  # fmt: skip
    return dict(pairs)


def same(a: dict[int, list[float]], b: dict[int, list[float]]) -> bool:
    return a.keys() == b.keys() and all(b[step] == pytest.approx(a[step], rel=2e-3) for step in a)


@pytest.fixture(scope="module")
def world() -> Iterator[ProcessGroup]:
    with ProcessGroup() as world:
        yield world


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_two_processes_one_of_them_killed_train_like_one_and_one_goes_on(world: ProcessGroup, tmp_path: Path) -> None:
    train("t2v-base", tmp_path / "one", ["loop.steps=5"], world)
    torchrun(2, "t2v-base", tmp_path / "two", "loop.steps=5", kill=2)  # right after a checkpoint
    assert (tmp_path / "two" / "killed").exists()
    facts = latest(tmp_path / "two")
    assert facts is not None
    assert (facts["step"], facts["processes"]) == (5, 2)
    # Written by two, read by one: the shards are put together again.
    for folder in ("one", "two"):
        train("t2v-base", tmp_path / folder, ["loop.steps=7"], world)
    assert list(losses(tmp_path / "one")) == list(range(1, 8))
    assert same(losses(tmp_path / "one"), losses(tmp_path / "two"))


@pytest.mark.slow
def test_parts_add_up_to_the_whole_batch(world: ProcessGroup, tmp_path: Path) -> None:
    for name in ("t2v-base", "tokenizer-t2v"):
        for parts in (1, 4):
            train(name, tmp_path / f"{name}-{parts}", ["loop.steps=3", f"loop.accumulate={parts}"], world)
        assert same(losses(tmp_path / f"{name}-1"), losses(tmp_path / f"{name}-4"))


def test_a_checkpoint_holds_safetensors_alone(world: ProcessGroup, tmp_path: Path) -> None:
    train("ucf101-l", tmp_path, ["loop.steps=2"], world)
    facts = latest(tmp_path)
    assert facts is not None
    assert {path.suffix for path in (tmp_path / facts["folder"]).iterdir()} == {".safetensors"}
