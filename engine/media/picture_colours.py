"""Pillow's pictures as sRGB: by their profile, code points or gamma, and on grey where they are transparent."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from engine.media import colours

_CICP = re.compile(rb"\0\0\0\x04cICP(..)", re.DOTALL)
_NCLX = re.compile(rb"colrnclx\0(.)\0(.)", re.DOTALL)
"""Primaries and transfer as in ITU-T H.273, in a PNG and in an AVIF."""
HEAD_BYTES = 2**16
"""Both stand within so many bytes from the beginning of a file."""
_USUAL_GAMMA, _CLOSE = 1 / 2.2, 0.02

Pixels = NDArray[np.uint8]


class Conversion:
    """Turns parts of a picture, which has been decoded, into (H, W, 3) sRGB. ``head`` are its file's first bytes."""

    def __init__(self, image: Image.Image, head: bytes) -> None:
        self._mode = _mode(image)
        codes = _codes(image, head)
        self._convert = _by_codes(*codes) if codes is not None and not colours.is_srgb(*codes) else None
        self._transform = None if self._convert else _to_srgb(image, self._mode)
        if self._convert is None and self._transform is None:
            self._convert = _by_gamma(image)

    def __call__(self, part: Image.Image, shrink: int = 1) -> Pixels:
        """A part of the picture, smaller by a whole number."""
        part = _converted(part, self._mode)
        if shrink > 1:
            part = part.reduce(shrink)
        if self._transform is not None:
            part = ImageCms.applyTransform(part, self._transform) or part
        pixels = np.asarray(part if part.mode == "RGBA" else part.convert("RGB"))
        if self._convert is not None:
            rgb = self._convert(pixels[:, :, :3])
            pixels = rgb if pixels.shape[2] == 3 else np.dstack([rgb, pixels[:, :, 3]])
        return pixels if pixels.shape[2] == 3 else colours.over_grey(pixels)


def _mode(image: Image.Image) -> str:
    """The 8-bit mode in which a picture is worked on: L, RGB, RGBA, CMYK or LAB."""
    if image.mode.startswith("I"):
        return "L"
    if image.has_transparency_data:
        return "RGBA"
    return {"1": "L", "L": "L", "CMYK": "CMYK", "LAB": "LAB"}.get(image.mode, "RGB")


def _converted(part: Image.Image, mode: str) -> Image.Image:
    if part.mode.startswith("I"):  # 16 bits, which Pillow would cut off at 255
        return Image.fromarray(np.clip(np.asarray(part) >> 8, 0, 255).astype(np.uint8))
    return part if part.mode == mode else part.convert(mode)


def _to_srgb(image: Image.Image, mode: str) -> ImageCms.ImageCmsTransform | None:
    """What turns the colours of the file's own profile into sRGB; a profile that makes no sense is ignored."""
    with suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
        data: bytes = image.info.get("icc_profile") or b""
        if data or mode == "LAB":
            lab = mode == "LAB"
            return ImageCms.buildTransform(
                ImageCms.createProfile("LAB") if lab else ImageCms.ImageCmsProfile(io.BytesIO(data)),
                ImageCms.createProfile("sRGB"),
                mode,
                "RGBA" if mode == "RGBA" else "RGB",
                ImageCms.Intent.RELATIVE_COLORIMETRIC,
                ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
    return None


def _codes(image: Image.Image, head: bytes) -> tuple[int, int] | None:
    """Primaries and transfer, if the file names them. In an AVIF a profile goes before them, in a PNG it does not."""
    if "nclx" in image.info:
        return image.info["nclx"]
    pattern = {"PNG": _CICP, "AVIF": _NCLX}.get(image.format or "")
    if pattern is None or (image.format == "AVIF" and image.info.get("icc_profile")):
        return None
    found = pattern.search(head)
    codes = b"".join(found.groups()) if found else b""
    return (codes[0], codes[1]) if codes else None


def _by_codes(primaries: int, transfer: int) -> Callable[[Pixels], Pixels]:
    return lambda rgb: colours.to_srgb(rgb.astype(np.uint16) * 257, primaries, transfer)


def _by_gamma(image: Image.Image) -> Callable[[Pixels], Pixels] | None:
    """What undoes the gamma that an old PNG states, if it is not the usual one."""
    gamma = image.info.get("gamma")
    if not isinstance(gamma, float) or "srgb" in image.info or abs(gamma - _USUAL_GAMMA) < _CLOSE or gamma <= 0:
        return None
    table = _gamma_table(gamma)
    return lambda rgb: table[rgb]


@lru_cache(maxsize=4)
def _gamma_table(gamma: float) -> Pixels:
    light = np.linspace(0, 1, 256)[None, :, None] ** (1 / gamma)
    deep = np.repeat(np.rint(light * 65535), 3, axis=2).astype(np.uint16)
    return colours.to_srgb(deep, colours.BT709, colours.LINEAR)[0, :, 0]
