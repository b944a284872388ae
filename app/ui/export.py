"""Export to MP4: ask where, write on a worker thread, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.model.words import file_name
from app.tasks import Tasks
from engine.clip import Clip
from engine.errors import WaltError

Writer = Callable[[Path, Clip], object]


def write_with_engine(path: Path, clip: Clip) -> None:
    """The engine's own atomic writer, loaded when first needed."""
    from engine.media.clips import provenance, write_mp4

    write_mp4(path, clip.frames, clip.fps, provenance(clip))


class Exporter(QObject):
    """Asks for a file name and writes the clip.

    Signals:
        began(Path), saved(Path), failed(WaltError)
    """

    began = Signal(object)
    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, window: QWidget, writer: Writer = write_with_engine) -> None:
        super().__init__(window)
        self._tasks = tasks
        self._window = window
        self._writer = writer
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        self._clip: Clip | None = None

    def ask(self, clip: Clip) -> None:
        """Open the file dialog for a clip."""
        self._clip = clip
        name = str(Path(self._folder) / file_name(clip.request.prompt, clip.request.seed))
        dialog = QFileDialog(self._window, self.tr("Export Clip"), name, self.tr("MP4 video (*.mp4)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("mp4")
        dialog.fileSelected.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _chosen(self, file: str) -> None:
        if self._clip is not None:
            self.write(Path(file), self._clip)

    def write(self, path: Path, clip: Clip) -> None:
        """Write a clip to a file."""
        self._folder = str(path.parent)
        self.began.emit(path)
        self._tasks.run(lambda: self._writer(path, clip), lambda _: self.saved.emit(path), self._fail)

    def _fail(self, error: WaltError) -> None:
        self.failed.emit(error)
