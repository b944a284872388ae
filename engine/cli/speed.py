"""``walt bench`` without more: how fast clips are made here, part by part, against what the processor can do."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from engine.api.types import STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.cli.parts import Part
    from engine.cli.roof import Limit
    from engine.packs.load import LoadedPack
    from engine.packs.store import InstalledPack

COMMANDS = {
    "walt --version": ("-m", "engine.cli.main", "--version"),
    "import torch": ("-c", "import torch"),
    "import what makes a clip": ("-c", "import engine.pipeline.cascade, engine.packs.load"),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what ``walt bench`` understands."""
    parser.add_argument("--pack", default="starter", help="which pack is measured (default: %(default)s)")
    parser.add_argument("--upto", choices=STAGES, help="the last stage that is measured (the pack's last)")
    parser.add_argument("--threads", type=int, help="processor threads to compute with (as many as torch takes)")
    parser.add_argument("--repeats", type=int, default=3, help="the best of so many runs (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """Measure on the processor and print."""
    from engine.api.request import ClipRequest
    from engine.cli.parts import PROMPT, parts
    from engine.cli.roof import roof
    from engine.kinds.check import check_request
    from engine.kinds.registry import capabilities_of
    from engine.packs.store import PackStore
    from engine.runtime import devices
    from engine.runtime.memory import peak_rss_mb

    pack = PackStore().find(args.pack)
    upto = args.upto or capabilities_of(pack).last_stage
    request = ClipRequest.parse(prompt=PROMPT, seed=7, pack=args.pack, upto=upto)
    check_request(request, pack)
    told: dict[str, Any] = {"machine": _machine(), "start": _started(args.repeats)}
    if args.threads:
        devices.use_threads(args.threads)
    told["threads"], device = _threads(), devices.resolve("cpu")
    told["format"] = str(device.dtype).removeprefix("torch.")
    limits = roof(args.repeats)
    told["roof"] = {limit.name: limit.to_json() for limit in limits}
    loaded, told["load"] = _loaded(pack, device, args.repeats)
    told["clip"] = _clip(loaded, request)
    told["peak_rss_mb"] = round(peak_rss_mb(), 1)
    import torch

    with torch.inference_mode():
        found = list(parts(loaded, request, args.repeats))
    told["parts"] = _against_roof(found, limits, told["format"])
    print(json.dumps(told, indent=1) if args.json else "\n".join(_lines(told)))
    return 0


def _machine() -> dict[str, Any]:
    import torch

    return {
        "processors": os.cpu_count(),
        "system": platform.platform(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__,
        "waiting": {name: os.environ.get(name) for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")},
    }


def _threads() -> int:
    import torch

    return torch.get_num_threads()


def _started(repeats: int) -> dict[str, Any]:
    """How long commands take in processes of their own."""
    from engine.cli.timing import timed

    def command(arguments: Sequence[str]) -> None:
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)

    return {name: {"ms": timed(lambda: command(words), repeats).to_json()["ms"]} for name, words in COMMANDS.items()}  # noqa: B023


def _loaded(pack: InstalledPack, device: Any, repeats: int) -> tuple[LoadedPack, dict[str, float]]:
    from engine.cli.timing import timed
    from engine.packs.load import load_pack

    timing = timed(lambda: load_pack(pack.path, device), repeats)
    return load_pack(pack.path, device), timing.to_json()


def _clip(pack: LoadedPack, request: Any) -> dict[str, Any]:
    """A whole clip in this process, and its first picture."""
    from engine.api.events import Event, StepDone
    from engine.cli.timing import timed
    from engine.pipeline.cascade import Cascade

    cascade, first = Cascade(pack), list[float]()
    seconds: dict[str, float] = {}

    def listen(event: Event) -> None:
        if isinstance(event, StepDone) and not first:
            first.append(time.perf_counter() - begun)

    def make() -> None:
        seconds.update(cascade.generate(request, listen, lambda: False).seconds)

    begun = time.perf_counter()
    timing = timed(make, 1)
    stages = {name: round(took, 3) for name, took in seconds.items()}
    return {**timing.to_json(), "first_picture_ms": round(1000 * first[0], 1), "seconds": stages}


def _against_roof(found: Sequence[Part], limits: Sequence[Limit], number: str) -> dict[str, dict[str, Any]]:
    """Each part with its share of the roof, and of all parts of a clip together."""
    roofs = {limit.name: limit for limit in limits if limit.timing is not None}
    whole = sum(part.times * part.timing.seconds for part in found)
    rows: dict[str, dict[str, Any]] = {}
    for part in found:
        row = part.to_json()
        limit = roofs.get(f"{part.kind} {number}")
        if part.gflop and limit is not None and limit.timing is not None:
            row["of_roof"] = round(part.gflop / part.timing.seconds * limit.timing.seconds / limit.work, 3)
            cpu = part.gflop / part.timing.cpu_seconds * limit.timing.cpu_seconds / limit.work
            row["of_roof_cpu"] = round(cpu, 3)
        row["of_clip"] = round(part.times * part.timing.seconds / whole, 3)
        rows[part.name] = row
    return rows


def _lines(told: dict[str, Any]) -> list[str]:
    machine, clip = told["machine"], told["clip"]
    lines = [
        f"{machine['processors']} processors ({machine['capability']}), {machine['system']}, torch {machine['torch']}",
        f"{told['threads']} threads, {told['format']}",
        "others: what other programs took of the processors meanwhile; by CPU: the share of the roof by CPU seconds,",
        "which other programs change less than the clock",
        "",
        f"{'limit':<24}{'rate':>10}  {'unit':<9}{'others':>8}",
    ]
    for name, row in told["roof"].items():
        rate = "-" if row["rate"] is None else f"{row['rate']:,.1f}"
        lines.append(f"{name:<24}{rate:>10}  {row['unit']:<9}{_percent(row.get('others')):>8}")
    head = f"{'part':<24}{'GFLOP':>9}{'ms':>11}{'of roof':>9}{'by CPU':>8}{'times':>7}{'of clip':>9}{'others':>8}"
    lines += ["", head]
    for name, row in told["parts"].items():
        share = f"{_percent(row.get('of_roof')):>9}{_percent(row.get('of_roof_cpu')):>8}"
        share += f"{row['times']:>7}{_percent(row['of_clip']):>9}"
        lines.append(f"{name:<24}{row['gflop']:>9,.1f}{row['ms']:>11,.1f}{share}{_percent(row['others']):>8}")
    lines += ["", *(f"{name:<28}{row['ms']:>9,.0f} ms" for name, row in told["start"].items())]
    lines.append(f"{'load the pack':<28}{told['load']['ms']:>9,.0f} ms")
    lines.append(f"{'first picture':<28}{clip['first_picture_ms']:>9,.0f} ms")
    lines.append(f"{'clip':<28}{clip['ms']:>9,.0f} ms, others {_percent(clip['others'])}")
    return [*lines, f"{'peak memory':<28}{told['peak_rss_mb']:>9,.0f} MiB"]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"
