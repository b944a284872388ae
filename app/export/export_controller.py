"""Opens the export dialog for the clip or film shown, and reports the result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.core.formatting import file_name
from app.export.export_dialog import ExportDialog, Remembered
from app.export.exporter import Exporter, ExportSource, film_source
from app.jobs.state import Running

if TYPE_CHECKING:
    from app.film.film_controller import FilmController
    from app.window.main_window import MainWindow
    from app.window.session import Session


class ExportController(QObject):
    """Connects exports to the window.

    Signals:
        said(str, object): something worth a sentence, and the file it is about, or None.
    """

    said = Signal(str, object)

    def __init__(self, window: MainWindow, session: Session, film: FilmController) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._film = film
        self._remembered = Remembered()
        self.exporter = Exporter(self)
        self.exporter.began.connect(self._on_began)
        self.exporter.saved.connect(self._on_saved)
        self.exporter.cancelled.connect(self._on_cancelled)

    @property
    def source(self) -> ExportSource | None:
        """The clip or film shown, if it can be exported."""
        session = self._session
        if session.monitor.mode == "film":
            file = self._film.document.file
            return film_source(session.film_generator.film, file.stem if file else self.tr("film"))
        clip = session.current_clip.clip
        if clip is None:
            return None
        name = Path(file_name(clip.request.words, clip.request.seed)).stem
        record = session.current_clip.record
        file = session.library.path(record) if record is not None else None
        return ExportSource(name, len(clip.frames), clip.size, clip.fps, clip, file=file)

    @property
    def waits_for(self) -> str:
        """Why the clip or film shown cannot be exported yet; empty if it can, or if there is none."""
        session = self._session
        if self.source is not None:
            return ""
        if session.monitor.mode == "film":
            film = session.film_generator.film
            if any(film.take_of(segment).pending for segment in film.segments):
                return self.tr("Available when the part of the film in progress is done")
        elif isinstance(session.state, Running):
            return self.tr("Available when the clip in progress is done")
        return ""

    @Slot()
    def open(self) -> None:
        """Ask how to export what is on show."""
        source, player = self.source, self._session.player
        if source is None:
            return
        self._remembered.metadata = self._window.preferences.now.metadata
        marked = player.part if player.marks != (None, None) else None
        dialog = ExportDialog(self.exporter, source, marked, player.position, self._remembered, self._window)
        dialog.open()

    def close(self) -> None:
        """The window goes."""
        self.exporter.close()

    @Slot(object)
    def _on_began(self, path: Path) -> None:
        self.said.emit(self.tr("Saving {0}…").format(path.name), None)

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self.said.emit(self.tr("Saved as {0}").format(path.name), path)

    @Slot(object)
    def _on_cancelled(self, path: Path) -> None:
        self.said.emit(self.tr("{0} was not saved: the export was stopped").format(path.name), None)
