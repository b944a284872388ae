"""The long version of test_fullsize_distributed.py: every kind of run over 1, 2 and 4 processes on this machine.

    python -m tests.long.distributed

Prints a line a check and ends with status 1 where one fails. About twenty minutes on two cores.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from engine.training.fullsize.world import World
from tests.engine.full_size_worker import train
from tests.engine.test_fullsize_distributed import losses, torchrun

RUNS = ("ucf101-l", "k600-l", "t2v-base", "t2v-sr1", "tokenizer-t2v")


def worst(a: dict[int, list[float]], b: dict[int, list[float]]) -> float:
    """Largest relative difference of losses and gradient norms; infinite where steps are missing."""
    if a.keys() != b.keys():
        return float("inf")
    return max(abs(x - y) / max(abs(x), 1e-9) for step in a for x, y in zip(a[step], b[step], strict=True))


def main() -> int:
    """Run all of it."""
    failed = 0
    with tempfile.TemporaryDirectory() as name, World() as world:
        home = Path(name)

        def check(what: str, difference: float, allowed: float = 5e-3) -> None:
            nonlocal failed
            failed += difference > allowed
            print(f"{'ok  ' if difference <= allowed else 'FAIL'} {what}: differs by {difference:.1e}", flush=True)

        for run in RUNS:
            small = ["model.grid=[5,16,16]", "model.spatial_window=[8,8]"] if run == "t2v-sr1" else []
            train(run, home / run / "1", ["loop.steps=6", *small], world)
            one = losses(home / run / "1")
            for processes in (2, 4):
                torchrun(processes, run, home / run / str(processes), "loop.steps=6", *small)
                check(f"{run} on {processes} processes as on one", worst(one, losses(home / run / str(processes))))
            torchrun(2, run, home / run / "2to4", "loop.steps=6", *small, kill=3)
            check(f"{run} with a process killed", worst(one, losses(home / run / "2to4")))
            train(run, home / run / "1", ["loop.steps=9", *small], world)
            torchrun(4, run, home / run / "2to4", "loop.steps=9", *small)
            check(f"{run} from two processes to four", worst(losses(home / run / "1"), losses(home / run / "2to4")))
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
