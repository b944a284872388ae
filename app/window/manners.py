"""The window's manners: asks before it stops work, tells when a clip is done, speaks to screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QIcon
from PySide6.QtWidgets import QApplication, QMessageBox, QSystemTrayIcon, QWidget

from app.core.error_messages import sentence
from app.core.formatting import seconds_text
from app.jobs.state import Done, Failed, Running, Stopped
from engine.api.events import StageName

if TYPE_CHECKING:
    from app.finetune.finetune import Finetuning
    from app.jobs.state import JobState
    from app.preferences.preferences import PreferenceFile
    from app.window.session import Session
    from app.window.title import Title

SHOWN_MS = 6000
PERCENT = 100


class Manners(QObject):
    """Watches the session for the window.

    Signals:
        leave(): closing was confirmed.
        stay(): it was not.
        spoke(str): this was announced.
        told(str): this was shown outside the window.
    """

    leave = Signal()
    stay = Signal()
    spoke = Signal(str)
    told = Signal(str)

    def __init__(
        self, window: QWidget, title: Title, session: Session, preferences: PreferenceFile, finetuning: Finetuning
    ) -> None:
        super().__init__(window)
        self._window = window
        self._title = title
        self._session = session
        self._preferences = preferences
        self._finetuning = finetuning
        self._state: JobState = session.state
        self._stage: StageName | None = None
        self._icon: QSystemTrayIcon | None = None
        session.state_changed.connect(self._on_state)
        session.progress_changed.connect(self._on_progress)

    # Closing.

    @property
    def busy(self) -> bool:
        """Whether closing would stop something."""
        return isinstance(self._session.state, Running) or self._finetuning.busy

    def ask(self) -> None:
        """Ask whether to stop; `leave` or `stay` follows."""
        box = QMessageBox(self._window)
        box.setObjectName("close_question")
        box.setWindowTitle(self.tr("Close walt"))
        if isinstance(self._session.state, Running):
            box.setText(self.tr("A clip is being made. Stop it and close?"))
            again = self.tr("It can be tried again the next time. Clips that wait in the queue stay there.")
        else:
            box.setText(self.tr("walt is learning. Stop it and close?"))
            again = self.tr("The same lesson, begun again under the same name, goes on where it was.")
        box.setInformativeText(again)
        yes = box.addButton(self.tr("Stop and Close"), QMessageBox.ButtonRole.AcceptRole)
        no = box.addButton(self.tr("Keep Working"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(no)
        box.setEscapeButton(no)
        yes.clicked.connect(self.leave)
        no.clicked.connect(self.stay)
        box.finished.connect(box.deleteLater)
        box.open()

    # Telling.

    def announce(self, text: str) -> None:
        """Let a screen reader say something."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, text))
        self.spoke.emit(text)

    def _tell(self, text: str) -> None:
        """Show something outside the window, if it is in the background and that is wanted."""
        if self._window.isActiveWindow() or not self._preferences.now.notify:
            return
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable():
            if self._icon is None:  # only as long as the message: walt does not live in the tray
                self._icon = QSystemTrayIcon(_icon(self._window), self)
                self._icon.messageClicked.connect(self._come)
            self._icon.show()
            self._icon.showMessage("walt", text, _icon(self._window), SHOWN_MS)
        self.told.emit(text)

    @Slot()
    def _come(self) -> None:
        self._window.showNormal()
        self._window.raise_()
        self._window.activateWindow()

    @Slot()
    def _on_state(self) -> None:
        before, self._state = self._state, self._session.state
        if type(before) is type(self._state) and before == self._state:
            return
        words = self._ended(self._state)
        if isinstance(self._state, Running) and not isinstance(before, Running):
            self._stage = None
            self.announce(self.tr("Making a clip"))
        elif words and isinstance(before, Running):
            self.announce(words)
            if not isinstance(self._state, Stopped):  # whoever stops a clip knows
                self._tell(words)
        self._name_window()

    def _ended(self, state: JobState) -> str:
        match state:
            case Done():
                return self.tr("The clip is done, in {0}").format(seconds_text(state.seconds))
            case Stopped():
                return self.tr("Stopped")
            case Failed():
                return self.tr("The clip could not be made: {0}").format(sentence(state.error).message)
            case _:
                return ""

    @Slot()
    def _on_progress(self) -> None:
        self._name_window()
        state = self._session.state
        if not isinstance(state, Running) or state.current is None or state.current.name == self._stage:
            return
        self._stage = state.current.name
        number = 1 + [stage.name for stage in state.stages].index(self._stage)
        self.announce(self.tr("Stage {0} of {1}").format(number, len(state.stages)))

    def _name_window(self) -> None:
        """The taskbar shows the title: how far a clip is can be seen there."""
        state = self._session.state
        if isinstance(state, Running):
            share = sum(stage.fraction for stage in state.stages) / max(len(state.stages), 1)
            self._title.set_progress(int(share * PERCENT))
        else:
            self._title.set_progress(None)


def _icon(window: QWidget) -> QIcon:
    icon = window.windowIcon()
    return icon if not icon.isNull() else QApplication.windowIcon()
