"""The long versions: ``python -m tests.trust fuzz weights --count 60000 --seed 1`` and the like."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from engine.packs.store import PackStore
from tests.tiny_pack import write_tiny_pack


def main() -> int:
    """Run what is asked for; prints a line for each part; the status is 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    fuzz = parts.add_parser("fuzz", help="strangers' files: packs, pictures, videos")
    fuzz.add_argument("targets", nargs="*", metavar="TARGET", help="all of them if left out")
    fuzz.add_argument("--guided", action="store_true", help="led by coverage: needs the extra fuzz (atheris)")
    kill = parts.add_parser("kill", help="kill -9 at random moments of real work")
    kill.add_argument("kinds", nargs="*", metavar="KIND", help="generate, export, install, window; all if left out")
    soak = parts.add_parser("soak", help="many draft clips in one process: memory, threads, files")
    leave = parts.add_parser("quit", help="how long closing takes with COUNT clips of the starter in the queue")
    for part, count in ((fuzz, 10_000), (kill, 100), (soak, 200), (leave, 200)):
        part.add_argument("--count", type=int, default=count)
        part.add_argument("--seed", type=int, default=1)
    every = parts.add_parser("all", help="all of them, as often as each is by itself")
    every.add_argument("--seed", type=int, default=1)
    memory = parts.add_parser("memory", help="the plan of a clip's memory against what COUNT real runs of each take")
    memory.add_argument("--count", type=int, default=3)
    memory.add_argument("--pack", default="starter", help="its name, or its folder")
    memory.add_argument("--keep", action="store_true", help="write the peaks for tests/engine/test_memory_plan.py")
    args = parser.parse_args()
    parted = [args] if args.part != "all" else [
        *(parser.parse_args([part, "--seed", str(args.seed)]) for part in ("fuzz", "kill", "soak", "quit")),
        parser.parse_args(["memory"]),
    ]  # fmt: skip
    for one in parted:
        with tempfile.TemporaryDirectory() as folder:
            run(one, write_tiny_pack(Path(folder)))
    return 0


def run(args: argparse.Namespace, pack: Path) -> None:
    """One part, with a pack that may be spoiled."""
    if args.part == "fuzz":
        from .fuzz import TARGETS, report
        from .guided import report as led

        for target in args.targets or TARGETS:
            if args.guided:
                print(led(target, args.count, args.seed), flush=True)
                continue
            whole = write_tiny_pack(pack.parent / target)  # the one before may have spoiled its own
            print(report(target, args.count, args.seed, whole), flush=True)
    elif args.part == "quit":
        from .quitting import report as gone

        print(gone(args.count, args.seed, PackStore()), flush=True)
    elif args.part == "memory":
        from .memory import report as remembered

        print(remembered(args.count, args.pack, keep=args.keep), flush=True)
    elif args.part == "kill":
        from .kill import KINDS
        from .kill import report as kills

        for kind in args.kinds or KINDS:
            print(kills(kind, args.count, args.seed, pack), flush=True)
    else:
        from .soak import report as soaked

        print(soaked(args.count, args.seed, pack), flush=True)


if __name__ == "__main__":
    sys.exit(main())
