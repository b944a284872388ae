"""Clips to be judged, generated or rendered, one after the other and kept as they come, so that nothing is made twice.

Of each clip a small file stays: what the probe sees of it, how much moves and flickers in it, and five frames for
the contact sheet.
"""

from __future__ import annotations

import hashlib
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

import engine.worlds
from engine.evaluation.flow import flicker, flows, magnitude
from engine.evaluation.likeness import summaries
from engine.evaluation.photo_features import PhotoFeatures
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
        summaries: (5, F) what an image network sees in five frames, or None, see `engine.evaluation.likeness`.
    """

    sight: Sight
    motion: float
    flicker: float
    path: Path
    summaries: NDArray[np.float32] | None = None

    def strip(self) -> Frames:
        """Five frames (5, 128, W, 3) for a contact sheet."""
        with self.path.open("rb") as stream, np.load(stream) as file:
            return file["strip"]


def _scaled(frame: Frames) -> Frames:
    if frame.shape[0] == _STRIP_HEIGHT:
        return frame
    width = round(frame.shape[1] * _STRIP_HEIGHT / frame.shape[0])
    return np.asarray(cv2.resize(frame, (width, _STRIP_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def recall(path: Path, make: Callable[[], Frames], features: PhotoFeatures | None = None) -> Kept:
    """The clip kept at ``path``, made and kept first if it is not there or not whole, or lacks its summaries."""
    found = _load(path)
    if found is not None and (features is None or found.summaries is not None):
        return found
    frames = make()
    field = flows(frames)
    seen = None if features is None else summaries(features, frames[list(STRIP)])
    kept = Kept(look(frames), magnitude(field), flicker(frames, field), path, seen)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part, part.open("wb") as file:
        arrays: dict[str, Any] = {
            "frames": kept.sight.frames,
            "flow": kept.sight.flow,
            "figures": np.array([kept.motion, kept.flicker]),
            "strip": np.stack([_scaled(frames[i]) for i in STRIP]),
        }
        if seen is not None:
            arrays["summaries"] = seen
        np.savez_compressed(file, **arrays)
    return kept


def _load(path: Path) -> Kept | None:
    try:
        # Opened here: NumPy leaves a file that ends too early open.
        with path.open("rb") as stream, np.load(stream) as file:
            if "strip" not in file:
                return None
            motion, flickering = (float(value) for value in file["figures"])
            seen = file.get("summaries")
            return Kept(Sight(file["frames"], file["flow"]), motion, flickering, path, seen)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def recall_frames(path: Path, make: Callable[[], Frames]) -> tuple[Frames, float]:
    """All frames of the clip kept at ``path``, made first if it is not there, and the seconds that making it took.

    These are processor seconds by threads: what it takes when nothing else runs, whatever else ran.
    """
    try:
        with path.open("rb") as stream, np.load(stream) as file:
            return file["frames"], float(file["seconds"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        pass
    begun = time.process_time()
    frames = make()
    seconds = (time.process_time() - begun) / torch.get_num_threads()
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part, part.open("wb") as file:
        np.savez_compressed(file, frames=frames, seconds=seconds)
    return frames, seconds


def worlds_version() -> str:
    """A mark of the renderer's source: renders that are kept are only good for the renderer that made them."""
    digest = hashlib.sha256()
    for source in sorted(Path(engine.worlds.__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
