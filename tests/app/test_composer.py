"""The composer by hand: typing, completing, old prompts, chips, presets, seeds, folds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLabel, QLineEdit, QToolTip
from pytestqt.qtbot import QtBot

from app.compose.advanced import Advanced
from app.compose.composer import Composer
from app.compose.draft import EFFORT
from app.compose.prompt_phrases import CAMERAS, MOTIONS, camera_in, known, motion_in, with_camera, with_motion
from app.core.widgets import QuietBar
from app.packs.pack_card import PackCard
from engine.kinds.registry import capabilities_of, kind_of
from engine.packs.capabilities import Setting
from engine.packs.store import PackStore
from engine.text.vocabulary import Vocabulary
from tests.app.conftest import Studio


@pytest.fixture(scope="module")
def starter() -> PackCard:
    pack = PackStore().find("starter")
    return PackCard(pack, kind_of(pack).vocabulary(pack), capabilities_of(pack))


@pytest.fixture
def composer(studio: Studio) -> Composer:
    studio.window.composer.prompt.setFocus()
    return studio.window.composer


def test_the_chevrons_of_all_folds_stand_in_line_with_what_is_above(studio: Studio, composer: Composer) -> None:
    studio.window.show()
    composer.keep_away.open()
    composer.advanced.open()
    QApplication.processEvents()
    edge = composer.seed.mapTo(composer, QPoint()).x()
    for fold in (composer.keep_away, composer.advanced):
        picture = fold.head.grab().toImage()
        ratio, around = picture.devicePixelRatio(), picture.pixel(0, 0)
        columns = (x for x in range(picture.width()) for y in range(picture.height()) if picture.pixel(x, y) != around)
        drawn = fold.head.mapTo(composer, QPoint()).x() + next(columns) / ratio
        assert 0 <= drawn - edge <= 1
        assert fold.content.mapTo(composer, QPoint()).x() == edge


# Completion.


def test_known_words_are_offered_and_taken_with_tab(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.prompt, "a ho")
    assert composer.prompt.popup.isVisible()
    qtbot.keyClick(composer.prompt, Qt.Key.Key_Tab)
    assert composer.prompt.toPlainText() == "a horse"
    assert not composer.prompt.popup.isVisible()
    assert composer.prompt.hasFocus()


def test_an_offer_can_be_chosen_with_the_arrows_and_keeps_the_capital(
    qtbot: QtBot, composer: Composer
) -> None:
    qtbot.keyClicks(composer.prompt, "Ro")
    qtbot.keyClick(composer.prompt.popup, Qt.Key.Key_Down)
    qtbot.keyClick(composer.prompt.popup, Qt.Key.Key_Return)
    assert composer.prompt.toPlainText() == "Robot"


def test_escape_and_a_finished_word_close_the_offer(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.prompt, "be")
    qtbot.keyClick(composer.prompt, Qt.Key.Key_Escape)
    assert not composer.prompt.popup.isVisible()
    assert composer.prompt.hasFocus()
    qtbot.keyClicks(composer.prompt, "ach")
    assert not composer.prompt.popup.isVisible()
    assert composer.prompt.toPlainText() == "beach"


def test_a_word_that_is_still_being_typed_is_not_called_unknown(qtbot: QtBot, composer: Composer) -> None:
    prompt, line = composer.prompt, composer.unknown
    qtbot.keyClicks(prompt, "castle hor")
    qtbot.waitUntil(lambda: "castle" in line.text())
    assert prompt.popup.isVisible()
    assert "hor" not in line.text()
    qtbot.keyClick(prompt, Qt.Key.Key_Escape)
    assert not prompt.popup.isVisible()
    assert "hor" in line.text()


def test_unknown_letters_offer_nothing(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.prompt, "zzz")
    assert not composer.prompt.popup.isVisible()


def test_generate_is_one_key_away_even_while_words_are_offered(
    qtbot: QtBot, studio: Studio, composer: Composer
) -> None:
    qtbot.keyClicks(composer.prompt, "a horse on the be")
    assert composer.prompt.popup.isVisible()
    qtbot.keyClick(composer.prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(studio.engine.requests))
    assert [request.prompt for request in studio.engine.requests] == ["a horse on the be"]


# Unknown words.


def test_a_marked_word_explains_itself(qtbot: QtBot, composer: Composer) -> None:
    composer.prompt.setPlainText("a hrse on the castle")
    composer.unknown.judge()
    cursor = composer.prompt.textCursor()
    cursor.setPosition(4)
    place = composer.prompt.cursorRect(cursor).center()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, composer.prompt.viewport().mapToGlobal(place))
    assert composer.prompt.marked_at(event) == "hrse"
    QApplication.sendEvent(composer.prompt.viewport(), event)
    qtbot.waitUntil(lambda: "hrse" in QToolTip.text())
    assert "horse" in QToolTip.text()
    far = QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(2, 60), QPoint(2, 60))
    composer.prompt.setPlainText("a horse")
    assert composer.prompt.marked_at(far) is None


# Old prompts.


def test_up_and_down_walk_through_old_prompts(qtbot: QtBot, studio: Studio, composer: Composer) -> None:
    for prompt in ("a horse", "a robot"):
        studio.session.asked.emit(prompt)
    composer.prompt.setPlainText("half a")
    qtbot.keyClick(composer.prompt, Qt.Key.Key_Up)
    assert studio.session.draft.prompt == "a robot"
    qtbot.keyClick(composer.prompt, Qt.Key.Key_Up)
    assert studio.session.draft.prompt == "a horse"
    qtbot.keyClick(composer.prompt, Qt.Key.Key_Up)
    assert studio.session.draft.prompt == "a horse"
    for expected in ("a robot", "half a"):
        qtbot.keyClick(composer.prompt, Qt.Key.Key_Down)
        assert studio.session.draft.prompt == expected


def test_in_the_middle_of_a_long_prompt_the_arrows_move_the_caret(
    qtbot: QtBot, studio: Studio, composer: Composer
) -> None:
    studio.session.asked.emit("a robot")
    composer.prompt.setPlainText("first line\nsecond line")
    composer.prompt.moveCursor(composer.prompt.textCursor().MoveOperation.End)
    qtbot.keyClick(composer.prompt, Qt.Key.Key_Up)
    assert composer.prompt.textCursor().blockNumber() == 0
    assert studio.session.draft.prompt == "first line\nsecond line"
    qtbot.keyClick(composer.prompt, Qt.Key.Key_Up)
    assert studio.session.draft.prompt == "a robot"


def test_an_old_prompt_can_be_undone(qtbot: QtBot, studio: Studio, composer: Composer) -> None:
    studio.session.asked.emit("a robot")
    qtbot.keyClicks(composer.prompt, "my words ")
    qtbot.keyClick(composer.prompt, Qt.Key.Key_Up)
    qtbot.keyClick(composer.prompt, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert composer.prompt.toPlainText() == "my words "


# Examples and the negative prompt.


def test_an_example_is_one_click_away(studio: Studio, composer: Composer) -> None:
    actions = composer.examples.menu().actions()
    assert len(actions) == 5
    actions[1].trigger()
    assert studio.session.draft.prompt == actions[1].text()


def test_the_negative_prompt_unfolds_and_is_asked_for(
    qtbot: QtBot, studio: Studio, composer: Composer
) -> None:
    assert not composer.negative.isVisible()
    qtbot.mouseClick(composer.keep_away.head, Qt.MouseButton.LeftButton)
    assert composer.negative.isVisible()
    qtbot.keyClicks(composer.negative, "night")
    qtbot.keyClicks(composer.prompt, "a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: bool(studio.engine.requests))
    assert studio.engine.requests[0].negative == "night"


# Chips.


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_starter_knows_every_word_that_a_chip_writes(starter: PackCard, language: str) -> None:
    for texts in (*MOTIONS.values(), *CAMERAS.values()):
        assert known(starter, texts, language)  # pyright: ignore[reportArgumentType]


def test_a_camera_chip_writes_one_move_and_takes_it_back() -> None:
    prompt = with_camera("A horse on the beach.", "pan_left", "en")
    assert prompt == "A horse on the beach, the camera pans left"
    prompt = with_camera(prompt, "zoom_in", "en")
    assert prompt == "A horse on the beach, the camera zooms in"
    assert camera_in(prompt) == "zoom_in"
    assert with_camera(prompt, "zoom_in", "en") == "A horse on the beach"
    assert with_camera("", "tilt_up", "fr") == "La caméra bascule vers le haut"


def test_a_motion_goes_behind_its_subject(starter: PackCard) -> None:
    prompt = with_motion("A polar bear in the snow", "walk", "en", starter)
    assert prompt == "A polar bear walking in the snow"
    prompt = with_motion(prompt, "run", "en", starter)
    assert prompt == "A polar bear running in the snow"
    assert motion_in(prompt) == "run"
    assert with_motion(prompt, "run", "en", starter) == "A polar bear in the snow"
    assert with_motion("un cheval blanc sur la plage", "walk", "fr", starter) == (
        "un cheval blanc qui marche sur la plage"
    )
    assert with_motion("something else", "fly", "en", starter) == "something else flying"


def test_a_pack_without_words_for_motion_has_no_empty_heading(studio: Studio, composer: Composer) -> None:
    heads = [label for label in composer.findChildren(QLabel) if label.buddy() is composer.chips]
    assert [head.isVisible() for head in heads] == [True]
    card = studio.session.card
    assert card is not None
    studio.session._take_card(PackCard(card.pack, Vocabulary.build(["castle"]), card.capabilities))
    assert not heads[0].isVisible()
    assert not composer.chips.isVisible()
    studio.session._take_card(card)
    assert heads[0].isVisible()
    assert composer.chips.isVisible()


def test_what_the_pack_cannot_do_is_not_offered(studio: Studio, composer: Composer) -> None:
    card = studio.session.card
    assert card is not None
    able = card.capabilities
    fields = composer.keep_away, composer.drop_zone, composer.quality
    advanced = composer.advanced.content
    assert isinstance(advanced, Advanced)
    assert all(field.isVisibleTo(composer) for field in fields)
    studio.session.edit(prompt="a horse", negative="snow", guidance=3.0)
    less = replace(able, negative=False, still="no", steps=Setting(4, fixed=True), guidance=None, teachable=False)
    studio.session._take_card(replace(card, capabilities=less))
    assert not any(field.isVisibleTo(composer) for field in fields)
    assert not advanced.steps.isVisibleTo(advanced)
    assert not advanced.guidance.isVisibleTo(advanced)
    assert not studio.window.actions_["teach"].isEnabled()
    (request,) = studio.session.requests()
    assert (request.negative, request.guidance) == ("", None)
    studio.session._take_card(replace(card, capabilities=replace(able, still="must")))
    assert not studio.window.actions_["generate"].isEnabled()
    studio.session._take_card(card)
    assert all(field.isVisibleTo(composer) for field in fields)
    assert studio.window.actions_["generate"].isEnabled()
    assert studio.session.requests()[0].negative == "snow"


def test_nothing_moves_sideways_when_the_fields_begin_to_scroll(studio: Studio, composer: Composer) -> None:
    bar, window = composer.findChildren(QuietBar)[0], studio.window
    lefts = set()
    for height in (1400, 700, 640, 1400):
        window.resize(1024, height)
        QApplication.processEvents()
        composer.advanced.open(height != 640)
        QApplication.processEvents()
        right = composer.prompt.mapTo(composer, composer.prompt.rect().topRight()).x()
        lefts.add((bar.isVisible(), right, composer.generate.geometry().right() - right))
    assert len(lefts) == 1
    assert lefts.pop()[2] == 0
    assert bar.maximum() == 0
    place = bar.mapTo(composer, bar.rect().center())
    assert composer.grab().toImage().pixelColor(place) == composer.grab().toImage().pixelColor(2, 2)
    window.resize(1024, 640)
    QApplication.processEvents()
    assert bar.maximum() > 0
    place = bar.mapTo(composer, bar.rect().center())
    assert composer.grab().toImage().pixelColor(place) != composer.grab().toImage().pixelColor(2, 2)


def test_numbers_can_be_read(studio: Studio, composer: Composer) -> None:
    composer.advanced.open()
    studio.window.actions_["preferences"].trigger()
    sheet = studio.window.dialogs.preferences
    assert sheet is not None
    QApplication.processEvents()
    fields = [*composer.findChildren(QAbstractSpinBox), *sheet.findChildren(QAbstractSpinBox)]
    assert len(fields) >= 5
    for field in fields:
        line = field.findChildren(QLineEdit)[0]
        assert line.width() >= line.fontMetrics().horizontalAdvance(line.text()) + 16
        assert line.height() >= line.fontMetrics().height()


def test_clicking_chips_edits_the_prompt(qtbot: QtBot, studio: Studio, composer: Composer) -> None:
    studio.session.edit(prompt="a horse on the beach")
    walk = composer.chips.motions["walk"]
    assert walk.isVisible()
    assert not composer.chips.motions["swim"].isVisible()  # this pack does not know the word
    qtbot.mouseClick(walk, Qt.MouseButton.LeftButton)
    assert studio.session.draft.prompt == "a horse on the beach walking"
    assert walk.isChecked()
    qtbot.mouseClick(walk, Qt.MouseButton.LeftButton)
    assert studio.session.draft.prompt == "a horse on the beach"
    assert not walk.isChecked()


def test_a_click_on_generate_leaves_the_caret_in_the_prompt(
    qtbot: QtBot, studio: Studio, composer: Composer
) -> None:
    qtbot.keyClicks(composer.prompt, "a horse")
    qtbot.mouseClick(composer.generate, Qt.MouseButton.LeftButton)
    assert composer.prompt.hasFocus()
    qtbot.waitUntil(lambda: studio.session.current_clip.clip is not None)
    assert len(studio.engine.requests) == 1


# Presets, length, seed.


def test_quality_is_steps_behind_a_fold(qtbot: QtBot, studio: Studio, composer: Composer) -> None:
    assert studio.session.card is not None
    steps = studio.session.card.pack.manifest.stages["base"].steps
    qtbot.mouseClick(composer.quality.button("best"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(composer.advanced.head, Qt.MouseButton.LeftButton)
    advanced = composer.advanced.content
    assert advanced.isVisible()
    assert advanced.steps.value() == round(steps * EFFORT["best"])  # pyright: ignore
    advanced.steps.setFocus()  # pyright: ignore
    qtbot.keyClick(advanced.steps, Qt.Key.Key_Up)  # pyright: ignore
    assert studio.session.draft.steps == steps * 2 + 1
    assert not any(composer.quality.button(name).isChecked() for name in EFFORT)
    qtbot.mouseClick(advanced.preset, Qt.MouseButton.LeftButton)  # pyright: ignore
    assert studio.session.draft.steps is None
    assert composer.quality.button("best").isChecked()


def test_length_and_variations_are_chosen_by_key_and_not_by_wheel(
    qtbot: QtBot, studio: Studio, composer: Composer
) -> None:
    for _ in range(2):
        qtbot.keyClick(composer.length, Qt.Key.Key_Down)
    assert studio.session.draft.frames == 41
    qtbot.keyClick(composer.variations, Qt.Key.Key_Down)
    assert studio.session.draft.variations == 2
    studio.session.edit(frames=29, variations=1)
    assert composer.length.currentData() == 29
    assert composer.variations.currentData() == 1


def test_the_seed_of_the_clip_on_show_can_be_taken_again(
    qtbot: QtBot, studio: Studio, composer: Composer
) -> None:
    assert not composer.seed.reuse.isEnabled()
    studio.session.edit(prompt="a horse", seed=321, seed_fixed=True)
    studio.session.generate()
    qtbot.waitUntil(lambda: studio.session.current_clip.clip is not None)
    studio.session.edit(seed_fixed=False, seed=5)
    qtbot.mouseClick(composer.seed.reuse, Qt.MouseButton.LeftButton)
    assert (studio.session.draft.seed, studio.session.draft.seed_fixed) == (321, True)


def test_words_of_the_pack_come_from_its_vocabulary(composer: Composer, tmp_path: Path) -> None:
    words = Vocabulary.build(["horse", "a"]).words
    assert "a" in words
    offered = composer.prompt._words.stringList()
    assert "horse" in offered
    assert "a" not in offered
