"""Colours of HDR and wide-gamut pictures as sRGB, and what shows through transparent ones.

Code points are those of ITU-T H.273, which all formats share.

The transfers of standard dynamic range (BT.709, BT.2020, gamma 2.2, sRGB) stay as they are, as in players: their
differences belong to the room that a picture is watched in. A picture of BT.2020 looks like the same scene in BT.709.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

NEUTRAL = 128
"""The grey that shows through transparent pixels."""

LINEAR, PQ, HLG = 8, 16, 18
"""Transfers that are converted into sRGB's."""
_VIDEO = (1, 6, 14, 15)
"""Those of BT.709, BT.601 and BT.2020, which are meant for the same displays: gamma 2.4 (BT.1886)."""
BT709, BT2020, P3_DCI, P3_D65 = 1, 9, 11, 12

_XY: dict[int, tuple[float, ...]] = {
    BT709: (0.64, 0.33, 0.30, 0.60, 0.15, 0.06),
    BT2020: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    P3_DCI: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    P3_D65: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
"""x and y of red, green and blue. Those of BT.601 differ too little from BT.709's to be converted, as in players."""
_D65 = (0.3127, 0.3290)
_WHITE_NITS = 203.0
"""Luminance of a white page in HDR (BT.2408): it becomes the white of sRGB, but for the tone curve."""
_PEAK_NITS = 1000.0
_HLG_WHITE = 0.2645
"""Scene light of the same white in HLG: a signal of 75 %."""
_KNEE = 0.8
"""Light up to here is left as it is; highlights are pressed into what is left."""
_DEEP = 65535


def is_srgb(primaries: int, transfer: int) -> bool:
    """Whether signals with these code points are shown as they are."""
    return primaries not in (BT2020, P3_DCI, P3_D65) and transfer not in (LINEAR, PQ, HLG)


def to_srgb(signal: NDArray[np.uint16], primaries: int, transfer: int) -> NDArray[np.uint8]:
    """RGB signals (H, W, 3), full range, as 8-bit sRGB; PQ and HLG are tone-mapped."""
    light = _light(transfer)[signal]
    if primaries in _XY and primaries != BT709:
        light = np.maximum(cv2.transform(light, _to_bt709(primaries)), 0)
    if transfer in (PQ, HLG):
        peak = _PEAK_NITS / _WHITE_NITS if transfer == PQ else 1 / _HLG_WHITE
        brightest = light.max(axis=2, keepdims=True)
        light = light * (_tone(brightest, peak) / np.maximum(brightest, 1e-6))
    return _encoding(transfer in _VIDEO)[np.rint(np.clip(light, 0, 1) * _DEEP).astype(np.uint16)]


def over_grey(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 4), not premultiplied, laid on neutral grey as (H, W, 3)."""
    cover = rgba[:, :, 3:].astype(np.uint16)
    mixed = rgba[:, :, :3] * cover + NEUTRAL * (255 - cover)
    return ((mixed + 127) // 255).astype(np.uint8)


def _tone(light: NDArray[np.float32], peak: float) -> NDArray[np.float32]:
    """Light, white is 1, pressed to at most 1: unchanged up to the knee, then a hyperbola (Möbius)."""
    a = -(_KNEE**2) * (peak - 1) / (_KNEE**2 - 2 * _KNEE + peak)
    b = (_KNEE**2 - 2 * _KNEE * peak + peak) / (peak - 1)
    scale = (b * b + 2 * b * _KNEE + _KNEE**2) / (b - a)
    above = scale * (light + a) / (np.maximum(light, _KNEE) + b)
    return np.where(light <= _KNEE, light, np.minimum(above, 1)).astype(np.float32)


@lru_cache(maxsize=8)
def _light(transfer: int) -> NDArray[np.float32]:
    """Linear light for each 16-bit signal; 1 is the white of a page."""
    v = np.linspace(0, 1, _DEEP + 1)
    if transfer == LINEAR:
        light = v
    elif transfer == PQ:  # SMPTE ST 2084
        power = v ** (32 / 2523)
        light = (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (8192 / 1305)
        light *= 10000 / _WHITE_NITS
    elif transfer == HLG:  # ARIB STD-B67; light of the scene, so that colours match those of standard range
        high = (np.exp((v - 0.55991073) / 0.17883277) + 0.28466892) / 12
        light = np.where(v <= 0.5, v * v / 3, high) / _HLG_WHITE
    elif transfer in _VIDEO:
        light = v**2.4
    else:
        light = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


@lru_cache(maxsize=2)
def _encoding(video: bool) -> NDArray[np.uint8]:
    """8 bits for each 16-bit amount of light: sRGB's or a video's."""
    light = np.linspace(0, 1, _DEEP + 1)
    if video:
        signal = light ** (1 / 2.4)
    else:
        signal = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(signal * 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _to_bt709(primaries: int) -> NDArray[np.float32]:
    return (np.linalg.inv(_to_xyz(BT709)) @ _to_xyz(primaries)).astype(np.float32)


def _to_xyz(primaries: int) -> NDArray[np.float64]:
    """The matrix from RGB light to CIE XYZ, white at D65."""
    xs, ys = np.array(_XY[primaries][0::2]), np.array(_XY[primaries][1::2])
    colours = np.stack([xs / ys, np.ones(3), (1 - xs - ys) / ys])
    white = np.array([_D65[0] / _D65[1], 1, (1 - _D65[0] - _D65[1]) / _D65[1]])
    return colours * np.linalg.solve(colours, white)
