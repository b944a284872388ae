"""What can be done when something is wrong: less memory than a clip takes, no pack, a file that is no picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.compose.draft import Draft, requests_of
from app.compose.smaller import smaller
from app.core.error_messages import sentence
from app.core.i18n import Translators
from app.jobs.state import Done, Failed
from engine.api.errors import WaltError, out_of_memory
from engine.api.events import Event, JobDone, JobFailed, JobStarted
from engine.api.request import ClipRequest
from engine.api.types import STAGES
from engine.packs.store import PackStore
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import Gate, clip_of, play_stage
from tests.app.test_i18n import translators

__all__ = ["translators"]


def too_large_for_sr2(job: str, request: ClipRequest) -> Iterator[Event | Gate]:
    """There is memory for two stages."""
    yield JobStarted(job)
    if request.upto == "sr2":
        yield JobFailed(job, out_of_memory(), "")
        return
    for stage in STAGES[: STAGES.index(request.upto) + 1]:
        yield from play_stage(job, stage)
    yield JobDone(job, clip_of(request.upto, request))


def test_too_little_memory_offers_a_smaller_clip(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(too_large_for_sr2)
    session, composer, failure = studio.session, studio.window.composer, studio.window.viewer.failure
    session.edit(prompt="a horse", seed=11, seed_fixed=True)
    session.generate()
    qtbot.waitUntil(lambda: isinstance(session.state, Failed))
    width, height = session.stage_size("sr1") or (0, 0)
    assert failure.smaller.text() == f"Make it at {width} × {height}"
    qtbot.mouseClick(failure.smaller, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(session.state, Done))
    asked, again = studio.engine.requests
    assert again == replace(asked, upto="sr1")
    assert composer.advanced.content.isVisible()
    assert composer.advanced.content.sizes.currentData() == "sr1"  # pyright: ignore[reportAttributeAccessIssue]
    assert len(studio.window.status.stages.shown) == 2
    session.generate()
    qtbot.waitUntil(lambda: len(studio.engine.requests) == 3)
    assert studio.engine.requests[-1].upto == "sr1"


def test_several_clips_too_large_do_not_keep_the_smaller_one_waiting(
    qtbot: QtBot, open_studio: OpenStudio
) -> None:
    studio = open_studio(too_large_for_sr2)
    session = studio.session
    session.edit(prompt="a horse", variations=8)
    session.generate()
    qtbot.waitUntil(lambda: session.queue.paused)
    asked = len(studio.engine.requests)
    line = studio.window.status.line
    assert "paused" in line.text()
    assert str(len(session.queue.waiting)) in line.text()
    qtbot.mouseClick(studio.window.viewer.failure.smaller, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(studio.engine.requests) > asked)
    assert studio.engine.requests[asked].upto == "sr1"


def test_a_paused_queue_says_why_nothing_happens(qtbot: QtBot, studio: Studio) -> None:
    studio.session.queue.pause(True)
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    line = studio.window.status.line
    assert "1 clip" in line.text()
    line.linkActivated.emit("resume")
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    assert "paused" not in line.text()


def test_a_size_is_chosen_by_key_and_the_stage_bar_follows(qtbot: QtBot, studio: Studio) -> None:
    composer, session = studio.window.composer, studio.session
    composer.advanced.open()
    size = composer.advanced.content.sizes  # pyright: ignore[reportAttributeAccessIssue]
    for stage, count in (("sr1", 2), ("base", 1)):
        qtbot.keyClick(size, Qt.Key.Key_Down)
        assert session.draft.upto == stage
        assert len(studio.window.status.stages.shown) == count
    composer.advanced.open(False)
    session.edit(prompt="a horse")
    assert not composer.advanced.content.isVisible()  # who closed it is not asked again
    composer.advanced.open()
    for _ in range(2):
        qtbot.keyClick(size, Qt.Key.Key_Up)
    assert session.draft.upto is None


def test_the_smallest_clip_is_as_short_as_one_can_be(studio: Studio) -> None:
    card = studio.session.card
    (request,) = requests_of(Draft("a horse", frames=41), card, image=None, pack="starter")
    sizes = []
    while True:
        found = smaller(Failed(request, out_of_memory(), ""), card)
        if found is None:
            break
        request = found
        sizes.append((found.upto, found.frames))
    assert sizes == [("sr1", 41), ("base", 41), ("base", 17)]
    whole = ClipRequest(prompt="a horse")
    assert smaller(Failed(whole, WaltError("internal", "Odd."), ""), card) is None
    assert smaller(Failed(replace(whole, pack="other"), out_of_memory(), ""), card) is None
    assert smaller(Failed(replace(whole, source="a.mp4"), out_of_memory(), ""), card) is None


def test_another_failure_offers_nothing_smaller(qtbot: QtBot, open_studio: OpenStudio) -> None:
    from tests.app.fake_engine import failing

    studio = open_studio(failing(WaltError("pack-damaged", "The pack is damaged.")))
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Failed))
    assert studio.window.viewer.failure.again.isVisible()
    assert not studio.window.viewer.failure.smaller.isVisible()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_sentence_of_the_window_speaks_of_the_command_line(
    translators: Translators, language: str
) -> None:
    translators.speak(language)  # pyright: ignore[reportArgumentType]
    errors = [out_of_memory(), WaltError("device-lost", "Gone.", "Start walt again; --device cpu works.")]
    errors.append(WaltError("never-heard-of", "Odd.", "Run `walt doctor`."))
    assert [
        error.code for error in errors if "--" in sentence(error).hint or "`" in sentence(error).hint
    ] == []
    assert sentence(errors[0]).hint
    assert sentence(WaltError("odd", "Odd.", "Try 2 -- or 3.")).hint == "Try 2 -- or 3."


def test_without_a_pack_the_window_says_where_to_get_one(
    qtbot: QtBot, open_studio: OpenStudio, tmp_path: Path
) -> None:
    studio = open_studio(store=PackStore([tmp_path]))
    viewer = studio.window.viewer
    assert viewer.currentWidget() is viewer.no_pack
    assert "starter" in viewer.no_pack.message.text()
    studio.session.edit(prompt="a horse")
    assert not studio.window.actions_["generate"].isEnabled()
    qtbot.mouseClick(viewer.no_pack.packs, Qt.MouseButton.LeftButton)
    assert studio.window.dialogs.packs is not None
    assert studio.window.dialogs.packs.isVisible()


def test_a_pack_that_is_found_again_brings_the_examples_back(
    qtbot: QtBot, open_studio: OpenStudio, face_store: PackStore, tmp_path: Path
) -> None:
    studio = open_studio(store=PackStore([tmp_path]))
    studio.session.store = face_store
    with qtbot.waitSignal(studio.session.pack_changed):
        studio.session.read_pack()
    studio.session.edit(prompt="a horse")
    assert studio.window.viewer.currentWidget() is studio.window.viewer.empty
    assert studio.window.actions_["generate"].isEnabled()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_refused_file_takes_few_lines_and_no_path(
    qtbot: QtBot, open_studio: OpenStudio, translators: Translators, tmp_path: Path, language: str
) -> None:
    translators.speak(language)  # pyright: ignore[reportArgumentType]
    studio = open_studio()
    file = tmp_path / "notes.pdf"
    file.write_bytes(b"%PDF-1.7 no picture")
    zone, still = studio.window.composer.drop_zone, studio.session.still
    still.take(file)
    qtbot.waitUntil(lambda: still.refusal is not None)
    QApplication.processEvents()
    labels = [label for label in zone.findChildren(QLabel) if label.isVisible() and label.text()]
    assert len(labels) == 2
    assert not any(str(tmp_path) in label.text() for label in labels)
    assert str(file) in zone.toolTip()
    assert all(label.height() <= 2 * label.fontMetrics().lineSpacing() + 2 for label in labels)
    still.clear()
    assert zone.toolTip() == ""
