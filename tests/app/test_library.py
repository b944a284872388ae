"""The library by hand: every clip is there, is found, played, dragged out, deleted and brought back."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QDateTime, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QToolTip
from pytestqt.qtbot import QtBot

from app.core.i18n import Language, Translators
from app.jobs.state import Done, Running
from app.library.clip_grid import ClipGrid
from app.library.library_list import folded
from app.library.library_panel import LibraryPanel
from app.library.records import ClipRecord
from engine.api.request import ClipRequest
from engine.media.reading import read_clip
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import SIZES, Gate, gated
from tests.app.test_i18n import translators

__all__ = ["translators"]


def panel_of(studio: Studio) -> LibraryPanel:
    return studio.window.side_panel.library


def make(qtbot: QtBot, studio: Studio, *prompts: str) -> None:
    """Have clips made; the last is the newest."""
    wanted = len(studio.session.library.clips) + len(prompts)
    for number, prompt in enumerate(prompts):
        studio.session.ask([ClipRequest.parse(prompt=prompt, seed=number)])
    qtbot.waitUntil(lambda: len(studio.session.library.clips) == wanted)
    qtbot.waitUntil(lambda: not isinstance(studio.session.state, Running))


def choose(grid: ClipGrid, row: int) -> ClipRecord:
    grid.setFocus()
    grid.setCurrentIndex(grid.clips.index(row, 0))
    return grid.selected()[0]


def shown(panel: LibraryPanel) -> list[str]:
    return [clip.prompt for clip in panel.clips.rows]


@pytest.fixture
def trash() -> Path:
    """The off-screen desktop's own trash."""
    folder = Path(os.environ["XDG_DATA_HOME"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "Trash" / "files"


@pytest.fixture
def stocked(qtbot: QtBot, studio: Studio) -> Studio:
    make(qtbot, studio, "a horse on the beach", "un éléphant de mer", "a robot in the snow")
    return studio


def test_every_finished_clip_is_in_the_library_as_a_file(qtbot: QtBot, studio: Studio) -> None:
    panel = panel_of(studio)
    assert panel.pages.currentWidget() is panel.empty
    make(qtbot, studio, "a horse")
    assert panel.pages.currentWidget() is panel.grid
    (clip,) = studio.session.library.clips
    path = studio.session.library.path(clip)
    assert read_clip(path).frames.shape == (17, *reversed(SIZES["sr2"]), 3)
    assert (clip.prompt, clip.stage, clip.frames, clip.complete) == ("a horse", "sr2", 17, True)


def test_search_forgives_case_and_accents(qtbot: QtBot, stocked: Studio) -> None:
    panel = panel_of(stocked)
    assert shown(panel) == ["a robot in the snow", "un éléphant de mer", "a horse on the beach"]
    qtbot.keyClicks(panel.search, "ELEPH mer")
    assert shown(panel) == ["un éléphant de mer"]
    assert panel.count.text() == "1 of 3"
    panel.search.setText("castle")
    assert panel.pages.currentWidget() is panel.empty
    qtbot.mouseClick(panel.empty.act, Qt.MouseButton.LeftButton)
    assert len(shown(panel)) == 3
    assert folded("Éléphant") == "elephant"


@pytest.mark.parametrize(("language", "word"), [("en", "yesterday"), ("fr", "hier")])
def test_yesterday_s_clip_is_found_by_its_day(
    qtbot: QtBot, stocked: Studio, translators: Translators, language: Language, word: str
) -> None:
    translators.speak(language)
    panel, library = panel_of(stocked), stocked.session.library
    now = QDateTime.currentDateTime()
    for number, clip in enumerate(library.clips):
        moved = replace(clip, created=now.addDays(-number).toSecsSinceEpoch())
        library._clips[clip.id] = moved
    qtbot.keyClicks(panel.search, word)
    assert shown(panel) == ["un éléphant de mer"]
    clip = choose(panel.grid, 0)
    assert panel.details.date.text().casefold().startswith(word)
    panel.search.setText(now.addDays(-2).date().toString(Qt.DateFormat.ISODate))
    assert shown(panel) == ["a horse on the beach"]
    panel.search.setText("")
    panel.grid.setCurrentIndex(panel.clips.index_of(clip.id))
    with qtbot.waitSignal(stocked.session.current_clip.changed):
        qtbot.mouseClick(panel.details.buttons["play"], Qt.MouseButton.LeftButton)
    stored = stocked.session.current_clip.library_clip
    assert stored is not None
    assert stored.record.id == clip.id


def test_ctrl_f_searches_even_when_the_shelf_is_folded(qtbot: QtBot, studio: Studio) -> None:
    qtbot.keyClick(studio.window, Qt.Key.Key_F5)
    assert not studio.window.side_panel.isVisible()
    qtbot.keyClick(studio.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert studio.window.side_panel.isVisible()
    assert panel_of(studio).search.hasFocus()


def test_the_shelf_stays_folded_until_it_is_unfolded(qtbot: QtBot, open_studio: OpenStudio) -> None:
    first = open_studio()
    first.window.actions_["side_panel"].trigger()
    with qtbot.waitSignal(first.bridge.closed):
        first.window.close()
    assert not open_studio().window.side_panel.isVisible()


def test_clips_are_sorted_and_favourites_kept(qtbot: QtBot, stocked: Studio) -> None:
    panel = panel_of(stocked)
    panel.clips.sort_by("oldest")
    assert shown(panel)[0] == "a horse on the beach"
    panel.clips.sort_by("words")
    assert shown(panel)[-1] == "un éléphant de mer"
    choose(panel.grid, 0)
    qtbot.keyClick(panel.grid, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(panel.favourites, Qt.MouseButton.LeftButton)
    assert shown(panel) == ["a horse on the beach"]
    assert panel.verbs["favourite"].text() == "Remove from Favourites"
    store = stocked.session.library._store
    with qtbot.waitCallback() as read:
        stocked.session.library._worker.run(lambda: store._page("", (), 99)[0], read, read)
    assert [clip.favourite for clip in read.args[0]] == [False, False, True]


def test_a_click_plays_the_clip_as_it_was(qtbot: QtBot, stocked: Studio) -> None:
    panel, session = panel_of(stocked), stocked.session
    index = panel.clips.index(2, 0)
    place = panel.grid.visualRect(index).center()
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, control, pos=place)
    assert session.current_clip.library_clip is None, "it is only selected"
    with qtbot.waitSignal(session.current_clip.changed):
        qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.current_clip.library_clip is not None
    assert session.current_clip.library_clip.record.prompt == "a horse on the beach"
    assert session.player.playing
    assert session.current_clip.clip is session.current_clip.library_clip.clip
    assert session.monitor.total == 17
    assert stocked.window.viewer.currentWidget() is stocked.window.viewer.preview
    assert "library" in stocked.window.status.line.text()
    stocked.window.actions_["watch"].trigger()
    assert session.current_clip.library_clip is None
    assert isinstance(session.state, Done)
    assert session.current_clip.clip is session.state.clip


def test_another_clip_can_be_watched_while_one_is_made(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio()
    make(qtbot, studio, "a horse")
    gate = Gate()
    studio.engine.script = gated(gate, before="sr1")
    session = studio.session
    session.ask([ClipRequest.parse(prompt="a robot")])
    qtbot.waitUntil(lambda: any(run.done for run in getattr(session.state, "stages", ())))
    with qtbot.waitSignal(session.current_clip.changed):
        session.open_clip(session.library.clips[0])
    frame = session.monitor.frame(0)
    assert frame is not None
    assert frame.shape[:2] == tuple(reversed(SIZES["sr2"]))
    session.current_clip.watch()
    frame = session.monitor.frame(0)
    assert frame is not None
    assert frame.shape[:2] == tuple(reversed(SIZES["base"]))
    session.open_clip(session.library.clips[0])
    qtbot.waitUntil(lambda: session.current_clip.library_clip is not None)
    gate.open.set()
    qtbot.waitUntil(lambda: isinstance(session.state, Done))
    assert session.current_clip.library_clip is not None
    assert session.current_clip.library_clip.record.prompt == "a horse"
    qtbot.waitUntil(lambda: len(session.library.clips) == 2)


def test_settings_are_used_again_and_varied(qtbot: QtBot, stocked: Studio) -> None:
    panel, session = panel_of(stocked), stocked.session
    clip = choose(panel.grid, 1)
    panel.verbs["reuse"].trigger()
    assert (session.draft.prompt, session.draft.seed) == (clip.prompt, clip.seed)
    assert session.draft.seed_fixed
    panel.verbs["vary"].trigger()
    qtbot.waitUntil(lambda: len(session.library.clips) == 4)
    newest = session.library.clips[0]
    assert newest.prompt == clip.prompt
    assert session.draft.seed == clip.seed


def test_a_clip_is_dragged_out_as_a_file_and_only_copied(stocked: Studio) -> None:
    panel = panel_of(stocked)
    clip = choose(panel.grid, 0)
    mime = panel.clips.mimeData(panel.grid.selectionModel().selectedIndexes())
    assert [Path(url.toLocalFile()) for url in mime.urls()] == [stocked.session.library.path(clip)]
    assert panel.clips.supportedDragActions() == Qt.DropAction.CopyAction
    assert panel.clips.flags(panel.clips.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert panel.grid.dragEnabled()


def test_delete_goes_to_the_trash_and_undo_brings_it_back(
    qtbot: QtBot, stocked: Studio, trash: Path
) -> None:
    panel, library = panel_of(stocked), stocked.session.library
    clip = choose(panel.grid, 0)
    with qtbot.waitSignal(library.deleted):
        qtbot.keyClick(panel.grid, Qt.Key.Key_Delete)
    assert len(shown(panel)) == 2
    assert not library.path(clip).exists()
    assert (trash / clip.file).is_file()
    assert panel.undo.isVisible()
    with qtbot.waitSignal(library.changed):
        qtbot.mouseClick(panel.undo.act, Qt.MouseButton.LeftButton)
    assert library.path(clip).is_file()
    assert shown(panel)[0] == clip.prompt
    assert not panel.undo.isVisible()


def test_a_clip_is_exported_from_the_library(qtbot: QtBot, stocked: Studio) -> None:
    panel = panel_of(stocked)
    clip = choose(panel.grid, 2)
    asked: list[str] = []
    stocked.window.actions_["export"].triggered.disconnect()
    stocked.window.actions_["export"].triggered.connect(lambda: asked.append("export"))
    panel.verbs["export"].trigger()
    qtbot.waitUntil(lambda: asked == ["export"])
    assert stocked.session.current_clip.clip is not None
    assert stocked.session.current_clip.clip.request.prompt == clip.prompt


def test_a_clip_is_continued_in_the_film(qtbot: QtBot, stocked: Studio) -> None:
    panel, session = panel_of(stocked), stocked.session
    clip = choose(panel.grid, 2)
    panel.verbs["continue"].trigger()
    qtbot.waitUntil(lambda: len(stocked.engine.requests) == 4)
    request = stocked.engine.requests[-1]
    assert request.source == str(session.library.path(clip))
    assert request.prompt == clip.prompt
    assert len(session.film_generator.film.segments) == 2
    choose(panel.grid, 1)
    panel.verbs["add_to_film"].trigger()
    qtbot.waitUntil(lambda: len(session.film_generator.film.segments) == 3)


def test_a_clip_moves_while_it_is_pointed_at(qtbot: QtBot, stocked: Studio) -> None:
    grid = panel_of(stocked).grid
    place = QPointF(grid.visualRect(grid.clips.index(1, 0)).center())
    far = QPointF(1, grid.viewport().height() - 1)

    def move(to: QPointF) -> None:
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(
            QEvent.Type.MouseMove, to, grid.mapToGlobal(to), none, none, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(grid.viewport(), event)

    QApplication.sendEvent(grid.viewport(), QEnterEvent(place, place, QPointF(grid.mapToGlobal(place))))
    move(place)
    assert grid.delegate.playing == grid.clips.rows[1].id
    turn = grid.delegate.turn
    qtbot.waitUntil(lambda: grid.delegate.turn > turn)
    move(far)
    assert grid.delegate.playing is None


def test_the_tooltip_says_what_is_known(qtbot: QtBot, stocked: Studio) -> None:
    grid = panel_of(stocked).grid
    place: QPoint = grid.visualRect(grid.clips.index(0, 0)).center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, grid.viewport().mapToGlobal(place))
    QApplication.sendEvent(grid.viewport(), event)
    assert "a robot in the snow" in QToolTip.text()
    assert "112 × 64" in QToolTip.text()
    QToolTip.hideText()


def test_a_library_that_takes_too_much_room_asks_before_it_deletes(
    qtbot: QtBot, stocked: Studio, trash: Path
) -> None:
    panel, library = panel_of(stocked), stocked.session.library
    library.set_favourite([library.clips[-1].id], True)
    panel._preferences.change(library_mb=1)
    assert not panel.limit.isVisible()
    from dataclasses import replace

    for clip in library.clips:  # as if they were large
        library._clips[clip.id] = replace(clip, bytes=2**20 * 2 // 3)
    library.changed.emit()
    assert panel.limit.isVisible()
    qtbot.mouseClick(panel.limit.act, Qt.MouseButton.LeftButton)
    box = stocked.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert len(library.clips) == 3
    (move,) = [found for found in box.findChildren(QPushButton) if found.text() == "Move to Trash"]
    with qtbot.waitSignal(library.deleted):
        qtbot.mouseClick(move, Qt.MouseButton.LeftButton)
    left = [clip.prompt for clip in library.clips]
    assert "a horse on the beach" in left  # the oldest, but a favourite
    assert len(left) == 1
    assert not panel.limit.isVisible()
