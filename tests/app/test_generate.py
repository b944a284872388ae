"""From typing to a finished clip, by hand: keys, clicks, and what the window says on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.jobs.state import Done, Failed, Idle, Running, StageRun, Stopped
from engine.api.errors import WaltError
from engine.api.types import StageName
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import SIZES, Gate, clip_of, failing, gated

PROMPT = "a horse walking on the beach"
SECRET = "a horse named Butterscotch"


def type_and_generate(qtbot: QtBot, studio: Studio, prompt: str = PROMPT) -> None:
    qtbot.keyClicks(studio.window.composer.prompt, prompt)
    qtbot.keyClick(studio.window.composer.prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def decoded(studio: Studio, index: int) -> bool:
    frame = studio.session.monitor.frame(index)
    return frame is not None and frame.shape[1] == SIZES["base"][0]


def wait_for(qtbot: QtBot, studio: Studio, state: type) -> None:
    qtbot.waitUntil(lambda: isinstance(studio.session.state, state))


def test_typing_and_ctrl_enter_make_a_clip(qtbot: QtBot, studio: Studio) -> None:
    assert studio.window.viewer.currentWidget() is studio.window.viewer.empty
    type_and_generate(qtbot, studio)
    wait_for(qtbot, studio, Done)
    (request,) = studio.engine.requests
    assert (request.prompt, request.aspect, request.frames, request.pack) == (PROMPT, "16:9", 17, "starter")
    assert request.seed == studio.session.draft.seed
    assert studio.window.viewer.currentWidget() is studio.window.viewer.preview
    assert studio.window.actions_["export"].isEnabled()
    assert "8.0 s" in studio.window.status.line.text()


def test_an_empty_prompt_can_not_be_generated(qtbot: QtBot, studio: Studio) -> None:
    type_and_generate(qtbot, studio, "   ")
    assert isinstance(studio.session.state, Idle)
    assert not studio.window.composer.generate.isEnabled()


def test_a_prompt_that_is_too_long_says_so(qtbot: QtBot, studio: Studio) -> None:
    studio.session.edit(prompt="horse " * 100)
    qtbot.waitUntil(lambda: "500" in studio.window.composer.unknown.text())
    assert not studio.window.actions_["generate"].isEnabled()


def test_an_example_fills_the_prompt(qtbot: QtBot, studio: Studio) -> None:
    cards = studio.window.viewer.empty.cards
    assert len(cards) == 5
    qtbot.mouseClick(cards[0], Qt.MouseButton.LeftButton)
    assert studio.window.composer.prompt.toPlainText() == cards[0].prompt
    assert studio.window.actions_["generate"].isEnabled()


def test_the_starter_s_captions_know_every_word_of_the_examples(studio: Studio) -> None:
    from engine.worlds.captions.write import vocabulary

    known = vocabulary()
    texts = [card.prompt for card in studio.window.viewer.empty.cards]
    assert [word for text in texts for word in known.unknown(text)] == []
    assert known.unknown(studio.window.composer.prompt.placeholderText()) == []


def test_unknown_words_are_named_and_corrected(qtbot: QtBot, studio: Studio) -> None:
    line = studio.window.composer.unknown
    qtbot.keyClicks(studio.window.composer.prompt, "a hors on the castle, please")
    qtbot.waitUntil(lambda: "castle" in line.text())
    assert "Starter" in line.text()
    assert "hors" in line.text()
    assert "please" not in line.text()
    line.linkActivated.emit("hors/horse")
    assert studio.window.composer.prompt.toPlainText() == "a horse on the castle, please"
    qtbot.waitUntil(lambda: "hors" not in line.text())
    assert "castle" in line.text()


def test_shapes_the_pack_does_not_make_can_not_be_chosen(studio: Studio) -> None:
    shapes = studio.window.composer.shape
    assert [button.isEnabled() for _aspect, button in shapes._buttons] == [True, False, True]


def test_choosing_a_shape_changes_the_request_and_the_rectangle(qtbot: QtBot, studio: Studio) -> None:
    qtbot.mouseClick(studio.window.composer.shape.button("1:1"), Qt.MouseButton.LeftButton)
    assert studio.session.stage_size("sr2") == (512, 512)
    type_and_generate(qtbot, studio)
    assert studio.session.monitor.shape == (128, 128)
    wait_for(qtbot, studio, Done)
    assert studio.engine.requests[0].aspect == "1:1"


def test_every_clip_draws_a_seed_until_one_is_kept(qtbot: QtBot, studio: Studio) -> None:
    type_and_generate(qtbot, studio)
    wait_for(qtbot, studio, Done)
    seed = studio.window.composer.seed
    seed.number.setFocus()
    seed.number.selectAll()
    qtbot.keyClicks(seed.number, "1234")
    assert studio.session.draft.seed_fixed
    studio.session.generate()
    wait_for(qtbot, studio, Done)
    studio.session.generate()
    wait_for(qtbot, studio, Done)
    first, second, third = (request.seed for request in studio.engine.requests)
    assert second == third == 1234
    assert first == int(first)
    qtbot.mouseClick(seed.dice, Qt.MouseButton.LeftButton)
    assert seed.number.text() == str(studio.session.draft.seed)


def test_a_seed_beyond_the_limit_becomes_the_limit(qtbot: QtBot, studio: Studio) -> None:
    seed = studio.window.composer.seed
    seed.number.setFocus()
    seed.number.selectAll()
    qtbot.keyClicks(seed.number, "9999999999")
    assert studio.session.draft.seed == 2**32 - 1
    assert seed.number.text() == str(2**32 - 1)


def test_cancel_keeps_what_was_finished(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(gated(Gate(), before="sr1"))
    type_and_generate(qtbot, studio)
    wait_for(qtbot, studio, Running)
    qtbot.waitUntil(lambda: decoded(studio, 16))
    assert studio.window.status.cancel.isVisible()
    control_alt = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(studio.window.composer.prompt, Qt.Key.Key_Return, control_alt)
    wait_for(qtbot, studio, Stopped)
    assert studio.session.current_clip.clip is not None
    assert studio.session.current_clip.clip.stage == "base"
    assert "28 × 16" in studio.window.status.line.text()
    assert studio.window.viewer.currentWidget() is studio.window.viewer.preview
    assert studio.window.actions_["export"].isEnabled()
    assert studio.window.actions_["generate"].isEnabled()


@pytest.mark.parametrize(("during", "kept"), [("base", None), ("sr1", "base"), ("sr2", "sr1")])
def test_a_cancelled_clip_keeps_the_stages_before(
    qtbot: QtBot, open_studio: OpenStudio, during: StageName, kept: StageName | None
) -> None:
    studio = open_studio(gated(Gate(), before=during))
    type_and_generate(qtbot, studio)
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Running) and studio.session.state.stage(during).step > 0)
    studio.window.actions_["cancel"].trigger()
    wait_for(qtbot, studio, Stopped)
    clip = studio.session.current_clip.clip
    assert (clip.stage if clip else None) == kept
    qtbot.waitUntil(lambda: [record.stage for record in studio.session.library.clips] == ([kept] if kept else []))
    studio.session.generate()
    qtbot.waitUntil(lambda: len(studio.engine.requests) == 2)


def test_cancel_before_anything_was_finished_leaves_the_examples(
    qtbot: QtBot, open_studio: OpenStudio
) -> None:
    studio = open_studio(gated(Gate(), before="base"))
    type_and_generate(qtbot, studio)
    qtbot.waitUntil(lambda: studio.window.status.cancel.isVisible())
    qtbot.mouseClick(studio.window.status.cancel, Qt.MouseButton.LeftButton)
    assert isinstance(studio.session.state, Running | Stopped)
    wait_for(qtbot, studio, Stopped)
    assert studio.session.current_clip.clip is None
    assert studio.session.monitor.total == 0
    assert studio.window.viewer.currentWidget() is studio.window.viewer.empty
    assert studio.window.viewer.empty.title.text() == "Stopped"
    assert not studio.window.actions_["export"].isEnabled()


def test_a_second_clip_waits_for_the_first(qtbot: QtBot, open_studio: OpenStudio) -> None:
    gate = Gate()
    studio = open_studio(gated(gate, before="sr2"))
    type_and_generate(qtbot, studio)
    qtbot.waitUntil(lambda: len(studio.engine.requests) == 1)
    assert studio.window.actions_["generate"].isEnabled()
    studio.session.generate()
    assert len(studio.session.queue.waiting) == 1
    assert len(studio.engine.requests) == 1
    gate.open.set()
    qtbot.waitUntil(lambda: len(studio.engine.requests) == 2)
    wait_for(qtbot, studio, Done)


def test_a_failure_says_what_why_and_what_to_do(qtbot: QtBot, open_studio: OpenStudio, qapp: object) -> None:
    error = WaltError("pack-damaged", "The pack is damaged.", "Install it again.")
    studio = open_studio(failing(error, "Traceback: line 1"))
    type_and_generate(qtbot, studio, SECRET)
    wait_for(qtbot, studio, Failed)
    view = studio.window.viewer.failure
    assert studio.window.viewer.currentWidget() is view
    assert (view.message.text(), view.hint.text()) == (error.message, error.hint)
    qtbot.mouseClick(view.copy, Qt.MouseButton.LeftButton)
    copied = qapp.clipboard().text()  # pyright: ignore[reportAttributeAccessIssue]
    assert "pack-damaged" in copied
    assert "Traceback: line 1" in copied
    assert "Butterscotch" not in copied


def test_trying_again_after_a_failure(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(failing(WaltError("out-of-memory", "Not enough memory.")))
    type_and_generate(qtbot, studio)
    wait_for(qtbot, studio, Failed)
    qtbot.mouseClick(studio.window.viewer.failure.again, Qt.MouseButton.LeftButton)
    assert isinstance(studio.session.state, Running)
    wait_for(qtbot, studio, Failed)
    assert len(studio.engine.requests) == 2


def test_events_of_another_job_change_nothing(qtbot: QtBot, studio: Studio) -> None:
    from engine.api.events import JobDone

    type_and_generate(qtbot, studio)
    wait_for(qtbot, studio, Done)
    before = studio.session.state
    with qtbot.waitSignal(studio.bridge.news):
        studio.bridge.listen(JobDone("job-99", clip_of("base", studio.engine.requests[0])))
    assert studio.session.state is before


def test_the_word_list_closes_when_the_clip_is_asked_for(qtbot: QtBot, studio: Studio) -> None:
    prompt = studio.window.composer.prompt
    prompt.setFocus()
    qtbot.keyClicks(prompt, "a ho")
    assert prompt.popup.isVisible()
    studio.window.actions_["generate"].trigger()
    assert not prompt.popup.isVisible()


def test_a_bar_is_full_when_nothing_is_left() -> None:
    sampled = StageRun("sr2", step=4, steps=4, decoded=0, total=17, began=0.0, decodes=True)
    assert sampled.fraction == 0.5
    assert replace(sampled, decoded=16).fraction < 1
    assert replace(sampled, decoded=17, seconds=3.0).fraction == 1
    assert StageRun("base", step=4, steps=4, total=17, began=0.0).fraction == 1, "its frames are decoded on demand"
