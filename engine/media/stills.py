"""Pictures in and out: a still from anywhere, checked at the door, and PNG sheets written whole."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.media.headers import Header, read_header
from engine.media.resize import crop_to_aspect, fit
from engine.runtime.fault_injection import fault_point
from engine.runtime.files import atomic_write, read_plain

MAX_BYTES = 100 * 2**20
MAX_PIXELS = 100_000_000
_PNG_START = 33
"""Bytes of a PNG up to the end of its header chunk: where text may stand."""
NEUTRAL = 128
"""The grey that shows through transparent pixels."""

_KINDS = "walt opens PNG, JPEG, WebP, BMP, TIFF and GIF (its first picture)."


def load_still(path: str | Path, width: int, height: int) -> NDArray[np.uint8]:
    """Read a picture file as (height, width, 3) RGB: upright, cropped from the centre, resized.

    Grey, 16-bit and palette pictures become 8-bit RGB; transparency is laid on a neutral grey.

    Raises:
        WaltError: ``image-not-found``, ``image-unreadable``, ``image-too-large`` or ``image-not-supported``.
    """
    path = Path(path)
    return fit(_to_rgb(path, crop_to_aspect(_stored(path), width, height)), width, height)


def read_picture(path: str | Path) -> NDArray[np.uint8]:
    """Read a whole picture file as (H, W, 3) RGB: upright, in its own size.

    Raises:
        WaltError: as `load_still`.
    """
    path = Path(path)
    return _to_rgb(path, _stored(path))


def _stored(path: Path) -> NDArray[np.generic]:
    """The picture as stored, upright."""
    data = _read(path)
    header = _check(path, data)
    return _upright(_decode(path, data), header.orientation)


def write_png(path: str | Path, rgb: NDArray[np.uint8]) -> None:
    """Write an (H, W, 3) RGB picture as PNG, whole or not at all.

    Raises:
        WaltError: ``output-not-writable``.
    """
    with atomic_write(path) as part:
        fault_point("write")
        part.write_bytes(png_bytes(rgb))


def png_bytes(rgb: NDArray[np.uint8], metadata: Mapping[str, str] | None = None) -> bytes:
    """An (H, W, 3) RGB picture as a PNG file; ``metadata`` becomes its text chunks (iTXt, UTF-8)."""
    _, encoded = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    data = encoded.tobytes()
    texts = b"".join(_png_text(key, text) for key, text in (metadata or {}).items())
    return data[:_PNG_START] + texts + data[_PNG_START:]


def _png_text(key: str, text: str) -> bytes:
    body = b"iTXt" + key.encode("latin-1", "replace") + bytes(5) + text.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _read(path: Path) -> bytes:
    """The file's bytes, if it is a plain file of a sensible size."""
    try:
        fault_point("read")
        data = read_plain(path, MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise WaltError("image-not-found", f"There is no picture at {path}.", "Check the path.") from None
    except IsADirectoryError:
        raise WaltError(
            "image-unreadable", f"{path} is a folder, not a picture.", "Give a picture file."
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WaltError("image-unreadable", f"{path} cannot be read: {reason}.", "Check the file.") from error
    if len(data) > MAX_BYTES:
        limit = f"Pictures may have up to {MAX_BYTES // 2**20} MB."
        raise WaltError("image-too-large", f"{path} is too large a file.", limit)
    if not data:
        raise WaltError("image-unreadable", f"{path} is empty.", "Choose another picture.")
    return data


def _check(path: Path, data: bytes) -> Header:
    """The header, if it promises a picture that may be decoded."""
    try:
        header = read_header(data)
    except ValueError:
        raise _damaged(path) from None
    if header is None:
        raise WaltError("image-not-supported", f"{path} is not a picture that walt can open.", _KINDS)
    if header.width <= 0 or header.height <= 0:
        raise _damaged(path)
    if header.width * header.height > MAX_PIXELS:
        size = f"{header.width} × {header.height}"
        limit = f"Pictures may have up to {MAX_PIXELS // 10**6} megapixels."
        raise WaltError("image-too-large", f"{path} has {size} pixels, which is too many.", limit)
    if not header.complete:
        hint = "Copy or download the picture again."
        raise WaltError("image-unreadable", f"{path} ends too early: part of the picture is missing.", hint)
    return header


def _decode(path: Path, data: bytes) -> NDArray[np.generic]:
    """(H, W) or (H, W, C) as stored, colours in OpenCV's order BGR(A), not yet turned upright."""
    picture = None
    with _quiet_decoder():
        try:
            picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
        except (cv2.error, MemoryError) as error:
            raise _damaged(path) from error
    # The stubs promise a picture, but a file that cannot be decoded gives None.
    if picture is None:  # pyright: ignore[reportUnnecessaryComparison]
        raise _damaged(path)
    return picture


@contextmanager
def _quiet_decoder() -> Generator[None]:
    """Keep OpenCV's own complaints off the terminal: a broken picture is told in one plain line."""
    # OpenCV 4.13 moved these two.
    logging: Any = cv2 if hasattr(cv2, "setLogLevel") else cv2.utils.logging
    level = logging.getLogLevel()
    logging.setLogLevel(0)
    try:
        yield
    finally:
        logging.setLogLevel(level)


def _upright(picture: NDArray[np.generic], orientation: int) -> NDArray[np.generic]:
    """Undo EXIF's orientation: 2 mirrored, 3 upside down, 6 and 8 on a side, the others also mirrored."""
    if orientation in (5, 6, 7, 8):
        picture = picture.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    return picture


def _to_rgb(path: Path, picture: NDArray[np.generic]) -> NDArray[np.uint8]:
    """8-bit RGB from grey, BGR or BGRA of 8 or 16 bits."""
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    if picture.dtype.name not in ("uint8", "uint16") or channels not in (1, 3, 4):
        kind = f"{channels} channels of {picture.dtype}"
        raise WaltError(
            "image-not-supported", f"{path} holds {kind}, which walt cannot open.", "Save it as PNG."
        )
    if picture.dtype.name == "uint16":
        picture = np.round(picture.astype(np.float32) / 257)
    pixels = np.ascontiguousarray(picture, dtype=np.uint8).reshape(*picture.shape[:2], channels)
    if channels == 1:
        return np.repeat(pixels, 3, axis=2)
    rgb = np.ascontiguousarray(pixels[:, :, 2::-1])
    if channels == 3:
        return rgb
    alpha = pixels[:, :, 3:].astype(np.uint16)
    return ((rgb * alpha + NEUTRAL * (255 - alpha) + 127) // 255).astype(np.uint8)


def _damaged(path: Path) -> WaltError:
    return WaltError(
        "image-unreadable", f"{path} is damaged and cannot be opened.", "Choose another picture."
    )
