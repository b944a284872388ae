"""The examples to begin with: whose clips they show, and how they move."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEnterEvent, QImageReader
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.compose.example_card import ExampleCard
from app.compose.examples import FOLDER, LIST, examples, pictures
from engine.packs.manifest import fingerprint
from engine.packs.store import PackStore
from tests.app.conftest import OpenStudio, Studio


@pytest.fixture(scope="module")
def starter() -> Path:
    return PackStore().find("starter").path


def test_the_clips_of_the_examples_were_made_by_the_starter_that_ships(starter: Path) -> None:
    known = json.loads((FOLDER / LIST).read_text(encoding="utf-8"))
    assert known["pack"] == fingerprint(starter)  # else: python packaging/docs/examples.py
    assert tuple(example["prompt"] for example in known["examples"]) == examples()
    shown = pictures(starter)
    assert len(shown) == len(examples())
    for file in shown:
        reader = QImageReader(str(file))
        assert (reader.imageCount(), reader.size().toTuple()) == (17, (224, 128))


@pytest.mark.parametrize("text", ["", "{", '{"pack": "another", "examples": [{"file": "1.webp"}]}'])
def test_another_pack_s_clips_are_not_shown(starter: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / LIST).write_text(text, encoding="utf-8")
    assert pictures(starter, tmp_path) == ()


def test_without_a_list_there_are_no_clips(starter: Path, tmp_path: Path) -> None:
    assert pictures(starter, tmp_path) == ()


def test_the_window_shows_them_with_the_starter_and_not_with_another_pack(
    qtbot: QtBot, open_studio: OpenStudio
) -> None:
    plain = open_studio()
    cards = plain.window.viewer.empty.cards
    assert [card.prompt for card in cards] == list(examples())
    assert not any(card.pictured for card in cards)
    assert all(card.height() >= card.heightForWidth(card.width()) for card in cards)
    shipped = open_studio(store=PackStore())
    cards = shipped.window.viewer.empty.cards
    assert all(card.pictured for card in cards)
    with qtbot.waitSignal(shipped.session.pack_changed):
        shipped.session.choose_pack("gone")
    assert not any(card.pictured for card in cards)


def enter(card: ExampleCard) -> None:
    spot = QPointF(9, 9)
    QApplication.sendEvent(card, QEnterEvent(spot, spot, card.mapToGlobal(spot)))


def picture(card: ExampleCard) -> bytes:
    image = card.findChildren(QLabel)[0].pixmap().toImage()
    return bytes(image.constBits())


def test_a_clip_moves_while_it_is_pointed_at_or_has_the_focus(qtbot: QtBot, open_studio: OpenStudio) -> None:
    card = open_studio(store=PackStore()).window.viewer.empty.cards[0]
    still = picture(card)
    assert not card.moving
    enter(card)
    assert card.moving
    qtbot.waitUntil(lambda: picture(card) != still)
    QApplication.sendEvent(card, QEvent(QEvent.Type.Leave))
    assert not card.moving
    assert picture(card) == still
    card.setFocus()
    assert card.moving
    card.clearFocus()
    assert not card.moving


def test_nothing_moves_out_of_sight(studio: Studio, starter: Path) -> None:
    studio.window.viewer.empty.show_clips(pictures(starter))
    card = studio.window.viewer.empty.cards[0]
    enter(card)
    card.hide()
    assert not card.moving


def test_a_clip_that_cannot_be_read_leaves_the_words(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "1.webp").write_bytes(b"RIFF....WEBP")
    card = studio.window.viewer.empty.cards[0]
    card.show_clip(tmp_path / "1.webp")
    assert not card.pictured
    enter(card)
    assert not card.moving
