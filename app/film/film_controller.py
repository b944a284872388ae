"""Ties the film's verbs to the window's actions: edits, undo, opening and saving, what the timeline is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from app.film.actions import FilmActions, Verb
from app.film.document import FilmDocument
from engine.api.errors import WaltError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.core.actions import Actions
    from app.core.actions import Name as ActionName
    from app.film.timeline import Timeline
    from app.library.store import Opened
    from app.window.main_window import MainWindow
    from app.window.session import Session

COPY = "film.walt"
"""The film of the moment, in the library's folder."""


class FilmController(QObject):
    """The part of the window that is about the film.

    Signals:
        said(str, object): something worth a sentence, and the file it is about, or None.
        trouble(WaltError): something could not be done.
    """

    said = Signal(str, object)
    trouble = Signal(object)

    def __init__(self, window: MainWindow, session: Session, actions: Actions, timeline: Timeline) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._actions = actions
        self._timeline = timeline
        self.film_actions = FilmActions(session, self)
        self.document = FilmDocument(session.film_generator, session.monitor, self)
        self._names: dict[Verb, ActionName] = {verb: verb for verb in self.film_actions.verbs}
        self._wire_actions()
        self._wire_signals()
        self.refresh()

    def _wire_actions(self) -> None:
        session, history = self._session, self._session.film_generator.film.history
        verbs: dict[ActionName, Callable[[], object]] = {
            "undo": history.undo,
            "redo": history.redo,
            "new_film": self.document.begin_anew,
            "open_film": self._ask_open,
            "save_film": self._save,
            "save_film_as": self._ask_save,
            "show_clip": lambda: session.monitor.show("clip"),
            "show_film": lambda: session.monitor.show("film"),
            "zoom_in": lambda: self._timeline.zoom(1.5),
            "zoom_out": lambda: self._timeline.zoom(1 / 1.5),
            "zoom_fit": lambda: self._timeline.zoom(0),
        }
        for verb, call in self.film_actions.verbs.items():
            verbs[self._names[verb]] = call
        for name, call in verbs.items():
            self._actions[name].triggered.connect(_without_arguments(call))

    def _wire_signals(self) -> None:
        session, film = self._session, self._session.film_generator.film
        for signal in (
            film.changed, film.take_changed, film.selected_changed, session.monitor.mode_changed,
            session.monitor.reset, session.monitor.changed, session.player.moved, session.player.marks_changed,
            session.current_clip.changed, session.state_changed, session.draft_changed, session.still.changed,
            film.history.indexChanged,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self.document.changed.connect(self.refresh)
        self.document.saved.connect(self._on_saved)
        self.document.recovered.connect(self._on_recovered)
        self.document.kept.connect(self._on_kept)
        self._timeline.dropped.connect(self._on_dropped)
        for failed in (self.film_actions.trouble, self.document.failed):
            failed.connect(self.trouble)
        session.library.opened.connect(self._on_library_opened)

    @Slot()
    def refresh(self) -> None:
        """Let each verb be possible only when it is."""
        actions, session = self._actions, self._session
        film, monitor = session.film_generator.film, session.monitor
        history = film.history
        for verb, yes in self.film_actions.possible().items():
            actions[self._names[verb]].setEnabled(yes)
        possible: dict[ActionName, bool] = {
            "undo": history.canUndo(), "redo": history.canRedo(), "new_film": bool(film.segments),
            "save_film": bool(film.segments), "save_film_as": bool(film.segments),
            "show_film": bool(film.segments),
            "zoom_in": monitor.total > 0, "zoom_out": monitor.total > 0, "zoom_fit": monitor.total > 0,
        }  # fmt: skip
        for name, yes in possible.items():
            actions[name].setEnabled(yes)
        actions["show_film" if monitor.mode == "film" else "show_clip"].setChecked(True)
        undo, redo = history.undoText(), history.redoText()
        actions["undo"].setText(self.tr("Undo {0}").format(undo) if undo else self.tr("Undo"))
        actions["redo"].setText(self.tr("Redo {0}").format(redo) if redo else self.tr("Redo"))
        actions["continue"].setToolTip(self._continuation())
        self._name_window()

    def _continuation(self) -> str:
        """What continuing would use, of all that lies ready on the left."""
        session = self._session
        own = not session.draft.prompt.strip()
        words = (
            self.tr("Continue with its own prompt")
            if own
            else self.tr("Continue with the prompt on the left")
        )
        if session.still.path is None:
            return words
        return self.tr("{0}; the picture on the left is only used for new clips").format(words)

    def close(self) -> None:
        """The window goes."""
        self.document.close()

    def shut_down(self) -> None:
        """The window is gone: end the thread, with everything written."""
        self.document.shut_down()

    def _name_window(self) -> None:
        name = self.document.file.stem if self.document.file else ""
        self._window.title.name_film(name, modified=self.document.modified and bool(name))

    # Files.

    @Slot()
    def _save(self) -> None:
        if self.document.file is not None:
            self.document.save(self.document.file)
        else:
            self._ask_save()

    @Slot()
    def _ask_save(self) -> None:
        dialog = self._dialog(self.tr("Save Film"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("walt")
        dialog.selectFile(str(self.document.file or self.tr("film")))
        dialog.fileSelected.connect(self._save_as)
        dialog.open()

    @Slot(str)
    def _save_as(self, file: str) -> None:
        self.document.save(Path(file))

    @Slot()
    def _ask_open(self) -> None:
        dialog = self._dialog(self.tr("Open Film"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._open)
        dialog.open()

    @Slot(str)
    def _open(self, file: str) -> None:
        self.document.open(Path(file))

    def _dialog(self, title: str) -> QFileDialog:
        filters = self.tr("walt projects ({0});;All files (*)").format("*.walt")
        dialog = QFileDialog(self._window, title, "", filters)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    # What happens around it.

    @Slot(object)
    def _on_saved(self, file: Path) -> None:
        self.said.emit(self.tr("Film saved as {0}").format(file.name), file)

    @Slot()
    def _on_recovered(self) -> None:
        self.said.emit(self.tr("walt was closed unexpectedly last time. Your film was restored."), None)

    @Slot(object)
    def _on_kept(self, file: Path) -> None:
        self.said.emit(self.tr("The unsaved film was kept as {0}").format(file.name), file)

    @Slot(object, int)
    def _on_dropped(self, file: Path, at: int) -> None:
        try:
            self.film_actions.drop(file, at)
        except WaltError as error:
            self.trouble.emit(error)

    @Slot(object)
    def _on_library_opened(self, opened: Opened) -> None:
        if opened.owns_lock:
            places = self._session.library.places
            self.document.watch(places.data / COPY, places.clips)


def _without_arguments(call: Callable[[], object]) -> Callable[[], None]:
    """An action tells whether it is checked; most verbs do not want to know."""

    def slot() -> None:
        call()

    return slot
