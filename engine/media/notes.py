"""Metadata in GIF and WebP, for which FFmpeg writes none: a comment in the one, EXIF's user comment in the other."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

_TRAILER, _COMMENT, _BLOCK = b";", b"\x21\xfe", 255
_CHUNK = struct.Struct("<4sI")
_ASCII = b"ASCII\0\0\0"
_HAS_EXIF = 0x08


def add_gif_note(file: Path, metadata: Mapping[str, str]) -> None:
    """Add metadata to a GIF that is whole."""
    note = json.dumps(dict(metadata)).encode("ascii")
    blocks = (note[at : at + _BLOCK] for at in range(0, len(note), _BLOCK))
    data = file.read_bytes().removesuffix(_TRAILER)
    comment = _COMMENT + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
    file.write_bytes(data + comment + _TRAILER)


def add_webp_note(file: Path, metadata: Mapping[str, str], size: tuple[int, int]) -> None:
    """Add metadata to a WebP of ``size`` (width, height) that is whole."""
    exif = Image.Exif()
    exif[ExifTags.Base.Software] = "walt"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = _ASCII + json.dumps(dict(metadata)).encode("ascii")
    body = exif.tobytes().removeprefix(b"Exif\0\0")
    chunks = bytearray(file.read_bytes()[12:])
    if not chunks.startswith(b"VP8X"):  # a clip that stands still is a plain picture
        sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
        chunks[:0] = _CHUNK.pack(b"VP8X", 10) + bytes(4) + sides
    chunks[_CHUNK.size] |= _HAS_EXIF
    chunks += _CHUNK.pack(b"EXIF", len(body)) + body + bytes(len(body) % 2)
    file.write_bytes(_CHUNK.pack(b"RIFF", 4 + len(chunks)) + b"WEBP" + chunks)


def webp_note(image: Image.Image) -> dict[str, str]:
    """The metadata in the EXIF of an open WebP; empty if there is none of walt's."""
    try:
        comment: Any = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment, b"")
    except Exception:  # damaged EXIF raises whatever its parser raises
        return {}
    if not isinstance(comment, bytes):
        return {}
    return parse_note(comment.removeprefix(_ASCII).decode("ascii", "replace"))


def parse_note(text: str) -> dict[str, str]:
    """The metadata that a GIF's comment holds; empty if it is anything else."""
    try:
        values: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {str(key): value for key, value in values.items() if isinstance(value, str)}
