"""The window's title: progress of the running clip and name of the film."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget


class Title(QObject):
    """Keeps the parts of the title together."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._film = ""
        self._percent: int | None = None
        self._write()

    def name_film(self, name: str, *, modified: bool) -> None:
        """Name the film; an empty name means that it was never saved."""
        self._film = name
        self._write()
        self._window.setWindowModified(modified)

    def set_progress(self, percent: int | None) -> None:
        """Show the progress of the running clip in percent; None if there is none."""
        if percent != self._percent:
            self._percent = percent
            self._write()

    def _write(self) -> None:
        progress = "" if self._percent is None else self.tr("{0} % · ").format(self._percent)
        self._window.setWindowTitle(
            f"{progress}{self._film}[*] – walt" if self._film else f"{progress}walt[*]"
        )
