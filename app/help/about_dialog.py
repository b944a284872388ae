"""The about dialog: what walt is, and the licences of its libraries."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QTabWidget, QWidget

from app.core.base_dialog import BaseDialog
from app.core.widgets import button, page
from app.help.report import Licence, installed, licences

SIZE = (560, 480)


class AboutDialog(BaseDialog):
    """Two pages: walt, and the libraries it uses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("About walt"))
        self.resize(*SIZE)
        self.tabs = QTabWidget()
        self.about = page(self.tabs, self.tr("walt"))
        self.licences = page(self.tabs, self.tr("Licences"))
        self.body.addWidget(self.tabs, 1)
        self.copy = button(self.tr("Copy Diagnostics"))
        self.foot.insertWidget(0, self.copy)
        self._found: tuple[Licence, ...] = ()
        self.tabs.currentChanged.connect(self._read_licences)
        self.fill()

    def fill(self) -> None:
        """Write the pages."""
        paragraphs = (
            self.tr("Short clips from a prompt or a picture, made on your own computer."),
            self.tr(
                "An implementation of W.A.L.T, the Window Attention Latent Transformer of Gupta and others "
                "(2023), with models trained by this project. It works offline and sends nothing anywhere."
            ),
            self.tr("walt and its starter pack are under the Apache License 2.0."),
            self.tr(
                "PyAV's binary carries x264 and x265: a bundle that includes it is passed on under "
                "the terms of the GPLv3."
            ),
        )
        text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
        self.about.setHtml(f"<h2>walt {escape(installed('walt'))}</h2>{text}")
        rows = "".join(
            f"<tr><td>{escape(one.name)} {escape(one.version)}</td><td>{escape(one.licence)}</td></tr>"
            for one in self._found
        )
        self.licences.setHtml(f"<table width='100%' cellpadding='3'>{rows}</table>")

    @Slot()
    def _read_licences(self) -> None:
        if not self._found:
            self._found = licences()
            self.fill()

    def changeEvent(self, event: QEvent) -> None:
        """Rich text keeps its old colours when the palette changes, so write it again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.fill()
