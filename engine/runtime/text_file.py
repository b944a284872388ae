"""Text that people wrote with any editor, in whatever encoding it came out."""

from __future__ import annotations

import codecs
from pathlib import Path

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAX_BYTES = 2**20


def decode(data: bytes) -> str:
    """Text as UTF-8, as its mark says (Notepad writes UTF-8 and UTF-16 with one), or in the alphabet of old Windows."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read_lines(path: Path) -> tuple[str, ...]:
    """The lines of a text file without space around them, but for empty ones; none if it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES)
    except OSError:
        return ()
    return lines_of(decode(data))


def lines_of(text: str) -> tuple[str, ...]:
    """Lines without space around them, but for empty ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
