"""Clips to be judged, generated or rendered, one after the other and kept as they come, so that nothing is made twice.

Of each clip a small file stays: what the probe sees of it, how much moves and flickers in it, and five frames for
the contact sheet.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import engine.worlds
from engine.evaluation.flow import flicker, flows, magnitude
from engine.evaluation.probe import Sight, look
from engine.runtime.files import atomic_write

Frames = NDArray[np.uint8]
STRIP = (0, 4, 8, 12, 16)
_STRIP_HEIGHT = 128


@dataclass(frozen=True, slots=True)
class Kept:
    """One clip as the evaluation keeps it.

    Attributes:
        sight: What the probe sees.
        motion: Mean length of the optical flow, see `flow.magnitude`.
        flicker: See `flow.flicker`.
        path: Where it is kept, with what only a contact sheet needs.
    """

    sight: Sight
    motion: float
    flicker: float
    path: Path

    def strip(self) -> Frames:
        """Five frames (5, 128, W, 3) for a contact sheet."""
        with self.path.open("rb") as stream, np.load(stream) as file:
            return file["strip"]


def _scaled(frame: Frames) -> Frames:
    if frame.shape[0] == _STRIP_HEIGHT:
        return frame
    width = round(frame.shape[1] * _STRIP_HEIGHT / frame.shape[0])
    return np.asarray(cv2.resize(frame, (width, _STRIP_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def recall(path: Path, make: Callable[[], Frames]) -> Kept:
    """The clip kept at ``path``, made and kept first if it is not there or not whole."""
    found = _load(path)
    if found is not None:
        return found
    frames = make()
    field = flows(frames)
    kept = Kept(look(frames), magnitude(field), flicker(frames, field), path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part, part.open("wb") as file:
        np.savez_compressed(
            file,
            frames=kept.sight.frames,
            flow=kept.sight.flow,
            figures=np.array([kept.motion, kept.flicker]),
            strip=np.stack([_scaled(frames[i]) for i in STRIP]),
        )
    return kept


def _load(path: Path) -> Kept | None:
    try:
        # Opened here: NumPy leaves a file that ends too early open.
        with path.open("rb") as stream, np.load(stream) as file:
            if "strip" not in file:
                return None
            motion, flickering = (float(value) for value in file["figures"])
            return Kept(Sight(file["frames"], file["flow"]), motion, flickering, path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def worlds_version() -> str:
    """A mark of the renderer's source: renders that are kept are only good for the renderer that made them."""
    digest = hashlib.sha256()
    for source in sorted(Path(engine.worlds.__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
