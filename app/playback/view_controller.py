"""Ties what one can do to the picture, besides playing it, to the window's actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.playback.full_screen import FullScreen
from engine.api.types import StageName

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.core.actions import Actions
    from app.core.actions import Name as ActionName
    from app.playback.viewer import Viewer
    from app.window.main_window import MainWindow
    from app.window.session import Session

LOOKS: dict[ActionName, StageName] = {"look_base": "base", "look_sr1": "sr1", "look_sr2": "sr2"}


class ViewController(QObject):
    """Stages to look back at, the wipe between two, zoom, full screen."""

    def __init__(self, window: MainWindow, session: Session, actions: Actions, viewer: Viewer) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._actions = actions
        self._preview = viewer.preview
        for name, stage in LOOKS.items():
            actions[name].triggered.connect(self._looker(stage))
        actions["compare"].toggled.connect(session.current_clip.compare)
        actions["wipe_left"].triggered.connect(self._wipe_left)
        actions["wipe_right"].triggered.connect(self._wipe_right)
        actions["actual_size"].toggled.connect(self._preview.set_actual)
        actions["full_screen"].triggered.connect(self.go_full)
        self._preview.opened.connect(self.go_full)
        session.current_clip.stages_changed.connect(self.refresh)
        session.monitor.changed.connect(self.refresh)
        session.monitor.reset.connect(self.refresh)
        self.refresh()

    def close(self) -> None:
        """The window goes, and the picture on the whole screen with it: Qt leaves a window's window open."""
        for full in self._window.findChildren(FullScreen):
            full.close()

    def _looker(self, stage: StageName) -> Callable[[], None]:
        return lambda: self._session.current_clip.look(stage)

    @Slot()
    def refresh(self) -> None:
        """Let each verb be possible only when it is."""
        stages, actions = self._session.current_clip, self._actions
        for name, stage in LOOKS.items():
            actions[name].setEnabled(stages.can_look(stage))
        actions["compare"].setEnabled(stages.before is not None)
        for name in ("wipe_left", "wipe_right"):
            actions[name].setEnabled(stages.comparing)
        shown = self._session.monitor.total > 0 and not self._session.monitor.empty
        actions["actual_size"].setEnabled(shown)
        actions["full_screen"].setEnabled(shown)

    @Slot()
    def _wipe_left(self) -> None:
        self._session.current_clip.nudge(-1)

    @Slot()
    def _wipe_right(self) -> None:
        self._session.current_clip.nudge(1)

    @Slot()
    def go_full(self) -> None:
        """The picture alone."""
        if self._actions["full_screen"].isEnabled() and not self._window.findChildren(FullScreen):
            FullScreen(self._session.current_clip, self._session.monitor, self._actions, self._window).showFullScreen()
