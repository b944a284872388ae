"""Where a still's pixels are in a later frame of its clip: tracked points, and the best projective fit of them all.

A fit is a homography (3, 3): it takes a point (x, y, 1) of the still to the frame, in the frame's pixels.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.evaluation.flow import Field, flows

Frames = NDArray[np.uint8]
Grey = NDArray[np.float32]
Fit = NDArray[np.float64]
Points = NDArray[np.float32]

_STEP = 12
"""Pixels between tracked points."""
_TEXTURE = 2.0
"""Grey levels a pixel: where the picture changes less, flow is a guess."""
_ROUNDS = 100
"""Of each refinement, at most."""
_REFINEMENTS = (
    (cv2.MOTION_AFFINE, 4.0), (cv2.MOTION_AFFINE, 1.0), (cv2.MOTION_HOMOGRAPHY, 1.0),
)  # fmt: skip
"""One after the other, with the blur in pixels: a homography alone often runs away."""
_LEAST = 200
"""Pixels with texture below which nothing is said."""


def grey(frame: Frames) -> Grey:
    """A frame (H, W, 3) as grey levels (H, W)."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.float32)


def slopes(frame: Frames) -> Grey:
    """How steep a frame (H, W, 3) is, in grey levels a pixel (H, W)."""
    soft = cv2.GaussianBlur(grey(frame), (0, 0), 1.5)
    steep = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)) / 8
    return np.asarray(steep, np.float32)


def track(frames: Frames, field: Field) -> tuple[Points, Points]:
    """Points (N, 2) of the first frame with texture around them, and where the flow takes them by the last.

    Points that leave the picture on the way are left out.
    """
    height, width = frames.shape[1:3]
    slope = slopes(frames[0])
    ys, xs = np.mgrid[_STEP // 2 : height : _STEP, _STEP // 2 : width : _STEP]
    begin = np.stack([xs.ravel(), ys.ravel()], 1).astype(np.float32)
    begin = begin[slope[begin[:, 1].astype(int), begin[:, 0].astype(int)] > _TEXTURE]
    now = begin.copy()
    for flow in field:
        now += _sampled(flow, now)
        inside = (now >= 0).all(1) & (now[:, 0] <= width - 1) & (now[:, 1] <= height - 1)
        begin, now = begin[inside], now[inside]
    return begin, now


def _sampled(flow: NDArray[np.float32], points: Points) -> Points:
    """The flow (H, W, 2) at points (N, 2), between pixels too."""
    if not len(points):
        return np.empty((0, 2), np.float32)
    found = cv2.remap(flow, points[:, None, 0].copy(), points[:, None, 1].copy(), cv2.INTER_LINEAR)
    return np.asarray(found, np.float32)[:, 0]


def projective_fit(begin: Points, end: Points) -> Fit | None:
    """The homography with the least median of squared residuals; None for fewer than a dozen points."""
    if len(begin) < 12:
        return None
    found, _ = cv2.findHomography(begin, end, cv2.LMEDS)
    fit = np.asarray(found, np.float64)
    return fit if fit.shape == (3, 3) else None  # OpenCV may give nothing, whatever its types say


def global_fit(still: Frames, frames: Frames) -> Fit:
    """Fit of the still (H, W, 3) to the last of a clip's frames (T, H, W, 3).

    Flow from frame to frame gives the fit, and the pixels of still and frame make it exact where they agree. Where
    nothing can be tracked the still counts as not moved.
    """
    fit = projective_fit(*track(frames, flows(frames)))
    return np.eye(3) if fit is None else refine(still, frames[-1], fit)


def bending(still: Frames, frame: Frames, fit: Fit) -> float | None:
    """Median motion that is left between the still and a frame that the fit is undone in, where there is texture.

    In pixels of a picture 896 wide; None where too little of the still is visible.
    """
    undone = _pulled(frame, fit)
    seen = _pulled(np.full(frame.shape[:2], 255, np.uint8), fit) > 250
    where = (slopes(still) > _TEXTURE) & seen
    if where.sum() < _LEAST:
        return None
    left = flows(np.stack([still, undone]))[0][where]
    return float(np.median(np.hypot(left[:, 0], left[:, 1])) * 896 / frame.shape[1])


def refine(still: Frames, frame: Frames, fit: Fit) -> Fit:
    """A fit by the pixels themselves (ECC, Evangelidis and Psarakis, 2008), from one that is nearly right.

    First affine and soft, then sharp, then projective; a search that fails or finds no better fit changes nothing.
    """
    for kind, blur in _REFINEMENTS:
        fit = _refined(still, frame, fit, kind, blur)
    return fit


def _refined(still: Frames, frame: Frames, fit: Fit, kind: int, blur: float) -> Fit:
    a, b = (np.asarray(cv2.GaussianBlur(grey(x), (0, 0), blur), np.float32) for x in (still, frame))
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ROUNDS, 1e-6)
    start = np.asarray(np.linalg.inv(fit), np.float32)  # ECC's warp goes from the frame to the still
    start /= start[2, 2]
    begin = start[:2].copy() if kind == cv2.MOTION_AFFINE else start.copy()
    mask = np.full(a.shape, 255, np.uint8)
    try:
        _, found = cv2.findTransformECC(b, a, begin, kind, stop, mask, 1)
    except cv2.error:
        return fit
    warp = np.vstack([found, [0, 0, 1]])[:3]
    back: Fit = np.linalg.inv(np.asarray(warp, np.float64)).astype(np.float64)
    return back if _agreement(a, b, warp) > _agreement(a, b, start) else fit


def _agreement(still: Grey, frame: Grey, warp: NDArray[Any]) -> float:
    """Correlation of a frame with the still, where a warp shows it."""
    seen = _pulled(np.full(still.shape, 255, np.uint8), warp) > 250
    if seen.sum() < _LEAST:
        return -1.0
    return float(np.corrcoef(_pulled(still, warp)[seen], frame[seen])[0, 1])


def _pulled(picture: NDArray[Any], warp: NDArray[Any]) -> NDArray[Any]:
    """A picture (H, W, ...) read where ``warp`` takes each of its own pixels to."""
    height, width = picture.shape[:2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(picture, warp, (width, height), flags=flags)
