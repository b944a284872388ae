"""``walt train finetune``: fine-tune a pack on one's own clips, without the window."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from engine.api.events import Event, FinetuneSample, FinetuneStep
from engine.training.finetuning.run import DEFAULT_MINUTES

PHASES = {"reading": "reading", "recalling": "rendering worlds", "learning": "training", "packing": "packing"}


def add_finetune(steps: Any) -> None:
    """Add ``finetune`` to the steps of ``walt train``."""
    parser = steps.add_parser("finetune", help="fine-tune an installed pack on your own captioned clips or pictures")
    add = parser.add_argument
    add(
        "--clips",
        type=Path,
        required=True,
        metavar="DIR",
        help="videos and pictures, captioned by .txt files",
    )
    add("--pack", default="starter", help="the pack to start from; it is not changed (default: %(default)s)")
    add("--out", metavar="NAME", help="name of the new pack (default: that of the folder)")
    add("--title", help="its title (default: the name)")
    add("--minutes", type=float, default=DEFAULT_MINUTES, help="how long to train (default: %(default)g)")
    add("--steps", type=int, help="how many steps to train, instead of --minutes")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--full", action="store_true", help="train all weights of the base (default without peft)"
    )
    how.add_argument("--lora", type=int, metavar="RANK", help="train a low-rank term (default with peft: 8)")
    add(
        "--rehearse",
        type=int,
        default=16,
        metavar="N",
        help="worlds rendered to rehearse (default: %(default)s)",
    )
    add("--seed", type=int, default=0)
    add("--replace", action="store_true", help="replace an installed pack of that name")
    add("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto", help="where to compute (auto)")


def finetune(args: argparse.Namespace) -> None:
    """Train, print progress, install."""
    from engine.packs.store import PackStore
    from engine.training.finetuning.dataset import find_examples
    from engine.training.finetuning.run import FinetuneRun, slug, usual_method

    name = args.out or slug(args.clips.resolve().name)
    method = "full" if args.full else "lora" if args.lora else usual_method()
    run = FinetuneRun.parse(
        examples=find_examples(args.clips), name=name, title=args.title or name, pack=args.pack,
        minutes=args.minutes, steps=args.steps, method=method, rank=args.lora or 8, rehearsal=args.rehearse,
        seed=args.seed,
    )  # fmt: skip
    from engine.training.finetuning.finetune import finetune as train

    store = PackStore()
    done = train(run, store, _Lines().show, replace=args.replace, device=args.device)
    where = store.own / done.pack
    print(f'Installed {done.pack} in {where}. Try: walt generate "…" --pack {done.pack}')


class _Lines:
    """Prints a line for each eighth of a phase."""

    def __init__(self) -> None:
        self._said: tuple[str, int] = ("", -1)

    def show(self, event: Event) -> None:
        match event:
            case FinetuneStep():
                eighth = event.done * 8 // max(1, event.total)
                if (event.phase, eighth) != self._said:
                    self._said = (event.phase, eighth)
                    left = f", about {event.left / 60:.0f} min left" if event.left else ""
                    print(f"{PHASES[event.phase]} {event.done}/{event.total}{left}", file=sys.stderr)
            case FinetuneSample():
                change = 100 * (event.error / event.before - 1) if event.before else 0.0
                print(f"error {event.error:.4f} ({change:+.0f} % of that before)", file=sys.stderr)
            case _:
                pass
