"""The plan of a clip's memory against what real runs of ``walt generate`` take at their peak, each a new process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.events import STAGES
from engine.media.images import write_png

ROOT = Path(__file__).parents[2]
SLACK = 1.15
"""How far the plan may be above what two runs take; below it must never be, though runs differ by a twentieth."""

TIMES = 2
"""Runs of each: what lies between pieces of memory differs by a few in a hundred from run to run."""
LIMITS = (("sr2", 900), ("sr2", 800), ("sr2", 740), ("base", 420))
"""Stages and MiB in which the starter leaves no gaps, keeps one network at a time, decodes in tiles, reads layers."""


@dataclass(frozen=True, slots=True)
class Measured:
    """MiB of one run: what was planned and taken at its peak, and what was allowed, where that was said."""

    name: str
    planned: float
    taken: float
    allowed: int | None = None

    @property
    def holds(self) -> bool:
        """Whether the plan was kept; it is only near where nothing forced it down."""
        limit = self.planned if self.allowed is None else self.allowed
        return self.taken <= limit and self.planned <= SLACK * self.taken

    def __str__(self) -> str:
        allowed = "" if self.allowed is None else f", {self.allowed} allowed"
        return f"{self.name}: planned {self.planned:.0f} MiB, taken {self.taken:.0f}{allowed}"


def run(name: str, out: Path, *wishes: str, allowed: int | None = None) -> Measured:
    """The highest of `TIMES` clips of one step a stage, each by a process of its own.

    Raises:
        subprocess.CalledProcessError: when it fails.
    """
    command = [sys.executable, "-m", "engine.cli", "generate", "a horse", "--out", str(out), *wishes]
    command += ["--steps", "1", "--seed", "1", "--device", "cpu", "--json"]
    command += [] if allowed is None else ["--memory", str(allowed)]
    seen: list[Measured] = []
    for _ in range(TIMES):
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        said: dict[str, Any] = json.loads(done.stdout)
        seen.append(Measured(name, said["plan"]["peak_mb"], said["peak_rss_mb"], allowed))
    return max(seen, key=lambda one: one.taken)


def measure(limits: tuple[tuple[str, int], ...]) -> Iterator[Measured]:
    """Every size and shape of a clip of 17 frames, one from a still, one that is continued, and within ``limits``."""
    with tempfile.TemporaryDirectory() as folder:
        clip, still, out = (Path(folder) / name for name in ("clip.mp4", "still.png", "out.mp4"))
        for aspect in ("16:9", "9:16", "1:1"):
            for upto in STAGES:
                yield run(f"{upto} {aspect}", out, "--upto", upto, "--aspect", aspect)
                if (upto, aspect) == ("base", "16:9"):
                    out.replace(clip)
        write_png(still, np.random.default_rng(0).integers(0, 255, (512, 896, 3), dtype=np.uint8))
        yield run("sr2 16:9 from a still", out, "--image", str(still))
        for upto in ("base", "sr2"):
            yield run(
                f"{upto} 16:9 continued", out, "--continue", str(clip), "--overlap", "5", "--upto", upto
            )
        yield run("sr2 16:9 of 29 frames", out, "--frames", "29")
        for upto, limit in limits:
            yield run(f"{upto} 16:9 within {limit}", out, "--upto", upto, allowed=limit)


def report(limits: tuple[tuple[str, int], ...] = LIMITS) -> str:
    """Run, check each, and say in a line what came of it; a line for each as it comes."""
    seen: list[Measured] = []
    for one in measure(limits):
        print(f"{one}{'' if one.holds else '  <- does not hold'}", flush=True)
        seen.append(one)
    assert all(one.holds for one in seen), "the plan was not kept"
    above = [one.planned / one.taken - 1 for one in seen]
    return f"memory: {TIMES} runs of {len(seen)} clips, planned {min(above):.1%} to {max(above):.1%} above the peak"
