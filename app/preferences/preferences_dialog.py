"""The preferences dialog: changes take effect at once; those that need a restart offer one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from app.core.base_dialog import BaseDialog
from app.core.number_fields import NumberField
from app.core.option_widgets import DropDown, Segments
from app.core.theme import Choice, Theme
from app.core.widgets import NameLabel, button, note
from app.preferences.preferences import (
    MAX_LIBRARY_MB,
    MAX_THREADS,
    PreferenceFile,
    Preferences,
    most_memory_mb,
)

WIDTH = 592
GB = 1024
LEAST_MEMORY_MB, MEMORY_STEP_MB = 768, 256
"""With less than that no clip fits in beside the window."""


class PreferencesDialog(BaseDialog):
    """The dialog.

    Signals:
        reopen(): the window is to close and open again with what was chosen.
    """

    reopen = Signal()

    def __init__(
        self, file: PreferenceFile, theme: Theme, folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Preferences"))
        self.setMinimumWidth(WIDTH)
        self._file = file
        self._theme = theme
        self._default_folder = folder
        self._at_start = file.now
        self._look()
        self._computing()
        self._keeping()
        self.body.addStretch(1)
        self.later = note(self.tr("Takes effect after a restart."))
        self.again = button(self.tr("Restart Now"))
        self.again.setObjectName("reopen")
        self.again.clicked.connect(self.reopen)
        self.foot.insertWidget(0, self.later)
        self.foot.insertWidget(1, self.again)
        file.changed.connect(self.refresh)
        file.failed.connect(self._not_kept)
        self.refresh()

    # The sections.

    def _look(self) -> None:
        self.section(self.tr("Appearance"))
        self.theme = Segments()
        self.theme.add("system", self.tr("System"), self.tr("System"))
        self.theme.add("dark", self.tr("Dark"), self.tr("Dark colours"))
        self.theme.add("light", self.tr("Light"), self.tr("Light colours"))
        self.theme.picked.connect(self._choose_theme)
        self.row(self.tr("Colours"), self.theme)
        self.language = DropDown(self.tr("Language"))
        # Languages are named in themselves: whoever looks for theirs finds it.
        self.language.fill(
            [("system", self.tr("System")), ("en", "English"), ("fr", "Français")]
        )
        self.language.picked.connect(self._choose_language)
        self.row(self.tr("Language"), self.language)

    def _computing(self) -> None:
        self.section(self.tr("Computing"))
        self.device = DropDown(self.tr("Device"))
        self.device.fill(
            [
                ("auto", self.tr("Fastest available")),
                ("cpu", self.tr("Processor")),
                ("cuda", self.tr("NVIDIA graphics card")),
                ("mps", self.tr("Apple graphics")),
            ]
        )
        self.device.picked.connect(self._choose_device)
        self.row(self.tr("Device"), self.device)
        automatic, now = self.tr("Automatic"), self._file.now
        most = max(now.threads, min(MAX_THREADS, os.cpu_count() or 1))
        self.threads = NumberField(self.tr("Processor threads"), 1, most, automatic).narrow()
        self.threads.valueChanged.connect(self._choose_threads)
        self.row(self.tr("Processor threads"), self.threads)
        most = max(now.memory_mb, most_memory_mb())
        self.memory = NumberField(self.tr("Memory for a clip"), LEAST_MEMORY_MB, most, automatic).narrow()
        self.memory.setSuffix(self.tr(" MB"))
        self.memory.setSingleStep(MEMORY_STEP_MB)
        self.memory.setToolTip(
            self.tr("The most memory that walt uses; if a clip needs more, walt says so before it starts")
        )
        self.memory.valueChanged.connect(self._choose_memory)
        self.row(self.tr("Memory for a clip"), self.memory)

    def _keeping(self) -> None:
        self.section(self.tr("Storage"))
        self.folder = NameLabel()
        change = button(self.tr("Change…"))
        change.clicked.connect(self._ask_folder)
        self.back = button(self.tr("Reset"))
        self.back.clicked.connect(self._own_folder)
        self.row(self.tr("Library folder"), self.folder, change, self.back)
        self.bound = NumberField(
            self.tr("Library size"), 1, MAX_LIBRARY_MB // GB, self.tr("No limit")
        ).narrow()
        self.bound.setSuffix(self.tr(" GB"))
        self.bound.setToolTip(
            self.tr("Above this size the library offers to delete old clips; nothing is deleted by itself")
        )
        self.bound.valueChanged.connect(self._choose_bound)
        self.row(self.tr("Library size"), self.bound)
        self.metadata = QCheckBox(self.tr("Put prompt, seed and settings into exported files"))
        self.metadata.toggled.connect(self._choose_metadata)
        self.body.addWidget(self.metadata)
        self.notify = QCheckBox(self.tr("Notify me when a clip is done and walt is in the background"))
        self.notify.toggled.connect(self._choose_notify)
        self.body.addWidget(self.notify)

    # Showing.

    @Slot()
    def refresh(self) -> None:
        """Show the current preferences."""
        now = self._file.now
        for widget in (self.threads, self.memory, self.bound, self.metadata, self.notify):
            widget.blockSignals(True)
        self.theme.choose(now.theme)
        self.language.choose(now.language)
        self.device.choose(now.device)
        self.threads.setValue(now.threads)
        self.memory.setValue(now.memory_mb)
        self.bound.setValue(now.library_mb // GB)
        self.metadata.setChecked(now.metadata)
        self.notify.setChecked(now.notify)
        for widget in (self.threads, self.memory, self.bound, self.metadata, self.notify):
            widget.blockSignals(False)
        folder = now.library_folder or str(self._default_folder)
        self.folder.name(folder)
        self.back.setVisible(bool(now.library_folder))
        waiting = _at_start_only(now) != _at_start_only(self._at_start)
        self.later.setVisible(waiting)
        self.again.setVisible(waiting)

    @Slot(object)
    def _not_kept(self, error: object) -> None:
        self.later.setText(str(error))
        self.later.setVisible(True)

    # Choosing.

    @Slot(object)
    def _choose_theme(self, choice: Choice) -> None:
        self._theme.choose(choice)
        self._file.change(theme=choice)

    @Slot(object)
    def _choose_language(self, language: object) -> None:
        self._file.change(language=language)  # pyright: ignore[reportArgumentType]

    @Slot(object)
    def _choose_device(self, device: object) -> None:
        self._file.change(device=device)  # pyright: ignore[reportArgumentType]

    @Slot(int)
    def _choose_threads(self, threads: int) -> None:
        self._file.change(threads=threads)

    @Slot(int)
    def _choose_memory(self, megabytes: int) -> None:
        self._file.change(memory_mb=megabytes)

    @Slot(int)
    def _choose_bound(self, gigabytes: int) -> None:
        self._file.change(library_mb=gigabytes * GB)

    @Slot(bool)
    def _choose_metadata(self, yes: bool) -> None:
        self._file.change(metadata=yes)

    @Slot(bool)
    def _choose_notify(self, yes: bool) -> None:
        self._file.change(notify=yes)

    @Slot()
    def _ask_folder(self) -> None:
        start = self._file.now.library_folder or str(self._default_folder)
        dialog = QFileDialog(self, self.tr("Library Folder"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._choose_folder)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _choose_folder(self, folder: str) -> None:
        if Path(folder).is_absolute():
            self._file.change(library_folder=folder)

    @Slot()
    def _own_folder(self) -> None:
        self._file.change(library_folder="")


def _at_start_only(now: Preferences) -> Preferences:
    """The preferences that are only read when the window opens."""
    plain = Preferences()
    return replace(
        plain,
        language=now.language,
        device=now.device,
        threads=now.threads,
        memory_mb=now.memory_mb,
        library_folder=now.library_folder,
    )
