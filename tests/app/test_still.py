"""What people drop, paste and choose: pictures, junk, links, too many files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.compose.crop import Crop
from app.compose.still import Checking, NoStill, Ready, Refused, offer_of
from app.core.error_messages import sentence
from app.core.widgets import NameLabel
from engine.api.errors import WaltError
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
    still = studio.session.still
    qtbot.waitUntil(lambda: still.settled or isinstance(still.state, Refused))
    return still.state


def refused(qtbot: QtBot, studio: Studio) -> WaltError:
    """Why what was dropped last is of no use."""
    still = studio.session.still
    qtbot.waitUntil(lambda: still.refusal is not None)
    assert still.refusal is not None
    return still.refusal.error


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


def test_the_picture_says_what_letting_go_would_do(qtbot: QtBot, studio: Studio, picture: Path) -> None:
    viewer, words = studio.window.viewer, studio.window.viewer.invitation
    studio.window.actions_["composer"].setChecked(False)
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    mime = files(picture)
    enter = QDragEnterEvent(QPoint(9, 9), copy, mime, left, none)
    QApplication.sendEvent(viewer, enter)
    assert words.isVisible()
    QApplication.sendEvent(viewer, QDragLeaveEvent())
    assert not words.isVisible()
    drop(viewer, files(picture))
    assert not words.isVisible()
    assert isinstance(settled(qtbot, studio), Ready)
    assert studio.window.composer.isVisible()


def test_a_pack_may_be_dropped_on_the_preview(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    archive = tmp_path / "new.zip"
    archive.write_bytes(b"no archive")
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    mime = files(archive)
    QApplication.sendEvent(studio.window.viewer, QDragEnterEvent(QPoint(9, 9), copy, mime, left, none))
    assert not studio.window.viewer.invitation.isVisible()  # no clip begins with a pack
    drop(studio.window.viewer, files(archive))
    assert isinstance(studio.session.still.state, NoStill)
    sheet = studio.window.dialogs.packs
    assert sheet is not None
    assert sheet.isVisible()


def test_junk_is_refused_with_words_that_help(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    junk = tmp_path / "notes.png"
    junk.write_text("This is not a picture at all.")
    drop(studio.window.composer.drop_zone, files(junk))
    error = refused(qtbot, studio)
    assert "notes.png" in error.message
    assert sentence(error).message in studio.window.composer.drop_zone.accessibleDescription()
    studio.session.edit(prompt="a horse")
    assert studio.window.actions_["generate"].isEnabled(), "the prompt is as good as before"
    studio.window.actions_["clear_still"].trigger()
    assert studio.session.still.refusal is None
    assert "Drop a picture" in studio.window.composer.drop_zone.accessibleDescription()


def test_a_wrong_file_leaves_the_picture_that_was_there(
    qtbot: QtBot, studio: Studio, picture: Path, tmp_path: Path
) -> None:
    zone, still = studio.window.composer.drop_zone, studio.session.still
    drop(zone, files(picture))
    settled(qtbot, studio)
    studio.session.edit(prompt="a horse")
    junk = tmp_path / "notes.png"
    junk.write_text("This is not a picture at all.")
    for wrong in (files(junk), files("https://example.org/horse.png")):
        drop(zone, wrong)
        error = refused(qtbot, studio)
        qtbot.waitUntil(lambda: still.settled)
        assert isinstance(still.state, Ready)
        assert still.state.name == "holiday.png"
        assert zone.crop.isVisible()
        assert zone._wrong.isVisible()
        assert sentence(error).message in zone._wrong.text()
        assert studio.window.actions_["generate"].isEnabled()
    qtbot.keyClick(studio.window.composer.prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(studio.engine.requests))
    assert studio.engine.requests[0].image is not None
    drop(zone, files(picture))
    settled(qtbot, studio)
    assert not zone._wrong.isVisible()


def test_what_is_asked_while_a_picture_is_read_is_made_with_it(
    qtbot: QtBot, studio: Studio, picture: Path, tmp_path: Path
) -> None:
    zone, prompt = studio.window.composer.drop_zone, studio.window.composer.prompt
    studio.session.edit(prompt="a horse")
    junk = tmp_path / "notes.png"
    junk.write_text("This is not a picture at all.")
    drop(zone, files(junk))
    qtbot.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    error = refused(qtbot, studio)
    assert sentence(error).message in studio.window.status.line.text()
    assert studio.engine.requests == []
    drop(zone, files(picture))
    assert isinstance(studio.session.still.state, Checking)
    qtbot.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(studio.engine.requests))
    assert studio.engine.requests[0].image is not None
    assert len(studio.engine.requests) == 1


def test_a_file_that_is_gone_is_refused(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    drop(studio.window.composer.drop_zone, files(tmp_path / "gone.png"))
    assert "gone.png" in refused(qtbot, studio).message


def test_a_link_is_not_a_picture(qtbot: QtBot, studio: Studio) -> None:
    assert drop(studio.window.composer.drop_zone, files("https://example.org/horse.png"))
    assert refused(qtbot, studio).code == "still-is-a-link"


def test_only_one_still_at_a_time(qtbot: QtBot, studio: Studio, picture: Path) -> None:
    drop(studio.window.composer.drop_zone, files(picture, picture))
    assert refused(qtbot, studio).code == "one-still"


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
    cache, made = studio.session.library.places.cache, Path(studio.session.still.path or "")
    assert made.is_file()
    assert cache in made.parents  # where the next start looks, should this one be killed
    studio.session.still.close()
    assert [path.name for path in cache.iterdir() if path.name.startswith(".")] == []


def test_pasting_a_copied_file_outside_the_prompt(qtbot: QtBot, studio: Studio, picture: Path) -> None:
    QGuiApplication.clipboard().setMimeData(files(picture))
    studio.window.timeline_panel.timeline.setFocus()
    qtbot.keyClick(studio.window.timeline_panel.timeline, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(settled(qtbot, studio), Ready)


def test_pasting_text_is_just_text(qtbot: QtBot, studio: Studio) -> None:
    QGuiApplication.clipboard().setText("a horse\non the beach")
    qtbot.keyClick(studio.window.composer.prompt, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert studio.session.draft.prompt == "a horse\non the beach"
    assert isinstance(studio.session.still.state, NoStill)


def test_pasting_nothing_useful_says_so(qtbot: QtBot, studio: Studio) -> None:
    QGuiApplication.clipboard().setText("words")
    studio.window.actions_["paste_still"].trigger()
    assert refused(qtbot, studio).code == "no-picture"


def test_pasting_from_an_empty_clipboard_says_so(qtbot: QtBot, studio: Studio) -> None:
    QGuiApplication.clipboard().clear()
    studio.window.actions_["paste_still"].trigger()
    assert refused(qtbot, studio).code == "no-picture"


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


# The crop.


@pytest.fixture
def halves(tmp_path: Path) -> Path:
    """A square picture, red on the left and blue on the right."""
    image = picture_of("#C00000").scaled(256, 256)
    for x in range(128, 256):
        for y in range(256):
            image.setPixelColor(x, y, QColor("#0000C0"))
    path = tmp_path / "halves.png"
    image.save(str(path))
    return path


def cropped(qtbot: QtBot, studio: Studio) -> Ready:
    qtbot.waitUntil(lambda: studio.session.still.settled)
    state = studio.session.still.state
    assert isinstance(state, Ready)
    return state


def test_the_crop_stays_inside_the_picture_and_keeps_its_shape() -> None:
    size, shape = (1000, 500), (9, 16)
    crop = Crop().moved(10_000, 10_000, size, shape).scaled(3, size, shape).moved(-50, -7, size, shape)
    for _ in range(40):
        crop = crop.scaled(0.8, size, shape).moved(90, -30, size, shape)
        left, top, wide, high = crop.box(size, shape)
        assert left >= 0
        assert top >= 0
        assert left + wide <= size[0] + 1e-6
        assert top + high <= size[1] + 1e-6
        assert wide / high == pytest.approx(9 / 16)
    assert crop.zoom == 1
    assert Crop().scaled(100, size, shape).zoom == 8


def test_dragging_the_crop_changes_what_the_clip_begins_with(
    qtbot: QtBot, studio: Studio, halves: Path
) -> None:
    studio.session.edit(prompt="a horse", aspect="1:1")
    studio.session.still.take(halves)
    settled(qtbot, studio)
    view = studio.window.composer.drop_zone.crop
    assert view.isVisible()
    QApplication.sendEvent(view, wheel(view, 120 * 10))
    state = studio.session.still.state
    assert isinstance(state, Ready)
    assert state.crop.zoom > 2
    assert not studio.session.still.settled  # not before the new part is cut out
    middle = view.crop_rect().center().toPoint()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(view, middle + QPoint(400, 0))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle + QPoint(400, 0))
    state = cropped(qtbot, studio)
    assert state.frame.shape == (128, 128, 3)
    assert (state.frame[..., 2] > 150).all()
    assert (state.frame[..., 0] < 60).all()
    assert studio.session.still.path != str(halves)
    studio.session.generate()
    qtbot.waitUntil(lambda: bool(studio.engine.requests))
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton)
    assert cropped(qtbot, studio).path == halves


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (224, 128)])
def test_a_picture_of_the_clip_s_own_shape_is_said_to_be_used_whole(
    qtbot: QtBot, studio: Studio, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "wide.png"
    picture_of("#3060C0").scaled(*size).save(str(path))
    studio.session.still.take(path)
    settled(qtbot, studio)
    zone = studio.window.composer.drop_zone
    assert zone.crop.whole
    assert "The whole picture is used" in zone.accessibleDescription()
    assert zone.crop.cursor().shape() == Qt.CursorShape.ArrowCursor  # there is nothing to move
    picture = zone.crop.grab().toImage()
    assert picture.pixelColor(zone.crop.picture_rect().center().toPoint()) == QColor("#3060C0")
    assert picture.pixelColor(zone.crop.picture_rect().topLeft().toPoint() + QPoint(2, 2)) == QColor(
        "#3060C0"
    )
    QApplication.sendEvent(zone.crop, wheel(zone.crop, 120 * 4))
    cropped(qtbot, studio)
    assert not zone.crop.whole
    assert "the bright part" in zone.accessibleDescription()
    assert zone.crop.cursor().shape() == Qt.CursorShape.OpenHandCursor


@pytest.mark.parametrize("name", ["holiday.png", "a-very-long-name-of-a-picture-from-last-summer.png"])
def test_beside_a_picture_everything_down_to_the_seed_stays_in_sight(
    qtbot: QtBot, studio: Studio, tmp_path: Path, name: str
) -> None:
    picture_of("#3060C0").save(str(tmp_path / name))
    window, composer = studio.window, studio.window.composer
    window.resize(1280, 800)
    studio.session.edit(prompt="a horse, behind it a castle and so on and on and on")
    studio.session.still.take(tmp_path / name)
    settled(qtbot, studio)
    scroll = composer.findChildren(QScrollArea)[0]
    composer.estimate.setText("About 9 s (not measured here yet)\nUp to 1.3 GB of memory")
    for height in (1080, 1000, 960, 900, 800):
        window.resize(1280, height)
        QApplication.processEvents()
        foot = composer.seed.mapTo(scroll.viewport(), composer.seed.rect().bottomLeft()).y()
        assert foot <= scroll.viewport().height(), height
    label = composer.drop_zone.findChildren(NameLabel)[0]
    assert label.toolTip() == name
    assert label.shown().endswith(".png")
    assert label.fontMetrics().horizontalAdvance(label.shown()) <= label.width()
    small = composer.drop_zone.height()
    window.resize(1280, 640)
    QApplication.processEvents()
    place = composer.generate.mapTo(window, composer.generate.rect().bottomRight())
    assert window.rect().contains(place)
    window.resize(1280, 1080)
    QApplication.processEvents()
    assert composer.drop_zone.height() > small


def wheel(widget: QWidget, angle: int) -> QWheelEvent:
    middle = QPointF(widget.rect().center())
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    where = widget.mapToGlobal(middle)
    modifiers = Qt.KeyboardModifier.NoModifier
    return QWheelEvent(middle, where, QPoint(), QPoint(0, angle), none, modifiers, phase, False)


def test_the_crop_by_keys(qtbot: QtBot, studio: Studio, halves: Path) -> None:
    studio.session.still.take(halves)
    settled(qtbot, studio)
    view = studio.window.composer.drop_zone.crop
    view.setFocus()
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Left, Qt.Key.Key_Up):
        qtbot.keyClick(view, key)
    crop = cropped(qtbot, studio).crop
    assert crop.zoom > 1
    assert crop.x < 0.5
    assert crop.y < 0.5
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert cropped(qtbot, studio).crop == Crop()


def test_a_picture_on_its_side_is_shown_upright(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    import cv2
    import numpy as np

    picture = np.zeros((40, 80, 3), np.uint8)
    _, jpeg = cv2.imencode(".jpg", picture)
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    path = tmp_path / "side.jpg"
    path.write_bytes(jpeg.tobytes()[:2] + segment + jpeg.tobytes()[2:])
    studio.session.still.take(path)
    state = settled(qtbot, studio)
    assert isinstance(state, Ready)
    assert state.opened.size == (40, 80)


# Videos.


def test_a_picture_inside_a_link_is_taken(qtbot: QtBot, studio: Studio) -> None:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture_of("#3060C0").save(buffer, "PNG")  # pyright: ignore
    drop(studio.window.composer.drop_zone, files(f"data:image/png;base64,{data.toBase64().data().decode()}"))
    state = settled(qtbot, studio)
    assert isinstance(state, Ready)
    assert tuple(state.frame[4, 4]) == (0x30, 0x60, 0xC0)
