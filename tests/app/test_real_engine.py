"""The window with the real engine and a pack of random weights: by hand from prompt to file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.bridge import EngineBridge
from app.core.theme import Theme
from app.jobs.state import Done, Failed, Running, Stopped
from app.window.main_window import MainWindow
from engine.media.presets import ExportSettings
from engine.media.reading import read_clip
from engine.packs.store import PackStore
from tests.app.real_window import SLOW, open_real
from tests.engine.conftest import packs_folder, store, vocabulary

__all__ = ["packs_folder", "store", "vocabulary"]

Open = Callable[[], tuple[MainWindow, EngineBridge]]


@pytest.fixture
def real(
    qtbot: QtBot, qapp: QApplication, theme: Theme, store: PackStore, tmp_path: Path
) -> Iterator[MainWindow]:
    window, bridge = open_real(qtbot, qapp, theme, store, tmp_path)
    yield window
    if window.isVisible():
        with qtbot.waitSignal(bridge.closed, timeout=SLOW):
            window.close()
    window.shut_down()
    assert bridge.stopped


def test_a_clip_from_the_keyboard_to_a_file(qtbot: QtBot, real: MainWindow, tmp_path: Path) -> None:
    prompt = real.composer.prompt
    qtbot.keyClicks(prompt, "a red robot in a castle")
    qtbot.waitUntil(lambda: "castle" in real.composer.unknown.text())
    qtbot.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(real.session.state, Done | Failed), timeout=SLOW)
    state = real.session.state
    assert isinstance(state, Done)
    assert state.clip.frames.shape == (17, 128, 256, 3)
    assert [run.size for run in state.stages] == [(64, 32), (128, 64), (256, 128)]
    assert all(run.seconds is not None and run.step == run.steps for run in state.stages)
    shown = real.session.monitor.frame(16)
    assert shown is not None
    assert np.array_equal(shown, state.clip.frames[16])
    exporter, source = real.exports.exporter, real.exports.source
    assert source is not None
    with qtbot.waitSignal(exporter.formats_known, timeout=SLOW):
        exporter.look()
    with qtbot.waitSignal(exporter.saved, timeout=SLOW):
        exporter.start(tmp_path / "robot.mp4", source, ExportSettings(exporter.formats[0]))
    assert read_clip(tmp_path / "robot.mp4").frames.shape == (17, 128, 256, 3)


@pytest.mark.slow
def test_cancelling_answers_and_the_next_clip_works(qtbot: QtBot, real: MainWindow) -> None:
    real.session.edit(prompt="a horse")
    real.session.generate()
    qtbot.waitUntil(
        lambda: isinstance(real.session.state, Running) and real.session.state.started, timeout=SLOW
    )
    real.session.cancel()
    qtbot.waitUntil(lambda: isinstance(real.session.state, Stopped), timeout=SLOW)
    real.session.generate()
    qtbot.waitUntil(lambda: isinstance(real.session.state, Done), timeout=SLOW)


def test_a_prompt_without_a_known_word_fails_in_words(qtbot: QtBot, real: MainWindow) -> None:
    real.session.edit(prompt="zebra castle")
    real.session.generate()
    qtbot.waitUntil(lambda: isinstance(real.session.state, Failed), timeout=SLOW)
    assert real.viewer.failure.message.text()
    assert "horse" in real.viewer.failure.hint.text()


def test_closing_while_the_real_engine_works(qtbot: QtBot, real: MainWindow) -> None:
    real.session.edit(prompt="a horse")
    real.session.generate()
    qtbot.waitUntil(
        lambda: isinstance(real.session.state, Running) and real.session.state.started, timeout=SLOW
    )
    with qtbot.waitSignal(real._bridge.closed, timeout=SLOW):
        real.leave()
    assert real._bridge.stopped
