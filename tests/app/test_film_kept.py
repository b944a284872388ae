"""The film on the disk: saved and opened, there the next day, through a crash, damaged."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.compose.still import NoStill
from app.core.background_tasks import BackgroundTasks
from app.export.export_dialog import ExportDialog
from app.film.film import Film
from app.film.project import Project, read_project, write_project
from app.window.single_instance import Call
from tests.app.conftest import OpenStudio, Studio
from tests.app.film_actions_by_hand import continue_, film, make_clip
from tests.app.test_still import drop as dropped
from tests.app.test_still import files

__all__ = ["film"]


def test_a_film_is_saved_and_opened(qtbot: QtBot, studio: Studio, film: Film, tmp_path: Path) -> None:
    document, player = studio.window.film.document, studio.session.player
    studio.session.film_generator.edits.split(9)
    player.seek(13)
    player.set_marks(2, 20)
    segments, takes = film.segments, dict(film.takes)
    assert document.modified
    with qtbot.waitSignal(document.saved):
        document.save(tmp_path / "my film.walt")
    assert not document.modified
    assert studio.window.windowTitle().startswith("my film")
    studio.window.actions_["new_film"].trigger()
    assert (film.segments, studio.session.monitor.mode) == ((), "clip")
    with qtbot.waitSignal(document.opened):
        document.open(tmp_path / "my film.walt")
    assert film.segments == segments
    assert film.takes == {name: takes[name] for name in film.takes}
    assert (player.position, player.marks, player.total) == (13, (2, 20), 29)
    assert not film.history.canUndo()
    qtbot.waitUntil(lambda: studio.session.monitor.frame(20) is not None)


def test_a_film_is_opened_wherever_it_is_dropped_and_from_the_command_line(
    qtbot: QtBot, studio: Studio, film: Film, tmp_path: Path
) -> None:
    window, document = studio.window, studio.window.film.document
    file = tmp_path / "my film.WALT"
    with qtbot.waitSignal(document.saved):
        document.save(file)
    segments = film.segments
    for target in (window, window.viewer, window.composer.drop_zone, window.timeline_panel.timeline):
        film.open({}, ())
        with qtbot.waitSignal(document.opened):
            assert dropped(target, files(file))
        assert film.segments == segments
    film.open({}, ())
    with qtbot.waitSignal(document.opened):
        window.receive(Call((str(file),), ""))
    assert film.segments == segments
    assert isinstance(studio.session.still.state, NoStill)


def test_a_film_that_was_not_saved_is_not_lost(qtbot: QtBot, studio: Studio, film: Film) -> None:
    document, segments = studio.window.film.document, film.segments
    with qtbot.waitSignal(document.kept) as kept:
        studio.window.actions_["new_film"].trigger()
    assert kept.args is not None
    assert "was kept as" in studio.window.status.line.text()
    with qtbot.waitSignal(document.opened):
        document.open(kept.args[0])
    assert film.segments == segments


def made_today(qtbot: QtBot, open_studio: OpenStudio) -> Studio:
    studio = open_studio()
    make_clip(qtbot, studio)
    continue_(qtbot, studio)
    return studio


def close_while_busy(qtbot: QtBot, studio: Studio, last: Callable[[], object]) -> None:
    """Do something last, when every worker of the window still has a second of work."""
    for tasks in (studio.window._tasks, *studio.window.findChildren(BackgroundTasks)):
        tasks.run(lambda: time.sleep(1), lambda _: None, studio.session.trouble.emit)
    last()
    with qtbot.waitSignal(studio.bridge.closed):
        studio.window.close()
    studio.window.shut_down()


def test_a_film_is_saved_although_the_window_closes_at_once(
    qtbot: QtBot, open_studio: OpenStudio, tmp_path: Path
) -> None:
    studio, file = made_today(qtbot, open_studio), tmp_path / "my film.walt"
    segments = studio.session.film_generator.film.segments
    close_while_busy(qtbot, studio, lambda: studio.window.film.document.save(file))
    assert read_project(file).segments == segments
    copy = read_project(copy_of(studio))
    assert (copy.segments, copy.saved_as, copy.modified, copy.running) == (segments, file, False, False)


def test_an_old_film_is_kept_although_the_window_closes_at_once(
    qtbot: QtBot, open_studio: OpenStudio
) -> None:
    studio = made_today(qtbot, open_studio)
    segments = studio.session.film_generator.film.segments
    close_while_busy(qtbot, studio, studio.window.actions_["new_film"].trigger)
    assert read_project(copy_of(studio)).segments == ()
    (kept,) = copy_of(studio).parent.glob("film *.walt")
    assert read_project(kept).segments == segments


def test_films_that_make_place_in_the_same_second_are_all_kept(
    qtbot: QtBot, studio: Studio, film: Film, tmp_path: Path
) -> None:
    document, kept, segments = studio.window.film.document, list[Path](), [film.segments]
    document.kept.connect(kept.append)
    document.begin_anew()
    film.history.undo()
    studio.session.film_generator.edits.split(9)
    segments.append(film.segments)
    document._file = tmp_path / f"{'a very long name ' * 14}.walt"
    document.begin_anew()
    film.history.undo()
    studio.session.film_generator.edits.split(4)
    segments.append(film.segments)
    document._file = kept[0].with_name("film.walt")
    document.begin_anew()
    assert [read_project(file).segments for file in kept] == segments


def test_a_film_that_cannot_be_kept_does_not_go(
    qtbot: QtBot, studio: Studio, film: Film, tmp_path: Path
) -> None:
    document, segments, other = studio.window.film.document, film.segments, tmp_path / "other.walt"
    write_project(other, Project(dict(film.takes), segments[:1]))
    qtbot.waitUntil(lambda: not document._timer.isActive())
    (tmp_path / "no folder").touch()
    document._copy = tmp_path / "no folder" / "film.walt"
    with qtbot.waitSignal(document.failed):
        document.begin_anew()
    assert film.segments == segments
    with qtbot.waitSignal(document.failed):
        document.open(other)
    assert film.segments == segments
    document._copy = copy_of(studio)


def test_a_film_that_was_not_read_yet_is_not_written_over(qtbot: QtBot, open_studio: OpenStudio) -> None:
    first = made_today(qtbot, open_studio)
    segments = first.session.film_generator.film.segments
    with qtbot.waitSignal(first.bridge.closed):
        first.window.close()
    first.window.shut_down()
    second = open_studio()  # reads the film behind a second of other work, and is closed before
    second.session.film_generator.film.open({}, ())
    document = second.window.film.document
    document._copy = None
    close_while_busy(qtbot, second, lambda: document.watch(copy_of(second), copy_of(second).parent / "clips"))
    assert read_project(copy_of(second)).segments == segments


def test_a_damaged_film_is_refused_and_the_old_one_stays(
    qtbot: QtBot, studio: Studio, film: Film, tmp_path: Path
) -> None:
    segments = film.segments
    (tmp_path / "bad.walt").write_text('{"walt_project": 1, "takes": 3}')
    with qtbot.waitSignal(studio.window.film.document.failed):
        studio.window.film.document.open(tmp_path / "bad.walt")
    assert film.segments == segments
    assert "damaged" in studio.window.status.line.text()


def copy_of(studio: Studio) -> Path:
    return studio.session.library.places.data / "film.walt"


def test_the_film_is_there_the_next_day(qtbot: QtBot, open_studio: OpenStudio) -> None:
    first = open_studio()
    make_clip(qtbot, first)
    continue_(qtbot, first)
    segments = first.session.film_generator.film.segments
    with qtbot.waitSignal(first.bridge.closed):
        first.window.close()
    first.window.shut_down()
    assert json.loads(copy_of(first).read_text())["segments"]
    second = open_studio()
    qtbot.waitUntil(lambda: second.session.film_generator.film.segments == segments)
    assert second.session.monitor.mode == "film"
    assert "Your film was restored" not in second.window.status.line.text()


def test_yesterday_s_film_can_be_exported_at_once(qtbot: QtBot, open_studio: OpenStudio) -> None:
    first = open_studio()
    make_clip(qtbot, first)
    continue_(qtbot, first)
    with qtbot.waitSignal(first.bridge.closed):
        first.window.close()
    first.window.shut_down()
    second = open_studio()
    export = second.window.actions_["export"]
    qtbot.waitUntil(export.isEnabled)
    assert second.window.playback_panel.export.isEnabled()
    qtbot.keyClick(second.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = second.window.findChildren(ExportDialog)
    assert dialog.source().total == 29
    second.window.actions_["new_film"].trigger()  # and an empty film cannot
    assert not export.isEnabled()


def test_the_film_survives_a_crash(qtbot: QtBot, open_studio: OpenStudio) -> None:
    first = open_studio()
    make_clip(qtbot, first)
    continue_(qtbot, first)
    film = first.session.film_generator.film
    qtbot.waitUntil(
        lambda: copy_of(first).exists() and len(json.loads(copy_of(first).read_text())["segments"]) == 2
    )
    first.session.film_generator.edits.split(4)
    qtbot.waitUntil(lambda: len(json.loads(copy_of(first).read_text())["segments"]) == 3)
    left = copy_of(first).read_bytes()  # what a killed program leaves behind
    segments = film.segments
    with qtbot.waitSignal(first.bridge.closed):
        first.window.close()
    first.window.shut_down()
    copy_of(first).write_bytes(left)
    second = open_studio()
    qtbot.waitUntil(lambda: second.session.film_generator.film.segments == segments)
    assert "Your film was restored" in second.window.status.line.text()
    assert second.window.film.document.modified


def test_a_damaged_copy_is_set_aside(qtbot: QtBot, open_studio: OpenStudio) -> None:
    first = open_studio()
    with qtbot.waitSignal(first.bridge.closed):
        first.window.close()
    first.window.shut_down()
    copy_of(first).write_bytes(b"\x00\x01")
    second = open_studio()
    qtbot.waitUntil(lambda: "damaged" in second.window.status.line.text())
    assert copy_of(second).with_suffix(".damaged").read_bytes() == b"\x00\x01"
