"""Downloading an open model: which one and to where; then its size and its licence, which are accepted first."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.core.base_dialog import BaseDialog
from app.core.error_messages import sentence
from app.core.formatting import size_text
from app.core.path_field import PathField
from app.core.widgets import button, note, set_role
from app.packs.pack_manager import PackManager
from engine.api.errors import WaltError
from engine.open_models.get import models_folder, recommended

if TYPE_CHECKING:
    from engine.open_models.get import Offer

SIZE = (820, 620)


class GetModelDialog(BaseDialog):
    """The dialog. It closes when the download begins; the packs dialog shows how far it is."""

    def __init__(self, manager: PackManager, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Get Model"))
        self.resize(*SIZE)
        self._manager = manager
        self._offer: Offer | None = None
        self._asking = False
        self.table = QTableWidget(len(recommended()), 5)
        self.table.setAccessibleName(self.tr("Recommended models"))
        self.wanted = QLineEdit()
        self.folder = PathField(self.tr("Folder"))
        with suppress(WaltError):  # a user without a home chooses one
            self.folder.setText(str(models_folder()))
        self.browse = button(self.tr("Choose…"))
        self.ask = button(self.tr("Show Size and Licence"), "primary")
        self.facts = note()
        self.facts.setWordWrap(True)
        self.licence = QPlainTextEdit()
        self.licence.setReadOnly(True)
        self.licence.setAccessibleName(self.tr("Licence"))
        self.accepted_box = QCheckBox(self.tr("I accept the licence"))
        self.download = button(self.tr("Download"), "primary")
        self._lay_out()
        self._fill()
        self._wire()
        self._show_offer(None)

    def _lay_out(self) -> None:
        self.section(self.tr("Recommended"))
        self.body.addWidget(self.table, 1)
        self.words(
            self.tr(
                "The figures are approximate, by the models’ authors; "
                "the true size is shown before anything is downloaded."
            )
        )
        self.wanted.setPlaceholderText(self.tr("One of the list, or a repository: owner/name"))
        self.row(self.tr("Model"), self.wanted)
        self.row(self.tr("Folder"), self.folder, self.browse, self.ask)
        self.body.addWidget(self.facts)
        self.body.addWidget(self.licence, 1)
        self.body.addWidget(self.accepted_box)
        self.foot.insertWidget(0, self.download)

    def _fill(self) -> None:
        titles = (self.tr("Model"), self.tr("Card"), self.tr("On disk"), self.tr("Frames"), self.tr("Licence"))
        self.table.setHorizontalHeaderLabels(titles)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for row, model in enumerate(recommended()):
            cells = (model.title, f"{model.card} GB", f"{model.disk} GB", model.frames, model.licence)
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(model.good_at)
                self.table.setItem(row, column, item)

    def _wire(self) -> None:
        self.table.itemSelectionChanged.connect(self._choose)
        self.wanted.textChanged.connect(self._forget)
        self.folder.textChanged.connect(self._forget)
        self.browse.clicked.connect(self._browse)
        self.ask.clicked.connect(self._ask)
        self.accepted_box.toggled.connect(self._refresh)
        self.download.clicked.connect(self._download)
        self._manager.changed.connect(self._refresh)
        self._manager.offered.connect(self._show_offer)
        self._manager.failed.connect(self._failed)

    @Slot()
    def _choose(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            self.wanted.setText(recommended()[rows[0].row()].name)

    @Slot()
    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder for Models"), self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _ask(self) -> None:
        self._show_offer(None)
        self._asking = True
        self.facts.setText(self.tr("Asking the model hub…"))
        self._manager.ask(self.wanted.text().strip(), Path(self.folder.text()))

    @Slot()
    def _forget(self) -> None:
        self._show_offer(None)

    @Slot(object)
    def _show_offer(self, offer: Offer | None) -> None:
        """Show what was offered; None for nothing yet."""
        self._asking = False
        self._offer = offer
        self.accepted_box.setChecked(False)
        set_role(self.facts, "secondary")
        self.facts.setText("" if offer is None else self._facts(offer))
        none = self.tr("The repository contains no licence text.")
        self.licence.setPlainText("" if offer is None else offer.licence_text.strip() or none)
        self._refresh()

    def _facts(self, offer: Offer) -> str:
        words = self.tr("{0} · licence: {1} · {2}, {3} to download · {4} free in {5}")
        sizes = map(size_text, (offer.bytes, offer.missing, offer.free))
        return words.format(offer.repository.name, offer.licence, *sizes, offer.target)

    @Slot()
    def _refresh(self) -> None:
        offer, free = self._offer, not self._manager.busy
        for widget in (self.licence, self.accepted_box):
            widget.setVisible(offer is not None)
        self.ask.setEnabled(free and bool(self.wanted.text().strip() and self.folder.text().strip()))
        self.download.setEnabled(free and offer is not None and self.accepted_box.isChecked())

    @Slot(object)
    def _failed(self, error: WaltError) -> None:
        if self._asking:
            self._show_offer(None)
            set_role(self.facts, "error")
            self.facts.setText(sentence(error).line)

    @Slot()
    def _download(self) -> None:
        if self._offer is not None:
            self._manager.get(self._offer)
            self.accept()
