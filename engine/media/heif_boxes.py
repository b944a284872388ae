"""The header of a HEIF picture (ISO/IEC 23008-12): which HEVC pictures it is put together from, and how.

Phones store one photograph as a grid of tiles. FFmpeg's library returns the tiles one by one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_MAX_ITEMS, _MAX_TILES = 4096, 4096
_CODED, _GRID = b"hvc1", b"grid"
_IN_FILE, _IN_HEADER = 0, 1
"""Construction methods of an item: its bytes stand at a place in the file, or in the box `idat`."""

Nclx = tuple[int, int, int, bool]
"""Primaries, transfer and matrix as in ITU-T H.273, and whether the values use the full range."""


@dataclass(frozen=True, slots=True)
class Property:
    """A box of `ipco`: what is known of one or several items."""

    kind: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class HeifPicture:
    """The primary picture of a file.

    ``size`` is (width, height) as decoded; ``tiles`` are places (offset, bytes) in the file, row by row, of which the
    grid has ``columns`` a row; ``decoder`` is HEVC's configuration (`hvcC`); ``changes`` are `clap`, `irot` and `imir`
    in the order in which they are applied; ``profile`` is an ICC profile, empty if there is none.
    """

    size: tuple[int, int]
    columns: int
    tiles: tuple[tuple[int, int], ...]
    decoder: bytes
    changes: tuple[Property, ...]
    profile: bytes
    nclx: Nclx | None


@dataclass(slots=True)
class _Meta:
    """What the box `meta` tells, by item."""

    primary: int = 0
    kinds: dict[int, bytes] = field(default_factory=dict[int, bytes])
    tiles: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    places: dict[int, tuple[int, int, int]] = field(default_factory=dict[int, tuple[int, int, int]])
    properties: dict[int, list[Property]] = field(default_factory=dict[int, list[Property]])
    data: bytes = b""


def read_header(data: bytes) -> HeifPicture:
    """The primary picture of a HEIF file.

    Raises:
        ValueError: the file is damaged, or its primary picture is not made of HEVC pictures.
    """
    try:
        meta = _read_meta(next(body for kind, body in _boxes(data) if kind == b"meta")[4:])
        return _picture(data, meta)
    except (struct.error, IndexError, KeyError, StopIteration) as error:
        raise ValueError("the header of the picture is damaged") from error


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of the boxes that follow each other in ``data``; what lies beyond its end is cut off."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,), head = struct.unpack_from(">Q", data, at + 8), 16
        size = size or len(data) - at
        if size < head:
            raise ValueError("a box is shorter than its head")
        yield kind, data[at + head : at + size]
        at += size


def _read_meta(data: bytes) -> _Meta:
    meta = _Meta()
    for kind, body in _boxes(data):
        if kind == b"pitm":
            (meta.primary,) = struct.unpack_from(">I" if body[0] else ">H", body, 4)
        elif kind == b"iinf":
            entries = body[8 if body[0] else 6 :]
            meta.kinds = dict(
                _item_kind(entry) for name, entry in _boxes(entries) if name == b"infe" and entry[0] >= 2
            )
        elif kind == b"iref":
            meta.tiles = _tiles(body)
        elif kind == b"iloc":
            meta.places = _places(body)
        elif kind == b"iprp":
            meta.properties = _properties(body)
        elif kind == b"idat":
            meta.data = body
    return meta


def _item_kind(entry: bytes) -> tuple[int, bytes]:
    item, _, kind = struct.unpack_from(">HH4s" if entry[0] == 2 else ">IH4s", entry, 4)
    return item, kind


def _tiles(body: bytes) -> dict[int, tuple[int, ...]]:
    """The items that others are derived from, in order."""
    found: dict[int, tuple[int, ...]] = {}
    letter, wide = ("I", 4) if body[0] else ("H", 2)
    for kind, entry in _boxes(body[4:]):
        if kind == b"dimg":
            item, count = struct.unpack_from(f">{letter}H", entry)
            found[item] = struct.unpack_from(f">{count}{letter}", entry, wide + 2)
    return found


def _places(body: bytes) -> dict[int, tuple[int, int, int]]:
    """Items to (construction method, offset, bytes); one that is stored in several pieces is left out."""
    version, sizes = body[0], struct.unpack_from(">H", body, 4)[0]
    widths = [sizes >> shift & 15 for shift in (12, 8, 4, 0)]  # of an offset, a length, a base, an index
    at = 6

    def number(width: int) -> int:
        nonlocal at
        value = body[at : at + width]
        if len(value) < width:
            raise ValueError("the places of the items are cut off")
        at += width
        return int.from_bytes(value, "big")

    wide = 4 if version == 2 else 2
    count = number(wide)
    found: dict[int, tuple[int, int, int]] = {}
    for _ in range(_at_most(count, _MAX_ITEMS)):
        item = number(wide)
        method = number(2) & 15 if version else _IN_FILE
        at += 2  # the file that it lies in: this one
        base = number(widths[2])
        for extent in range(number(2)):
            if version:
                number(widths[3])
            place = (method, base + number(widths[0]), number(widths[1]))
            if extent == 0:
                found[item] = place
            else:
                found.pop(item, None)
    return found


def _properties(body: bytes) -> dict[int, list[Property]]:
    """Items to what is known of them, in the order in which it is applied."""
    parts = dict(_boxes(body))
    known = [Property(kind, data) for kind, data in _boxes(parts[b"ipco"])]
    links, found = parts[b"ipma"], dict[int, list[Property]]()
    wide, large = (4 if links[0] else 2), bool(links[3] & 1)
    at = 8
    for _ in range(_at_most(struct.unpack_from(">I", links, 4)[0], _MAX_ITEMS)):
        item, count = int.from_bytes(links[at : at + wide], "big"), links[at + wide]
        at += wide + 1
        step = 2 if large else 1
        indices = [int.from_bytes(links[at + n * step : at + (n + 1) * step], "big") for n in range(count)]
        at += count * step
        indices = [index & (0x7FFF if large else 0x7F) for index in indices]
        found[item] = [known[index - 1] for index in indices if index]
    return found


def _at_most(count: int, limit: int) -> int:
    if count > limit:
        raise ValueError("the picture has too many parts")
    return count


def _picture(data: bytes, meta: _Meta) -> HeifPicture:
    item, kind = meta.primary, meta.kinds[meta.primary]
    own = meta.properties.get(item, [])
    columns, size, items = 1, _size(own), (item,)
    if kind == _GRID:
        rows, columns, size = _grid(_content(data, meta, item))
        items = meta.tiles[item]
        if len(items) != rows * columns or not 1 <= len(items) <= _MAX_TILES:
            raise ValueError("tiles of the picture are missing")
    elif kind != _CODED:
        raise ValueError("the picture is not made of HEVC pictures")
    if any(meta.kinds[tile] != _CODED for tile in items):
        raise ValueError("the tiles of the picture are not HEVC pictures")
    if min(size) < 1:
        raise ValueError("the picture has no size")
    first = meta.properties[items[0]]
    colours = [*own, *first]
    return HeifPicture(
        size=size,
        columns=columns,
        tiles=tuple(_place_in_file(meta, tile) for tile in items),
        decoder=next(entry.data for entry in first if entry.kind == b"hvcC"),
        changes=tuple(entry for entry in own if entry.kind in (b"clap", b"irot", b"imir")),
        profile=next((entry.data[4:] for entry in colours if _is_colour(entry, b"prof", b"rICC")), b""),
        nclx=next((_nclx(entry.data) for entry in colours if _is_colour(entry, b"nclx")), None),
    )


def _grid(content: bytes) -> tuple[int, int, tuple[int, int]]:
    """Rows, columns and (width, height) of what shows of them."""
    width, height = struct.unpack_from(">II" if content[1] & 1 else ">HH", content, 4)
    return content[2] + 1, content[3] + 1, (width, height)


def _size(properties: list[Property]) -> tuple[int, int]:
    for entry in properties:
        if entry.kind == b"ispe":
            width, height = struct.unpack_from(">II", entry.data, 4)
            return width, height
    return 0, 0


def _content(data: bytes, meta: _Meta, item: int) -> bytes:
    method, offset, length = meta.places[item]
    return (meta.data if method == _IN_HEADER else data)[offset : offset + length]


def _place_in_file(meta: _Meta, item: int) -> tuple[int, int]:
    method, offset, length = meta.places[item]
    if method != _IN_FILE:
        raise ValueError("a tile is not stored in the file's own data")
    return offset, length


def _is_colour(entry: Property, *kinds: bytes) -> bool:
    return entry.kind == b"colr" and entry.data[:4] in kinds


def _nclx(data: bytes) -> Nclx:
    primaries, transfer, matrix, full = struct.unpack_from(">HHHB", data, 4)
    return primaries, transfer, matrix, bool(full & 0x80)
