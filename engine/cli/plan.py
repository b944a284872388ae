"""``walt plan``: predict the memory of a clip on this machine or on another graphics card."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.api.errors import UsageError, WaltError
from engine.api.request import ClipRequest
from engine.api.types import ASPECTS, SPACE, STAGES, MemoryBudget, WeightFormat
from engine.cli.progress import RESIDENCY_WORDS
from engine.kinds.check import require_capable
from engine.kinds.planning import plan_clip
from engine.kinds.registry import KINDS, capabilities_of, kind_of
from engine.packs.base_manifest import DEFAULT_KIND
from engine.packs.sizes import Weights
from engine.packs.store import InstalledPack, PackStore
from engine.planning.memory import MB, memory_budget

GB = 2**30
SHARE = 0.9
"""Of a card's memory that a clip may take; the rest is the driver's, the libraries' and the screen's."""
FULL_SIZE = "full-size"
"""In the place of a pack's name: the paper's cascade."""


def add_parser(subparsers: Any) -> None:
    """Say what ``walt plan`` understands."""
    parser = subparsers.add_parser(
        "plan",
        help="say what memory a clip takes, and how the networks would be kept",
        description=f"Plan the memory of a clip. Example: walt plan {FULL_SIZE} --cards 24,16,12,8",
    )
    add = parser.add_argument
    add(
        "pack",
        metavar="PACK",
        nargs="?",
        default="starter",
        help=f"a pack, or {FULL_SIZE}: the paper's cascade",
    )
    add("--cards", metavar="GB", help="plan for cards of so many GB, rather than for this machine")
    add("--aspect", choices=ASPECTS, default="16:9", help="shape of the picture (16:9)")
    add("--frames", type=int, metavar="N", help="how many frames (what the pack usually makes)")
    add("--upto", choices=STAGES, help="the last stage (the pack's)")
    add("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto", help="where to compute (auto)")
    add("--json", action="store_true", help="print one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """Print the plans, each for networks as they are and in 8 bits."""
    if args.pack == FULL_SIZE and args.cards is None:
        raise UsageError(
            "usage", "The full-size cascade can only be planned for graphics cards.", "For example: --cards 24,16,12,8."
        )
    budgets = _cards(args.cards) if args.cards else {"free here": _here(args.device)}
    report: dict[str, Any] = {"pack": args.pack, "plans": []}
    for int8 in (False, True):
        format_ = replace(next(iter(budgets.values())).weights, int8=int8)
        pack, weights = _read(args.pack, format_)
        able = capabilities_of(pack)
        report["networks_mb" + "_int8" * int8] = {
            name: round(weight.whole / MB) for name, weight in weights.items()
        }
        request = ClipRequest.parse(
            prompt="any",
            frames=able.lengths.usual if args.frames is None else args.frames,
            aspect=args.aspect,
            upto=args.upto or able.last_stage,
        )
        require_capable(request, able, pack.name)
        for name, budget in budgets.items():
            plan = _plan(pack, weights, request, budget)
            report["plans"].append({"memory": name, "int8": int8, **plan})
    print(json.dumps(report, indent=1) if args.json else "\n".join(_lines(report)))
    return 0


def _cards(words: str) -> Mapping[str, MemoryBudget]:
    """Cards of these sizes by name, with nothing on them."""
    try:
        sizes = [float(word) for word in words.split(",")]
    except ValueError:
        raise UsageError("usage", f"{words!r} are not memory sizes in GB.", "For example: --cards 24,16.") from None
    return {f"{size:g} GB": MemoryBudget(WeightFormat(2, mapped=False), 0, SHARE * size * GB) for size in sizes}


def _here(name: str) -> MemoryBudget:
    from engine.runtime.devices import resolve
    from engine.runtime.preload import preload

    preload(KINDS[DEFAULT_KIND].modules)  # the program is part of what a clip takes, with all that it loads
    return memory_budget(resolve(name))


def _read(name: str, weight_format: WeightFormat) -> tuple[InstalledPack, Weights]:
    if name == FULL_SIZE:
        from engine.packs.full_size import full_size_manifest, full_size_weights

        return InstalledPack(Path(FULL_SIZE), full_size_manifest()), full_size_weights(weight_format)
    pack = PackStore().find(name)
    return pack, kind_of(pack).weights(pack, weight_format)


def _plan(
    pack: InstalledPack, weights: Weights, request: ClipRequest, budget: MemoryBudget
) -> dict[str, Any]:
    program = round(budget.program / MB)
    try:
        found = plan_clip(pack, request, weights, budget)
    except WaltError as error:
        return {"kept": None, "tile": None, "program_mb": program, "peak_mb": None, "why": error.message}
    plan = found.plan
    return {"kept": plan.residency, "tile": plan.tile, "program_mb": program, "peak_mb": round(found.peak_mb)}


def _lines(report: Mapping[str, Any]) -> list[str]:
    lines = [
        "networks, MiB: " + _sizes(report["networks_mb"]),
        "in 8 bits:     " + _sizes(report["networks_mb_int8"]),
    ]
    for plan in report["plans"]:
        numbers = "8 bits" if plan["int8"] else ""
        if plan["kept"] is None:
            lines.append(f"{plan['memory']:10}{numbers:8}{plan['why']}")
            continue
        tiles = "whole pictures" if plan["tile"] is None else f"tiles of {SPACE * plan['tile']} pixels"
        kept = RESIDENCY_WORDS[plan["kept"]]
        most = f"peak {plan['peak_mb']:,} MiB"
        if plan["program_mb"]:
            most += f", {plan['program_mb']:,} of them the program"
        lines.append(f"{plan['memory']:10}{numbers:8}networks {kept}, {tiles}, {most}")
    return lines


def _sizes(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {size:,}" for name, size in sizes.items())
