"""Where a clip came from, to the bit: what else, besides its request, decides the frames. Kept in the clip's file.

No torch here: a clip's file is read without it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

KEY = "walt_origin"
"""Beside ``walt``, the request, in a file's metadata."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Versions, machine and files behind a clip; hashes are SHA-256 in hex, of files that are not named here."""

    walt: str
    torch: str
    device: str
    """Kind of device and number format, e.g. ``cpu bfloat16``, or ``cuda bfloat16 int8`` for weights in 8 bits."""
    threads: int
    """Processor threads: sums are split by them, so they decide the last bits."""
    pack: str
    """Of the pack's manifest, which holds the hashes of all its files."""
    stage: str
    """The last stage in the clip: an earlier one than was asked for when it was cancelled."""
    still: str = ""
    source: str = ""
    libraries: str = ""
    """Versions of the libraries that ran an open model; empty for walt's own networks."""
    residency: str = ""
    """How an open model's parts were kept in memory, which decides the last bits of its frames."""

    def to_json(self) -> str:
        """As it is kept in a file."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote, from a file that may come from anyone.

        Raises:
            ValueError: when it is something else.
        """
        try:
            said: Any = json.loads(text)
            later = {"libraries": "", "residency": ""}  # not in clips of an earlier walt
            made = cls(**{field.name: (later | said)[field.name] for field in fields(cls)})
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("not the provenance of a clip") from error
        kinds = {field.name: type(getattr(made, field.name)).__name__ for field in fields(cls)}
        if any(kinds[field.name] != field.type for field in fields(cls)) or not 1 <= made.threads <= 1024:
            raise ValueError("not the provenance of a clip")
        return made

    def differences(self, other: Provenance) -> list[str]:
        """In words, what was not the same when ``other`` was made; files aside, which are checked before."""
        names = ("walt", "torch", "device", "threads", "libraries", "residency")
        pairs = ((name, getattr(self, name), getattr(other, name)) for name in names)
        return [f"{name} {before}, now {now}" for name, before, now in pairs if before != now]


def file_hash(path: str | Path | None) -> str:
    """SHA-256 of a file that was opened before; empty for none."""
    if path is None:
        return ""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
