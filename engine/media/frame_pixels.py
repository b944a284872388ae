"""A decoded frame as its file means it: sRGB in 8 bits, on grey where it is transparent, square pixels, upright."""

from __future__ import annotations

import struct
from fractions import Fraction

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from engine.media import colours
from engine.media.resize import fit

Picture = NDArray[np.uint8 | np.uint16]
MAX_PIXELS = 8192 * 8192

ACCURATE = 4 | 0x40000 | 0x2000
"""swscale: bicubic, accurate rounding, full chroma. Without the second, a clip comes in one level darker."""
_UNSPECIFIED, _BT601, _BT709, _BT2020 = 2, 5, 1, 9
_MATRIX_OF = {1: _BT709, 5: _BT601, 6: _BT601, 7: 7, 9: _BT2020}
"""Primaries to the matrix that goes with them, for files that name only the former."""
_MOST_ASPECT = 16
_HD_WIDTH, _SD_HEIGHT = 1280, 576


def frame_pixels(
    frame: VideoFrame, aspect: Fraction | None = None, size: tuple[int, int] | None = None
) -> NDArray[np.uint8]:
    """(H, W, 3) sRGB, contiguous.

    Args:
        frame: As decoded.
        aspect: Width of its pixels over their height; None for square ones.
        size: (width, height) to fit it to, cropped from the centre. None leaves the size.
    """
    picture = _upright(_square(_signals(frame), aspect), frame)
    if size is not None:
        picture = fit(picture, *size)
    if picture.dtype == np.uint16:  # after fitting: there is less of it then
        picture = colours.to_srgb(picture.astype(np.uint16), frame.color_primaries, frame.color_trc)
    return np.ascontiguousarray(picture, dtype=np.uint8)


def _signals(frame: VideoFrame) -> Picture:
    """(H, W, 3) RGB, in 16 bits where colours are still to be converted."""
    clear = frame.format.has_palette or any(part.is_alpha for part in frame.format.components)
    deep = not colours.is_srgb(frame.color_primaries, frame.color_trc)
    wanted = ("rgba64le" if clear else "rgb48le") if deep else ("rgba" if clear else "rgb24")
    pixels = frame.reformat(
        format=wanted, src_colorspace=_matrix(frame), src_color_range=frame.color_range, interpolation=ACCURATE
    ).to_ndarray()
    if clear and deep:
        rgb = colours.to_srgb(pixels[:, :, :3].astype(np.uint16), frame.color_primaries, frame.color_trc)
        return colours.over_grey(np.dstack([rgb, (pixels[:, :, 3] // 257).astype(np.uint8)]))
    if clear:
        return colours.over_grey(pixels.astype(np.uint8, copy=False))
    return pixels.astype(np.uint16 if deep else np.uint8, copy=False)


def _matrix(frame: VideoFrame) -> int:
    if frame.colorspace != _UNSPECIFIED:
        return frame.colorspace
    # The custom of players for files that do not say: standard definition is BT.601, high BT.709.
    large = frame.width >= _HD_WIDTH or frame.height > _SD_HEIGHT
    return _MATRIX_OF.get(frame.color_primaries, _BT709 if large else _BT601)


def _square(picture: Picture, aspect: Fraction | None) -> Picture:
    """Stretched in the direction that loses nothing, as players do; an aspect that makes no sense is ignored."""
    if not aspect or aspect == 1 or not 1 / _MOST_ASPECT <= aspect <= _MOST_ASPECT:
        return picture
    height, width = picture.shape[:2]
    width, height = (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))
    if width * height > MAX_PIXELS:
        return picture
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC), picture.dtype)


def _upright(picture: Picture, frame: VideoFrame) -> Picture:
    """Turned and mirrored as the display matrix says."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return picture
    a, b, _, c, d = struct.unpack("=5i", bytes(data)[:20])
    on_its_side = abs(b) + abs(c) > abs(a) + abs(d)
    across, down = (c, b) if on_its_side else (a, d)
    picture = picture.swapaxes(0, 1) if on_its_side else picture
    picture = picture[:, ::-1] if across < 0 else picture
    return np.ascontiguousarray(picture[::-1] if down < 0 else picture)
