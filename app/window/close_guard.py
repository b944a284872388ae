"""The question before closing the window would stop work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from app.jobs.state import Running

if TYPE_CHECKING:
    from app.finetune.finetune import Finetuning
    from app.window.session import Session


class CloseGuard(QObject):
    """Knows whether closing would stop something, and asks.

    Signals:
        confirmed(): closing was confirmed.
        refused(): it was not.
    """

    confirmed = Signal()
    refused = Signal()

    def __init__(self, window: QWidget, session: Session, finetuning: Finetuning) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._finetuning = finetuning

    @property
    def busy(self) -> bool:
        """Whether closing would stop something."""
        return isinstance(self._session.state, Running) or self._finetuning.busy

    def ask(self) -> None:
        """Ask whether to stop; `confirmed` or `refused` follows."""
        box = QMessageBox(self._window)
        box.setObjectName("close_question")
        box.setWindowTitle(self.tr("Close walt"))
        if isinstance(self._session.state, Running):
            box.setText(self.tr("A clip is being made. Stop it and close?"))
            again = self.tr("You can try it again next time. Clips that wait in the queue stay there.")
        else:
            box.setText(self.tr("A pack is being finetuned. Stop it and close?"))
            again = self.tr("If you start it again with the same files and the same name, it continues "
                            "where it stopped.")
        box.setInformativeText(again)
        yes = box.addButton(self.tr("Stop and Close"), QMessageBox.ButtonRole.AcceptRole)
        no = box.addButton(self.tr("Keep Working"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(no)
        box.setEscapeButton(no)
        yes.clicked.connect(self.confirmed)
        no.clicked.connect(self.refused)
        box.finished.connect(box.deleteLater)
        box.open()
