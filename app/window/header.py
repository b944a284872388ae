"""The top row: menus on the left; on the right which pack dreams, and on what."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QToolButton, QVBoxLayout, QWidget

from app.core.actions import Actions
from app.core.device_label import device_label
from app.core.error_messages import sentence
from app.core.theme import AROUND
from app.core.widgets import hairline, note, set_role
from app.window.session import Session


class Header(QWidget):
    """Menus, pack and device. Where menus live elsewhere (macOS) only the right side shows."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self.menus = QMenuBar()
        actions.fill(self.menus)
        self.pack = QToolButton()
        self.pack.setProperty("role", "plain")
        self.pack.clicked.connect(actions["packs"].trigger)
        self.device = note()
        self.device.setContentsMargins(0, 0, 0, 2)  # onto the line of the buttons beside it
        self.device.setToolTip(self.tr("The device that generates clips"))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, AROUND, 0)
        row.setSpacing(AROUND)
        row.addWidget(self.menus)
        row.addStretch()
        row.addWidget(self.pack, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.device, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(hairline())
        session.pack_changed.connect(self.refresh)
        self.refresh()

    def name_device(self, asked: str) -> None:
        """Say where clips are computed."""
        self.device.setText(device_label(asked))

    @Slot()
    def refresh(self) -> None:
        """Show the pack."""
        card, error = self._session.card, self._session.pack_error
        set_role(self.pack, "plain-error" if error else "plain")
        if error:
            self.pack.setText(
                self.tr("No pack") if error.code == "pack-not-found" else self.tr("Pack damaged")
            )
            self.pack.setToolTip(sentence(error).line)
        else:
            self.pack.setText(card.title if card else "")
            self.pack.setToolTip(card.pack.manifest.description if card else self.tr("Reading the pack…"))
        self.pack.setAccessibleName(self.tr("Pack: {0}").format(self.pack.text()))
