"""Keeps the film: as a project file when asked to, and by itself in a copy that survives whatever ends the program."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.core.background_tasks import BackgroundTasks
from engine.api.errors import WaltError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.film.generation import FilmGenerator
    from app.film.project import Project
    from app.playback.monitor import Monitor

WAIT_MS = 400
"""Edits in quick succession are kept together."""
NAME = 48
"""Letters of a file's name that stay in the name of what is kept beside the copy: no disk takes more than 255 bytes."""


class FilmDocument(QObject):
    """Where the film is on the disk.

    Project files have a worker of their own, which does everything that was asked for before it ends: no film waits
    behind clips that are being read.

    Signals:
        changed(): another file, or the film differs from it now, or no longer.
        saved(Path): a project file was written.
        opened(Path): a project file was read and is on show.
        kept(Path): a film that was not saved was put there, because another one takes its place.
        recovered(): the film of a window that did not end by itself is back.
        failed(WaltError): something could not be read or written.
    """

    changed = Signal()
    saved = Signal(object)
    opened = Signal(object)
    kept = Signal(object)
    recovered = Signal()
    failed = Signal(object)

    def __init__(self, generator: FilmGenerator, monitor: Monitor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._generator = generator
        self._monitor = monitor
        self._tasks = BackgroundTasks(self, name="film", drain_on_close=True)
        self._file: Path | None = None
        self._copy: Path | None = None
        self._clips: Path | None = None
        self._restored_dirty = False
        self._running = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._keep_copy)
        generator.film.changed.connect(self._note)
        generator.film.take_changed.connect(self._note)
        generator.film.history.cleanChanged.connect(self.changed)

    @property
    def file(self) -> Path | None:
        """The project file, if the film has one."""
        return self._file

    @property
    def modified(self) -> bool:
        """Whether the film differs from its file; a film without segments has nothing to lose."""
        film = self._generator.film
        dirty = self._restored_dirty or not film.history.isClean()
        return dirty and (bool(film.segments) or self._file is not None)

    def watch(self, copy: Path, clips: Path) -> None:
        """Keep a copy in the file ``copy`` from now on; take up the film that it holds.

        ``clips`` is where clips are looked for that are not where they were. The copy is written from when the film
        that it holds is on show or in another file.
        """
        self._clips = clips
        if not copy.exists():
            self._copy = copy
            return

        def taken(project: Project) -> None:
            # Too late: another film was begun, or opened from the command line.
            if self._generator.film.segments:
                if not (project.modified and project.segments) or self._write_beside(copy, project):
                    self._copy = copy
                    self._keep_copy()
                return
            self._copy = copy
            self._file = project.saved_as
            self._show(project)
            self._restored_dirty = project.modified
            self.changed.emit()
            if project.running and project.segments:
                self.recovered.emit()

        def damaged(error: WaltError) -> None:
            if copy.exists():
                copy.replace(copy.with_suffix(".damaged"))
            self._copy = copy
            self.failed.emit(error)

        self._tasks.run(self._reader(copy), taken, damaged)

    def save(self, file: Path) -> None:
        """Write the film to a project file."""
        project = self._project()

        def work() -> None:
            from app.film.project import write_project

            write_project(file, project)

        def done(_: object) -> None:
            self._file = file
            if self._generator.film.segments == project.segments:
                self._restored_dirty = False
                self._generator.film.history.setClean()
            self.changed.emit()
            self._timer.start()
            self.saved.emit(file)

        self._tasks.run(work, done, self.failed.emit)

    def open(self, file: Path) -> None:
        """Show the film of a project file in place of this one; changes of this one are kept beside the copy."""

        def taken(project: Project) -> None:
            if not self._put_by():
                return
            self._file = file
            self._show(project)
            self._restored_dirty = False
            self.changed.emit()
            self.opened.emit(file)

        self._tasks.run(self._reader(file), taken, self.failed.emit)

    def begin_anew(self) -> None:
        """An empty film without a file. Undo brings the old one back; changes of it are kept for another day."""
        if not self._put_by():
            return
        self._generator.edits.clear()
        self._file = None
        self.changed.emit()

    def close(self) -> None:
        """The window goes by itself: keep the film for the next time."""
        self._running = False
        self._keep_copy()

    def shut_down(self) -> None:
        """Write everything that waits to be written, and the film as it is in the end. Blocks for a moment."""
        self._tasks.close()
        self._timer.stop()
        if self._copy is not None:
            self._write(self._copy, self._project())

    def _put_by(self) -> bool:
        """Write a film with changes that are in no file to one of its own, in the folder of the copy.

        Returns:
            Whether the film may go: it has nothing to lose, or it is on the disk now.
        """
        if self._copy is None or not self.modified or not self._generator.film.segments:
            return True
        return self._write_beside(self._copy, self._project())

    def _write_beside(self, copy: Path, project: Project) -> bool:
        """Whether a film is in a file of its own now. In this thread: its copy is written over next."""
        name = project.saved_as.stem[:NAME] if project.saved_as else copy.stem
        name = f"{name} {datetime.now():%Y-%m-%d %H.%M.%S}"
        names = (name, *(f"{name} ({count})" for count in range(2, 100)))
        file = next(file for name in names if not (file := copy.with_name(f"{name}.walt")).exists())
        written = self._write(file, replace(project, running=False))
        if written:
            self.kept.emit(file)
        return written

    def _write(self, file: Path, project: Project) -> bool:
        from app.film.project import write_project

        try:
            write_project(file, project)
        except WaltError as error:
            self.failed.emit(error)
            return False
        return True

    def _show(self, project: Project) -> None:
        self._generator.film.open(project.takes, project.segments, project.fps)
        self._generator.refresh()
        self._monitor.put("film", project.playhead, project.marks)
        if project.segments:
            self._monitor.show("film")

    def _project(self) -> Project:
        from app.film.project import Project

        film = self._generator.film
        playhead, marks = self._monitor.place("film")
        saved_as = self._file.absolute() if self._file else None
        return Project(
            dict(film.takes),
            film.segments,
            film.fps,
            marks,
            playhead,
            saved_as,
            self.modified,
            running=self._running,
        )

    def _reader(self, file: Path) -> Callable[[], Project]:
        clips = () if self._clips is None else (self._clips,)

        def read() -> Project:
            from app.film.project import read_project

            return read_project(file, clips)

        return read

    @Slot()
    def _note(self) -> None:
        self.changed.emit()
        if self._copy is not None:
            self._timer.start()

    @Slot()
    def _keep_copy(self) -> None:
        copy, project = self._copy, self._project()
        if copy is None:
            return

        def work() -> None:
            from app.film.project import write_project

            copy.parent.mkdir(parents=True, exist_ok=True)
            write_project(copy, project)

        self._tasks.run(work, lambda _: None, self.failed.emit)
