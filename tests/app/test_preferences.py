"""Preferences and prompt history: written whole; one bad value never costs the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_config_path
from pytestqt.qtbot import QtBot

from app.compose.draft import Draft
from app.compose.prompt_history import PromptHistory
from app.preferences.preferences import PreferenceFile, Preferences
from tests.app.conftest import OpenStudio, Studio


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "preferences.json"


def test_nothing_on_disk_means_the_defaults_and_writes_nothing(file: Path) -> None:
    assert PreferenceFile(file).now == Preferences()
    assert not file.exists()


def test_a_change_is_on_disk_at_once_and_told_once(qtbot: QtBot, file: Path) -> None:
    preferences = PreferenceFile(file)
    with qtbot.waitSignal(preferences.changed) as told:
        preferences.change(theme="light", threads=3)
    assert told.args == [preferences.now]
    with qtbot.assertNotEmitted(preferences.changed):
        preferences.change(theme="light")
    assert PreferenceFile(file).now == Preferences(theme="light", threads=3)
    assert [path.name for path in file.parent.glob("*preferences*")] == ["preferences.json"]


@pytest.mark.parametrize(
    "bad",
    [
        {"theme": "plaid"}, {"language": 3}, {"device": None}, {"threads": -1}, {"threads": True},
        {"memory_mb": 1.5}, {"library_folder": "relative"}, {"library_folder": "/a\0b"},
        {"library_mb": "lots"}, {"metadata": "yes"}, {"notify": []},
    ],
)  # fmt: skip
def test_a_bad_value_falls_back_alone(file: Path, bad: dict[str, Any]) -> None:
    good = {"theme": "dark", "threads": 2, "metadata": False, "notify": False}
    file.write_text(json.dumps({**good, **bad}))
    now = PreferenceFile(file).now
    for name in good.keys() - bad.keys():
        assert getattr(now, name) == good[name]
    for name in bad:
        assert getattr(now, name) == getattr(Preferences(), name)


def test_keys_of_a_later_walt_are_kept(file: Path) -> None:
    file.write_text(json.dumps({"version": 7, "theme": "dark", "hologram": {"depth": 3}}))
    PreferenceFile(file).change(theme="light")
    data = json.loads(file.read_text())
    assert (data["version"], data["hologram"], data["theme"]) == (7, {"depth": 3}, "light")


@pytest.mark.parametrize("junk", [b"", b"{", b"[]", b"\x00\xff\xfe", b"[" * 200_000, b" " * (2**20 + 1)])
def test_a_damaged_file_is_kept_aside(file: Path, junk: bytes) -> None:
    file.write_bytes(junk)
    preferences = PreferenceFile(file)
    assert preferences.now == Preferences()
    preferences.change(notify=False)
    assert PreferenceFile(file).now == Preferences(notify=False)
    assert file.with_suffix(".damaged.json").read_bytes() == junk


def test_a_place_that_cannot_be_written_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "wall").write_text("a file where a folder should be")
    preferences = PreferenceFile(tmp_path / "wall" / "preferences.json")
    with qtbot.waitSignal(preferences.failed):
        preferences.change(theme="dark")
    assert preferences.now.theme == "dark"


def test_an_impossible_preference_is_a_mistake_of_the_program(file: Path) -> None:
    with pytest.raises(ValueError, match="threads"):
        PreferenceFile(file).change(threads=-2)


def test_preferences_are_never_read_or_written_outside_the_given_folders(
    studio: Studio, tmp_path: Path
) -> None:
    studio.window.actions_["theme_light"].trigger()
    assert user_config_path("walt", appauthor=False).is_relative_to(tmp_path)
    assert studio.window.preferences.path.is_relative_to(tmp_path)
    assert studio.window.prompt_history.path.is_relative_to(tmp_path)
    studio.window.actions_["theme_dark"].trigger()


# The prompt history.


def test_the_history_is_walked_back_and_forth(tmp_path: Path) -> None:
    prompt_history = PromptHistory(tmp_path / "notebook.json")
    for prompt in ("first", "second", "first"):
        prompt_history.add(prompt)
    assert prompt_history.prompts == ("second", "first")
    assert prompt_history.older("half a thought") == "first"
    assert prompt_history.older("first") == "second"
    assert prompt_history.older("second") is None
    assert prompt_history.newer() == "first"
    assert prompt_history.newer() == "half a thought"
    assert prompt_history.newer() is None


def test_what_was_typed_is_there_the_next_day(qtbot: QtBot, open_studio: OpenStudio) -> None:
    first = open_studio()
    first.session.edit(prompt="a horse", negative="night", quality="best", frames=29)
    first.session.generate()
    first.session.edit(prompt="a robot on the")
    with qtbot.waitSignal(first.bridge.closed):
        first.window.leave()
    second = open_studio()
    qtbot.waitUntil(lambda: second.session.draft.prompt == "a robot on the")
    draft = second.session.draft
    assert (draft.negative, draft.quality, draft.frames) == ("night", "best", 29)
    assert second.window.prompt_history.prompts == ("a horse",)


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"draft": [], "prompts": {}}', '{"prompts": [1, null, "a horse"]}', "{" * 100_000],
)
def test_a_damaged_notebook_costs_only_what_is_damaged(tmp_path: Path, text: str) -> None:
    file = tmp_path / "notebook.json"
    file.write_text(text)
    prompt_history = PromptHistory(file)
    assert prompt_history.draft == Draft()
    assert prompt_history.prompts in ((), ("a horse",))


def test_a_draft_with_nonsense_keeps_what_makes_sense(tmp_path: Path) -> None:
    file = tmp_path / "notebook.json"
    draft = {"prompt": "a horse", "aspect": "4:3", "frames": 18, "seed": -1, "steps": 2.5, "guidance": 4}
    file.write_text(json.dumps({"draft": draft}))
    assert PromptHistory(file).draft == Draft(prompt="a horse", guidance=4)
