"""How a pack's clips hold together where one latent frame ends and the next begins. Prints figures, draws a sheet.

    python -m tests.long.seams --pack starter --out seams.png

A latent frame is four frames of the clip. Where latent frames agree, the step between frames is as large across their
border as inside. Steps are mean absolute differences of 8-bit levels, at the base's size; beside them are those
of unseen renders that went through the pack's tokenizer.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.api.request import ClipRequest
from engine.media.images import write_png
from engine.media.pixels import to_frames, to_pixels
from engine.packs.load import LoadedPack, load_pack
from engine.packs.store import PackStore
from engine.pipeline.cascade import Cascade
from engine.runtime.devices import resolve
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.render.clip import render_clip

PROMPTS = (
    "a horse walking on the beach at sunset",
    "a dragon breathing fire over the sea",
    "a polar bear walking in a snowy landscape",
    "a red robot walking in a meadow, the camera pans left",
    "an asteroid striking the Earth in space",
    "a black horse running in a meadow",
    "a bird flying over the sea, the camera is still",
    "a car driving in the desert",
)
UNSEEN = 970_000_000

Frames = NDArray[np.uint8]


def main() -> None:
    """Make the clips, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pack", default="starter", help="an installed pack, or a pack's folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("seams.png"), help="nine moments of every clip")
    args = parser.parse_args()
    folder = Path(args.pack)
    if not folder.is_dir():
        folder = PackStore().find(args.pack).path
    pack = load_pack(folder, resolve())
    cascade = Cascade(pack)
    made = [
        cascade.generate(
            ClipRequest(prompt=p, seed=args.seed, upto="base"), lambda _: None, lambda: False
        ).frames
        for p in PROMPTS
    ]
    for prompt, clip in zip(PROMPTS, made, strict=True):
        print(f"{_line(steps([clip]))}  {prompt}")
    true = [_tokenized(pack, UNSEEN + k) for k in range(len(PROMPTS))]
    print(f"{_line(steps(made))}  all of them")
    print(f"{_line(steps(true))}  unseen renders through the tokenizer")
    write_png(args.out, np.concatenate([np.concatenate(clip[::2], 1) for clip in made]))


def steps(clips: list[Frames]) -> tuple[float, float]:
    """Mean step between frames (T, H, W, 3) across borders of latent frames, and inside of them."""
    each = np.array([[np.abs(b.astype(int) - a).mean() for a, b in pairwise(c)] for c in clips])
    border = np.arange(each.shape[1]) % 4 == 0
    return float(each[:, border].mean()), float(each[:, ~border].mean())


def _line(pair: tuple[float, float]) -> str:
    return f"border {pair[0]:5.1f}, inside {pair[1]:4.1f}, ratio {pair[0] / pair[1]:4.2f}"


@torch.inference_mode()
def _tokenized(pack: LoadedPack, seed: int) -> Frames:
    """An unseen world, coded and decoded."""
    height, width = pack.manifest.sizes["16:9"]
    pixels = to_pixels(render_clip(sample_spec(seed), height=height, width=width), pack.device.torch)[None]
    with pack.device.autocast():
        return to_frames(pack.tokenizer.decode(pack.tokenizer.encode(pixels))[0])


if __name__ == "__main__":
    main()
