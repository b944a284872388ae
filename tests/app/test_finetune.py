"""Finetuning a pack: from dropped clips to a pack in use, with a fake engine, and once with the real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.core.theme import Theme
from app.finetune.finetune_dialog import EXAMPLES, LEARNING, PLAN, FinetuneDialog
from app.jobs.state import Done, Running
from app.window.main_window import MainWindow
from engine.api.errors import WaltError
from engine.api.events import Event, JobFailed, JobStarted
from engine.media.export import write_mp4
from engine.media.images import write_png
from engine.packs.store import PackStore
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import Gate, gated, whole_training
from tests.app.real_window import SLOW, open_real
from tests.engine.conftest import packs_folder, vocabulary

__all__ = ["packs_folder", "vocabulary"]


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    folder = tmp_path / "clips"
    folder.mkdir()
    frames = np.random.default_rng(0).integers(0, 255, (17, 32, 64, 3), dtype=np.uint8)
    write_mp4(folder / "one.mp4", frames)
    (folder / "one.txt").write_text("a snowman on the snow\na white snowman", "utf-8")
    write_png(folder / "two.png", frames[0])
    (folder / "notes.pdf").write_bytes(b"no clip")
    return folder


def sheet_of(window: MainWindow) -> FinetuneDialog:
    window.actions_["teach"].trigger()
    sheet = window.dialogs.teach
    assert sheet is not None
    assert sheet.isVisible()
    return sheet


@pytest.fixture
def sheet(studio: Studio) -> FinetuneDialog:
    return sheet_of(studio.window)


def test_its_buttons_stand_in_one_line(sheet: FinetuneDialog) -> None:
    assert sheet.next.height() == sheet.done_button.height() == sheet.add_files.height()


def drop(sheet: FinetuneDialog, *files: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(sheet, enter)
    if enter.isAccepted():
        QApplication.sendEvent(
            sheet, QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
        )


def click(qtbot: QtBot, widget: object) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)  # pyright: ignore[reportArgumentType]


def fill(qtbot: QtBot, sheet: FinetuneDialog, folder: Path) -> None:
    """To the second page, with everything said."""
    drop(sheet, folder)
    qtbot.waitUntil(lambda: sheet.table.rowCount() == 2)
    item = sheet.table.item(1, 1)
    assert item is not None
    item.setText("a red snowman; a snowman at night")
    click(qtbot, sheet.next)
    assert sheet.pages.currentIndex() == PLAN
    qtbot.keyClicks(sheet.name, "Snow day")


def learning(qtbot: QtBot, studio: Studio, sheet: FinetuneDialog, folder: Path) -> Gate:
    """To the third page, one step learned; the rest follows when the gate opens."""
    gate = Gate()
    studio.engine.training = lambda job: whole_training(job, gate)
    fill(qtbot, sheet, folder)
    click(qtbot, sheet.next)
    qtbot.waitUntil(lambda: bool(sheet.mistakes.text()))
    return gate


def answer(sheet: FinetuneDialog, qtbot: QtBot, words: str) -> None:
    box = sheet.findChild(QMessageBox, "stop_question")
    assert box is not None
    (button,) = [one for one in box.buttons() if one.text() == words]
    click(qtbot, button)


def test_captions_are_read_seen_and_written(
    qtbot: QtBot, studio: Studio, sheet: FinetuneDialog, footage: Path
) -> None:
    drop(sheet, footage)
    qtbot.waitUntil(lambda: sheet.table.rowCount() == 2)
    cells = [[sheet.table.item(row, column).text() for column in (0, 1)] for row in (0, 1)]  # pyright: ignore
    assert cells == [["one.mp4", "a snowman on the snow; a white snowman"], ["two.png", ""]]
    assert "1" in sheet.count.text()
    assert not sheet.next.isEnabled()
    item = sheet.table.item(1, 1)
    assert item is not None
    item.setText(" a red snowman ;")
    assert studio.window.finetuning.examples[1].captions == ("a red snowman",)
    assert sheet.next.isEnabled()
    drop(sheet, footage / "one.mp4")  # it is there already
    sheet.table.selectRow(0)
    click(qtbot, sheet.remove)
    assert sheet.table.rowCount() == 1
    assert (footage / "one.mp4").exists()
    assert not (footage / "two.txt").exists()  # nothing is written into the person's folder


def test_what_is_no_clip_is_said(qtbot: QtBot, sheet: FinetuneDialog, footage: Path) -> None:
    drop(sheet, footage / "notes.pdf")
    qtbot.waitUntil(lambda: bool(sheet.news.text()))
    assert sheet.news.property("role") == "error"
    assert sheet.table.rowCount() == 0


def test_a_lesson_from_the_drop_to_the_pack_in_use(
    qtbot: QtBot, studio: Studio, sheet: FinetuneDialog, footage: Path
) -> None:
    gate = learning(qtbot, studio, sheet, footage)
    assert sheet.pages.currentIndex() == LEARNING
    assert "25 %" in sheet.mistakes.text()
    assert "7" in sheet.line.text()
    assert not sheet.picture.pixmap().isNull()
    assert (sheet.bar.value(), sheet.bar.maximum()) == (1, 8)
    sheet.accept()
    with qtbot.waitSignal(studio.window.finetuning.finished):
        gate.open.set()
    assert studio.session.pack == "taught"
    assert studio.window.preferences.now.pack == "taught"
    assert studio.window.finetuning.examples == ()
    assert sheet_of(studio.window) is sheet
    assert sheet.pages.currentIndex() == EXAMPLES
    assert "Snow day" in sheet.news.text()
    _, private = studio.engine.tasks[0]
    assert "a red snowman" in private


def test_stopping_asks_and_throws_away(
    qtbot: QtBot, studio: Studio, sheet: FinetuneDialog, footage: Path
) -> None:
    studio.engine.training = lambda job: whole_training(job, Gate())
    fill(qtbot, sheet, footage)
    click(qtbot, sheet.next)
    qtbot.waitUntil(lambda: bool(sheet.mistakes.text()))
    click(qtbot, sheet.stop)
    answer(sheet, qtbot, "Continue Training")
    assert studio.window.finetuning.busy
    qtbot.waitUntil(lambda: sheet.findChild(QMessageBox, "stop_question") is None)
    click(qtbot, sheet.stop)
    with qtbot.waitSignal(studio.window.finetuning.stopped):
        answer(sheet, qtbot, "Discard")
    assert sheet.pages.currentIndex() == EXAMPLES
    assert sheet.table.rowCount() == 2  # to try again
    assert studio.session.pack == "starter"


def test_keeping_what_was_learned_lets_the_engine_finish(
    qtbot: QtBot, studio: Studio, sheet: FinetuneDialog, footage: Path
) -> None:
    gate = learning(qtbot, studio, sheet, footage)
    click(qtbot, sheet.stop)
    answer(sheet, qtbot, "Keep Result")
    signal = studio.window.finetuning._stop_signal
    assert signal is not None
    assert signal.enough.is_set()
    assert not signal.discard.is_set()
    assert not sheet.stop.isEnabled()
    with qtbot.waitSignal(studio.window.finetuning.finished):
        gate.open.set()


def test_clips_wait_for_the_lesson_and_the_lesson_for_a_clip(
    qtbot: QtBot, open_studio: OpenStudio, footage: Path
) -> None:
    clip, training = Gate(), Gate()
    studio = open_studio(gated(clip, "base"))
    studio.engine.training = lambda job: whole_training(job, training)
    sheet = sheet_of(studio.window)
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Running) and studio.session.state.started)
    fill(qtbot, sheet, footage)
    click(qtbot, sheet.next)
    qtbot.waitUntil(lambda: bool(studio.engine.tasks))
    assert studio.window.finetuning.progress is not None
    assert studio.window.finetuning.progress.phase is None
    clip.open.set()
    qtbot.waitUntil(lambda: bool(sheet.mistakes.text()))
    assert isinstance(studio.session.state, Done)
    studio.session.generate()
    assert len(studio.engine.requests) == 1
    assert len(studio.session.queue.waiting) == 1
    with qtbot.waitSignal(studio.window.finetuning.finished):
        training.open.set()
    qtbot.waitUntil(lambda: len(studio.engine.requests) == 2)
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))


def test_a_lesson_that_fails_is_told_and_can_be_tried_again(
    qtbot: QtBot, studio: Studio, sheet: FinetuneDialog, footage: Path
) -> None:
    def failing(job: str) -> Iterator[Event]:
        yield JobStarted(job)
        yield JobFailed(job, WaltError("output-not-writable", "The disk is full.", "Free some space."))

    studio.engine.training = failing
    fill(qtbot, sheet, footage)
    click(qtbot, sheet.next)
    qtbot.waitUntil(lambda: "full" in sheet.news.text())
    assert not studio.window.finetuning.busy
    assert sheet.table.rowCount() == 2
    assert studio.bridge.task is None


def test_closing_asks_while_it_learns(qtbot: QtBot, studio: Studio, sheet: FinetuneDialog, footage: Path) -> None:
    studio.engine.training = lambda job: whole_training(job, Gate())
    fill(qtbot, sheet, footage)
    click(qtbot, sheet.next)
    qtbot.waitUntil(lambda: bool(sheet.mistakes.text()))
    studio.window.close()
    box = studio.window.findChild(QMessageBox, "close_question")
    assert box is not None
    assert "finetuned" in box.text()
    box.reject()
    assert studio.window.isVisible()


@pytest.mark.slow
def test_the_real_engine_teaches_a_pack_and_makes_a_clip_with_it(
    qtbot: QtBot, qapp: QApplication, theme: Theme, packs_folder: Path, footage: Path, tmp_path: Path
) -> None:
    store = PackStore([packs_folder, tmp_path / "data" / "packs"])
    window, bridge = open_real(qtbot, qapp, theme, store, tmp_path)
    sheet = sheet_of(window)
    fill(qtbot, sheet, footage)
    sheet.minutes.setRange(1, 1)
    click(qtbot, sheet.next)
    qtbot.waitUntil(lambda: bool(sheet.mistakes.text()) or bool(sheet.news.text()), timeout=SLOW)
    assert not sheet.news.text()
    click(qtbot, sheet.stop)
    with qtbot.waitSignals([window.finetuning.finished, window.session.pack_changed], timeout=SLOW):
        answer(sheet, qtbot, "Keep Result")
    assert window.session.pack == "snow-day"
    window.session.edit(prompt="a snowman")
    window.session.generate()
    qtbot.waitUntil(lambda: isinstance(window.session.state, Done), timeout=SLOW)
    assert store.find("snow-day").manifest.title == "Snow day"
    with qtbot.waitSignal(bridge.closed, timeout=SLOW):
        window.leave()
    window.shut_down()
