"""Clips to be judged, generated or rendered, one after the other and kept as they come, so that nothing is made twice.

Of each clip a small file stays: what the probe sees of it, how much moves and flickers in it, and five frames for
the contact sheet.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.evaluation.flow import flicker, flows, magnitude
from engine.evaluation.probe import Sight, look
from engine.files import atomic_write

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
        strip: Five frames side by side (128, W, 3).
    """

    sight: Sight
    motion: float
    flicker: float
    strip: Frames


def keep(frames: Frames) -> Kept:
    """Measure a clip (17, H, W, 3)."""
    field = flows(frames)
    strip = np.concatenate([_scaled(frames[i]) for i in STRIP], axis=1)
    return Kept(look(frames), magnitude(field), flicker(frames, field), strip)


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
    kept = keep(make())
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part, part.open("wb") as file:
        np.savez_compressed(
            file,
            frames=kept.sight.frames,
            flow=kept.sight.flow,
            figures=np.array([kept.motion, kept.flicker]),
            strip=kept.strip,
        )
    return kept


def _load(path: Path) -> Kept | None:
    try:
        # Opened here: NumPy leaves a file that ends too early open.
        with path.open("rb") as stream, np.load(stream) as file:
            motion, flickering = (float(value) for value in file["figures"])
            return Kept(Sight(file["frames"], file["flow"]), motion, flickering, file["strip"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
