"""The window with the real engine and a tiny open model: a clip is stopped, made and exported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.theme import Theme
from app.jobs.state import Done, Failed, Running, Stopped
from app.window.main_window import MainWindow
from engine.media.presets import ExportSettings
from engine.media.reading import read_clip
from engine.packs.store import PackStore
from tests.app.real_window import SLOW, open_real

pytest.importorskip("diffusers")
pytest.importorskip("accelerate")

from engine.open_models.link import link
from tests.tiny_models import write_tiny_model

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the libraries warn of one another


@pytest.fixture
def real(
    qtbot: QtBot, qapp: QApplication, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    monkeypatch.setattr("engine.open_models.saved.known_folder", lambda _: tmp_path)
    link(write_tiny_model(tmp_path, "ltx-condition", fps=16), tmp_path / "packs", name="tiny")
    window, bridge = open_real(qtbot, qapp, theme, PackStore([tmp_path / "packs"]), tmp_path)
    yield window
    if window.isVisible():
        with qtbot.waitSignal(bridge.closed, timeout=SLOW):
            window.close()
    window.shut_down()
    assert bridge.stopped


def done(qtbot: QtBot, real: MainWindow) -> Done:
    qtbot.waitUntil(lambda: isinstance(real.session.state, Done | Failed), timeout=SLOW)
    state = real.session.state
    assert isinstance(state, Done), state
    return state


def test_an_open_model_from_the_keyboard_to_a_file(qtbot: QtBot, real: MainWindow, tmp_path: Path) -> None:
    session = real.session
    assert session.draft.frames == 17
    qtbot.keyClicks(real.composer.prompt, "a horse that nobody has a vocabulary for")
    assert real.composer.unknown.text() == ""
    qtbot.keyClick(real.composer.prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(session.state, Running) and session.state.started, timeout=SLOW)
    session.cancel()
    qtbot.waitUntil(lambda: isinstance(session.state, Stopped), timeout=SLOW)
    session.generate()
    first = done(qtbot, real)
    assert first.clip.frames.shape == (17, 64, 96, 3)
    assert first.clip.fps == session.player.fps == 16
    shown = session.monitor.frame(16)
    assert shown is not None
    assert np.array_equal(shown, first.clip.frames[16])
    exporter, source = real.exports.exporter, real.exports.source
    assert source is not None
    with qtbot.waitSignal(exporter.formats_known, timeout=SLOW):
        exporter.look()
    with qtbot.waitSignal(exporter.saved, timeout=SLOW):
        exporter.start(tmp_path / "horse.mp4", source, ExportSettings(exporter.formats[0]))
    saved = read_clip(tmp_path / "horse.mp4")
    assert (saved.fps, len(saved.frames)) == (16, 17)
