"""``walt bench windows``: the speed column of the paper's table 3b at a reduced width, on this machine."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.models.transformer import TransformerConfig

PAPER = {"5x4x4": 2.24, "5x8x8": 2.00, "5x16x16": 1.75, "full": 1.20}
"""Window of the spatiotemporal layers -> training steps a second in table 3b; the hardware is not stated."""


def add_parser(kinds: Any) -> None:
    """Say what ``walt bench windows`` understands."""
    windows = kinds.add_parser("windows", help="training steps a second for each window of table 3b")
    windows.add_argument("--width", type=int, default=256, help="1024 in the paper (default: %(default)s)")
    windows.add_argument("--layers", type=int, default=4, help="24 in the paper (default: %(default)s)")
    windows.add_argument("--batch", type=int, default=1, help="clips in a step (default: %(default)s)")
    windows.add_argument(
        "--rounds", type=int, default=5, help="the best of so many counts (default: %(default)s)"
    )
    windows.add_argument("--json", action="store_true", help="print one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    """Measure all windows in turns, so that whatever else the machine does meets each of them."""
    import time

    import torch
    from tqdm import tqdm

    from engine.models.transformer import WindowTransformer

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    models = {name: WindowTransformer(shape).to(device) for name, shape in _shapes(args).items()}
    best = dict.fromkeys(models, float("inf"))
    for _ in tqdm(range(args.rounds + 1), unit="rounds", disable=None):
        for name, model in models.items():
            began = time.perf_counter()
            _step(model, args.batch, device)
            best[name] = min(best[name], time.perf_counter() - began)
    rows = {
        name: {
            "steps_per_second": 1 / seconds,
            "over_full": best["full"] / seconds,
            "paper_steps_per_second": PAPER[name],
            "paper_over_full": PAPER[name] / PAPER["full"],
        }
        for name, seconds in best.items()
    }
    if args.json:
        print(
            json.dumps(
                {"width": args.width, "layers": args.layers, "batch": args.batch, "windows": rows}, indent=1
            )
        )
        return 0
    print(f"{'window':10}{'steps/s':>10}{'over full':>12}{'paper':>10}", file=sys.stdout)
    for name, row in rows.items():
        print(
            f"{name:10}{row['steps_per_second']:>10.2f}{row['over_full']:>11.2f}x{row['paper_over_full']:>9.2f}x"
        )
    return 0


def _shapes(args: argparse.Namespace) -> dict[str, TransformerConfig]:
    from dataclasses import replace

    from engine.packs.recipes import LARGE

    small = replace(LARGE, width=args.width, layers=args.layers, heads=max(1, args.width // 64))
    return {
        "5x4x4": replace(small, spacetime_window=(4, 4)),
        "5x8x8": small,
        "5x16x16": replace(small, spacetime_window=(16, 16)),
        "full": replace(small, full_attention=True),
    }


def _step(model: Any, batch: int, device: Any) -> None:
    """One training step of clips: forward, backward, and all of it done when this returns."""
    import torch

    from engine.runtime.devices import autocast

    shape = model.config
    x = torch.randn(batch, shape.latent_channels, *shape.grid, device=device)
    t = torch.full((batch,), 500, device=device)
    labels = torch.zeros(batch, dtype=torch.long, device=device)
    with autocast(device, torch.bfloat16):
        loss = model(x, t, labels=labels).square().mean()
    loss.backward()
    model.zero_grad(set_to_none=True)
    if device.type == "cuda":
        torch.cuda.synchronize()
