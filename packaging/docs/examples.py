"""Makes the clips of the window's examples with the pack that ships, as small animated WebP: ``resources/examples/``.

    python packaging/docs/examples.py [--seed 7]

Run it whenever the starter is replaced: the window shows these pictures only beside the very pack that made them,
and a test fails until they are made anew. Takes five clips' time.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.compose.examples import FOLDER, LIST, examples
from engine.api.request import ClipRequest
from engine.media.export import FrameSource, export
from engine.media.presets import ExportSettings, preset_named
from engine.media.resize import fit_frames
from engine.packs.load import load_pack
from engine.packs.manifest import fingerprint
from engine.pipeline.cascade import Cascade
from engine.runtime.files import atomic_write

STARTER = FOLDER.parent / "starter"
SIZE = (224, 128)
"""Twice the size that the window shows them in, for screens with two pixels to a point."""


def make(pack: Path, folder: Path, seed: int) -> None:
    """Make every example with a pack, then the list that says which pack and what was asked for."""
    cascade, made = Cascade(load_pack(pack)), list[dict[str, object]]()
    for number, prompt in enumerate(examples(), 1):
        clip = cascade.generate(ClipRequest(prompt=prompt, seed=seed), lambda _event: None, lambda: False)
        name = f"{number}.webp"
        source = FrameSource.of(fit_frames(clip.frames, *SIZE), clip.fps)
        export(folder / name, source, ExportSettings(preset_named("webp")))
        made.append({"file": name, "prompt": prompt, "seed": seed})
        print(f"{name}  {prompt}", flush=True)
    text = json.dumps({"pack": fingerprint(pack), "examples": made}, indent=1) + "\n"
    with atomic_write(folder / LIST) as part:
        part.write_text(text, encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Make the examples."""
    parser = argparse.ArgumentParser(description="Makes the clips of the examples.")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args(argv)
    FOLDER.mkdir(exist_ok=True)
    make(STARTER, FOLDER, args.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
