"""Train the starter's text encoder to tell left from right: `python packaging/starter/sides.py --pack PACK --out RUN`.

An encoder that is trained with a young denoiser can come out with one meaning for both: neither word has an effect yet,
so nothing tells them apart, and what is told as one never gets an effect. Here the encoder learns, from captions alone,
to keep all its outputs and to move them one way or the other along a direction of its own for each pair of opposites.
What the directions mean the denoiser learns afterwards, from clips:

    walt train base --run starter-base-cameras --init RUN --tokenizer PACK --videos WORLDS --videos PHOTOS --out NEXT
"""

from __future__ import annotations

import argparse
import copy
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.text_encoder import TextConfig, TextEncoder
from engine.models.transformer import WindowTransformer
from engine.training.checkpoint import save_checkpoint
from engine.training.data.photos import CAMERAS
from engine.training.denoiser.loss import Denoiser
from engine.training.packing import load_averaged
from engine.training.runs.starter import BASE_CAMERAS, write_run
from engine.worlds.captions.telling import Wording
from engine.worlds.captions.write import Language, camera_caption, vocabulary
from engine.worlds.dataset.sampling import sample_spec

OPPOSITES = (("pan_left", "pan_right"), ("orbit_left", "orbit_right"), ("zoom_in", "zoom_out"))
"""Of the camera; the subject's heading, left or right, is the last pair."""
PAIRS = len(OPPOSITES) + 1
FIRST_SEED = 26_000_000
LENGTH = 32


@dataclass(frozen=True)
class Line:
    """A caption and, for each pair of opposites, which side it tells: -1, 1, or 0 for neither."""

    text: str
    sides: tuple[int, ...]


def line(seed: int) -> Line:
    """A random caption: of a camera alone, or of a world."""
    rng = np.random.default_rng(seed)
    language: Language = "fr" if rng.random() < 0.25 else "en"
    if rng.random() < 0.3:
        camera = CAMERAS[int(rng.integers(len(CAMERAS)))]
        return Line(camera_caption(camera, rng, language), (*_camera(camera), 0))
    spec = sample_spec(seed)
    wording = Wording(language, None if rng.random() < 0.3 else seed)
    sides = _camera(spec.camera) if wording.tells_camera(spec) else (0,) * len(OPPOSITES)
    heading = {"left": -1, "right": 1}.get(spec.heading, 0)
    tells_heading = heading != 0 and wording.tells(spec, "heading", ("left", "right"))
    return Line(wording.write(spec), (*sides, heading * tells_heading))


def _camera(name: str) -> tuple[int, ...]:
    return tuple({first: -1, second: 1}.get(name, 0) for first, second in OPPOSITES)


class SideTraining:
    """Training of a text encoder against a frozen copy of itself.

    Args:
        text: Learns in place.
        push: Length of each direction; a token's own is the square root of its width.
    """

    def __init__(self, text: TextEncoder, push: float) -> None:
        self.words = vocabulary()
        self.text, self.before = text, copy.deepcopy(text).requires_grad_(False)
        drawn = torch.randn(text.config.width, PAIRS, generator=torch.Generator().manual_seed(0))
        self.directions = push * torch.linalg.qr(drawn)[0].T  # (PAIRS, D)

    def loss(self, lines: list[Line]) -> Tensor:
        """Mean squared distance of a token from where it should be."""
        ids = torch.tensor([self.words.encode(one.text, LENGTH) for one in lines])
        ids = ids[:, : max(1, int((ids != 0).sum(1).max()))]
        shift = torch.tensor([one.sides for one in lines], dtype=torch.float32) @ self.directions
        (tokens, mask), (kept, _) = self.text(ids), self.before(ids)
        gap = F.mse_loss(tokens, kept + shift[:, None], reduction="none").sum(-1)
        return (gap * mask).sum() / mask.sum()

    def train(self, steps: int, batch: int, lr: float) -> None:
        """Adam with a cosine; every step has captions that no other has."""
        optimizer = torch.optim.Adam(self.text.parameters(), lr, (0.9, 0.98))
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = lr * min(1.0, step / 50) * 0.5 * (1 + math.cos(math.pi * step / steps))
            lines = [line(FIRST_SEED + step * batch + i) for i in range(batch)]
            loss = self.loss(lines)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.text.parameters(), 1.0)
            optimizer.step()
            if step % 100 == 99 or step == 0:
                print(f"step {step + 1}: {float(loss.detach()):.2f}", flush=True)


def main() -> None:
    """Read the command line, train, and write a base run to go on from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, required=True, help="pack or base run to begin with")
    parser.add_argument("--out", type=Path, required=True, help="folder of the new base run")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--push", type=float, default=5.0)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)  # so that a name that is not possible is no surprise at the end
    width = BASE_CAMERAS.model.text_width
    assert width is not None
    config = TextConfig(len(vocabulary()), width=width, layers=BASE_CAMERAS.text_layers)
    model = Denoiser(TextEncoder(config), WindowTransformer(BASE_CAMERAS.model))
    load_averaged(args.pack, model)
    SideTraining(model.text, args.push).train(args.steps, args.batch, args.lr)
    write_run(args.out, BASE_CAMERAS)
    save_checkpoint(args.out, 0, {"model": model.state_dict(), "ema": {}}, {"hours": 0.0})


if __name__ == "__main__":
    main()
