"""Thousands of random things done to the window: no exception, nothing that Qt complains of, nothing left over.

More of them, with other seeds: see CONTRIBUTING.md.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.i18n import Translators
from tests.app.conftest import OpenStudio, ticking
from tests.app.monkey import Monkey, moody

FIRST, COUNT = (
    int(os.environ.get(f"WALT_MONKEY_{name}", default)) for name, default in (("SEED", 1), ("COUNT", 1))
)
EVENTS = int(os.environ.get("WALT_MONKEY_EVENTS", "600"))
LANGUAGES = ("en", "fr")
GRAVE = (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
OFF_SCREEN = ("This plugin does not support", "Mouse event at ")
"""What the platform without a screen says of things that it cannot do, and the test kit of clicks beside the window."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(FIRST, FIRST + COUNT))
def test_whatever_is_done_to_the_window_it_holds_together(
    qtbot: QtBot, open_studio: OpenStudio, tmp_path: Path, seed: int,
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    complaints: list[str] = []

    def hear(kind: QtMsgType, _context: object, words: str) -> None:
        if kind in GRAVE and not words.startswith(OFF_SCREEN):
            complaints.append(words)

    qInstallMessageHandler(hear)
    translators = Translators()
    for turn, language in enumerate(LANGUAGES):
        translators.speak(language)
        studio = open_studio(moody(seed))
        monkey = Monkey(studio, seed * len(LANGUAGES) + turn, tmp_path)
        try:
            monkey.play(EVENTS)
        except BaseException:
            print("the last events:", *monkey.done[-12:], sep="\n  ")
            raise
        with qtbot.waitSignal(studio.bridge.closed):
            studio.window.leave()
        studio.window.shut_down()
        QApplication.processEvents()
        assert ticking(studio.window) == []
    translators.speak("en")
    qInstallMessageHandler(None)
    assert sorted(set(complaints)) == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
