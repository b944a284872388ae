"""What the model knows, one click from the prompt; and what is said of a prompt that it does not understand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose.composer import Composer
from app.compose.known_words import known_words, toggled
from app.core.i18n import Language
from app.packs.pack_card import PackCard, read_pack
from engine.packs.store import PackStore
from tests.app.conftest import OpenStudio, Studio


@pytest.fixture
def starter_studio(open_studio: OpenStudio) -> Studio:
    return open_studio(store=PackStore())


@pytest.fixture
def composer(starter_studio: Studio) -> Composer:
    starter_studio.window.composer.prompt.setFocus()
    return starter_studio.window.composer


@pytest.fixture(scope="module")
def starter() -> PackCard:
    return read_pack(None, "starter")


def test_a_click_on_a_word_writes_it_and_another_takes_it_out(qtbot: QtBot, composer: Composer) -> None:
    qtbot.mouseClick(composer.what_it_knows, Qt.MouseButton.LeftButton)
    assert composer.known.isVisible()
    for word in ("sunset", "fox", "run", "snow", "red", "zoom in"):
        qtbot.mouseClick(composer.known.button(word), Qt.MouseButton.LeftButton)
    assert composer.prompt.toPlainText() == "A red fox running in the snow at sunset, the camera zooms in"
    assert composer.known.button("fox").isChecked()
    assert not composer.known.button("horse").isChecked()
    qtbot.mouseClick(composer.known.button("horse"), Qt.MouseButton.LeftButton)
    assert composer.prompt.toPlainText() == "A red horse running in the snow at sunset, the camera zooms in"
    qtbot.mouseClick(composer.known.button("snow"), Qt.MouseButton.LeftButton)
    assert composer.prompt.toPlainText() == "A red horse running at sunset, the camera zooms in"
    composer.prompt.undo()
    assert composer.prompt.toPlainText().startswith("A red horse running in the snow")


def test_the_words_are_reached_with_the_keyboard(qtbot: QtBot, studio: Studio, composer: Composer) -> None:
    composer.what_it_knows.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(composer.what_it_knows, Qt.Key.Key_Space)
    panel = composer.known
    qtbot.waitUntil(panel.isVisible)
    qtbot.keyClick(panel, Qt.Key.Key_Tab)
    dragon = panel.button("dragon")
    dragon.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(dragon, Qt.Key.Key_Right)
    qtbot.keyClick(panel.button("polar bear"), Qt.Key.Key_Space)
    assert composer.prompt.toPlainText() == "A polar bear"
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_generate_is_one_key_away_from_the_words_too(
    qtbot: QtBot, starter_studio: Studio, composer: Composer
) -> None:
    qtbot.mouseClick(composer.what_it_knows, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(composer.known.button("dragon"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(composer.known, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(starter_studio.engine.requests) == 1)
    assert not composer.known.isVisible()
    assert starter_studio.engine.requests[0].prompt == "A dragon"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_starter_knows_every_word_that_the_list_writes(starter: PackCard, language: Language) -> None:
    words = known_words(starter, language)
    assert len(words) == 6
    for kind, listed in words.items():
        for word in listed:
            prompt = toggled("", word, words, language)
            assert starter.unknown(prompt) == [], kind
            assert word.said(prompt)
            assert not word.said(toggled(prompt, word, words, language))


def test_french_colours_agree_with_their_subject(starter: PackCard) -> None:
    words = known_words(starter, "fr")
    by_name = {word.listed: word for listed in words.values() for word in listed}
    prompt = ""
    for name in ("voiture", "bleu", "rouler", "nuit"):
        prompt = toggled(prompt, by_name[name], words, "fr")
    assert prompt == "Une voiture bleue qui roule la nuit"
    assert toggled(prompt, by_name["renard"], words, "fr") == "Un renard bleu qui roule la nuit"


def test_a_pack_that_says_nothing_of_its_words_offers_none(studio: Studio) -> None:
    assert not studio.window.composer.what_it_knows.isVisible()


def test_a_prompt_that_means_nothing_to_the_model_is_warned_of(
    qtbot: QtBot, starter_studio: Studio, composer: Composer
) -> None:
    line = composer.unknown
    qtbot.keyClicks(composer.prompt, "A cat playing the piano in a kitchen ")
    line.judge()
    assert line.text().startswith("Unknown to Starter: cat, playing, piano, kitchen. The clip would show a vague blur.")
    assert line.property("role") == "warning"
    assert composer.generate.isEnabled()
    line.linkActivated.emit("known")
    assert composer.known.isVisible()
    composer.known.hide()
    composer.prompt.replace_all("cat kitchen ")
    line.judge()
    assert "nothing to make a clip of" in line.text()
    composer.prompt.replace_all("A wolf with a hat ")
    line.judge()
    assert ">fox</a>" in line.text()
    composer.prompt.replace_all("A horse in a kitchen ")
    line.judge()
    assert line.text() == "Unknown to Starter: kitchen"
    assert line.property("role") == "secondary"
    QApplication.processEvents()
    assert starter_studio.session.can_generate
