"""Sample sheets: pictures that a person looks at while a model trains."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


def write_png(path: Path, rgb: NDArray[np.uint8]) -> None:
    """Write (H, W, 3) RGB as PNG."""
    cv2.imwrite(str(path), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
