"""Headers of safetensors files: which tensors a file holds, and how long it has to be. No torch; no tensor is read."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.packs.sizes import MAX_HEADER_BYTES


@dataclass(frozen=True, slots=True)
class Header:
    """A file's header.

    Attributes:
        shapes: Of all tensors, by name.
        length: Bytes that a whole file of this header has.
        sha256: Of the header.
    """

    shapes: Mapping[str, tuple[int, ...]]
    length: int
    sha256: str

    def numbers(self, name: str) -> int:
        """How many numbers a tensor has."""
        return math.prod(self.shapes[name])


def read_header(file: Path) -> Header:
    """The header of a file.

    Raises:
        ValueError: it is no safetensors file.
        OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        if size > MAX_HEADER_BYTES:
            raise ValueError("the header is too large")
        text = stream.read(size)
    if len(text) < size:
        raise ValueError("the header is cut short")
    try:
        tensors: dict[str, Any] = json.loads(text)
        shapes: dict[str, tuple[int, ...]] = {}
        end = 0
        for name, tensor in tensors.items():
            if name == "__metadata__":
                continue
            shapes[name] = tuple(int(side) for side in tensor["shape"])
            end = max(end, int(tensor["data_offsets"][1]))
            if min(shapes[name], default=0) < 0:
                raise ValueError("a side is negative")
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError("the header lists no tensors") from error
    return Header(shapes, 8 + size + end, hashlib.sha256(text).hexdigest())
