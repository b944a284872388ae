"""``walt plan``: what memory a clip would take, before it is asked for, on this machine or on another card."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from engine.commands.progress import KEPT_WORDS
from engine.errors import UsageError, WaltError
from engine.events import STAGES
from engine.packs.keeping import Numbers, Weights, choose, weigh
from engine.packs.manifest import Manifest
from engine.packs.plan import MB
from engine.packs.store import PackStore
from engine.request import ClipRequest

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
    add("--aspect", choices=["16:9", "9:16", "1:1"], default="16:9", help="shape of the picture (16:9)")
    add("--frames", type=int, metavar="N", default=17, help="1 + 4k frames (17)")
    add("--upto", choices=STAGES, help="the last stage (the pack's)")
    add("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto", help="where to compute (auto)")
    add("--json", action="store_true", help="print one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """Print the plans, each for networks as they are and in 8 bits."""
    if args.pack == FULL_SIZE and args.cards is None:
        raise UsageError(
            "usage", "The full-size cascade is planned for cards.", "Say e.g. --cards 24,16,12,8."
        )
    budgets, matrix, mapped = _cards(args.cards) if args.cards else _here(args.device)
    report: dict[str, Any] = {"pack": args.pack, "plans": []}
    for int8 in (False, True):
        manifest, weights = _read(args.pack, Numbers(matrix, mapped, int8))
        report["networks_mb" + "_int8" * int8] = {
            name: round(weight.whole / MB) for name, weight in weights.items()
        }
        request = ClipRequest.parse(
            prompt="any", frames=args.frames, aspect=args.aspect, upto=args.upto or manifest.last_stage
        )
        for name, budget in budgets.items():
            report["plans"].append(
                {"memory": name, "int8": int8, **_plan(manifest, weights, request, budget)}
            )
    print(json.dumps(report, indent=1) if args.json else "\n".join(_lines(report)))
    return 0


def _cards(words: str) -> tuple[Mapping[str, float], int, bool]:
    """Budgets by name; bytes of a number in a matrix; whether files are mapped into the same memory."""
    try:
        sizes = [float(word) for word in words.split(",")]
    except ValueError:
        raise UsageError("usage", f"{words!r} are no sizes of cards.", "Write e.g. --cards 24,16.") from None
    return {f"{size:g} GB": SHARE * size * GB for size in sizes}, 2, False


def _here(name: str) -> tuple[Mapping[str, float], int, bool]:
    from engine.devices import resolve, room

    device = resolve(name)
    return {"free here": room(device)[0]}, device.dtype.itemsize, device.maps_files


def _read(pack: str, numbers: Numbers) -> tuple[Manifest, Weights]:
    if pack == FULL_SIZE:
        from engine.packs.full_size import full_size_manifest, full_size_weights

        return full_size_manifest(), full_size_weights(numbers)
    found = PackStore().find(pack)
    return found.manifest, weigh(found.path, found.manifest, numbers)


def _plan(manifest: Manifest, weights: Weights, request: ClipRequest, budget: float) -> dict[str, Any]:
    try:
        way = choose(weights, manifest, request, budget)
    except WaltError as error:
        return {"kept": None, "tile": None, "peak_mb": None, "why": error.message}
    return {"kept": way.kept, "tile": way.tile, "peak_mb": round(way.peak / MB)}


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
        tiles = "whole pictures" if plan["tile"] is None else f"tiles of {8 * plan['tile']} pixels"
        kept = KEPT_WORDS[plan["kept"]]
        most = f"peak {plan['peak_mb']:,} MiB beside the program"
        lines.append(f"{plan['memory']:10}{numbers:8}networks {kept}, {tiles}, {most}")
    return lines


def _sizes(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {size:,}" for name, size in sizes.items())
