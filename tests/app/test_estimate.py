"""Estimates: what a clip took is scaled to what is asked for now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.model.draft import Draft
from app.model.estimate import estimate, pace_of, windows_of
from app.model.notebook import Notebook
from app.model.pack import PackCard
from engine.packs.check import read_vocabulary
from engine.packs.store import PackStore
from engine.request import ClipRequest
from tests.app.conftest import Studio
from tests.app.fake_engine import clip_of


@pytest.fixture(scope="module")
def card() -> PackCard:
    pack = PackStore().find("starter")
    return PackCard(pack, read_vocabulary(pack))


def test_long_clips_run_the_model_again_and_again() -> None:
    assert [windows_of(frames) for frames in (1, 17, 29, 41, 161)] == [1, 1, 2, 3, 13]


def test_twice_the_steps_and_two_windows_take_their_time(card: PackCard) -> None:
    clip = clip_of("sr2", ClipRequest(prompt="a horse"))  # 7.5 s of denoising, half a second of decoding
    pace = pace_of(clip, card)
    assert pace is not None
    width, height = card.size("16:9", "sr2") or (0, 0)
    pace = replace(pace, pixels=width * height)
    draft = Draft("a horse")
    assert estimate(draft, card, pace).seconds == pytest.approx(8.0)
    assert estimate(replace(draft, quality="best"), card, pace).seconds == pytest.approx(15.5)
    assert estimate(replace(draft, variations=3), card, pace).seconds == pytest.approx(24.0)
    longer = estimate(replace(draft, frames=29), card, pace).seconds
    assert longer == pytest.approx(15.0 + 0.5 * 29 / 17)


def test_memory_is_planned_before_anything_was_made(card: PackCard) -> None:
    found = estimate(Draft("a horse"), card, None)
    assert found.seconds is None
    assert found.megabytes is not None
    assert 100 < found.megabytes < 20_000
    assert pace_of(clip_of("base", ClipRequest(prompt="a horse")), card) is None


def test_the_line_learns_from_the_clip(qtbot: QtBot, studio: Studio) -> None:
    line = studio.window.composer.estimate
    assert line.text() == ""
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: studio.window.notebook.pace is not None)
    studio.window.notebook.save()
    assert Notebook(studio.window.notebook.path).pace == studio.window.notebook.pace
    qtbot.waitUntil(lambda: line.text().startswith("About"))


@pytest.mark.parametrize(
    "kept", ['"quick"', '{"pack": "starter"}', '{"pack": 1, "denoising": true}', "[1, 2]"]
)
def test_a_damaged_pace_is_no_pace(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "notebook.json"
    file.write_text(f'{{"version": 1, "draft": {{"prompt": "a horse"}}, "pace": {kept}}}')
    notebook = Notebook(file)
    assert notebook.pace is None
    assert notebook.draft.prompt == "a horse"
