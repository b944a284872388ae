"""Open models in the window: linked, downloaded, verified and removed in the packs dialog."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.packs.get_model_dialog import GetModelDialog
from app.packs.packs_dialog import PacksDialog
from engine.open_models.get import recommended
from engine.packs.store import PackStore
from tests.app.conftest import OpenStudio, Studio
from tests.app.test_dialogs import drop
from tests.engine.test_open_folders import TWO, write
from tests.engine.test_open_folders import model as whole_model  # noqa: F401 (a fixture)
from tests.loopback_hub import LoopbackHub, loopback_hub

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def studio_with_packs(open_studio: OpenStudio, face_store: PackStore, tmp_path: Path) -> Studio:
    return open_studio(store=PackStore([*face_store.roots, tmp_path / "own"]))


@pytest.fixture
def packs(qtbot: QtBot, studio_with_packs: Studio) -> PacksDialog:
    studio_with_packs.window.actions_["packs"].trigger()
    sheet = studio_with_packs.window.dialogs.packs
    assert sheet is not None
    qtbot.waitUntil(lambda: sheet.list.count() == 1)
    return sheet


@pytest.fixture
def hub(whole_model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:  # noqa: F811
    (whole_model / "LICENSE").write_text("Be kind.")
    with loopback_hub(whole_model) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def link(qtbot: QtBot, packs: PacksDialog, folder: Path) -> None:
    with qtbot.waitSignal(packs._manager.installed):
        drop(packs, folder)
    qtbot.waitUntil(lambda: packs.list.count() == 2)
    packs.list.setCurrentRow(1)


def test_a_models_folder_is_linked_used_and_removed(
    qtbot: QtBot, studio_with_packs: Studio, packs: PacksDialog, whole_model: Path  # noqa: F811
) -> None:
    before = studio_with_packs.window.session.pack
    link(qtbot, packs, whole_model)
    assert packs.title.text() == "Wan 2.1 T2V 1.3B"
    assert str(whole_model) in packs.about.text()
    assert packs.knows.text() == ""
    with qtbot.waitSignal(studio_with_packs.window.session.pack_changed):
        qtbot.mouseClick(packs.use, LEFT)
    session = studio_with_packs.window.session
    qtbot.waitUntil(lambda: session.card is not None and session.card.capabilities.fps == 16)
    assert session.draft.frames == 81, "17 are possible, and are not offered"
    with qtbot.waitSignal(packs._manager.ended):
        qtbot.mouseClick(packs.check, LEFT)
    assert packs._manager.verified == {"wan-tiny-diffusers": True}
    qtbot.mouseClick(packs.remove, LEFT)
    [box] = packs.findChildren(QMessageBox)
    assert "The model’s files" in box.informativeText()
    with qtbot.waitSignal(packs._manager.removed):
        next(button for button in box.buttons() if "Remove" in button.text()).click()
    assert (whole_model / "model_index.json").is_file()
    qtbot.waitUntil(lambda: session.pack == before)


def test_a_model_that_is_not_whole_is_refused_in_words(
    qtbot: QtBot, packs: PacksDialog, whole_model: Path  # noqa: F811
) -> None:
    (whole_model / "transformer" / TWO).unlink()
    with qtbot.waitSignal(packs._manager.failed):
        drop(packs, whole_model)
    assert f"transformer/{TWO} is missing" in packs.news.text()
    write(whole_model / "model_index.json", {"_class_name": ["a", "b"]})
    with qtbot.waitSignal(packs._manager.failed):
        drop(packs, whole_model)
    assert "code of its own" in packs.news.text()


@pytest.fixture
def getting(qtbot: QtBot, packs: PacksDialog, hub: LoopbackHub, tmp_path: Path) -> GetModelDialog:
    qtbot.mouseClick(packs.get, LEFT)
    dialog = packs.get_dialog
    assert dialog is not None
    dialog.folder.setText(str(tmp_path / "models"))
    return dialog


def ask(qtbot: QtBot, packs: PacksDialog, getting: GetModelDialog, name: str) -> None:
    getting.wanted.setText(name)
    with qtbot.waitSignal(packs._manager.ended):
        qtbot.mouseClick(getting.ask, LEFT)


def test_a_model_is_downloaded_once_its_licence_is_accepted(
    qtbot: QtBot, packs: PacksDialog, getting: GetModelDialog, hub: LoopbackHub, tmp_path: Path
) -> None:
    ask(qtbot, packs, getting, hub.repository)
    qtbot.waitUntil(lambda: getting.licence.toPlainText() == "Be kind.")
    assert "apache-2.0" in getting.facts.text()
    assert not getting.download.isEnabled()
    assert hub.fetched() == ["model_index.json", "LICENSE"]
    getting.accepted_box.setChecked(True)
    assert getting.download.isEnabled()
    with qtbot.waitSignal(packs._manager.installed):
        qtbot.mouseClick(getting.download, LEFT)
    assert not getting.isVisible()
    qtbot.waitUntil(lambda: packs.list.count() == 2)
    assert (tmp_path / "models" / "tiny-diffusers" / "model_index.json").is_file()


def test_another_model_has_to_be_accepted_anew(
    qtbot: QtBot, packs: PacksDialog, getting: GetModelDialog, hub: LoopbackHub
) -> None:
    ask(qtbot, packs, getting, hub.repository)
    qtbot.waitUntil(lambda: bool(getting.licence.toPlainText()))
    getting.accepted_box.setChecked(True)
    ask(qtbot, packs, getting, "some-one/else")
    qtbot.waitUntil(lambda: "some-one/else" in getting.facts.text())
    assert not getting.download.isEnabled()
    assert not getting.accepted_box.isVisible()


def test_a_recommended_model_is_chosen_in_the_table(getting: GetModelDialog) -> None:
    getting.table.selectRow(1)
    assert getting.wanted.text() == recommended()[1].name
    assert getting.ask.isEnabled()
