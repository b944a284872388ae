"""Export: the file dialog, the file, and what happens when it can't be written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.model.job import Done
from engine.media.clips import read_clip
from tests.app.conftest import Studio
from tests.app.fake_engine import frames_of


@pytest.fixture
def done(qtbot: QtBot, studio: Studio) -> Studio:
    studio.session.edit(prompt="A horse walking", seed=42, seed_fixed=True)
    studio.session.generate()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    return studio


def test_exporting_writes_a_clip_that_reads_back(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    done.window.actions_["export"].trigger()
    dialog = done.window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name == "a-horse-walking-42.mp4"
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("mine")
    with qtbot.waitSignal(done.window.exporter.saved):
        dialog.accept()
    clip = read_clip(tmp_path / "mine.mp4")
    assert (clip.frames.shape, clip.fps) == ((17, 64, 112, 3), 8)
    assert np.abs(clip.frames.astype(int) - frames_of("sr2").astype(int)).mean() < 6
    request = json.loads(clip.metadata["walt"])
    assert (request["prompt"], request["seed"]) == ("A horse walking", 42)
    assert "mine.mp4" in done.window.status.line.text()
    assert "Show in folder" in done.window.status.line.text()


def test_a_place_that_can_not_be_written_is_said_and_nothing_is_left(
    qtbot: QtBot, done: Studio, tmp_path: Path
) -> None:
    target = tmp_path / "missing" / "clip.mp4"
    assert done.session.clip is not None
    with qtbot.waitSignal(done.window.exporter.failed) as failed:
        done.window.exporter.write(target, done.session.clip)
    assert failed.args is not None
    assert failed.args[0].message.split()[0] in done.window.status.line.text()
    assert os.listdir(tmp_path) == [name for name in os.listdir(tmp_path) if "missing" not in name]


def test_closing_right_after_export_still_writes_the_file(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    assert done.session.clip is not None
    done.window.exporter.write(tmp_path / "last.mp4", done.session.clip)
    with qtbot.waitSignal(done.bridge.closed):
        done.window.close()
    done.window.shut_down()
    assert read_clip(tmp_path / "last.mp4").frames.shape[0] == 17


def test_a_new_clip_clears_the_notice(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    assert done.session.clip is not None
    with qtbot.waitSignal(done.window.exporter.saved):
        done.window.exporter.write(tmp_path / "one.mp4", done.session.clip)
    done.session.generate()
    qtbot.waitUntil(lambda: isinstance(done.session.state, Done))
    assert "one.mp4" not in done.window.status.line.text()
