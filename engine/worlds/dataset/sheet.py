"""Contact sheets: one row of frames a clip, with its title."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

BAR = 16


def contact_sheet(
    clips: Sequence[NDArray[np.uint8]], titles: Sequence[str], columns: int
) -> NDArray[np.uint8]:
    """A picture uint8 (H, W, 3): each clip (T, h, w, 3) gives one row of `columns` frames under its title."""
    rows: list[NDArray[np.uint8]] = []
    for clip, title in zip(clips, titles, strict=True):
        picks = np.linspace(0, len(clip) - 1, columns).round().astype(int)
        strip = np.concatenate([clip[i] for i in picks], axis=1)
        bar = np.zeros((BAR, strip.shape[1], 3), np.uint8)
        cv2.putText(bar, title, (3, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.40, (255, 255, 255), 1, cv2.LINE_AA)
        rows += [bar, strip]
    width = max(r.shape[1] for r in rows)
    return np.concatenate([np.pad(r, ((0, 0), (0, width - r.shape[1]), (0, 0))) for r in rows])
