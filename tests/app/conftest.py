"""A window off screen with a fake engine behind it. No file of the user's is touched, no thread is left."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partialmethod
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.core.bridge import EngineBridge
from app.core.settings import Settings
from app.core.theme import Theme
from app.window.main import build
from app.window.main_window import MainWindow
from app.window.session import Session
from engine.packs.store import PackStore
from engine.text.vocabulary import Vocabulary
from tests.app.fake_engine import FakeEngine, Script, whole_clip

PATIENCE_MS = 60_000
WORDS = ["a", "beach", "horse", "night", "on", "robot", "the", "walking"]


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is to fail because the machine has other things to do."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitCallback", "waitActive", "waitExposed"):
        patient = partialmethod(getattr(QtBot, name), timeout=PATIENCE_MS)
        monkeypatch.setattr(QtBot, name, patient)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("walt-")]
    assert left == []


@pytest.fixture(autouse=True)
def empty_clipboard() -> Iterator[None]:
    """No test finds what another copied, and the clipboard holds nothing of Python's when Python ends.

    Off screen, Qt keeps the clipboard in a static object, which is destroyed after the interpreter. A ``QMimeData``
    that was made in Python and is still there calls into the interpreter that is gone: a segmentation fault.
    """
    yield
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "dark")


@pytest.fixture(scope="session")
def face_store(tmp_path_factory: pytest.TempPathFactory) -> PackStore:
    """A store with a pack that has a manifest and words, but no weights: all that the window reads."""
    folder = tmp_path_factory.mktemp("packs") / "starter"
    folder.mkdir()
    stage, teachable = {"transformer": {}, "steps": 3}, {"text_width": 8, "frame_conditioning": True}
    manifest = {
        "name": "starter", "title": "Starter", "version": "1", "licence": "Apache-2.0",
        "description": "Words only.",
        "sizes": {"16:9": [128, 224], "1:1": [128, 128]}, "tokenizer": {}, "text": {},
        "stages": {
            "base": {**stage, "transformer": teachable},
            "sr1": {**stage, "low_res_noise": 1}, "sr2": {**stage, "low_res_noise": 1},
        },
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "vocabulary.json").write_text(Vocabulary.build(WORDS, {}, ["please"]).to_json())
    return PackStore([folder.parent])


@dataclass
class Studio:
    """The window with everything behind it."""

    window: MainWindow
    bridge: EngineBridge
    engine: FakeEngine

    @property
    def session(self) -> Session:
        return self.window.session


OpenStudio = Callable[..., Studio]


def ticking(window: QWidget) -> list[str]:
    """Whose timers still run, and how often, in a window that is gone."""
    repeating = [timer for timer in window.findChildren(QTimer) if not timer.isSingleShot()]
    return [f"{type(timer.parent()).__name__}, {timer.interval()} ms" for timer in repeating if timer.isActive()]


@pytest.fixture
def open_studio(
    qtbot: QtBot, qapp: QApplication, theme: Theme, face_store: PackStore, tmp_path: Path
) -> Iterator[OpenStudio]:
    """Opens a window: ``open_studio(script)``. It is closed, and must end its threads, after the test."""
    opened: list[Studio] = []

    def make(script: Script = whole_clip, *, store: PackStore = face_store) -> Studio:
        settings = Settings(tmp_path / "window.ini")
        window, bridge = build(qapp, settings, store=store, theme=theme)
        qtbot.addWidget(window, before_close_func=MainWindow.leave)
        engines: list[FakeEngine] = []

        def factory(listener: object) -> FakeEngine:
            engines.append(FakeEngine(listener, script))  # pyright: ignore[reportArgumentType]
            return engines[0]

        bridge.start(factory)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        with qtbot.waitSignal(window.session.pack_changed):
            window.session.read_pack()
        with qtbot.waitSignal(window.session.library.opened):
            window.session.library.open()
        opened.append(Studio(window, bridge, engines[0]))
        return opened[-1]

    yield make
    for studio in opened:
        if studio.window.isVisible():
            with qtbot.waitSignal(studio.bridge.closed):
                studio.window.leave()
        studio.window.shut_down()
        QApplication.processEvents()
        assert ticking(studio.window) == []


@pytest.fixture
def studio(open_studio: OpenStudio) -> Studio:
    return open_studio()
