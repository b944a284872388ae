"""The verbs of choosing colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from app.core.actions import Actions
    from app.core.actions import Name as ActionName
    from app.core.theme import Choice, Theme
    from app.preferences.preferences import PreferenceFile


class ThemeActions(QObject):
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
