"""HEIC files for tests: the four tiles of ``data/heic/quarters.heic`` below headers of all kinds.

The tiles are 256 x 256 pixels of red, green, blue and yellow, coded by x265; the picture shows 448 x 448 of them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from engine.media.heif_boxes import read_header

RED, GREEN, BLUE, YELLOW = (200, 30, 30), (30, 180, 40), (40, 60, 200), (230, 220, 40)
TILE, SIZE = 256, 448
QUARTERS = Path(__file__).parent / "data" / "heic" / "quarters.heic"


def box(kind: bytes, body: bytes, version: int | None = None, flags: int = 0) -> bytes:
    head = b"" if version is None else struct.pack(">I", version << 24 | flags)
    return struct.pack(">I4s", 8 + len(head) + len(body), kind) + head + body


def turned(quarters: int) -> bytes:
    return box(b"irot", bytes([quarters]))


def mirrored(axis: int) -> bytes:
    return box(b"imir", bytes([axis]))


def cropped(width: int, height: int, right: int, down: int) -> bytes:
    """An aperture whose centre lies so many pixels to the right of, and below, the picture's."""
    return box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, right, 1, down, 1))


def heic(
    *changes: bytes,
    primary: int = 5,
    size: tuple[int, int] = (SIZE, SIZE),
    tiles: Sequence[int] = (1, 2, 3, 4),
) -> bytes:
    """A file whose item 5 is a grid of the items 1 to 4, with other properties besides: see `turned` and its like.

    The places of items and their links are written in the widest form that the standard allows.
    """
    source = QUARTERS.read_bytes()
    picture = read_header(source)
    payloads = [source[offset : offset + length] for offset, length in picture.tiles]
    grid = struct.pack(">BBBBII", 0, 1, 1, 1, *size)
    kinds = [*(b"hvc1" for _ in payloads), b"grid"]
    entries = b"".join(
        box(b"infe", struct.pack(">IH4s", item, 0, kind) + b"\0", 3) for item, kind in enumerate(kinds, 1)
    )
    known = [box(b"hvcC", picture.decoder), box(b"ispe", struct.pack(">II", TILE, TILE), 0), *changes]
    links = struct.pack(">I", len(kinds))
    for item in range(1, len(kinds) + 1):
        own = [1, 2] if item < len(kinds) else []
        own += list(range(3, 3 + len(changes))) if item == primary else []
        links += struct.pack(f">IB{len(own)}H", item, len(own), *(0x8000 | index for index in own))
    properties = box(b"iprp", box(b"ipco", b"".join(known)) + box(b"ipma", links, 1, 1))
    parts = [
        box(b"pitm", struct.pack(">I", primary), 1),
        box(b"iinf", struct.pack(">I", len(kinds)) + entries, 1),
        box(b"iref", box(b"dimg", struct.pack(f">IH{len(tiles)}I", 5, len(tiles), *tiles)), 1),
        properties,
        box(b"idat", grid),
    ]

    def places(base: int) -> bytes:
        found, at = struct.pack(">HI", 0x8880, len(kinds)), base
        for item, payload in enumerate(payloads, 1):
            found += struct.pack(">IHHQHQQ", item, 0, 0, 0, 1, at, len(payload))
            at += len(payload)
        return box(b"iloc", found + struct.pack(">IHHQHQQ", 5, 1, 0, 0, 1, 0, len(grid)), 2)

    start = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    length = len(start) + len(box(b"meta", b"".join([*parts, places(0)]), 0)) + 8
    return start + box(b"meta", b"".join([*parts, places(length)]), 0) + box(b"mdat", b"".join(payloads))
