"""PNG files as libpng reads them: a broken note in one is left out, broken pixels are not accepted."""

from __future__ import annotations

import zlib

_START = b"\x89PNG\r\n\x1a\n"


def repaired(data: bytes) -> bytes:
    """A PNG without the optional chunks whose checksum is wrong; anything else as it is.

    Raises:
        ValueError: a chunk that the picture is made of has a wrong checksum, which Pillow does not look at.
    """
    if not data.startswith(_START):
        return data
    view, at, broken = memoryview(data), len(_START), list[tuple[int, int]]()
    while at + 12 <= len(data):
        length = int.from_bytes(view[at : at + 4], "big")
        end = at + 12 + length
        if end > len(data):
            break
        kind = bytes(view[at + 4 : at + 8])
        if zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
            if not kind[0] & 0x20:  # a capital: the picture needs it
                raise ValueError("a checksum of the PNG is wrong")
            broken.append((at, end))
        if kind == b"IEND":
            break
        at = end
    if not broken:
        return data
    starts = [0, *(end for _, end in broken)]
    ends = [*(start for start, _ in broken), len(data)]
    return b"".join(data[start:end] for start, end in zip(starts, ends, strict=True))
