"""Hashes of a few clips' frames, to see that a change of the code changed no picture.

    python -m tests.long.frames --write FILE     before the change
    python -m tests.long.frames --check FILE     after it
    python -m tests.long.frames --fast           how near the faster ways of computing come to the plain one

Hashes are of the plain way, without `engine.runtime.fast_paths`; the faster ones may differ in the last bits, and are
to stay within a PSNR of 45 dB.

Frames are the same to the bit on one machine with one version of torch and one number of threads, so FILE says
which those were; where they differ, nothing is compared. The exit status of a check is 0 if all frames are
the same, 1 if some are not, 2 if this is another machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import platform
import queue
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.api.clip import Clip
from engine.api.events import Event, JobDone, JobFailed
from engine.api.request import ClipRequest
from engine.packs.store import PackStore, default_roots
from engine.runtime.fast_paths import SWITCH
from engine.worker import Engine

DATA = Path(__file__).parents[1] / "data" / "v0_3"
PACKS = DATA / "data" / "walt" / "packs"
NEAR_DB = 45.0
THREADS = 1
"""One sums in one order, whatever else the machine does."""

QUICK = {"steps": 4, "upto": "base"}
REQUESTS: dict[str, dict[str, Any]] = {
    "words": {"prompt": "a red robot walking in a meadow", "seed": 31, **QUICK},
    "still": {"prompt": "a bird flying over the sea", "image": str(DATA / "still.png"), "seed": 32, **QUICK},
    "negative, square": {
        "prompt": "un cheval noir sur la plage", "negative": "snow", "guidance": 5.0, "aspect": "1:1",
        "seed": 33, **QUICK,
    },
    "continued": {
        "prompt": "a polar bear walking in a snowy landscape", "source": str(DATA / "clip.mp4"),
        "seed": 34, **QUICK,
    },
    "two windows": {"prompt": "a dragon breathing fire over the sea", "frames": 29, "seed": 35, **QUICK},
    "all stages, tiny": {"prompt": "a red robot on the beach", "pack": "tiny", "frames": 29, "seed": 36},
    "all stages, tiny, still": {
        "prompt": "a horse on the snow", "pack": "tiny", "image": str(DATA / "still.png"), "seed": 37,
    },
}  # fmt: skip
"""The clips, each by a name. The starter makes them at the base's size in few steps; the tiny pack at full size."""


def main() -> int:
    """Make the clips; write their hashes, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", type=Path, metavar="FILE", help="make the clips and keep their hashes")
    what.add_argument("--check", type=Path, metavar="FILE", help="make the clips and compare them")
    what.add_argument("--fast", action="store_true", help="make the clips in the plain way and in the faster one")
    args = parser.parse_args()
    if args.fast:
        return compare_fast()
    machine = this_machine()
    if args.check is None:
        found = {"machine": machine, "clips": hashes()}
        args.write.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        return 0
    kept = json.loads(args.check.read_text("utf-8"))
    if kept["machine"] != machine:
        print(f"not compared: made on {kept['machine']}, this is {machine}")
        return 2
    return compare(kept["clips"], hashes())


def this_machine() -> dict[str, Any]:
    """What decides the last bits of a frame besides the code and the request."""
    return {
        "torch": torch.__version__,
        "cpu": _cpu_name(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "threads": THREADS,
    }


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")


def hashes() -> dict[str, dict[str, Any]]:
    """Make every clip; its size (T, H, W, 3), device and number format, and the SHA-256 of its uint8 frames."""
    return {
        name: {
            "shape": list(clip.frames.shape),
            "device": clip.provenance.device if clip.provenance else "?",
            "sha256": hashlib.sha256(clip.frames.tobytes()).hexdigest(),
        }
        for name, clip in clips(fast=False).items()
    }


def clips(*, fast: bool) -> dict[str, Clip]:
    """Make every clip, the plain way or the faster one."""
    os.environ[SWITCH] = "1" if fast else "0"
    events: queue.Queue[Event] = queue.Queue()
    engine = Engine(events.put, PackStore([default_roots()[0], PACKS]), "cpu", threads=THREADS)
    try:
        return {name: _clip(engine, events, values) for name, values in REQUESTS.items()}
    finally:
        engine.close()


def _clip(engine: Engine, events: queue.Queue[Event], values: dict[str, Any]) -> Clip:
    engine.submit(ClipRequest.parse(**values))
    while True:
        event = events.get()
        if isinstance(event, JobFailed):
            raise event.error
        if isinstance(event, JobDone):
            return event.clip


def compare(kept: dict[str, Any], made: dict[str, Any]) -> int:
    """Say of each clip whether it is the same; 1 if one is not."""
    for name in sorted(kept.keys() | made.keys()):
        print("same" if kept.get(name) == made.get(name) else "DIFFERENT", name, sep="  ")
    return int(kept != made)


def compare_fast() -> int:
    """Say how near each clip comes to the plain one; 1 if one is too far away."""
    plain, fast = clips(fast=False), clips(fast=True)
    worst = math.inf
    for name, clip in plain.items():
        error = np.square(clip.frames.astype(np.float32) - fast[name].frames).mean()
        decibels = 10 * math.log10(255**2 / error) if error else math.inf
        worst = min(worst, decibels)
        print(f"{decibels:6.1f} dB  {name}")
    return int(worst < NEAR_DB)


if __name__ == "__main__":
    sys.exit(main())
