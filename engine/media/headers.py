"""What a picture's first bytes say: kind, size, orientation, and whether the file is all there.

Read before any decoder sees the file, so that a small file that claims billions of pixels is refused.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["png", "jpeg", "webp", "gif", "bmp", "tiff"]

_WIDTH, _HEIGHT, _ORIENTATION = 256, 257, 274
"""TIFF tags; EXIF is a small TIFF file and uses the same."""


@dataclass(frozen=True, slots=True)
class Header:
    """``width`` and ``height`` are as stored, in pixels; ``orientation`` is EXIF's, 1 to 8, 1 upright."""

    kind: Kind
    width: int
    height: int
    orientation: int = 1
    complete: bool = True
    """False when the file visibly ends too early."""


def read_header(data: bytes) -> Header | None:
    """Read the header of a whole picture file, or None when it is none of the kinds that walt opens.

    Raises:
        ValueError: when the file begins like one of them but makes no sense.
    """
    for starts, reader in _READERS:
        if data.startswith(starts):
            try:
                return reader(data)
            except (struct.error, IndexError) as error:
                raise ValueError("the header is broken") from error
    return None


def _png(data: bytes) -> Header:
    width, height = struct.unpack_from(">II", data, 16)
    orientation, at = 1, 8
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        _check_png_chunk(name, data[at + 4 : at + 12 + length], length)
        if name == b"eXIf":
            orientation = _orientation(data[at + 8 : at + 8 + length])
        at += 12 + length
        if name == b"IEND":
            return Header("png", width, height, orientation, complete=at <= len(data))
    return Header("png", width, height, orientation, complete=False)


def _check_png_chunk(name: bytes, chunk: bytes, length: int) -> None:
    """Compare the checksum of a chunk that a decoder must read: libpng would complain on the terminal."""
    critical = name[0] & 0x20 == 0
    if critical and len(chunk) == length + 8:
        (expected,) = struct.unpack(">I", chunk[-4:])
        if zlib.crc32(chunk[:-4]) != expected:
            raise ValueError("a PNG chunk is damaged")


def _jpeg(data: bytes) -> Header:
    width, height, orientation = 0, 0, 1
    for marker, at, length in _jpeg_segments(data):
        if marker == 0xE1 and data[at : at + 6] == b"Exif\0\0":
            orientation = _orientation(data[at + 6 : at + length])
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 1)
        elif marker == 0xDA:
            # In the scan, FF is always followed by 00 or a restart: the end marker cannot occur by chance.
            return Header("jpeg", width, height, orientation, complete=data.find(b"\xff\xd9", at) >= 0)
    return Header("jpeg", width, height, orientation, complete=False)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start of the payload, its length) up to and with the start of the scan."""
    at, marker = 2, 0
    while marker != 0xDA and at + 4 <= len(data):
        if data[at] != 0xFF:
            raise ValueError("a JPEG segment does not begin with a marker")
        marker = data[at + 1]
        if marker == 0xFF:  # A fill byte.
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        yield marker, at + 4, length - 2
        at += 2 + length


def _webp(data: bytes) -> Header | None:
    if data[8:12] != b"WEBP":
        return None
    size, orientation, at = (0, 0), 1, 12
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        body = at + 8
        if size == (0, 0):
            size = _webp_size(name, data, body)
        if name == b"EXIF":
            orientation = _orientation(data[body : body + length].removeprefix(b"Exif\0\0"))
        at = body + length + length % 2
    (riff,) = struct.unpack_from("<I", data, 4)
    return Header("webp", *size, orientation, complete=riff + 8 <= len(data))


def _webp_size(name: bytes, data: bytes, body: int) -> tuple[int, int]:
    """The size in the first chunk: an extended canvas, a lossless or a lossy frame."""
    if name == b"VP8X":
        low = int.from_bytes(data[body + 4 : body + 7], "little")
        return low + 1, int.from_bytes(data[body + 7 : body + 10], "little") + 1
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, body + 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, body + 6)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("a WebP file begins with an unknown chunk")


def _gif(data: bytes) -> Header:
    return Header("gif", *struct.unpack_from("<HH", data, 6))


def _bmp(data: bytes) -> Header:
    (header_size,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if header_size == 12 else "<ii", data, 18)
    return Header("bmp", width, abs(height))


def _tiff(data: bytes) -> Header:
    # The decoder turns TIFF pictures upright by itself, so their orientation is not reported.
    tags = _tiff_tags(data)
    return Header("tiff", tags.get(_WIDTH, 0), tags.get(_HEIGHT, 0))


def _orientation(exif: bytes) -> int:
    """EXIF's orientation; damaged or strange EXIF counts as upright, as elsewhere."""
    try:
        value = _tiff_tags(exif).get(_ORIENTATION, 1)
    except (struct.error, ValueError):
        return 1
    return value if 1 <= value <= 8 else 1


def _tiff_tags(data: bytes) -> dict[int, int]:
    """The first value of each short or long tag of the first directory."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        raise ValueError("not a TIFF directory")
    (start,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, start)
    tags: dict[int, int] = {}
    for at in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(order + "HH", data, at)
        if kind in (3, 4):
            (tags[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, at + 8)
    return tags


_READERS: tuple[tuple[bytes | tuple[bytes, ...], Callable[[bytes], Header | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"RIFF", _webp),
    ((b"GIF87a", b"GIF89a"), _gif),
    (b"BM", _bmp),
    ((b"II*\0", b"MM\0*"), _tiff),
)
