"""``walt bench``: measures this machine: a clip, with ``ui`` the window, with ``windows`` the paper's table 3b."""

from __future__ import annotations

import argparse
import importlib
import json
from typing import Any

from engine.cli import speed, windows

PARTS = ("start", "engine", "library", "queue")


def add_parser(subparsers: Any) -> None:
    """Say what ``walt bench`` understands."""
    parser = subparsers.add_parser("bench", help="measure this machine", description="Measure this machine.")
    speed.add_options(parser)
    kinds = parser.add_subparsers(dest="kind", metavar="WHAT", title="other measurements")
    ui = kinds.add_parser("ui", help="how the window feels while the engine works; prints JSON")
    ui.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS), help="some parts of it")
    ui.add_argument("--clips", type=int, default=10_000, help="how many clips the library holds")
    ui.add_argument("--jobs", type=int, default=200, help="how many jobs the queue holds")
    ui.add_argument("--pack", default="starter", help="which pack the engine computes with")
    windows.add_parser(kinds)


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    if args.kind is None:
        return speed.run(args)
    if args.kind == "windows":
        return windows.run(args)
    # By name, when asked for: the engine itself knows nothing of the window.
    measure = importlib.import_module("app.window.bench").measure
    print(json.dumps(measure(args.only, args.clips, args.jobs, args.pack), indent=1))
    return 0
