"""JSON objects in files: read within a bound, written whole. What the keys mean is the caller's to check."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.runtime.files import atomic_write


def parse_object(text: str | bytes) -> dict[str, Any] | None:
    """The JSON object that ``text`` is; None if it is anything else, however it is broken."""
    try:
        values: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {str(key): value for key, value in values.items()} if isinstance(values, dict) else None


def read_object(path: Path, limit: int) -> dict[str, Any] | None:
    """The JSON object in a file of at most ``limit`` bytes; None if it holds anything else or more.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        text = file.read(limit + 1)
    return parse_object(text) if len(text) <= limit else None


def write_object(path: Path, values: Mapping[str, Any]) -> None:
    """Write a JSON object for people to read too, whole or not at all; makes the folder.

    Raises:
        WaltError: ``output-not-writable``.
    """
    with suppress(OSError):  # then writing says what is wrong with the folder
        path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part:
        part.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", "utf-8")
