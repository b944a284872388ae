"""``walt worlds``: draw captioned training clips. Light to import: numba is loaded when the work begins."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from engine.api.types import FPS, TIME, WINDOW_FRAMES

EXAMPLE = "walt worlds render --out worlds --count 24 --size 128x224 --sheet"


def _size(text: str) -> tuple[int, int]:
    """``HxW``, height first, in pixels."""
    match = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", text.strip().lower())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not HEIGHTxWIDTH, e.g. 128x224")
    return int(match[1]), int(match[2])


def add_parser(subparsers: Any) -> None:
    """Say what ``walt worlds`` understands."""
    parser = subparsers.add_parser("worlds", help="draw captioned training clips")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    render = actions.add_parser(
        "render",
        help="write clips, their captions and their truth to a folder",
        description=f"Draw clips. Example: {EXAMPLE}",
    )
    add = render.add_argument
    add("--out", metavar="DIR", required=True, type=Path, help="the folder to write to")
    add("--count", metavar="N", type=int, default=24, help="how many clips (24)")
    add("--size", metavar="HxW", type=_size, default=(128, 224), help="height and width (128x224)")
    add("--seed", metavar="S", type=int, default=0, help="clip i is that of seed S + i (0)")
    frames = f"1 + {TIME}k frames at {FPS} a second (%(default)s)"
    add("--frames", metavar="N", type=int, default=WINDOW_FRAMES, help=frames)
    add("--samples", metavar="N", type=int, default=2, help="rays for a pixel with detail (2)")
    add("--workers", metavar="N", type=int, default=2, help="processes that draw (2)")
    add("--heldout", action="store_true", help="draw combinations that are kept out of training")
    add("--sheet", action="store_true", help="also write sheet.png, which shows the first clips")


def run(args: argparse.Namespace) -> int:
    """Render, with a progress bar where there is a terminal."""
    from tqdm import tqdm

    from engine.worlds.dataset.writer import WorldsJob, write_worlds

    height, width = args.size
    job = WorldsJob(
        args.out, args.count, height, width, args.seed,
        frames=args.frames, samples=args.samples, heldout=args.heldout,
    ).check()
    with tqdm(total=job.count, unit="clip", disable=None) as bar:

        def show(done: int, _: int) -> None:
            bar.update(done - bar.n)

        write_worlds(job, sheet=args.sheet, workers=args.workers, on_clip=show)
    print(f"{job.count} clip{'s' if job.count > 1 else ''} in {job.out}")
    return 0
