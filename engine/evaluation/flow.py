"""Motion as numbers: dense optical flow, how much moves, where the whole picture goes, and how much flickers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.uint8]
Field = NDArray[np.float32]

_REFERENCE = 224
"""Magnitudes are given for a picture so many pixels wide, so that sizes can be compared."""


def flows(frames: Frames) -> Field:
    """Optical flow (T - 1, H, W, 2) of frames (T, H, W, 3): where each pixel of a frame goes, in pixels (x, y)."""
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
    found = [finder.calc(a, b, np.empty(0)) for a, b in pairwise(grey)]
    return np.stack(found).astype(np.float32)


def magnitude(field: Field) -> float:
    """Mean length of the flow, in pixels a frame of a picture 224 wide."""
    return float(np.hypot(field[..., 0], field[..., 1]).mean() * _REFERENCE / field.shape[2])


def flicker(frames: Frames, field: Field) -> float:
    """Mean difference, in grey levels, between a frame and the one before carried along its flow: what no motion
    explains. Pixels that leave the picture do not count."""
    h, w = field.shape[1:3]
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    total = 0.0
    for now, after, flow in zip(frames, frames[1:], field, strict=False):
        x, y = xs + flow[..., 0], ys + flow[..., 1]
        inside = (x >= 0) & (x <= w - 1) & (y >= 0) & (y <= h - 1)
        seen = cv2.remap(after, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        gap = np.abs(seen.astype(np.float32) - now.astype(np.float32)).mean(-1)
        total += float(gap[inside].mean()) if inside.any() else 0.0
    return total / len(field)


@dataclass(frozen=True, slots=True)
class GlobalMotion:
    """How the whole picture moves over a clip, in shares of its width.

    Attributes:
        x, y: Sum of the median flow: right and down are positive. A camera that pans left moves the picture right.
        growth: Sum of how much the picture grows a frame, 0.1 for a tenth.
    """

    x: float
    y: float
    growth: float


def global_motion(field: Field) -> GlobalMotion:
    """Fit shift and scale to the flow of each frame, robustly, and add them up."""
    h, w = field.shape[1:3]
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    dx, dy = xs - (w - 1) / 2, ys - (h - 1) / 2
    far = dx**2 + dy**2 > (0.15 * w) ** 2
    x = y = growth = 0.0
    for flow in field:
        mx, my = float(np.median(flow[..., 0])), float(np.median(flow[..., 1]))
        away = ((flow[..., 0] - mx) * dx + (flow[..., 1] - my) * dy) / np.maximum(dx**2 + dy**2, 1)
        x, y, growth = x + mx / w, y + my / w, growth + float(np.median(away[far]))
    return GlobalMotion(x, y, growth)


VISIBLE = 0.03
"""The least shift, in shares of the width, and the least growth that count as a camera's move."""


def obeys(camera: str, motion: GlobalMotion) -> bool:
    """Whether the picture moved over the clip as that camera moves it: in the right direction, and visibly.

    A still camera obeys where nothing of that kind is visible.

    Raises:
        ValueError: for an orbit, which is told from a pan by what is near and far, not by the picture's motion.
    """
    x, y, growth = motion.x, motion.y, motion.growth
    match camera:
        case "pan_left":
            return x > max(VISIBLE, abs(y))
        case "pan_right":
            return -x > max(VISIBLE, abs(y))
        case "tilt_up":
            return y > max(VISIBLE, abs(x))
        case "tilt_down":
            return -y > max(VISIBLE, abs(x))
        case "zoom_in":
            return growth > VISIBLE
        case "zoom_out":
            return -growth > VISIBLE
        case "still":
            return max(abs(x), abs(y), abs(growth)) < VISIBLE
        case _:
            raise ValueError(f"the direction of {camera!r} can't be told from the picture alone")
