"""The packs dialog: installed packs and what they know; install, verify, remove, choose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.core.base_dialog import BaseDialog
from app.core.error_messages import sentence
from app.core.i18n import window_language
from app.core.theme import AROUND, INSIDE
from app.core.widgets import QuietBar, button, note, set_role
from app.packs.get_model_dialog import GetModelDialog
from app.packs.pack_manager import PackEntry, PackManager

if TYPE_CHECKING:
    from app.preferences.preferences import PreferenceFile
    from app.window.session import Session
    from engine.api.errors import WaltError

SIZE = (820, 520)
LIST = 216


class PacksDialog(BaseDialog):
    """The dialog. A pack's folder or archive that is dropped anywhere on it is installed."""

    def __init__(
        self, session: Session, manager: PackManager, preferences: PreferenceFile, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Packs"))
        self.resize(*SIZE)
        self.setAcceptDrops(True)
        self._session = session
        self._manager = manager
        self._preferences = preferences
        self._wanted: Path | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Installed packs"))
        self.list.setFixedWidth(LIST)
        self.title = note(role="title")
        self.facts = note()
        self.about = note(role="")
        self.knows = note()
        self.state = note()
        for label in (self.facts, self.about, self.knows, self.state):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.use = button(self.tr("Use This Pack"), "primary")
        self.check = button(self.tr("Verify"))
        self.remove = button(self.tr("Remove…"))
        self.add_archive = button(self.tr("Install Archive…"))
        self.add_folder = button(self.tr("Install Folder…"))
        self.link = button(self.tr("Link Model…"))
        self.link.setToolTip(self.tr("Use an open model in diffusers’ format where it is; nothing is copied"))
        self.get = button(self.tr("Get Model…"))
        self.get.setToolTip(self.tr("Download an open model; its size and its licence are shown first"))
        self.get_dialog: GetModelDialog | None = None
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop = button(self.tr("Cancel"))
        self.news = note()
        self.news.setWordWrap(True)
        self._lay_out()
        self._wire()
        manager.refresh()
        self.refresh()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(INSIDE)
        for widget in (self.title, self.facts):
            right.addWidget(widget)
        right.addWidget(self._scrolled(self.about, self.knows, self.state), 1)
        verbs = QHBoxLayout()
        verbs.setSpacing(INSIDE)
        for verb in (self.use, self.check, self.remove):
            verbs.addWidget(verb)
        verbs.addStretch()
        right.addLayout(verbs)
        both = QHBoxLayout()
        both.setSpacing(AROUND)
        both.addWidget(self.list)
        both.addLayout(right, 1)
        self.body.addLayout(both, 1)
        going_on = QHBoxLayout()
        going_on.addWidget(self.bar, 1)
        going_on.addWidget(self.stop)
        self.body.addLayout(going_on)
        self.body.addWidget(self.news)
        self.foot.insertWidget(0, self.add_archive)
        self.foot.insertWidget(1, self.add_folder)
        self.foot.insertWidget(2, self.link)
        self.foot.insertWidget(3, self.get)

    def _scrolled(self, *labels: QWidget) -> QScrollArea:
        """Texts of any length."""
        texts = QWidget()
        column = QVBoxLayout(texts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(INSIDE)
        for label in labels:
            column.addWidget(label)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setVerticalScrollBar(QuietBar())
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        scroll.setWidget(texts)
        texts.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        return scroll

    def _wire(self) -> None:
        manager = self._manager
        self.list.currentRowChanged.connect(self._show)
        self.use.clicked.connect(self._use)
        self.check.clicked.connect(self._verify)
        self.remove.clicked.connect(self._ask_remove)
        self.add_archive.clicked.connect(self._browse_archive)
        self.add_folder.clicked.connect(self._browse_folder)
        self.link.clicked.connect(self._browse_model)
        self.get.clicked.connect(self.open_get)
        self.stop.clicked.connect(manager.cancel)
        manager.changed.connect(self.refresh)
        manager.progress.connect(self.bar.setValue)
        manager.failed.connect(self._failed)
        manager.installed.connect(self._installed)
        manager.removed.connect(self._removed)
        self._session.pack_changed.connect(self.refresh)

    # What is shown.

    @property
    def entry(self) -> PackEntry | None:
        """The pack that is selected."""
        row = self.list.currentRow()
        return self._manager.entries[row] if 0 <= row < len(self._manager.entries) else None

    @Slot()
    def refresh(self) -> None:
        """Show the list as it is now."""
        chosen = self.entry.pack.name if self.entry else self._session.pack
        names = [entry.pack.name for entry in self._manager.entries]
        self.list.blockSignals(True)
        self.list.clear()
        for entry in self._manager.entries:
            item = QListWidgetItem(entry.pack.manifest.title)
            if entry.pack.name == self._session.pack:
                item.setText(self.tr("{0} · in use").format(entry.pack.manifest.title))
            self.list.addItem(item)
        self.list.setCurrentRow(names.index(chosen) if chosen in names else 0)
        self.list.blockSignals(False)
        self.bar.setVisible(self._manager.busy)
        self.stop.setVisible(self._manager.busy)
        if self._manager.errors and not self.news.text():
            self._say(" ".join(sentence(error).message for error in self._manager.errors), error=True)
        self._show()

    @Slot()
    def _show(self) -> None:
        entry = self.entry
        free = not self._manager.busy
        self.add_archive.setEnabled(free)
        self.add_folder.setEnabled(free)
        self.link.setEnabled(free)
        self.get.setEnabled(free)
        self.check.setEnabled(entry is not None and free)
        self.remove.setEnabled(entry is not None and entry.removable and free)
        self.use.setEnabled(entry is not None and entry.pack.name != self._session.pack)
        if entry is None:
            self.title.setText(self.tr("No pack is installed"))
            for label in (self.facts, self.about, self.knows, self.state):
                label.setText("")
            return
        manifest = entry.pack.manifest
        size = QLocale().formattedDataSize(entry.pack.bytes, 0, QLocale.DataSizeFormat.DataSizeSIFormat)
        self.title.setText(manifest.title)
        self.facts.setText(" · ".join((manifest.version, size, manifest.licence)))
        about = self.tr("Open model in {0}").format(entry.linked) if entry.linked else manifest.description
        self.about.setText(about)
        self.knows.setText(self._knowledge(entry))
        self._show_state(entry)

    def _knowledge(self, entry: PackEntry) -> str:
        language = window_language()
        groups = {
            self.tr("Subjects"): entry.knows("subjects", language),
            self.tr("Actions"): entry.knows("actions", language),
            self.tr("Places"): entry.knows("places", language),
            self.tr("Light"): entry.knows("lights", language),
            self.tr("Camera"): entry.knows("cameras", language),
        }
        return "\n".join(self.tr("{0}: {1}").format(name, ", ".join(words)) for name, words in groups.items() if words)

    def _show_state(self, entry: PackEntry) -> None:
        verified = self._manager.verified.get(entry.pack.name)
        set_role(self.state, {True: "good", False: "error", None: "secondary"}[verified])
        self.state.setText(
            {
                True: self.tr("Verified: every file matches its checksum"),
                False: self.tr("Damaged: a file does not match its checksum"),
                None: self.tr("Its files are verified every time they are loaded"),
            }[verified]
        )

    def _say(self, text: str, *, error: bool = False) -> None:
        set_role(self.news, "error" if error else "secondary")
        self.news.setText(text)

    # Verbs.

    @Slot()
    def _use(self) -> None:
        if self.entry is not None:
            self._session.choose_pack(self.entry.pack.name)
            self._preferences.change(pack=self.entry.pack.name)

    @Slot()
    def _verify(self) -> None:
        if self.entry is not None:
            self._say("")
            self._manager.verify(self.entry)

    @Slot()
    def _ask_remove(self) -> None:
        if self.entry is None:
            return
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("Remove Pack"))
        box.setText(self.tr("Remove {0} from this computer?").format(self.entry.pack.manifest.title))
        stays = self.tr("Clips that were made with it stay.")
        if self.entry.linked:
            stays = self.tr("The model’s files and the clips that were made with it stay.")
        box.setInformativeText(stays)
        yes = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        yes.clicked.connect(self._remove)
        box.finished.connect(box.deleteLater)
        box.open()

    @Slot()
    def _remove(self) -> None:
        entry = self.entry
        if entry is not None and entry.removable:
            self._manager.remove(entry)

    def install(self, source: Path, *, replace: bool = False) -> None:
        """Install a pack from a folder or an archive."""
        if not self._manager.busy:
            self._wanted = source
            self._say(self.tr("Installing {0}…").format(source.name))
            self._manager.install(source, replace=replace)

    @Slot(str)
    def _installed(self, name: str) -> None:
        self._say(self.tr("{0} is installed.").format(name))

    @Slot(str)
    def _removed(self, name: str) -> None:
        self._say(self.tr("{0} is removed.").format(name))
        self._session.leave_pack(name)
        self._preferences.change(pack=self._session.pack)

    @Slot(object)
    def _failed(self, error: WaltError) -> None:
        self._say(sentence(error).line, error=True)
        if error.code == "pack-exists" and self._wanted is not None:
            self._ask_replace(sentence(error).message)

    def _ask_replace(self, message: str) -> None:
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("Replace Pack"))
        box.setText(message)
        yes = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        yes.clicked.connect(self._replace)
        box.finished.connect(box.deleteLater)
        box.open()

    @Slot()
    def _replace(self) -> None:
        if self._wanted is not None:
            self.install(self._wanted, replace=True)

    @Slot()
    def _browse_archive(self) -> None:
        self._browse(QFileDialog.FileMode.ExistingFile)

    @Slot()
    def _browse_folder(self) -> None:
        self._browse(QFileDialog.FileMode.Directory)

    @Slot()
    def _browse_model(self) -> None:
        self._browse(QFileDialog.FileMode.Directory, self.tr("Link Model"))

    @Slot()
    def open_get(self) -> None:
        """Show what can be downloaded."""
        if self.get_dialog is None:
            self.get_dialog = GetModelDialog(self._manager, self)
        self.get_dialog.show()
        self.get_dialog.raise_()

    def _browse(self, mode: QFileDialog.FileMode, title: str = "") -> None:
        files = self.tr("Packs (*.zip *.waltpack);;All files (*)")
        dialog = QFileDialog(self, title or self.tr("Install Pack"), "", files)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self._picked)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _picked(self, file: str) -> None:
        self.install(Path(file))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file or folder may come in."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Install what was dropped."""
        event.acceptProposedAction()
        self.install(Path(event.mimeData().urls()[0].toLocalFile()))
