"""The event loop. Nothing else knows qasync, which serves to await the shutdown: never frames or torch."""

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
    """Serve the window until the engine behind it has ended."""
    gate = _Gate()
    bridge.closed.connect(gate.open)
    app.setQuitOnLastWindowClosed(False)  # the loop ends when the engine has, not when the window is gone
    with qasync.QEventLoop(app) as loop:
        loop.run_until_complete(gate.passed.wait())
