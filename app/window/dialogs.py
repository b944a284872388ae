"""The dialogs beside the window: each is made when first asked for, and there is one of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.help.report import diagnostics
from app.packs.pack_manager import PackManager

if TYPE_CHECKING:
    from app.core.actions import Actions
    from app.core.base_dialog import BaseDialog
    from app.core.theme import Theme
    from app.finetune.finetune import Finetuning
    from app.finetune.finetune_dialog import FinetuneDialog
    from app.help.about_dialog import AboutDialog
    from app.help.help_dialog import HelpDialog
    from app.packs.packs_dialog import PacksDialog
    from app.preferences.preferences import PreferenceFile
    from app.preferences.preferences_dialog import PreferencesDialog
    from app.window.session import Session
    from engine.packs.store import PackStore


class Dialogs(QObject):
    """Opens them.

    Signals:
        reopen(): the window is to close and open again.
        said(str): something worth a line in the window.
    """

    reopen = Signal()
    said = Signal(str)

    def __init__(
        self, window: QWidget, actions: Actions, session: Session, preferences: PreferenceFile, theme: Theme,
        store: PackStore | None, finetuning: Finetuning,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._session = session
        self._preferences = preferences
        self._theme = theme
        self._store = store
        self._finetuning = finetuning
        self._manager: PackManager | None = None
        self.preferences: PreferencesDialog | None = None
        self.packs: PacksDialog | None = None
        self.teach: FinetuneDialog | None = None
        self.help: HelpDialog | None = None
        self.about: AboutDialog | None = None
        finetuning.finished.connect(self._finetuned)
        actions["preferences"].triggered.connect(self.open_preferences)
        actions["packs"].triggered.connect(self.open_packs)
        actions["teach"].triggered.connect(self.open_teach)
        actions["help"].triggered.connect(self.open_help)
        actions["shortcuts"].triggered.connect(self.open_shortcuts)
        actions["about"].triggered.connect(self.open_about)
        actions["diagnostics"].triggered.connect(self.copy_diagnostics)

    def close(self) -> None:
        """End what a dialog began, and its thread."""
        if self._manager is not None:
            self._manager.close()

    def _show(self, sheet: BaseDialog) -> None:
        sheet.show()
        sheet.raise_()
        sheet.activateWindow()

    @Slot()
    def open_preferences(self) -> None:
        """Show the preferences."""
        if self.preferences is None:
            from app.preferences.preferences_dialog import PreferencesDialog

            folder = self._session.library.folder
            self.preferences = PreferencesDialog(self._preferences, self._theme, folder, self._window)
            self.preferences.reopen.connect(self.reopen)
        self._show(self.preferences)

    def install(self, source: Path) -> None:
        """Install a pack from a folder or an archive, in sight."""
        self.open_packs().install(source)

    @Slot()
    def open_packs(self) -> PacksDialog:
        """Show the packs."""
        if self.packs is None:
            from app.packs.packs_dialog import PacksDialog

            self._manager = PackManager(self._store, self)
            self.packs = PacksDialog(self._session, self._manager, self._preferences, self._window)
        self._show(self.packs)
        return self.packs

    @Slot()
    def open_teach(self) -> FinetuneDialog:
        """Show what is taught, or ask what is to be."""
        if self.teach is None:
            from app.finetune.finetune_dialog import FinetuneDialog

            self.teach = FinetuneDialog(self._session, self._finetuning, self._window)
        self._show(self.teach)
        return self.teach

    @Slot(str)
    def _finetuned(self, name: str) -> None:
        """A pack that was taught is what clips are made with from now on."""
        self._session.choose_pack(name)
        self._preferences.change(pack=name)
        if self._manager is not None:
            self._manager.refresh()
        self.said.emit(self.tr("Finetuning is done: the new pack is installed and in use."))

    @Slot()
    def open_help(self) -> None:
        """Show the help."""
        self._help(shortcuts=False)

    @Slot()
    def open_shortcuts(self) -> None:
        """Show the shortcuts."""
        self._help(shortcuts=True)

    def _help(self, *, shortcuts: bool) -> None:
        if self.help is None:
            from app.help.help_dialog import HelpDialog

            self.help = HelpDialog(self._actions, self._window)
        self.help.show_page(shortcuts)
        self._show(self.help)

    @Slot()
    def open_about(self) -> None:
        """Say what walt is."""
        if self.about is None:
            from app.help.about_dialog import AboutDialog

            self.about = AboutDialog(self._window)
            self.about.copy.clicked.connect(self.copy_diagnostics)
        self._show(self.about)

    @Slot()
    def copy_diagnostics(self) -> None:
        """Put what helps to find a fault into the clipboard."""
        QGuiApplication.clipboard().setText(diagnostics(self._session, self._preferences.now))
        self.said.emit(self.tr("Diagnostics were copied to the clipboard. They contain no prompts."))
