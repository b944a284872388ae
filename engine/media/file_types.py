"""What a folder of examples may hold, told by the names of its files."""

from __future__ import annotations

VIDEO = frozenset({".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v"})
PICTURE = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".bmp"})
