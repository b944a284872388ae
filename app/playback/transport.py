"""The verbs of moving through a clip, and those of choosing colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.core.actions import Actions
from app.core.actions import Name as ActionName
from app.window.session import Session

if TYPE_CHECKING:
    from app.core.theme import Choice, Theme
    from app.preferences.preferences import PreferenceFile


class Transport(QObject):
    """Play, pause, step, jump."""

    def __init__(self, session: Session, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._player = session.player
        self._actions = actions
        verbs: dict[ActionName, object] = {
            "play": self._player.toggle,
            "previous_frame": self._previous,
            "next_frame": self._next,
            "first_frame": self._first,
            "last_frame": self._last,
        }
        for name, verb in verbs.items():
            actions[name].triggered.connect(verb)
        actions["loop"].setChecked(self._player.loop)
        actions["loop"].toggled.connect(self._player.set_loop)
        session.monitor.changed.connect(self.refresh)
        session.monitor.reset.connect(self.refresh)
        self._player.playing_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Let them be possible only while there is a picture."""
        monitor = self._session.monitor
        pictured = monitor.total > 0 and not monitor.empty
        names: tuple[ActionName, ...] = ("play", "previous_frame", "next_frame", "first_frame", "last_frame")
        for name in names:
            self._actions[name].setEnabled(pictured)
        self._actions["play"].setText(self.tr("Pause") if self._player.playing else self.tr("Play"))

    @Slot()
    def _previous(self) -> None:
        self._player.step(-1)

    @Slot()
    def _next(self) -> None:
        self._player.step(1)

    @Slot()
    def _first(self) -> None:
        self._player.seek(0)

    @Slot()
    def _last(self) -> None:
        self._player.pause()
        self._player.seek(self._player.total - 1)


class Colours(QObject):
    """Follow the system, dark, light."""

    def __init__(self, theme: Theme, actions: Actions, preferences: PreferenceFile, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions = actions
        self._preferences = preferences
        self._names: dict[Choice, ActionName] = {
            "system": "theme_system",
            "dark": "theme_dark",
            "light": "theme_light",
        }
        for name in self._names.values():
            actions[name].triggered.connect(self._choose)
        theme.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show which colours are on, wherever they were chosen."""
        self._actions[self._names[self._theme.choice]].setChecked(True)

    @Slot()
    def _choose(self) -> None:
        for choice, name in self._names.items():
            if self._actions[name] is self.sender():
                self._theme.choose(choice)
                self._preferences.change(theme=choice)
