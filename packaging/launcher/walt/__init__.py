"""The installed command. In a wheel this folder holds walt's packages too.

They are called `app`, `engine` and `resources`, as the packages of many a project are. Here they are put before
whatever PYTHONPATH or other installed programs have under these names; to those, walt's are not in sight.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Run ``walt``; returns the exit status."""
    home = next(folder for folder in Path(__file__).resolve().parents if (folder / "engine" / "cli").is_dir())
    sys.path.insert(0, str(home))
    from engine.cli.main import main as walt

    return walt()
