"""What a folder of examples may hold, told by the names of its files."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

VIDEO = frozenset({".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v"})
PICTURE = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif", ".bmp"})


def files_below(folder: Path, kinds: Set[str]) -> list[Path]:
    """The files of a folder and those below it whose names end in one of ``kinds``, in order.

    Hidden files and folders hold no data: macOS keeps notes in ``._name.mp4`` beside files on other systems' disks.

    Raises:
        OSError: the folder cannot be read.
    """
    found = (path for path in folder.rglob("*") if path.suffix.lower() in kinds)
    return sorted(
        path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
