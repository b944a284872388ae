"""Position and size of the window and its panels. A missing or damaged file means the defaults."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from engine.runtime.places import user_folder


class Settings:
    """Kept in one ini file in the user's configuration folder, or in ``file``; preferences are elsewhere."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or user_folder("settings") / "window.ini"
        self._store = QSettings(os.fspath(self._file), QSettings.Format.IniFormat)

    def layout(self, name: str) -> QByteArray | None:
        """A remembered arrangement of windows or panels."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def keep_layout(self, name: str, state: QByteArray) -> None:
        """Remember an arrangement."""
        self._store.setValue(f"layout/{name}", state)

    def save(self) -> None:
        """Write to the disk now."""
        self._store.sync()
