"""A walk through the window as a person makes it: every event is Qt's, the engine is real, every file is read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose.crop_view import CropView
from app.compose.still import Ready
from app.core.bridge import EngineBridge
from app.core.theme import Theme
from app.export.export_dialog import ExportDialog
from app.jobs.state import Done, Failed, Running, Stopped
from app.window.main_window import MainWindow
from engine.media.images import load_still
from engine.media.reading import iter_frames
from engine.packs.store import PackStore
from tests.app.real_window import SLOW, open_real
from tests.app.test_export import choose
from tests.app.test_still import drop, files
from tests.engine.conftest import packs_folder, store, vocabulary

__all__ = ["packs_folder", "store", "vocabulary"]

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
PROMPT = "a red horse on the beach"


class Visitor:
    """One person, who starts walt, leaves it and comes back."""

    def __init__(self, qtbot: QtBot, app: QApplication, theme: Theme, store: PackStore, folder: Path) -> None:
        self._qtbot, self._app, self._theme, self._store, self._folder = qtbot, app, theme, store, folder
        self.window: MainWindow
        self._bridge: EngineBridge

    def start(self) -> None:
        self.window, self._bridge = open_real(
            self._qtbot, self._app, self._theme, self._store, self._folder
        )
        with self._qtbot.waitSignal(self.window.session.library.opened):
            self.window.session.library.open()

    def quit(self) -> None:
        if self.window.isVisible():
            with self._qtbot.waitSignal(self._bridge.closed, timeout=SLOW):
                self.window.actions_["quit"].trigger()
        self.window.shut_down()
        assert self._bridge.stopped

    def generate(self) -> Done:
        """Click Generate; the clip once it is made and kept."""
        with self._qtbot.waitSignal(self.window.session.library.kept, timeout=SLOW):
            self._qtbot.mouseClick(self.window.composer.generate, LEFT)
        return self.made()

    def made(self) -> Done:
        session = self.window.session
        self._qtbot.waitUntil(lambda: isinstance(session.state, Done | Failed), timeout=SLOW)
        assert isinstance(session.state, Done)
        return session.state


@pytest.fixture
def visitor(qtbot: QtBot, qapp: QApplication, theme: Theme, store: PackStore, tmp_path: Path) -> Iterator[Visitor]:
    someone = Visitor(qtbot, qapp, theme, store, tmp_path)
    someone.start()
    yield someone
    someone.quit()


def type_prompt_and_cancel(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClicks(window.composer.prompt, PROMPT)
    qtbot.keyClick(window.composer.prompt, Qt.Key.Key_Return, CTRL)
    session = window.session
    qtbot.waitUntil(lambda: isinstance(session.state, Running) and session.state.started, timeout=SLOW)
    window.actions_["cancel"].trigger()
    qtbot.waitUntil(lambda: isinstance(session.state, Stopped), timeout=SLOW)
    assert window.composer.prompt.toPlainText() == PROMPT


def drop_and_crop(qtbot: QtBot, window: MainWindow, folder: Path) -> np.ndarray:
    """A picture, blue above and green below; its crop is dragged down. The first frame."""
    image = QImage(320, 320, QImage.Format.Format_RGB32)
    image.fill(QColor("#3060C0"))
    for y in range(160, 320):
        for x in range(320):
            image.setPixelColor(x, y, QColor("#30A040"))
    image.save(str(folder / "photo.png"))
    assert drop(window.viewer, files(folder / "photo.png"))
    still = window.session.still
    qtbot.waitUntil(lambda: still.settled, timeout=SLOW)
    qtbot.mouseClick(window.composer.shape.button("16:9"), LEFT)
    qtbot.waitUntil(lambda: still.settled, timeout=SLOW)
    view = next(view for view in window.findChildren(CropView) if view.isVisible())
    middle = view.crop_rect().center().toPoint()
    qtbot.mousePress(view, LEFT, pos=middle)
    for _ in range(8):
        middle += QPoint(0, view.height() // 8)
        qtbot.mouseMove(view, middle)
    qtbot.mouseRelease(view, LEFT, pos=middle)
    qtbot.waitUntil(lambda: still.settled, timeout=SLOW)
    state = still.state
    assert isinstance(state, Ready)
    assert state.frame[..., 1].mean() > 0x90, "the crop shows the lower part"
    return state.frame


def export_every_format(qtbot: QtBot, window: MainWindow, folder: Path) -> list[Path]:
    """The film through the dialog, once a format, at its own frame rate; the files."""
    exporter = window.exports.exporter
    with qtbot.waitSignal(exporter.formats_known, timeout=SLOW):
        window.actions_["export"].trigger()
    dialog = window.findChildren(ExportDialog)[-1]
    written: list[Path] = []
    for preset in exporter.formats:
        if not dialog.isVisible():
            window.actions_["export"].trigger()
            dialog = window.findChildren(ExportDialog)[-1]
        choose(dialog, preset.name)
        qtbot.mouseClick(dialog.rate.button(1), LEFT)
        path = folder / f"{preset.name}{preset.suffix}"
        dialog.path.setText(str(path))
        dialog.path.textEdited.emit(str(path))
        with qtbot.waitSignal(exporter.saved, timeout=SLOW):
            qtbot.mouseClick(dialog.go, LEFT)
        written.append(path)
    return written


@pytest.mark.slow
def test_the_whole_walk(qtbot: QtBot, visitor: Visitor, tmp_path: Path) -> None:
    window = visitor.window
    type_prompt_and_cancel(qtbot, window)
    first = visitor.generate()
    assert first.clip.frames.shape == (17, 128, 256, 3)
    frame = drop_and_crop(qtbot, window, tmp_path)
    second = visitor.generate()
    assert second.clip.request.image is not None
    assert abs(float(second.clip.frames[0].mean()) - float(frame.mean())) < 24
    with qtbot.waitSignal(window.session.library.kept, timeout=SLOW):
        qtbot.mouseClick(window.timeline_panel.plus, LEFT)
    segments = window.session.film_generator.film.segments
    total = sum(segment.stop - segment.start for segment in segments)
    assert total > 17
    for path in export_every_format(qtbot, window, tmp_path):
        pictures = sorted(path.iterdir()) if path.is_dir() else [path]
        if len(pictures) > 1:
            assert len(pictures) == total
        elif path.suffix == ".png":
            assert load_still(path, 256, 128).shape == (128, 256, 3)
        else:
            shapes = [picture.shape for picture in iter_frames(path)]
            assert shapes == [(128, 256, 3)] * total, path.name
    visitor.quit()
    visitor.start()
    session = visitor.window.session
    assert visitor.window.composer.prompt.toPlainText() == PROMPT
    assert [clip.prompt for clip in session.library.clips] == [PROMPT] * 3
    qtbot.waitUntil(lambda: session.film_generator.film.segments == segments)
