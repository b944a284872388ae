"""A process to be killed: exports or installs one thing over another without end. ``python -m tests.trust.victim``."""

from __future__ import annotations

import sys
from itertools import cycle
from pathlib import Path

import numpy as np

from engine.media.export import FrameSource, export
from engine.media.presets import ExportSettings, preset_for
from engine.packs.install import install

READY = "ready"
FRAMES = 24


def save(out: Path, shade: int) -> None:
    """Export a clip that ``shade`` tells from others, in the format that the name ends in."""
    frames = np.random.default_rng(shade).integers(0, 255, (FRAMES, 96, 128, 3), dtype=np.uint8)
    preset = preset_for(out.suffix)
    assert preset is not None
    export(out, FrameSource.of(frames, 8), ExportSettings(preset, metadata={"title": str(shade)}))


def main() -> None:
    """Export 0 and 1 to a file in turn, or install two packs in turn in a store's folder."""
    kind, target, *packs = sys.argv[1:]
    print(READY, flush=True)
    for turn in cycle((1, 0)):
        if kind == "export":
            save(Path(target), turn)
        else:
            install(Path(packs[turn]), Path(target), replace=True)


if __name__ == "__main__":
    main()
