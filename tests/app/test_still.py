"""What people drop, paste and choose: pictures, junk, links, too many files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.model.still import Checking, NoStill, Ready, Refused, offer_of
from tests.app.conftest import Studio


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "holiday.png"
    picture_of("#3060C0").save(str(path))
    return path


def picture_of(colour: str) -> QImage:
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def files(*paths: Path | str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(path) if isinstance(path, str) else QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop(widget: QWidget, mime: QMimeData) -> bool:
    """Drag something in and let it go, as Qt would; whether it was welcome."""
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), copy, mime, left, none)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(9, 9), copy, mime, left, none))
    return enter.isAccepted()


def settled(qtbot: QtBot, studio: Studio) -> object:
    qtbot.waitUntil(lambda: not isinstance(studio.session.still.state, Checking))
    return studio.session.still.state


def test_dropping_a_picture_makes_it_the_first_frame(qtbot: QtBot, studio: Studio, picture: Path) -> None:
    zone = studio.window.composer.drop_zone
    assert drop(zone, files(picture))
    state = settled(qtbot, studio)
    assert isinstance(state, Ready)
    assert (state.path, state.frame.shape) == (picture, (128, 224, 3))
    assert tuple(state.frame[64, 100]) == (0x30, 0x60, 0xC0)
    assert "holiday.png" in zone.accessibleDescription()
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: bool(studio.engine.requests))
    asked = Path(studio.engine.requests[0].image or "")
    assert asked.parent.name == "stills"  # a copy: the clip can be made again when the picture is gone
    assert asked.read_bytes() == picture.read_bytes()


def test_a_picture_may_be_dropped_on_the_preview(qtbot: QtBot, studio: Studio, picture: Path) -> None:
    assert drop(studio.window.viewer, files(picture))
    assert isinstance(settled(qtbot, studio), Ready)


def test_junk_is_refused_with_words_that_help(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    junk = tmp_path / "notes.png"
    junk.write_text("This is not a picture at all.")
    drop(studio.window.composer.drop_zone, files(junk))
    state = settled(qtbot, studio)
    assert isinstance(state, Refused)
    assert "notes.png" in state.error.message
    assert state.error.message in studio.window.composer.drop_zone.accessibleDescription()
    studio.session.edit(prompt="a horse")
    assert not studio.window.actions_["generate"].isEnabled()
    studio.window.actions_["clear_still"].trigger()
    assert isinstance(studio.session.still.state, NoStill)
    assert studio.window.actions_["generate"].isEnabled()


def test_a_file_that_is_gone_is_refused(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    drop(studio.window.composer.drop_zone, files(tmp_path / "gone.png"))
    state = settled(qtbot, studio)
    assert isinstance(state, Refused)
    assert "gone.png" in state.error.message


def test_a_link_is_not_a_picture(studio: Studio) -> None:
    assert drop(studio.window.composer.drop_zone, files("https://example.org/horse.png"))
    state = studio.session.still.state
    assert isinstance(state, Refused)
    assert state.error.code == "still-is-a-link"


def test_only_one_still_at_a_time(studio: Studio, picture: Path) -> None:
    drop(studio.window.composer.drop_zone, files(picture, picture))
    state = studio.session.still.state
    assert isinstance(state, Refused)
    assert state.error.code == "one-still"


def test_dragged_text_is_not_welcome(studio: Studio) -> None:
    mime = QMimeData()
    mime.setText("a horse")
    assert not drop(studio.window.composer.drop_zone, mime)
    assert isinstance(studio.session.still.state, NoStill)


def test_image_data_is_kept_as_a_file_until_the_window_closes(qtbot: QtBot, studio: Studio) -> None:
    mime = QMimeData()
    mime.setImageData(picture_of("#C03060"))
    assert drop(studio.window.composer.drop_zone, mime)
    state = settled(qtbot, studio)
    assert isinstance(state, Ready)
    assert tuple(state.frame[10, 10]) == (0xC0, 0x30, 0x60)
    assert state.path.is_file()
    studio.session.still.close()
    assert not state.path.exists()


def test_pasting_a_picture_into_the_prompt(qtbot: QtBot, studio: Studio) -> None:
    QGuiApplication.clipboard().setImage(picture_of("#208040"))
    qtbot.keyClick(studio.window.composer.prompt, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(settled(qtbot, studio), Ready)
    assert studio.window.composer.prompt.toPlainText() == ""


def test_pasting_a_copied_file_outside_the_prompt(qtbot: QtBot, studio: Studio, picture: Path) -> None:
    QGuiApplication.clipboard().setMimeData(files(picture))
    studio.window.deck.timeline.setFocus()
    qtbot.keyClick(studio.window.deck.timeline, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(settled(qtbot, studio), Ready)


def test_pasting_text_is_just_text(qtbot: QtBot, studio: Studio) -> None:
    QGuiApplication.clipboard().setText("a horse\non the beach")
    qtbot.keyClick(studio.window.composer.prompt, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert studio.session.draft.prompt == "a horse\non the beach"
    assert isinstance(studio.session.still.state, NoStill)


def test_pasting_nothing_useful_says_so(studio: Studio) -> None:
    QGuiApplication.clipboard().setText("words")
    studio.window.actions_["paste_still"].trigger()
    state = studio.session.still.state
    assert isinstance(state, Refused)
    assert state.error.code == "no-picture"


def test_browsing_for_a_picture(qtbot: QtBot, studio: Studio, picture: Path) -> None:
    qtbot.mouseClick(studio.window.composer.drop_zone._browse, Qt.MouseButton.LeftButton)
    dialog = studio.window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(picture.parent))
    dialog.selectFile(str(picture))
    dialog.accept()
    assert isinstance(settled(qtbot, studio), Ready)


def test_another_shape_crops_the_still_again(qtbot: QtBot, studio: Studio, picture: Path) -> None:
    drop(studio.window.composer.drop_zone, files(picture))
    settled(qtbot, studio)
    studio.session.edit(aspect="1:1")
    state = settled(qtbot, studio)
    assert isinstance(state, Ready)
    assert state.frame.shape == (128, 128, 3)


def test_what_was_cleared_does_not_come_back(qtbot: QtBot, studio: Studio, picture: Path) -> None:
    still = studio.session.still
    still.take(picture)
    still.clear()
    still.take(picture)
    still.clear()
    finished: list[bool] = []
    studio.window._tasks.run(lambda: True, finished.append, lambda _error: None)
    qtbot.waitUntil(lambda: finished == [True])
    assert isinstance(still.state, NoStill)


def test_an_empty_clipboard_offers_nothing() -> None:
    assert getattr(offer_of(QMimeData()), "code", "") == "no-picture"
