"""Where the bundle starts: the ``walt`` command, less what needs the Python package."""

from __future__ import annotations

import multiprocessing
import os
import sys

NOT_HERE = ("train", "worlds")


def main() -> int:
    """Run ``walt``; returns the exit status."""
    if sys.stdout is None or sys.stderr is None:  # a Windows program without a console
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.argv[1:2] and sys.argv[1] in NOT_HERE:
        sentence = f"`walt {sys.argv[1]}` is not part of the bundle."
        print(f"error[not-in-bundle]: {sentence} Install walt with pip (see its README).", file=sys.stderr)
        return 2

    from engine.cli.main import main as walt

    return walt()


if __name__ == "__main__":
    multiprocessing.freeze_support()  # before anything else: a spawned child of the bundle starts here too
    sys.exit(main())
