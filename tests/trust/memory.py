"""The plan of a clip's memory against what real runs of ``walt generate`` take at their peak, each a new process.

For any pack: what is allowed is counted from its own plans, so that each way of keeping networks and of decoding that
takes less than the one before has its turn. Peaks are lower on a machine with other work: run it on an idle one.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.api.request import ClipRequest
from engine.api.types import STAGES, StageName, WeightFormat
from engine.media.images import write_png
from engine.packs.manifest import WaltManifest, walt_manifest
from engine.packs.sizes import weigh
from engine.packs.store import InstalledPack, PackStore
from engine.planning.memory import MB, ExecutionPlan
from engine.planning.residency import execution_plans, peak

ROOT = Path(__file__).parents[2]
FIGURES = Path(__file__).with_name("memory.json")
"""What the starter's clips took; `tests/engine/test_memory_plan.py` holds the plan to it."""
ABOVE = 1.1
"""How far the plan may be above what was taken; below it must never be."""
ASPECTS = ("16:9", "9:16", "1:1")
_ROOM = 4
"""MiB more than planned that a clip is allowed: the program differs by less from run to run."""
_COUNTED = ("grid", "patch", "width", "layers", "heads", "spatial_window", "spacetime_window", "mlp_ratio")


@dataclass(frozen=True, slots=True)
class Measured:
    """MiB of one clip: what was planned and taken at its peak, and what was allowed, where that was said."""

    name: str
    planned: float
    taken: float
    allowed: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the plan was kept, and near."""
        return self.taken <= self.planned <= ABOVE * self.taken

    def __str__(self) -> str:
        above = self.planned / self.taken - 1
        row = f"| {self.name} | {self.planned:,.0f} MiB | {self.taken:,.0f} MiB | {above:.1%} |"
        return row if self.holds else f"{row} <- does not hold"


@dataclass(frozen=True, slots=True)
class Bench:
    """A pack, how often each clip is made, and the folder for files."""

    pack: InstalledPack
    times: int
    folder: Path

    def run(self, name: str, *wishes: str, allowed: float | None = None) -> Measured:
        """The highest peak of so many clips of one step a stage, each by a process of its own.

        Raises:
            subprocess.CalledProcessError: when one fails.
        """
        command = [
            sys.executable,
            "-m",
            "engine.cli.main",
            "generate",
            "a horse",
            "--out",
            str(self.folder / "out.mp4"),
        ]
        command += ["--pack", str(self.pack.path), "--steps", "1", "--seed", "1", "--device", "cpu", "--json"]
        command += [*wishes] if allowed is None else [*wishes, "--memory", f"{allowed:.0f}"]
        seen: list[Measured] = []
        for _ in range(self.times):
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            said: dict[str, Any] = json.loads(done.stdout)
            seen.append(Measured(name, said["plan"]["peak_mb"], said["peak_rss_mb"], allowed))
        return max(seen, key=lambda one: one.taken)

    def sizes(self) -> Iterator[Measured]:
        """Every size and shape of a clip of 17 frames."""
        for aspect in ASPECTS:
            for upto in STAGES:
                yield self.run(f"{upto} {aspect}", "--upto", upto, "--aspect", aspect)
                if (upto, aspect) == ("base", "16:9"):
                    (self.folder / "out.mp4").replace(self.folder / "clip.mp4")

    def kinds(self) -> Iterator[Measured]:
        """A clip from a still, two that are continued, one that is longer; after `sizes`."""
        still, clip = self.folder / "still.png", self.folder / "clip.mp4"
        write_png(still, np.random.default_rng(0).integers(0, 255, (512, 896, 3), dtype=np.uint8))
        yield self.run("sr2 16:9 from a still", "--image", str(still))
        for upto in ("base", "sr2"):
            continued = ("--continue", str(clip), "--overlap", "5", "--upto", upto)
            yield self.run(f"{upto} 16:9 continued", *continued)
        yield self.run("sr2 16:9 of 29 frames", "--frames", "29")

    def ways(self, program: float) -> Iterator[Measured]:
        """The largest clip in every way that is planned to take less than the ones before, and the smallest in the
        way that takes least."""
        for way in fewer(self.pack, ask("sr2")):
            yield self.run(f"sr2 16:9, {words(way)}", allowed=program + way.peak / MB + _ROOM)
        least = fewer(self.pack, ask("base"))[-1]
        limit = program + least.peak / MB + _ROOM
        yield self.run(f"base 16:9, {words(least)}", "--upto", "base", allowed=limit)

    def program(self, one: Measured) -> float:
        """MiB that the program alone takes, as the plan of the first clip counted it."""
        return one.planned - planned(self.pack, ask("base"))


def ask(upto: StageName, aspect: str = "16:9") -> ClipRequest:
    """A request for one of `Bench.sizes`."""
    return ClipRequest.parse(prompt="a horse", upto=upto, aspect=aspect)


def planned(pack: InstalledPack, request: ClipRequest) -> float:
    """MiB beside the program that the fastest way is planned to take on a CPU with bfloat16."""
    manifest = walt_manifest(pack.manifest)
    return peak("resident", weigh(pack.path, manifest, WeightFormat()), manifest, request) / MB


def fewer(pack: InstalledPack, request: ClipRequest) -> list[ExecutionPlan]:
    """The ways that take less than all faster ones, without the fastest."""
    found: list[ExecutionPlan] = []
    manifest = walt_manifest(pack.manifest)
    for way in execution_plans(weigh(pack.path, manifest, WeightFormat()), manifest, request):
        if not found or way.peak < found[-1].peak - _ROOM * MB:
            found.append(way)
    return found[1:]


def words(way: ExecutionPlan) -> str:
    """How a clip is made, in short."""
    kept = {"resident": "networks in memory", "staged": "one network at a time", "streamed": "layer by layer"}
    return f"{kept[way.residency]}, {'in tiles' if way.tile else 'no gaps' if way.tight else 'with gaps'}"


def shapes(manifest: WaltManifest) -> str:
    """What the plan is made from, in short: the same for other weights of the same shapes."""
    stages = {
        name: ([stage.transformer[field] for field in _COUNTED], stage.guidance.scale == 1)
        for name, stage in manifest.stages.items()
    }
    said = json.dumps([manifest.sizes, manifest.tokenizer, manifest.text["width"], stages], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def report(times: int, pack: str, *, keep: bool) -> str:
    """Run, check each, and say in a line what came of it; a row of a table for each as it comes.

    Args:
        times: Runs of each clip; the gaps in memory differ by a few in a hundred from run to run.
        pack: Its name, or the path of its folder.
        keep: Whether the peaks go into `FIGURES`.
    """
    seen: list[Measured] = []
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(PackStore().find(pack), times, Path(name))

        def show(several: Iterator[Measured]) -> list[Measured]:
            for one in several:
                print(one, flush=True)
                seen.append(one)
            return seen

        sizes = {one.name: one.taken for one in show(bench.sizes())}
        program = bench.program(seen[0])
        if keep:
            manifest = walt_manifest(bench.pack.manifest)
            figures = {"shapes": shapes(manifest), "program": round(program, 1), "peaks": sizes}
            FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
        show(bench.kinds())
        show(bench.ways(program))
    assert all(one.holds for one in seen), "the plan was not kept, or is not near"
    above = [one.planned / one.taken - 1 for one in seen]
    return f"memory: {times} runs of {len(seen)} clips, planned {min(above):.1%} to {max(above):.1%} above the peak"
