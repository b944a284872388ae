"""The window: lays the panels out, ties the actions to the session, and closes down in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QSplitter, QVBoxLayout, QWidget

from app.actions import Actions
from app.actions import Name as ActionName
from app.bridge import EngineBridge
from app.model.job import Running
from app.model.session import Session
from app.model.still import NoStill, offer_of
from app.theme import Theme
from app.ui.composer import WIDTH, Composer
from app.ui.deck import Deck
from app.ui.dialogs import Dialogs
from app.ui.export_desk import ExportDesk
from app.ui.film_desk import FilmDesk
from app.ui.header import Header
from app.ui.look_desk import LookDesk
from app.ui.shelf import WIDTH as SHELF_WIDTH
from app.ui.shelf import Shelf
from app.ui.status import StatusPanel
from app.ui.viewer import Viewer

if TYPE_CHECKING:
    from app.model.notebook import Notebook
    from app.model.preferences import PreferenceFile
    from app.model.store import Opened
    from app.settings import Settings
    from app.tasks import Tasks
    from app.theme import Choice
    from engine.errors import WaltError

SIZE = (1280, 800)
MIDDLE = 560
"""The middle is never narrower, and does not grow by itself when its words get longer."""
FOLDING: tuple[ActionName, ...] = ("composer", "shelf")
FOLDED = QByteArray(b"folded")
PICTURES = "*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff"


class MainWindow(QMainWindow):
    """walt's one window. Closing it stops the engine; `EngineBridge.closed` tells when that is done.

    Signals:
        seen(): it has been painted for the first time; what is slow may begin.
    """

    seen = Signal()

    def __init__(
        self,
        session: Session,
        bridge: EngineBridge,
        tasks: Tasks,
        theme: Theme,
        settings: Settings,
        preferences: PreferenceFile,
        notebook: Notebook,
    ) -> None:
        super().__init__()
        self.session = session
        self.theme = theme
        self.preferences = preferences
        self.notebook = notebook
        self.reopening = False
        """Whether it closes only to open again, in another language or on another device."""
        self._bridge = bridge
        self._tasks = tasks
        self._settings = settings
        self._was_seen = False
        self.actions_ = Actions(self)
        self.header = Header(session, self.actions_)
        self.composer = Composer(session, self.actions_, notebook)
        self.viewer = Viewer(session, self.actions_)
        self.status = StatusPanel(session, self.actions_)
        self.deck = Deck(session, self.actions_)
        self.dialogs = Dialogs(self, self.actions_, session, preferences, theme, session.store)
        self.shelf = Shelf(session, self.actions_, preferences)
        self.film = FilmDesk(self, session, self.actions_, self.deck, tasks)
        self.look = LookDesk(self, session, self.actions_, self.viewer)
        self.exports = ExportDesk(self, session, self.film)
        self.splitter = self._lay_out()
        self._wire()
        self._restore()
        self._refresh()
        self.composer.prompt.setFocus()

    def _lay_out(self) -> QSplitter:
        self.setMenuWidget(self.header)
        middle = QWidget()
        middle.setMinimumWidth(MIDDLE)
        middle.setObjectName("middle")
        middle.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.viewer, 1)
        column.addWidget(self.status)
        column.addWidget(self.deck)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.composer)
        splitter.addWidget(middle)
        splitter.addWidget(self.shelf)
        splitter.setStretchFactor(0, 0)
        splitter.setStretchFactor(1, 1)
        splitter.setCollapsible(1, False)
        self.composer.setMinimumWidth(280)
        splitter.setStretchFactor(2, 0)
        splitter.setSizes([WIDTH, SIZE[0] - WIDTH - SHELF_WIDTH, SHELF_WIDTH])
        self.setCentralWidget(splitter)
        self.resize(*SIZE)
        return splitter

    def _wire(self) -> None:
        session, player = self.session, self.session.player
        verbs = {
            "open_still": self._browse,
            "paste_still": self._paste,
            "clear_still": session.still.clear,
            "export": self.exports.open,
            "quit": self.close,
            "generate": session.generate,
            "generate_first": self._generate_first,
            "watch": session.screen.watch,
            "find": self._find,
            "cancel": session.cancel,
            "new_seed": self._new_seed,
            "play": player.toggle,
            "previous_frame": self._previous_frame,
            "next_frame": self._next_frame,
            "first_frame": self._first_frame,
            "last_frame": self._last_frame,
        }
        names: dict[str, ActionName] = {spec.name: spec.name for spec in self.actions_}
        for name, verb in verbs.items():
            self.actions_[names[name]].triggered.connect(verb)
        self.actions_["loop"].toggled.connect(player.set_loop)
        self.actions_["composer"].toggled.connect(self.composer.setVisible)
        self.actions_["shelf"].toggled.connect(self.shelf.setVisible)
        self.actions_["pause_queue"].toggled.connect(session.queue.pause)
        self.shelf.library.wanted.connect(self._do)
        self.actions_["theme_system"].triggered.connect(self._theme_system)
        self.actions_["theme_dark"].triggered.connect(self._theme_dark)
        self.actions_["theme_light"].triggered.connect(self._theme_light)
        self.seen.connect(self._take_up)
        self.dialogs.reopen.connect(self.reopen)
        self.dialogs.said.connect(self.status.say)
        session.asked.connect(self.notebook.add)
        self.viewer.empty.chosen.connect(self._take_example)
        self.viewer.still_hovers.connect(self.composer.drop_zone.set_hot)
        session.trouble.connect(self._trouble)
        session.library.opened.connect(self._library_opened)
        self.film.trouble.connect(self._trouble)
        self.film.said.connect(self.status.say)
        self.composer.prompt.left.connect(self.deck.timeline.setFocus)
        self.exports.said.connect(self.status.say)
        self.exports.exporter.failed.connect(self._trouble)
        for signal in (session.draft_changed, session.state_changed, session.progress_changed):
            signal.connect(self._refresh)
        session.still.changed.connect(self._refresh)
        session.queue.changed.connect(self._refresh)
        session.monitor.changed.connect(self._refresh)
        session.monitor.reset.connect(self._refresh)
        session.screen.changed.connect(self._refresh)
        player.playing_changed.connect(self._refresh)

    @Slot()
    def _take_up(self) -> None:
        """Go on where the last day ended; not before the window is on screen."""
        self.session.restore(self.notebook.draft)
        self.session.draft_changed.connect(self._note_draft)

    @Slot()
    def _note_draft(self) -> None:
        self.notebook.keep(self.session.draft)

    @Slot()
    def _refresh(self) -> None:
        """Let each verb be possible only when it is."""
        session, actions = self.session, self.actions_
        state = session.state
        pictured = session.monitor.total > 0 and not session.monitor.empty
        possible: dict[ActionName, bool] = {
            "generate": session.can_generate,
            "generate_first": session.can_generate,
            "watch": session.screen.stored is not None,
            "cancel": isinstance(state, Running) and not state.cancelling,
            "export": self.exports.source is not None,
            "clear_still": not isinstance(session.still.state, NoStill),
            "play": pictured,
            "previous_frame": pictured,
            "next_frame": pictured,
            "first_frame": pictured,
            "last_frame": pictured,
        }
        for name, yes in possible.items():
            actions[name].setEnabled(yes)
        paused = actions["pause_queue"]
        if paused.isChecked() != session.queue.paused:
            paused.blockSignals(True)  # the queue paused itself; its panel and menu only follow
            paused.setChecked(session.queue.paused)
            paused.blockSignals(False)
        actions["play"].setText(self.tr("Pause") if session.player.playing else self.tr("Play"))

    # Verbs.

    @Slot()
    def _generate_first(self) -> None:
        self.session.generate(first=True)

    @Slot(str)
    def _do(self, verb: ActionName) -> None:
        self.actions_[verb].trigger()

    @Slot()
    def _find(self) -> None:
        self.actions_["shelf"].setChecked(True)
        self.shelf.search()

    @Slot()
    def _browse(self) -> None:
        filters = self.tr("Pictures ({0});;All files (*)").format(PICTURES)
        dialog = QFileDialog(self, self.tr("Open Still"), "", filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _take_file(self, file: str) -> None:
        self.session.still.take(Path(file))

    @Slot()
    def _paste(self) -> None:
        self._take(QGuiApplication.clipboard().mimeData())

    def _take(self, mime: QMimeData) -> None:
        self.session.still.take(offer_of(mime))

    @Slot()
    def _new_seed(self) -> None:
        self.session.edit(seed=self.session.new_seed())

    @Slot()
    def _previous_frame(self) -> None:
        self.session.player.step(-1)

    @Slot()
    def _next_frame(self) -> None:
        self.session.player.step(1)

    @Slot()
    def _first_frame(self) -> None:
        self.session.player.seek(0)

    @Slot()
    def _last_frame(self) -> None:
        self.session.player.pause()
        self.session.player.seek(self.session.player.total - 1)

    @Slot(str)
    def _take_example(self, prompt: str) -> None:
        self.session.edit(prompt=prompt)
        self.composer.prompt.setFocus()

    @Slot()
    def _theme_system(self) -> None:
        self._choose_theme("system")

    @Slot()
    def _theme_dark(self) -> None:
        self._choose_theme("dark")

    @Slot()
    def _theme_light(self) -> None:
        self._choose_theme("light")

    def _choose_theme(self, choice: Choice) -> None:
        self.theme.choose(choice)
        self.preferences.change(theme=choice)

    @Slot()
    def reopen(self) -> None:
        """Close, and open again with other preferences."""
        self.reopening = True
        self.close()

    # What is said.

    @Slot(object)
    def _library_opened(self, opened: Opened) -> None:
        if opened.aside is not None:
            words = self.tr("The library's database was damaged. It was put aside, and your clips were found again.")
            self.status.say(words, file=opened.aside)

    @Slot(object)
    def _trouble(self, error: WaltError) -> None:
        self.status.say(f"{error.message} {error.hint}".strip(), error=True)

    # Keys, coming, going.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no field wanted: Space, arrows, paste."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        elif not self.actions_.press(event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell when it is on screen."""
        super().paintEvent(event)
        if not self._was_seen:
            self._was_seen = True
            QTimer.singleShot(0, self, self.seen.emit)

    def _restore(self) -> None:
        geometry, panels = self._settings.layout("window"), self._settings.layout("columns")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if panels is not None:
            self.splitter.restoreState(panels)
        for name in FOLDING:
            self.actions_[name].setChecked(True)
            self.actions_[name].setChecked(self._settings.layout(name) != FOLDED)
        self.actions_["loop"].setChecked(self.session.player.loop)
        names: dict[Choice, ActionName] = {
            "system": "theme_system",
            "dark": "theme_dark",
            "light": "theme_light",
        }
        self.actions_[names[self.theme.choice]].setChecked(True)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Go at once; whatever the engine does is cancelled and waited for behind the scenes."""
        self._settings.keep_layout("window", self.saveGeometry())
        self._settings.keep_layout("columns", self.splitter.saveState())
        for name in FOLDING:
            shown = self.actions_[name].isChecked()
            self._settings.keep_layout(name, QByteArray(b"shown") if shown else FOLDED)
        self._settings.save()
        self.notebook.save()
        self.film.close()
        self.session.close()
        self._bridge.close()
        event.accept()

    def shut_down(self) -> None:
        """After the engine has ended: finish what is being written, leave nothing behind."""
        self._bridge.wait_closed()
        self.exports.close()
        self.session.library.close()
        self.dialogs.close()
        self._tasks.close()
        self.session.still.close()
