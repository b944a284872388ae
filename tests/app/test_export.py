"""Export by hand: the dialog, its formats, the file that comes out, stopping, and what is said when it fails."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.i18n import Language, Translators
from app.core.path_field import shortened
from app.core.widgets import FIELD
from app.export import exporter as exporting
from app.export.export_dialog import ExportDialog
from app.export.exporter import Exporter, ExportSource
from app.jobs.state import Done, Running
from engine.media.export import FrameSource
from engine.media.presets import ExportSettings
from engine.media.reading import iter_frames, read_clip
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import Gate, frames_of, gated
from tests.app.film_actions_by_hand import make_clip
from tests.app.test_i18n import translators

__all__ = ["translators"]

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def done(qtbot: QtBot, studio: Studio) -> Studio:
    studio.session.edit(prompt="A horse walking", seed=42, seed_fixed=True)
    with qtbot.waitSignal(studio.session.library.kept):
        studio.session.generate()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    studio.session.player.pause()
    return studio


def open_dialog(qtbot: QtBot, studio: Studio) -> ExportDialog:
    with qtbot.waitSignal(exporter_of(studio).formats_known):
        studio.window.actions_["export"].trigger()
    return studio.window.findChildren(ExportDialog)[-1]


def exporter_of(studio: Studio) -> Exporter:
    return studio.window.exports.exporter


def choose(dialog: ExportDialog, name: str) -> None:
    dialog.format.choose(name)
    dialog.format.picked.emit(name)


def export_to(qtbot: QtBot, dialog: ExportDialog, studio: Studio, path: Path) -> None:
    dialog.path.setText(str(path))
    dialog.path.textEdited.emit(str(path))
    with qtbot.waitSignal(exporter_of(studio).saved):
        qtbot.mouseClick(dialog.go, LEFT)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_format_changes_the_dialog_s_shape(
    qtbot: QtBot, open_studio: OpenStudio, translators: Translators, language: Language
) -> None:
    """A hint in two lines took its room from the rows of buttons."""
    translators.speak(language)
    studio = open_studio()
    make_clip(qtbot, studio)
    dialog = open_dialog(qtbot, studio)
    font = dialog.about.font()
    font.setPixelSize(17)  # a system with wide letters
    dialog.about.setFont(font)
    dialog._fill()
    qtbot.waitUntil(lambda: dialog.minimumSizeHint().width() <= dialog.width())
    sizes: set[tuple[int, int]] = set()
    for each in exporter_of(studio).formats:
        choose(dialog, each.name)
        QApplication.processEvents()
        sizes.add(dialog.size().toTuple())
        assert dialog.about.sizeHint().width() <= dialog.about.width()
        assert {field.height() for field in (dialog.part, dialog.quality, dialog.rate, dialog.plays)} == {
            FIELD
        }
    assert len(sizes) == 1


def test_a_finished_clip_is_exported_while_another_is_made(
    qtbot: QtBot, open_studio: OpenStudio, tmp_path: Path
) -> None:
    studio = open_studio()
    make_clip(qtbot, studio)
    studio.engine.script = gated(gate := Gate(), "sr1")
    studio.session.edit(prompt="a robot")
    studio.session.generate()
    export = studio.window.actions_["export"]
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Running) and studio.session.state.started)
    assert not export.isEnabled()
    assert "clip in progress" in studio.window.playback_panel.export.toolTip()
    [finished] = studio.session.library.clips
    with qtbot.waitSignal(studio.session.current_clip.changed):
        studio.session.open_clip(finished)
    assert studio.window.playback_panel.export.isEnabled()
    dialog = open_dialog(qtbot, studio)
    export_to(qtbot, dialog, studio, tmp_path / "meanwhile.mp4")
    assert read_clip(tmp_path / "meanwhile.mp4").frames.shape == (17, 64, 112, 3)
    assert isinstance(studio.session.state, Running)
    gate.open.set()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))


def test_a_film_with_a_part_that_is_made_waits_for_it(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio()
    make_clip(qtbot, studio)
    studio.engine.script = gated(gate := Gate(), "sr1")
    qtbot.mouseClick(studio.window.timeline_panel.plus, LEFT)
    export = studio.window.actions_["export"]
    qtbot.waitUntil(lambda: not export.isEnabled())
    assert "the part of the film" in studio.window.playback_panel.export.toolTip()
    gate.open.set()
    qtbot.waitUntil(export.isEnabled)
    assert "the part of the film" not in studio.window.playback_panel.export.toolTip()


def test_an_export_is_offered_a_folder_that_is_there(
    qtbot: QtBot, done: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    dialog = open_dialog(qtbot, done)
    assert Path(dialog.path.text()).parent == home  # it has no folder for videos
    with qtbot.waitSignal(exporter_of(done).saved):
        qtbot.mouseClick(dialog.go, LEFT)
    assert list(home.glob("*.mp4"))
    gone = tmp_path / "gone"
    gone.mkdir()
    export_to(qtbot, open_dialog(qtbot, done), done, gone / "clip.mp4")
    (gone / "clip.mp4").unlink()
    gone.rmdir()
    assert Path(open_dialog(qtbot, done).path.text()).parent == home


def test_a_clip_is_exported_and_reads_back(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    dialog = open_dialog(qtbot, done)
    assert Path(dialog.path.text()).name == "a-horse-walking-42.mp4"
    assert "17 frame" in dialog.line.text()
    export_to(qtbot, dialog, done, tmp_path / "mine")
    clip = read_clip(tmp_path / "mine.mp4")
    assert (clip.frames.shape, clip.fps) == ((17, 64, 112, 3), 8)
    assert np.abs(clip.frames.astype(int) - frames_of("sr2").astype(int)).mean() < 8
    assert json.loads(clip.metadata["walt"])["seed"] == 42
    assert "mine.mp4" in done.window.status.line.text()
    assert "Show in folder" in done.window.status.line.text()


@pytest.mark.parametrize("folder", ["/films", "/home/somebody/Videos/of last summer/by the sea"])
def test_a_long_path_shows_its_name_with_both_ends_and_the_tooltip_all_of_it(
    qtbot: QtBot, done: Studio, folder: str
) -> None:
    dialog = open_dialog(qtbot, done)
    name = "a-red-robot-walking-through-a-meadow-the-camera-orbits-left-42.mp4"
    dialog.path.setText(f"{folder}/{name}")
    dialog.format.setFocus()
    shown = dialog.path.shown()
    assert shown.startswith("…/a-red-")
    assert shown.endswith("-42.mp4")
    assert dialog.path.fontMetrics().horizontalAdvance(shown) <= dialog.path.width()
    assert dialog.path.toolTip() == dialog.path.text() == f"{folder}/{name}"
    elided = dialog.path.grab().toImage()
    dialog.activateWindow()
    dialog.path.setFocus()
    qtbot.waitUntil(dialog.path.hasFocus)
    assert dialog.path.grab().toImage() != elided  # all of it, to be typed in
    dialog.path.setText("/films/a-horse-7.mp4")
    assert dialog.path.shown() == "/films/a-horse-7.mp4"
    folder_goes_first = dialog.path.fontMetrics().horizontalAdvance("/…/a-horse-7.mp4") + 100
    dialog.path.setText(f"{folder}/and/a/long/way/down/from/there/a-horse-7.mp4")
    assert shortened(dialog.path.text(), dialog.path.fontMetrics(), folder_goes_first).endswith(
        "/a-horse-7.mp4"
    )


def test_every_choice_reaches_the_file(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    dialog = open_dialog(qtbot, done)
    choose(dialog, "webm-vp9")
    assert dialog.path.text().endswith("a-horse-walking-42.webm")
    assert not dialog.smooth.isEnabled()
    qtbot.mouseClick(dialog.rate.button(2), LEFT)
    qtbot.mouseClick(dialog.smooth.button(True), LEFT)
    qtbot.mouseClick(dialog.scale.button(2), LEFT)
    dialog.metadata.setChecked(False)
    export_to(qtbot, dialog, done, tmp_path / "big.webm")
    clip = read_clip(tmp_path / "big.webm")
    assert (clip.frames.shape, clip.fps) == ((34, 128, 224, 3), 16)
    assert "walt" not in clip.metadata
    again = open_dialog(qtbot, done)
    assert (again.format.currentData(), again.rate.button(2).isChecked()) == ("webm-vp9", True)
    assert Path(again.path.text()).parent == tmp_path
    again.close()


def test_a_format_offers_only_what_it_can(qtbot: QtBot, done: Studio) -> None:
    dialog = open_dialog(qtbot, done)
    assert dialog.format.count() == 8
    assert not dialog.plays.isEnabled()
    choose(dialog, "gif")
    assert dialog.plays.isEnabled()
    assert dialog.metadata.isEnabled()
    choose(dialog, "png-still")
    assert not dialog.rate.isEnabled()
    assert not dialog.part.isEnabled()
    choose(dialog, "png-frames")
    assert Path(dialog.path.text()).suffix == ""
    assert not dialog.quality.isEnabled()
    dialog.close()


def test_a_still_is_of_the_frame_under_the_playhead(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    from engine.media.images import load_still

    done.session.player.seek(9)
    dialog = open_dialog(qtbot, done)
    choose(dialog, "png-still")
    export_to(qtbot, dialog, done, tmp_path / "still.png")
    assert np.array_equal(load_still(tmp_path / "still.png", 112, 64), frames_of("sr2")[9])


def test_the_part_between_the_marks(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    done.session.player.set_marks(3, 7)
    dialog = open_dialog(qtbot, done)
    assert dialog.part.button("marked").isChecked()
    export_to(qtbot, dialog, done, tmp_path / "part.mp4")
    clip = read_clip(tmp_path / "part.mp4")
    assert len(clip.frames) == 5
    assert abs(int(clip.frames[0, :, :, 1].mean()) - 30) < 4


def test_a_film_is_exported_across_its_segments(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    with qtbot.waitSignal(done.session.library.kept):
        done.window.actions_["continue"].trigger()
    done.session.player.pause()
    film = done.session.film_generator.film
    done.session.film_generator.edits.trim(film.segments[0], start=3)
    done.session.player.set_marks(12, 17)
    dialog = open_dialog(qtbot, done)
    export_to(qtbot, dialog, done, tmp_path / "film.mp4")
    greens = [int(frame[:, :, 1].mean()) for frame in iter_frames(tmp_path / "film.mp4")]
    assert greens == pytest.approx([150, 160, 0, 10, 20, 30], abs=4)
    assert read_clip(tmp_path / "film.mp4").frames.shape == (6, 64, 112, 3)


def test_stopping_an_export_leaves_nothing(
    qtbot: QtBot, done: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_dialog(qtbot, done)
    exporter = exporter_of(done)
    chosen = dialog.chosen
    assert chosen is not None
    endless = ExportSource("long", 100_000, (112, 64), 8, done.session.current_clip.clip)
    frame = frames_of("sr2")[0]

    def without_end(source: ExportSource) -> FrameSource:
        return FrameSource(source.total, source.size, lambda: (frame for _ in range(source.total)), source.fps)

    monkeypatch.setattr(exporting, "_frames", without_end)
    (tmp_path / "long.mp4").write_bytes(b"old")
    with qtbot.waitSignal(exporter.progressed):
        exporter.start(tmp_path / "long.mp4", endless, ExportSettings(chosen))
    assert dialog.stop.text() == "Cancel"
    assert not dialog.go.isEnabled()
    with qtbot.waitSignal(exporter.cancelled):
        qtbot.mouseClick(dialog.stop, LEFT)
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]
    assert (tmp_path / "long.mp4").read_bytes() == b"old"
    assert "Nothing was written" in dialog.line.text()
    assert dialog.stop.text() == "Close"
    dialog.close()


def test_a_place_that_can_not_be_written_is_said(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    dialog = open_dialog(qtbot, done)
    dialog.path.setText(str(tmp_path / "missing" / "clip.mp4"))
    with qtbot.waitSignal(exporter_of(done).failed):
        qtbot.mouseClick(dialog.go, LEFT)
    assert "does not exist" in dialog.line.text()
    assert "does not exist" in done.window.status.line.text()
    assert dialog.go.isEnabled()
    dialog.close()


def test_closing_right_after_export_still_writes_the_file(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    dialog = open_dialog(qtbot, done)
    chosen = dialog.chosen
    assert chosen is not None
    source = done.window.exports.source
    assert source is not None
    exporter_of(done).start(tmp_path / "last.mp4", source, ExportSettings(chosen))
    dialog.close()
    with qtbot.waitSignal(done.bridge.closed):
        done.window.close()
    done.window.shut_down()
    assert read_clip(tmp_path / "last.mp4").frames.shape[0] == 17


def test_a_file_that_is_there_is_not_replaced_unasked(qtbot: QtBot, done: Studio, tmp_path: Path) -> None:
    """The name gets a number, unless the system's dialog has asked."""
    wished = tmp_path / "horse.mp4"
    wished.write_bytes(b"the only copy")
    dialog = open_dialog(qtbot, done)
    export_to(qtbot, dialog, done, wished)
    assert wished.read_bytes() == b"the only copy"
    assert len(read_clip(tmp_path / "horse (2).mp4").frames) > 1
    dialog = open_dialog(qtbot, done)
    dialog._take_path(str(wished))
    with qtbot.waitSignal(exporter_of(done).saved):
        qtbot.mouseClick(dialog.go, LEFT)
    assert len(read_clip(wished).frames) > 1


def test_a_file_of_the_library_is_never_exported_over(qtbot: QtBot, done: Studio) -> None:
    record = done.session.current_clip.record
    assert record is not None
    kept = done.session.library.path(record)
    before = kept.read_bytes()
    dialog = open_dialog(qtbot, done)
    dialog._take_path(str(kept))
    with qtbot.waitSignal(exporter_of(done).failed) as told:
        qtbot.mouseClick(dialog.go, LEFT)
    assert told.args[0].code == "output-is-input"
    assert kept.read_bytes() == before
