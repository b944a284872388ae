"""Preferences, packs, help, about: opened by their actions, used by hand, gone with the window."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.core.number_fields import STEPPERS, NumberField
from app.packs.packs_dialog import PacksDialog
from app.preferences.preferences import PreferenceFile
from app.preferences.preferences_dialog import LEAST_MEMORY_MB, MEMORY_STEP_MB, PreferencesDialog
from engine.packs.store import PackStore
from engine.text.vocabulary import Vocabulary
from tests.app.conftest import WORDS, OpenStudio, Studio

# Preferences.


@pytest.fixture
def preferences(studio: Studio) -> PreferencesDialog:
    studio.window.actions_["preferences"].trigger()
    sheet = studio.window.dialogs.preferences
    assert sheet is not None
    assert sheet.isVisible()
    return sheet


def test_choosing_colours_is_seen_and_kept_at_once(
    qtbot: QtBot, studio: Studio, preferences: PreferencesDialog
) -> None:
    qtbot.mouseClick(preferences.theme.button("light"), Qt.MouseButton.LeftButton)
    assert studio.window.theme.choice == "light"
    assert PreferenceFile().now.theme == "light"
    assert not preferences.again.isVisible()
    qtbot.mouseClick(preferences.theme.button("dark"), Qt.MouseButton.LeftButton)
    assert studio.window.theme.choice == "dark"


def test_another_language_offers_to_open_again(
    qtbot: QtBot, studio: Studio, preferences: PreferencesDialog
) -> None:
    preferences.language.setFocus()
    for _ in range(2):
        qtbot.keyClick(preferences.language, Qt.Key.Key_Down)
    assert PreferenceFile().now.language == "fr"
    assert preferences.again.isVisible()
    with qtbot.waitSignal(studio.bridge.closed):
        qtbot.mouseClick(preferences.again, Qt.MouseButton.LeftButton)
    assert studio.window.reopening


def test_numbers_boxes_and_folder_are_kept(
    qtbot: QtBot, preferences: PreferencesDialog, tmp_path: Path
) -> None:
    preferences.memory.setFocus()
    qtbot.keyClick(preferences.memory, Qt.Key.Key_Up)
    qtbot.keyClick(preferences.threads, Qt.Key.Key_Up)
    preferences.metadata.setFocus()
    qtbot.keyClick(preferences.metadata, Qt.Key.Key_Space)
    preferences._choose_folder(str(tmp_path / "films"))
    now = PreferenceFile().now
    assert (now.memory_mb, now.threads, now.metadata) == (LEAST_MEMORY_MB, 1, False)
    assert now.library_folder == str(tmp_path / "films")
    qtbot.mouseClick(preferences.back, Qt.MouseButton.LeftButton)
    assert PreferenceFile().now.library_folder == ""


def click_stepper(qtbot: QtBot, field: NumberField, down: bool = False) -> None:
    place = QPoint(field.width() - STEPPERS // 2, field.height() - 6 if down else 6)
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=place)


def test_a_number_is_stepped_from_automatic_to_the_least_that_makes_sense_and_back(
    qtbot: QtBot, preferences: PreferencesDialog
) -> None:
    memory = preferences.memory
    assert memory.text() == "Automatic"
    click_stepper(qtbot, memory)
    assert PreferenceFile().now.memory_mb == LEAST_MEMORY_MB
    assert memory.text() == "768 MB"
    assert preferences.again.isVisible()  # the engine was told of it when it began
    click_stepper(qtbot, memory)
    assert PreferenceFile().now.memory_mb == LEAST_MEMORY_MB + MEMORY_STEP_MB
    for _ in range(3):
        click_stepper(qtbot, memory, down=True)
    assert PreferenceFile().now.memory_mb == 0
    assert not preferences.again.isVisible()


@pytest.mark.parametrize(("typed", "meant"), [("7", LEAST_MEMORY_MB), ("1000", 1000), ("0", 0)])
def test_a_number_that_makes_no_sense_becomes_the_next_that_does(
    qtbot: QtBot, preferences: PreferencesDialog, typed: str, meant: int
) -> None:
    preferences.memory.setFocus()
    preferences.memory.selectAll()
    qtbot.keyClicks(preferences.memory, typed)
    qtbot.keyClick(preferences.memory, Qt.Key.Key_Tab)
    assert PreferenceFile().now.memory_mb == meant


def test_escape_closes_it_and_the_action_brings_it_back(
    qtbot: QtBot, studio: Studio, preferences: PreferencesDialog
) -> None:
    qtbot.keyClick(preferences, Qt.Key.Key_Escape)
    assert not preferences.isVisible()
    studio.window.actions_["preferences"].trigger()
    assert studio.window.dialogs.preferences is preferences
    assert preferences.isVisible()


# Packs.


def pack_files(name: str) -> dict[str, bytes]:
    vocabulary = Vocabulary.build(WORDS).to_json().encode()
    files = {"vocabulary.json": vocabulary, "card.md": b"# A card"}
    files |= {f"{part}.safetensors": part.encode() * 50 for part in ("tokenizer", "text", "base")}
    manifest = {
        "name": name, "title": name.title(), "version": "2", "licence": "CC0-1.0", "description": "Small.",
        "knows": {"subjects": {"en": ["owl"], "fr": ["hibou"]}},
        "sizes": {"16:9": [128, 224]}, "tokenizer": {}, "text": {},
        "stages": {"base": {"transformer": {}, "steps": 3}},
        "files": {
            file: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for file, content in files.items()
        },
    }  # fmt: skip
    return files | {"manifest.json": json.dumps(manifest).encode()}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "owls.waltpack"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in pack_files("owls").items():
            zipped.writestr(f"owls/{name}", content)
    return path


@pytest.fixture
def packed(open_studio: OpenStudio, face_store: PackStore, tmp_path: Path) -> Studio:
    return open_studio(store=PackStore([*face_store.roots, tmp_path / "own"]))


@pytest.fixture
def packs(qtbot: QtBot, packed: Studio) -> PacksDialog:
    packed.window.actions_["packs"].trigger()
    sheet = packed.window.dialogs.packs
    assert sheet is not None
    qtbot.waitUntil(lambda: sheet.list.count() == 1)
    return sheet


def drop(sheet: PacksDialog, file: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), copy, mime, left, none)
    QApplication.sendEvent(sheet, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(sheet, QDropEvent(QPointF(9, 9), copy, mime, left, none))


def test_a_dropped_archive_is_installed_chosen_and_removed(
    qtbot: QtBot, packed: Studio, packs: PacksDialog, archive: Path, tmp_path: Path
) -> None:
    assert not packs.remove.isEnabled()  # the starter comes with walt
    drop(packs, archive)
    qtbot.waitUntil(lambda: packs.list.count() == 2)
    packs.list.setCurrentRow(1)
    assert packs.title.text() == "Owls"
    assert "CC0-1.0" in packs.facts.text()
    assert "owl" in packs.knows.text()
    assert "Verified" in packs.state.text()
    with qtbot.waitSignal(packed.session.pack_changed):
        qtbot.mouseClick(packs.use, Qt.MouseButton.LeftButton)
    assert packed.window.header.pack.text() == "Owls"
    qtbot.mouseClick(packs.remove, Qt.MouseButton.LeftButton)
    [box] = packs.findChildren(QMessageBox)
    with qtbot.waitSignal(packed.session.pack_changed):
        next(button for button in box.buttons() if "Remove" in button.text()).click()
    qtbot.waitUntil(lambda: packs.list.count() == 1)
    assert packed.session.pack == "starter"
    assert list((tmp_path / "own").iterdir()) == []


def test_a_second_archive_of_that_name_asks(qtbot: QtBot, packs: PacksDialog, archive: Path) -> None:
    for _ in range(2):
        with qtbot.waitSignal(packs._manager.ended):
            drop(packs, archive)
    [box] = packs.findChildren(QMessageBox)
    assert "owls" in box.text()
    with qtbot.waitSignal(packs._manager.installed):
        next(button for button in box.buttons() if "Replace" in button.text()).click()


def test_junk_is_refused_in_words(qtbot: QtBot, packs: PacksDialog, tmp_path: Path) -> None:
    junk = tmp_path / "holiday.zip"
    junk.write_bytes(b"not a zip")
    with qtbot.waitSignal(packs._manager.failed):
        drop(packs, junk)
    assert "holiday.zip is not a pack" in packs.news.text()
    assert not packs.bar.isVisible()


def test_rot_is_found(qtbot: QtBot, packs: PacksDialog, archive: Path, tmp_path: Path) -> None:
    with qtbot.waitSignal(packs._manager.installed):
        drop(packs, archive)
    qtbot.waitUntil(lambda: packs.list.count() == 2)
    (tmp_path / "own" / "owls" / "base.safetensors").write_bytes(b"x" * 200)
    packs.list.setCurrentRow(1)
    with qtbot.waitSignal(packs._manager.failed):
        qtbot.mouseClick(packs.check, Qt.MouseButton.LeftButton)
    assert "Damaged" in packs.state.text()


# Help, about.


def test_every_shortcut_is_on_the_shortcuts_page(studio: Studio) -> None:
    studio.window.actions_["shortcuts"].trigger()
    sheet = studio.window.dialogs.help
    assert sheet is not None
    assert sheet.tabs.currentWidget() is sheet.shortcuts
    text = sheet.shortcuts.toPlainText()
    for spec in studio.window.actions_:
        if spec.keys:
            assert spec.text.replace("&", "").rstrip("…") in text
    studio.window.actions_["help"].trigger()
    assert sheet.tabs.currentWidget() is sheet.help


def test_about_says_what_it_is_and_whose_work_is_in_it(studio: Studio) -> None:
    studio.window.actions_["about"].trigger()
    sheet = studio.window.dialogs.about
    assert sheet is not None
    assert "W.A.L.T" in sheet.about.toPlainText()
    sheet.tabs.setCurrentWidget(sheet.licences)
    assert "torch" in sheet.licences.toPlainText()
    assert "LGPL" in sheet.licences.toPlainText()


def test_diagnostics_hold_versions_and_no_prompt(studio: Studio, tmp_path: Path) -> None:
    studio.session.edit(prompt="a secret horse", negative="a secret robot")
    studio.window.actions_["diagnostics"].trigger()
    text = QGuiApplication.clipboard().text()
    assert "torch" in text
    assert "starter 1" in text
    assert "secret" not in text
    assert str(tmp_path) not in text
    assert "clipboard" in studio.window.status.line.text()
