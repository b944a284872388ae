"""The event loop. Only this module uses qasync, to await the shutdown."""

from __future__ import annotations

import asyncio

import qasync  # after PySide6 was imported, so that it binds to it
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from app.core.bridge import EngineBridge


class _Gate(QObject):
    """Turns a Qt signal into something to await, in the window's thread."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = asyncio.Event()

    @Slot()
    def open(self) -> None:
        self.passed.set()


def run(app: QApplication, bridge: EngineBridge) -> None:
    """Run the event loop until the engine has ended."""
    gate = _Gate()
    bridge.closed.connect(gate.open)
    app.setQuitOnLastWindowClosed(False)  # the loop ends when the engine has, not when the window is gone
    with qasync.QEventLoop(app) as loop:
        loop.run_until_complete(gate.passed.wait())
