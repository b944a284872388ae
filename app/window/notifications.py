"""What is said outside the window's panels: screen readers, system notifications, progress in the title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from app.core.error_messages import sentence
from app.core.formatting import seconds_text
from app.jobs.state import Done, Failed, Running, Stopped
from engine.api.types import StageName

if TYPE_CHECKING:
    from app.jobs.state import JobState
    from app.preferences.preferences import PreferenceFile
    from app.window.session import Session
    from app.window.title import Title

SHOWN_MS = 6000
PERCENT = 100


class Notifications(QObject):
    """Announces changes of the session to screen readers and the desktop.

    Signals:
        announced(str): a screen reader was given this text.
        notified(str): this was shown by the system, outside the window.
    """

    announced = Signal(str)
    notified = Signal(str)

    def __init__(self, window: QWidget, title: Title, session: Session, preferences: PreferenceFile) -> None:
        super().__init__(window)
        self._window = window
        self._title = title
        self._session = session
        self._preferences = preferences
        self._state: JobState = session.state
        self._stage: StageName | None = None
        self._icon: QSystemTrayIcon | None = None
        session.state_changed.connect(self._on_state)
        session.progress_changed.connect(self._on_progress)

    def announce(self, text: str) -> None:
        """Let a screen reader say something."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, text))
        self.announced.emit(text)

    def _notify(self, text: str) -> None:
        """Show something outside the window, if it is in the background and that is wanted."""
        if self._window.isActiveWindow() or not self._preferences.now.notify:
            return
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable():
            if self._icon is None:  # only as long as the message: walt does not live in the tray
                self._icon = QSystemTrayIcon(_icon(self._window), self)
                self._icon.messageClicked.connect(self._show_window)
            self._icon.show()
            self._icon.showMessage("walt", text, _icon(self._window), SHOWN_MS)
        self.notified.emit(text)

    @Slot()
    def _show_window(self) -> None:
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
                self._notify(words)
        self._show_progress()

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
        self._show_progress()
        state = self._session.state
        if not isinstance(state, Running) or state.current is None or state.current.name == self._stage:
            return
        self._stage = state.current.name
        number = 1 + [stage.name for stage in state.stages].index(self._stage)
        self.announce(self.tr("Stage {0} of {1}").format(number, len(state.stages)))

    def _show_progress(self) -> None:
        """Show the progress in the title, and so in the taskbar."""
        state = self._session.state
        if isinstance(state, Running):
            share = sum(stage.fraction for stage in state.stages) / max(len(state.stages), 1)
            self._title.set_progress(int(share * PERCENT))
        else:
            self._title.set_progress(None)


def _icon(window: QWidget) -> QIcon:
    icon = window.windowIcon()
    return icon if not icon.isNull() else QApplication.windowIcon()
