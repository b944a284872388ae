"""Estimates: what a clip took is scaled to what is asked for now."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.compose.draft import Draft
from app.compose.estimate import Estimate, Pace, estimate, pace_of
from app.compose.prompt_history import PromptHistory
from app.core.formatting import size_text
from app.core.i18n import Language, Translators
from app.packs.pack_card import PackCard
from engine.api.events import Ready
from engine.api.request import ClipRequest
from engine.api.types import MemoryBudget, WeightFormat
from engine.kinds.planning import plan_clip
from engine.kinds.registry import capabilities_of, kind_of
from engine.packs.store import PackStore
from engine.planning.memory import MB
from tests.app.conftest import OpenStudio
from tests.app.fake_engine import clip_of
from tests.app.test_i18n import translators

__all__ = ["translators"]


@pytest.fixture(scope="module")
def card() -> PackCard:
    pack = PackStore().find("starter")
    return PackCard(pack, kind_of(pack).vocabulary(pack), capabilities_of(pack))


READY = Ready(MemoryBudget(WeightFormat(), program=300 * MB, room=math.inf), speed=1e12)


def test_twice_the_steps_and_two_windows_take_their_time(card: PackCard) -> None:
    clip = clip_of("sr2", ClipRequest(prompt="a horse"))  # 7.5 s of denoising, half a second of decoding
    pace = pace_of(clip, card)
    assert pace is not None
    draft = Draft("a horse")
    assert estimate(draft, card, pace, None).measured
    assert estimate(draft, card, pace, None).seconds == pytest.approx(8.0)
    assert estimate(replace(draft, quality="best"), card, pace, None).seconds == pytest.approx(15.5)
    assert estimate(replace(draft, variations=3), card, pace, None).seconds == pytest.approx(24.0)
    longer = estimate(replace(draft, frames=29), card, pace, None).seconds
    assert longer is not None
    assert 12.0 < longer < 16.0  # two windows, but only the first has a pass before
    still = estimate(draft, card, pace, None, still="/pictures/beach.png").seconds
    assert still is not None
    assert 0.4 * 8.0 < still < 8.0  # no pass before, and less guidance
    smaller = estimate(replace(draft, upto="base"), card, pace, None).seconds
    assert smaller is not None
    assert 1.0 < smaller < 8.0
    assert pace_of(clip_of("base", ClipRequest(prompt="a horse")), card) is None


def test_before_the_first_clip_the_time_is_guessed_by_the_speed_of_the_machine(card: PackCard) -> None:
    assert estimate(Draft("a horse"), card, None, None) == Estimate()
    slow = estimate(Draft("a horse"), card, None, READY)
    fast = estimate(Draft("a horse"), card, None, replace(READY, speed=1e13))
    assert slow.seconds is not None
    assert fast.seconds == pytest.approx(slow.seconds / 10)
    assert 3 < slow.seconds < 60
    assert not slow.measured
    other = Pace("another", 1.0, 1.0, 1.0, 1.0)  # of another pack: it teaches nothing about this one
    assert estimate(Draft("a horse"), card, other, READY) == slow


def test_the_memory_is_what_the_engine_plans_with_the_program(card: PackCard) -> None:
    found = estimate(Draft("a horse"), card, None, READY)
    request = ClipRequest(prompt="a horse")
    planned = plan_clip(card.pack, request, card.weights(READY.budget.weights), READY.budget)
    assert found.megabytes == planned.peak_mb
    more = replace(READY, budget=replace(READY.budget, program=500 * MB))
    assert estimate(Draft("a horse"), card, None, more).megabytes == pytest.approx(planned.peak_mb + 200)
    narrow = replace(READY, budget=replace(READY.budget, room=500 * MB))
    tight = estimate(Draft("a horse"), card, None, narrow).megabytes
    assert tight is not None
    assert 300 < tight <= 800
    short = estimate(Draft("a horse"), card, None, replace(READY, budget=replace(READY.budget, room=9 * MB)))
    assert short.short
    assert short.megabytes is not None
    assert short.megabytes > 309


def test_the_line_says_what_was_not_measured(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(store=PackStore())
    line = studio.window.composer.estimate
    studio.session.edit(prompt="a horse")
    studio.bridge.listen(READY)
    qtbot.waitUntil(lambda: "(not measured here yet)" in line.text())
    time, memory = line.text().split("\n")
    assert time.startswith("About ")
    assert memory.startswith("Up to ")
    studio.bridge.listen(replace(READY, budget=replace(READY.budget, room=9 * MB)))
    qtbot.waitUntil(lambda: "more than is available" in line.text())


def test_the_line_learns_from_the_clip(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(store=PackStore())
    line = studio.window.composer.estimate
    assert line.text() == ""
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: studio.window.prompt_history.pace is not None)
    studio.window.prompt_history.save()
    assert PromptHistory(studio.window.prompt_history.path).pace == studio.window.prompt_history.pace
    qtbot.waitUntil(lambda: line.text() == "About 8 s")
    studio.bridge.listen(READY)
    qtbot.waitUntil(lambda: line.text().startswith("About 8 s · up to "))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_narrow_window_cuts_no_words(
    qtbot: QtBot, open_studio: OpenStudio, translators: Translators, language: Language
) -> None:
    translators.speak(language)
    studio = open_studio(store=PackStore())
    window, line = studio.window, studio.window.composer.estimate
    window.resize(1024, 700)
    window.prompt_history.learn(Pace("starter", 95.0, 5.0, 1e13, 1e12))
    studio.session.edit(prompt="a horse", seed=7)
    studio.bridge.listen(replace(READY, budget=replace(READY.budget, program=1300 * MB)))
    qtbot.waitUntil(lambda: size_text(2**30)[-2:] in line.text())
    lines = line.text().split("\n")
    assert max(map(line.fontMetrics().horizontalAdvance, lines)) <= line.width()
    assert "…" not in line.text()
    qtbot.waitUntil(lambda: line.height() >= len(lines) * line.fontMetrics().height())
    window.resize(1600, 700)
    window.splitter.setSizes([600, 700, 300])
    qtbot.waitUntil(lambda: "\n" not in line.text())
    window.resize(1024, 700)
    order = window.side_panel.library.order
    for index in range(order.count()):
        room = order.width() - 32  # the stylesheet's padding
        assert order.fontMetrics().horizontalAdvance(order.itemText(index)) <= room


@pytest.mark.parametrize(
    "kept", ['"quick"', '{"pack": "starter"}', '{"pack": 1, "denoising": true}', "[1, 2]"]
)
def test_a_damaged_pace_is_no_pace(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "notebook.json"
    file.write_text(f'{{"version": 1, "draft": {{"prompt": "a horse"}}, "pace": {kept}}}')
    prompt_history = PromptHistory(file)
    assert prompt_history.pace is None
    assert prompt_history.draft.prompt == "a horse"
