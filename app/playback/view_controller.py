"""Ties what one can do to the picture, besides playing it, to the window's actions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.playback.full_screen import FullScreen

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.core.actions import Actions
    from app.core.actions import Name as ActionName
    from app.playback.current_clip import CurrentClip
    from app.playback.monitor import Monitor
    from app.playback.preview import Preview
    from engine.api.types import StageName

LOOKS: dict[ActionName, StageName] = {"look_base": "base", "look_sr1": "sr1", "look_sr2": "sr2"}


class ViewController(QObject):
    """Back to the newest clip, stages to look back at, the wipe between two, zoom, full screen."""

    def __init__(
        self, window: QWidget, current: CurrentClip, monitor: Monitor, actions: Actions, preview: Preview
    ) -> None:
        super().__init__(window)
        self._window = window
        self._current = current
        self._monitor = monitor
        self._actions = actions
        for name, stage in LOOKS.items():
            actions.bind(name, partial(current.look, stage), partial(current.can_look, stage))
        actions.bind("watch", current.watch, lambda: current.library_clip is not None)
        actions.bind("wipe_left", lambda: current.nudge(-1), lambda: current.comparing)
        actions.bind("wipe_right", lambda: current.nudge(1), lambda: current.comparing)
        actions.bind("full_screen", self.go_full, lambda: monitor.pictured)
        actions.allow("compare", lambda: current.before is not None)
        actions["compare"].toggled.connect(current.compare)
        actions.allow("actual_size", lambda: monitor.pictured)
        actions["actual_size"].toggled.connect(preview.set_actual)
        preview.opened.connect(self.go_full)
        for signal in (current.changed, current.stages_changed, monitor.changed, monitor.reset):
            signal.connect(actions.refresh)

    def close(self) -> None:
        """The window goes, and the picture on the whole screen with it: Qt leaves a window's window open."""
        for full in self._window.findChildren(FullScreen):
            full.close()

    @Slot()
    def go_full(self) -> None:
        """The picture alone."""
        if self._monitor.pictured and not self._window.findChildren(FullScreen):
            FullScreen(self._current, self._monitor, self._actions, self._window).showFullScreen()
