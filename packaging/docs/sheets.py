"""Makes the contact sheets of docs/starter.md with the pack that ships: ``docs/sheets/``.

    python packaging/docs/sheets.py --photos PICTURES [--only scenes,heldout,photographs,continuations]

Six moments of every clip at 512 x 896, made smaller: the five scenes with three seeds each, five combinations that
training never saw, each photograph of the folder with two camera moves, two clips that were continued. Thirty clips'
time. Run it whenever the starter is replaced.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.api.request import ClipRequest
from engine.media.export import write_mp4
from engine.media.file_types import PICTURE
from engine.media.resize import fit_frames
from engine.packs.load import load_pack
from engine.pipeline.cascade import Cascade
from engine.runtime.files import atomic_write
from engine.worlds.captions.write import canonical_caption
from engine.worlds.dataset.heldout import HELDOUT
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.dataset.sheet import contact_sheet

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "sheets"
SIZE, COLUMNS, QUALITY = (252, 144), 6, 82
SCENES = (
    "a horse walking on the beach at sunset",
    "a dragon breathing fire over the sea",
    "a polar bear walking in a snowy landscape",
    "a red robot walking in a meadow",
    "an asteroid striking the Earth in space",
)
RARE = (2, 6, 8, 20, 13)
"""Which of the held-out combinations are shown."""
MOVES = ("the camera pans right", "the camera zooms in")
FAST = (
    "a red bird flying over a meadow",
    "a black horse running in the snow",
    "a yellow car driving in the desert",
)
CUT = slice(76, 364), slice(196, 700)
"""Rows and columns that are shown pixel by pixel."""
Row = tuple[str, NDArray[np.uint8]]


class Sheets:
    """Makes rows of clips.

    Args:
        cascade: The starter's.
        photos: Folder of pictures.
    """

    def __init__(self, cascade: Cascade, photos: Path) -> None:
        self.cascade, self.photos = cascade, photos

    def _clip(self, prompt: str, seed: int, **wishes: object) -> NDArray[np.uint8]:
        request = ClipRequest.parse(prompt=prompt, seed=seed, **wishes)
        return self.cascade.generate(request, lambda _event: None, lambda: False).frames

    def _row(self, title: str, frames: NDArray[np.uint8]) -> Row:
        print(title, flush=True)
        return title, fit_frames(frames, *SIZE)

    def scenes(self) -> list[Row]:
        """The five scenes, three seeds each."""
        return [
            self._row(f"{prompt}, seed {seed}", self._clip(prompt, seed))
            for prompt in SCENES
            for seed in (1, 2, 3)
        ]

    def heldout(self) -> list[Row]:
        """Combinations that training never saw."""
        rows: list[Row] = []
        for index in RARE:
            seeds = range(950_000_000, 950_010_000)
            spec = next(s for seed in seeds if HELDOUT[index].matches(s := sample_spec(seed, heldout=True)))
            prompt = canonical_caption(spec)
            rows.append(self._row(prompt, self._clip(prompt, 1)))
        return rows

    def photographs(self) -> list[Row]:
        """Pictures brought to life, two camera moves each."""
        pictures = sorted(path for path in self.photos.iterdir() if path.suffix.lower() in PICTURE)
        return [
            self._row(f"{path.stem}: {move}", self._clip(move, 1, image=str(path)))
            for path in pictures
            for move in MOVES
        ]

    def continuations(self) -> list[Row]:
        """Two clips, and under each the twelve new frames that go on from its end."""
        rows: list[Row] = []
        with tempfile.TemporaryDirectory() as folder:
            for prompt in (SCENES[0], SCENES[1]):
                frames = self._clip(prompt, 1)
                source = Path(folder) / "clip.mp4"
                write_mp4(source, frames, 8, {})
                rows.append(self._row(prompt, frames))
                rows.append(self._row("continued", self._clip(prompt, 1, source=str(source), overlap=5)))
        return rows

    def pixels(self) -> list[Row]:
        """The middle of fast clips, not made smaller."""
        rows: list[Row] = []
        for prompt in FAST:
            print(prompt, flush=True)
            rows.append((prompt, self._clip(prompt, 1)[:, *CUT]))
        return rows


def write(name: str, rows: list[Row]) -> None:
    """One sheet as WebP, as many moments a row as there is room for."""
    columns = COLUMNS * SIZE[0] // rows[0][1].shape[2]
    sheet = contact_sheet([frames for _, frames in rows], [title for title, _ in rows], columns)
    with atomic_write(OUT / f"{name}.webp") as part:
        Image.fromarray(sheet).save(part, "WEBP", quality=QUALITY)


def main(argv: Sequence[str] | None = None) -> int:
    """Make the sheets."""
    parser = argparse.ArgumentParser(description="Makes the contact sheets of docs/starter.md.")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--only", metavar="LIST", help="some of them, by name")
    args = parser.parse_args(argv)
    OUT.mkdir(exist_ok=True)
    sheets = Sheets(Cascade(load_pack(ROOT / "resources" / "starter")), args.photos)
    makers: dict[str, Callable[[], list[Row]]] = {
        "scenes": sheets.scenes,
        "heldout": sheets.heldout,
        "photographs": sheets.photographs,
        "continuations": sheets.continuations,
        "pixels": sheets.pixels,
    }
    for name in args.only.split(",") if args.only else makers:
        write(name, makers[name]())
    return 0


if __name__ == "__main__":
    sys.exit(main())
