"""The main window: layout, connections between actions and session, and an orderly end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
)
from PySide6.QtWidgets import QFileDialog, QMainWindow, QSplitter, QVBoxLayout, QWidget

from app.compose.composer import WIDTH, Composer
from app.compose.drop_zone import accept_still
from app.compose.still import Checking, NoStill, Refused, offer_of
from app.core.actions import Actions
from app.core.actions import Name as ActionName
from app.core.bridge import EngineBridge
from app.core.error_messages import sentence
from app.core.theme import Theme
from app.export.export_controller import ExportController
from app.film.film_controller import FilmController
from app.film.timeline_panel import TimelinePanel
from app.finetune.finetune import Finetuning
from app.jobs.state import Running
from app.packs.pack_manager import ARCHIVES
from app.playback.playback_panel import PlaybackPanel
from app.playback.status_panel import StatusPanel
from app.playback.transport import Transport
from app.playback.view_controller import ViewController
from app.preferences.theme_actions import ThemeActions
from app.window.close_guard import CloseGuard
from app.window.dialogs import Dialogs
from app.window.header import Header
from app.window.notifications import Notifications
from app.window.session import Session
from app.window.side_panel import WIDTH as SHELF_WIDTH
from app.window.side_panel import SidePanel
from app.window.title import Title
from app.window.viewer import Viewer

if TYPE_CHECKING:
    from app.compose.prompt_history import PromptHistory
    from app.core.background_tasks import BackgroundTasks
    from app.core.settings import Settings
    from app.library.store import Opened
    from app.preferences.preferences import PreferenceFile
    from app.window.single_instance import Call
    from engine.api.errors import WaltError

SIZE = (1280, 800)
MIDDLE = 494
"""The middle is never narrower, and does not grow by itself when its words get longer. With both panels at
their narrowest the window is 1024 wide, which every screen is."""
FOLDING: dict[ActionName, str] = {"composer": "composer", "side_panel": "shelf"}
"""Panels that can be folded away, and their names in the settings file."""
FOLDED = QByteArray(b"folded")
PICTURES = "*.png *.jpg *.jpeg *.webp *.avif *.heic *.heif *.bmp *.tif *.tiff *.gif"
VIDEOS = "*.mp4 *.mov *.m4v *.webm *.mkv *.avi"


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
        tasks: BackgroundTasks,
        theme: Theme,
        settings: Settings,
        preferences: PreferenceFile,
        prompt_history: PromptHistory,
    ) -> None:
        super().__init__()
        self.session = session
        self.theme = theme
        self.preferences = preferences
        self.prompt_history = prompt_history
        self.reopening = False
        """Whether it closes only to open again, in another language or on another device."""
        self._bridge = bridge
        self._tasks = tasks
        self._settings = settings
        self._was_seen = False
        self._leaving = False
        self.actions_ = Actions(self)
        self.header = Header(session, self.actions_)
        self.composer = Composer(session, self.actions_, prompt_history)
        self.viewer = Viewer(session, self.actions_)
        self.status = StatusPanel(
            session.current_clip, session.job_runner, session.queue, session, self.actions_
        )
        self.timeline_panel = TimelinePanel(session, self.actions_)
        self.playback_panel = PlaybackPanel(session.monitor, self.actions_, self.timeline_panel)
        self.title = Title(self)
        self.transport = Transport(session.monitor, self.actions_, self)
        self.theme_actions = ThemeActions(theme, self.actions_, preferences, self)
        self.finetuning = Finetuning(bridge, session.store, self)
        self.close_guard = CloseGuard(self, session, self.finetuning)
        self.notifications = Notifications(self, self.title, session, preferences)
        self.dialogs = Dialogs(self, self.actions_, session, preferences, theme, session.store, self.finetuning)
        self.side_panel = SidePanel(session, self.actions_, preferences)
        self.film = FilmController(self, session, self.actions_, self.timeline_panel.timeline)
        self.view = ViewController(
            self, session.current_clip, session.monitor, self.actions_, self.viewer.preview
        )
        self.exports = ExportController(self, session, self.film)
        self.setAcceptDrops(True)
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
        column.addWidget(self.playback_panel)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.composer)
        splitter.addWidget(middle)
        splitter.addWidget(self.side_panel)
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
        session = self.session
        verbs = {
            "open_still": self._browse,
            "paste_still": self._paste,
            "clear_still": session.still.clear,
            "export": self.exports.open,
            "quit": self.close,
            "generate": session.generate,
            "generate_first": self._generate_first,
            "find": self._find,
            "cancel": session.cancel,
            "new_seed": self._new_seed,
        }
        names: dict[str, ActionName] = {spec.name: spec.name for spec in self.actions_}
        for name, verb in verbs.items():
            self.actions_[names[name]].triggered.connect(verb)
        self.actions_["composer"].toggled.connect(self.composer.setVisible)
        self.actions_["side_panel"].toggled.connect(self.side_panel.setVisible)
        self.actions_["pause_queue"].toggled.connect(session.queue.pause)
        self.side_panel.library.wanted.connect(self._do)
        self.seen.connect(self._take_up)
        self.close_guard.confirmed.connect(self.leave)
        self.close_guard.refused.connect(self._stay)
        self.dialogs.reopen.connect(self.reopen)
        self.dialogs.said.connect(self.status.say)
        session.asked.connect(self.prompt_history.add)
        self.viewer.empty.chosen.connect(self._take_example)
        self.viewer.still_hovers.connect(self.composer.drop_zone.set_hot)
        self.viewer.dropped.connect(self._take_drop)
        session.still.changed.connect(self._show_still)
        session.trouble.connect(self._trouble)
        session.library.opened.connect(self._library_opened)
        self.film.trouble.connect(self._trouble)
        self.film.said.connect(self.status.say)
        self.composer.prompt.left.connect(self.timeline_panel.timeline.setFocus)
        self.exports.said.connect(self.status.say)
        self.exports.exporter.failed.connect(self._trouble)
        for signal in (session.pack_changed, session.draft_changed):
            signal.connect(self.status.next_clip_changed)
        session.still.film_offered.connect(self.film.document.open)
        film = session.film_generator.film
        for signal in (
            session.draft_changed, session.state_changed, session.progress_changed, session.pack_changed,
            session.still.changed, session.queue.changed, session.current_clip.changed,
            # What can be exported may come from the disk, without a job.
            session.monitor.mode_changed, film.changed, film.take_changed,
        ):  # fmt: skip
            signal.connect(self._refresh)
        allow = self.actions_.allow
        allow("generate", lambda: session.can_generate)
        allow("generate_first", lambda: session.can_generate)
        allow("cancel", lambda: isinstance(session.state, Running) and not session.state.cancelling)
        allow("export", lambda: self.exports.source is not None)
        allow("clear_still", lambda: not isinstance(session.still.state, NoStill) or session.still.refusal is not None)
        allow("teach", lambda: session.capabilities is None or session.capabilities.teachable)

    @Slot()
    def _take_up(self) -> None:
        """Restore the draft of the last session, after the window is on screen."""
        self.session.restore(self.prompt_history.draft)
        self.session.draft_changed.connect(self._note_draft)

    @Slot()
    def _note_draft(self) -> None:
        self.prompt_history.keep(self.session.draft)

    @Slot()
    def _refresh(self) -> None:
        """Enable and disable the actions."""
        session, actions = self.session, self.actions_
        actions.refresh()
        actions["export"].setToolTip(self.exports.waits_for)
        paused = actions["pause_queue"]
        if paused.isChecked() != session.queue.paused:
            paused.blockSignals(True)  # the queue paused itself; its panel and menu only follow
            paused.setChecked(session.queue.paused)
            paused.blockSignals(False)

    # Verbs.

    @Slot()
    def _generate_first(self) -> None:
        self.session.generate(first=True)

    @Slot(str)
    def _do(self, verb: ActionName) -> None:
        self.actions_[verb].trigger()

    @Slot()
    def _find(self) -> None:
        self.actions_["side_panel"].setChecked(True)
        self.side_panel.search()

    @Slot()
    def _browse(self) -> None:
        filters = self.tr("Pictures and videos ({0});;All files (*)").format(f"{PICTURES} {VIDEOS}")
        dialog = QFileDialog(self, self.tr("Open Picture or Video"), "", filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _take_file(self, file: str) -> None:
        self.take_file(Path(file))

    def take_file(self, file: Path) -> None:
        """Open a file: a pack, a film, or a picture or video as the first frame."""
        if file.suffix.lower() in ARCHIVES or (file / "manifest.json").is_file():
            self.dialogs.install(file)
        else:
            self.session.still.take(file)

    @Slot()
    def _paste(self) -> None:
        # Some platforms have nothing at all, not even empty data, for an empty clipboard.
        self._take(QGuiApplication.clipboard().mimeData() or QMimeData())

    def _take(self, mime: QMimeData) -> None:
        self.session.still.take(offer_of(mime))

    @Slot()
    def _show_still(self) -> None:
        """Unfold the composer, so that the dropped picture is seen."""
        still = self.session.still
        if isinstance(still.state, Checking | Refused) or still.refusal is not None:
            self.actions_["composer"].setChecked(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files that no panel under the pointer accepts."""
        accept_still(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take a pack, a film, or a picture or video to begin with."""
        event.acceptProposedAction()
        self._take_drop(event.mimeData())

    @Slot(object)
    def _take_drop(self, mime: QMimeData) -> None:
        offer = offer_of(mime)
        if isinstance(offer, Path):
            self.take_file(offer)
        else:
            self.session.still.take(offer)

    @Slot()
    def _new_seed(self) -> None:
        self.session.edit(seed=self.session.new_seed())

    @Slot(str)
    def _take_example(self, prompt: str) -> None:
        self.session.edit(prompt=prompt)
        self.composer.prompt.setFocus()

    @Slot()
    def reopen(self) -> None:
        """Close, and open again with other preferences."""
        self.reopening = True
        self.close()

    # What is said.

    def tell_of_crash(self, report: Path) -> None:
        """Say that walt crashed last time, and where the report is; it is not sent anywhere."""
        words = self.tr("walt crashed last time. A crash report was saved on this computer: {0}")
        self.status.say(words.format(report.name), file=report)

    @Slot(object)
    def _library_opened(self, opened: Opened) -> None:
        if opened.aside is not None:
            words = self.tr(
                "The library's database was damaged. A copy was kept, and your clips were recovered."
            )
            self.status.say(words, file=opened.aside)

    @Slot(object)
    def _trouble(self, error: WaltError) -> None:
        self.status.say(sentence(error).line, error=True)

    # Keys, coming, going.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys that no field handled: Space, arrows, paste."""
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
        for name, key in FOLDING.items():
            self.actions_[name].setChecked(True)
            self.actions_[name].setChecked(self._settings.layout(key) != FOLDED)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first if a job is running; then hide at once and wait for the engine in the background."""
        if self.close_guard.busy and not self._leaving:
            event.ignore()
            self.close_guard.ask()
            return
        self._settings.keep_layout("window", self.saveGeometry())
        self._settings.keep_layout("columns", self.splitter.saveState())
        for name, key in FOLDING.items():
            shown = self.actions_[name].isChecked()
            self._settings.keep_layout(key, QByteArray(b"shown") if shown else FOLDED)
        self._settings.save()
        self.prompt_history.save()
        self.film.close()
        self.view.close()
        self.session.close()
        self._bridge.close()
        event.accept()

    @Slot()
    def leave(self) -> None:
        """Close without asking."""
        self._leaving = True
        self.close()

    @Slot()
    def _stay(self) -> None:
        self.reopening = False

    @Slot(object)
    def receive(self, call: Call) -> None:
        """Come to the front and open what a second start was given."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        if call.prompt:
            self.composer.prompt.replace_all(call.prompt)
        for file in call.files:
            self.take_file(Path(file))

    def shut_down(self) -> None:
        """After the engine has ended: finish writing, stop all threads."""
        self._bridge.wait_closed()
        self.exports.close()
        self.session.library.close()
        self.film.shut_down()
        self.dialogs.close()
        self.finetuning.close()
        self._tasks.close()
        self.session.still.close()
