"""More frames a second than were made: each frame repeated, or frames in between by optical flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Flow = NDArray[np.float32]

CUT = 40.0
"""Mean difference, of 255, between two warped neighbours above which they are two scenes, not one motion."""


def retimed(frames: Iterable[Pixels], times: int, *, smooth: bool) -> Iterator[Pixels]:
    """``times`` frames for each of ``frames``, so that the clip lasts as long at ``times`` its frame rate.

    With ``smooth`` the frames between are estimated (dense inverse search flow); those after the last frame
    repeat it. Without, every frame is repeated.
    """
    if times == 1 or not smooth:
        for frame in frames:
            yield from [frame] * times
        return
    previous: Pixels | None = None
    for frame in frames:
        if previous is not None:
            yield previous
            yield from between(previous, frame, times)
        previous = frame
    if previous is not None:
        yield from [previous] * times


def between(before: Pixels, after: Pixels, times: int) -> Iterator[Pixels]:
    """``times - 1`` frames between two: both warped along the flow, blended by nearness and agreement."""
    forward, backward = _flow(before, after), _flow(after, before)
    for step in range(1, times):
        yield _at(before, after, forward, backward, step / times)


def _flow(one: Pixels, other: Pixels) -> Flow:
    """(H, W, 2): where each pixel of ``one`` is in ``other``."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    here, there = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (one, other))
    start = np.zeros((*one.shape[:2], 2), np.float32)
    return np.asarray(search.calc(here, there, start), np.float32)


def _at(before: Pixels, after: Pixels, forward: Flow, backward: Flow, t: float) -> Pixels:
    """The frame at time ``t`` between 0 and 1, with the flows from there put together from both directions."""
    to_before = -(1 - t) * t * forward + t * t * backward
    to_after = (1 - t) * (1 - t) * forward - t * (1 - t) * backward
    one, other = _warp(before, to_before.astype(np.float32)), _warp(after, to_after.astype(np.float32))
    if float(np.abs(one - other).mean()) > CUT:
        return before if t < 0.5 else after
    mixed = (1 - t) * one + t * other
    return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def _warp(frame: Pixels, flow: Flow) -> NDArray[np.float32]:
    height, width = frame.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    warped = cv2.remap(
        frame, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.float32)
