"""The long version of test_full_size_distributed.py: every kind of run over 1, 2 and 4 processes on this machine.

    python -m tests.long.distributed [--runs t2v-base,tokenizer-t2v] [--steps 6]

Prints a line a check and ends with status 1 where one fails. About a minute of one core a kind of run, most of it
spent starting processes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from engine.training.distributed.process_group import ProcessGroup
from tests.engine.full_size_worker import train
from tests.engine.test_full_size_distributed import losses, torchrun

RUNS = ("ucf101-l", "k600-l", "t2v-base", "t2v-sr1", "tokenizer-t2v")
ALLOWED = 5e-3
"""Relative difference: sums over processes are added up in another order."""


def worst(a: dict[int, list[float]], b: dict[int, list[float]]) -> float:
    """Largest relative difference of losses and gradient norms; infinite where steps are missing."""
    if a.keys() != b.keys():
        return float("inf")
    return max(abs(x - y) / max(abs(x), 1e-9) for step in a for x, y in zip(a[step], b[step], strict=True))


def checks(run: str, steps: int, home: Path, world: ProcessGroup) -> list[tuple[str, float]]:
    """All checks of one kind of run: what was checked, and the worst difference."""
    small = ["model.grid=[5,16,16]", "model.spatial_window=[8,8]"] if run == "t2v-sr1" else []
    short, longer = [f"loop.steps={steps}", *small], [f"loop.steps={steps + 3}", *small]
    train(run, home / "1", short, world)
    one, done = losses(home / "1"), list[tuple[str, float]]()
    for processes in (2, 4):
        torchrun(processes, run, home / str(processes), *short)
        done.append((f"{processes} processes as one", worst(one, losses(home / str(processes)))))
    torchrun(2, run, home / "2to4", *short, kill=steps // 2)
    assert (home / "2to4" / "killed").exists()
    done.append(("a process killed, the run restarted", worst(one, losses(home / "2to4"))))
    train(run, home / "1", longer, world)
    torchrun(4, run, home / "2to4", *longer)
    done.append(("from two processes to four", worst(losses(home / "1"), losses(home / "2to4"))))
    return done


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", default=",".join(RUNS), help="which (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=6, help="of each (default: %(default)s)")
    args = parser.parse_args()
    failed, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as name, ProcessGroup() as world:
        for run in args.runs.split(","):
            for what, difference in checks(run, args.steps, Path(name) / run, world):
                failed += difference > ALLOWED
                word = "ok  " if difference <= ALLOWED else "FAIL"
                print(f"{word} {run}: {what}, differs by {difference:.1e}", flush=True)
    print(f"{failed} failed, {(time.monotonic() - began) / 60:.0f} minutes")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
