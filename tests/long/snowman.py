"""Fine-tuning shown on a subject that no training ever drew: a snowman. Writes what the pack drew before and after.

    python -m tests.long.snowman --out snowman --minutes 20

The snowman exists in this file alone: it stands on the renderer's stage for as long as this process lives, and the
sampler of training worlds, which draws from a table of its own, cannot draw it. ``sheet.png`` has a row for each
prompt: three moments before, three after. The last two prompts are of worlds the pack knew, to see what was forgotten.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api.events import Event, FinetuneSample, FinetuneStep
from engine.api.request import ClipRequest
from engine.media.export import write_mp4
from engine.media.images import write_png
from engine.packs.load import load_pack
from engine.packs.store import PackStore, default_roots
from engine.pipeline.cascade import Cascade
from engine.training.finetuning.dataset import find_examples
from engine.training.finetuning.finetune import finetune
from engine.training.finetuning.run import FinetuneRun, usual_method
from engine.worlds.render import layout as at
from engine.worlds.render.body import Body
from engine.worlds.render.clip import render_clip
from engine.worlds.render.motion import wave
from engine.worlds.spec import COLOURS, SUBJECTS, WorldSpec
from engine.worlds.subjects.cast import CAST
from engine.worlds.subjects.figure import PALETTE, Figure, Moment

NAME = "snowman"
COAL = (0.02, 0.02, 0.022)
CARROT = (0.90, 0.30, 0.03)
PLACES = {"snow": "in a snowy landscape", "meadow": "in a meadow", "beach": "on the beach"}
LIGHTS = {"day": "by day", "sunset": "at sunset", "night": "at night"}
PROMPTS = (
    "a snowman in a snowy landscape by day",
    "a snowman on the beach at sunset",
    "a snowman in a meadow at night",
    "a red robot walking in a meadow by day",
    "a polar bear walking in a snowy landscape by day",
)
MOMENTS = (0, 8, 16)


def pose(b: Body, spec: WorldSpec, now: Moment) -> None:
    """Three balls of snow, a hat, a carrot, two twigs that wave."""
    white = PALETTE[spec.colour]
    for height, radius in ((0.42, 0.46), (1.02, 0.34), (1.50, 0.24)):
        b.oval((0.0, height, 0.0), (radius, radius, radius), white, 0.04, at.MATT)
    b.disc((0.0, 1.72, 0.0), 0.27, 0.02, COAL, 0.01)
    b.box((0.0, 1.88, 0.0), (0.17, 0.16, 0.17), COAL, 0.04, 0.0, at.MATT)
    b.limb((0.20, 1.50, 0.0), (0.48, 1.46, 0.0), 0.05, 0.012, CARROT, 0.0)
    for side in (-1.0, 1.0):
        b.oval((0.20, 1.58, 0.09 * side), (0.03, 0.03, 0.03), COAL, 0.0, at.MATT)
        lift = 0.10 * wave(now.seconds, 0.6, now.phase + 0.5 * side)
        b.limb((0.0, 1.12, 0.30 * side), (0.1, 1.42 + lift, 0.72 * side), 0.03, 0.02, (0.16, 0.08, 0.03), 0.0)
    for height in (0.92, 1.06, 1.20):
        b.oval((0.31, height, 0.0), (0.035, 0.035, 0.035), COAL, 0.0, at.MATT)


def come_on_stage() -> None:
    """Let the renderer draw snowmen, in this process."""
    CAST[NAME] = lambda spec: Figure(pose, 1.0, 0.0, 2.05, 1.5, 0.0, 1.2)
    SUBJECTS[NAME] = {"stand": tuple(PLACES)}
    COLOURS[NAME] = ("white",)


def write_lesson(folder: Path, height: int, width: int) -> None:
    """Nine clips, every place in every light, each with two captions."""
    folder.mkdir(parents=True, exist_ok=True)
    headings = ("right", "towards", "left")
    for k, (place, light) in enumerate(product(PLACES, LIGHTS)):
        spec = WorldSpec(
            k, NAME, "stand", place, light, "white", camera=("still", "pan_left", "zoom_in")[k % 3],
            heading=headings[(k + k // 3) % 3], distance="close",
        )  # fmt: skip
        write_mp4(folder / f"{place}-{light}.mp4", render_clip(spec, height=height, width=width, samples=2))
        words = f"{PLACES[place]} {LIGHTS[light]}"
        (folder / f"{place}-{light}.txt").write_text(f"a snowman {words}\na white snowman {words}\n", "utf-8")


def draw(store: PackStore, name: str) -> list[NDArray[np.uint8]]:
    """A row a prompt."""
    cascade = Cascade(load_pack(store.find(name).path))
    rows: list[NDArray[np.uint8]] = []
    for prompt in PROMPTS:
        request = ClipRequest(prompt=prompt, seed=7, upto="base", pack=name)
        frames = cascade.generate(request, lambda event: None, lambda: False).frames
        rows.append(np.concatenate([frames[k] for k in MOMENTS], axis=1))
    return rows


def tell(event: Event) -> None:
    if isinstance(event, FinetuneStep) and event.done * 10 % max(event.total, 1) < 10:
        print(event.phase, f"{event.done}/{event.total}", file=sys.stderr)
    if isinstance(event, FinetuneSample):
        print(f"error {event.error:.4f}, before {event.before:.4f}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pack", default="starter")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--method", choices=("lora", "full"), default=usual_method())
    parser.add_argument("--rehearse", type=int, default=16)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    store = PackStore([default_roots()[0], args.out / "packs"])
    come_on_stage()
    height, width = store.find(args.pack).manifest.size("16:9", "base")
    if not (args.out / "clips").exists():  # files written anew would be another run, begun from the start
        write_lesson(args.out / "clips", height, width)
    run = FinetuneRun.parse(
        examples=find_examples(args.out / "clips"), name=NAME, title="Snowman", pack=args.pack,
        minutes=args.minutes, method=args.method, rehearsal=args.rehearse,
    )  # fmt: skip
    before = draw(store, args.pack)
    finetune(run, store, tell, replace=True)
    after = draw(store, NAME)
    sides = [np.concatenate([left, right], axis=1) for left, right in zip(before, after, strict=True)]
    write_png(args.out / "sheet.png", np.concatenate(sides, axis=0))
    print(args.out / "sheet.png")


if __name__ == "__main__":
    main()
