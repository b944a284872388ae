"""The verbs of moving through what is on show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from app.core.actions import Actions
    from app.playback.monitor import Monitor


class Transport(QObject):
    """Play, pause, step, jump: possible while there is a picture."""

    def __init__(self, monitor: Monitor, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._player = player = monitor.player
        self._actions = actions

        def pictured() -> bool:
            return monitor.pictured

        actions.bind("play", player.toggle, pictured)
        actions.bind("previous_frame", lambda: player.step(-1), pictured)
        actions.bind("next_frame", lambda: player.step(1), pictured)
        actions.bind("backwards", lambda: player.shuttle(-1), pictured)
        actions.bind("hold", player.pause, pictured)
        actions.bind("forwards", lambda: player.shuttle(1), pictured)
        actions.bind("first_frame", lambda: player.seek(0), pictured)
        actions.bind("last_frame", lambda: player.step(player.total), pictured)
        actions["loop"].setChecked(player.loop)
        actions["loop"].toggled.connect(player.set_loop)
        for signal in (monitor.changed, monitor.reset):
            signal.connect(actions.refresh)
        player.playing_changed.connect(self._name_play)

    @Slot()
    def _name_play(self) -> None:
        self._actions["play"].setText(self.tr("Pause") if self._player.playing else self.tr("Play"))
