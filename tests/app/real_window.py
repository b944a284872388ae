"""The application's own window with the real engine and a tiny pack behind it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.bridge import EngineBridge
from app.core.settings import Settings
from app.core.theme import Theme
from app.window.main import build
from app.window.main_window import MainWindow
from engine.packs.store import PackStore
from engine.worker import Engine

SLOW = 120_000
"""Milliseconds: a generous limit for a busy machine, not a measure."""


def open_real(
    qtbot: QtBot, app: QApplication, theme: Theme, store: PackStore, folder: Path
) -> tuple[MainWindow, EngineBridge]:
    """The window on screen, its pack read, its engine started; whoever asked closes it."""
    window, bridge = build(app, Settings(folder / "window.ini"), pack="tiny", store=store, theme=theme)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    with qtbot.waitSignal(window.session.pack_changed):
        window.session.read_pack()
    bridge.start(lambda listener: Engine(listener, store, "cpu", warm=True))
    return window, bridge
