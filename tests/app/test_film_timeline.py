"""The film by hand: continuing, trimming, splitting, moving, undoing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.film.film import Film
from app.film.timeline_scale import Scale
from app.jobs.state import Done, Stopped
from engine.api.errors import WaltError
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import RED, Gate, failing, gated, whole_clip
from tests.app.film_actions_by_hand import (
    ALT,
    CTRL,
    LEFT,
    continue_,
    drag,
    film,
    first_frame,
    make_clip,
    shape,
)

__all__ = ["film"]


def test_continuing_asks_for_what_comes_after(qtbot: QtBot, studio: Studio, film: Film) -> None:
    first, second = studio.engine.requests
    assert shape(film) == [(0, 17), (0, 12)]
    assert (second.source_frame, second.overlap, second.frames, second.aspect) == (16, 5, 17, first.aspect)
    assert second.source == str(film.take_of(film.segments[0]).file)
    assert Path(second.source).is_file()
    assert second.prompt == "a horse"
    assert studio.session.monitor.mode == "film"
    assert studio.session.player.total == 29
    assert film.take_of(film.segments[1]).file is not None
    continue_(qtbot, studio)
    assert shape(film) == [(0, 17), (0, 12), (0, 12)]
    assert studio.engine.requests[2].source == str(film.take_of(film.segments[1]).file)
    assert studio.engine.requests[2].source_frame == 11


def test_the_details_are_those_of_the_selected_segment_s_clip(
    qtbot: QtBot, studio: Studio, film: Film
) -> None:
    make_clip(qtbot, studio, "a robot")  # another clip of the library, which is no part of the film
    library, panel = studio.session.library, studio.window.side_panel.library
    studio.session.monitor.show("film")
    robot, second, first = library.clips
    panel.grid.choose(robot.id)
    assert panel.details.prompt.text() == "a robot"
    film.select(film.segments[0].id)
    assert panel.grid.selected() == [first]
    assert panel.details.prompt.text() == "a horse"
    film.select(film.segments[1].id)
    assert panel.grid.selected() == [second]
    panel.search.setText("robot")  # the grid shows another clip, the details still tell of the segment's
    film.select(film.segments[0].id)
    assert panel.grid.selected() == []
    assert panel.details.isVisible()
    assert panel._one() == first
    panel.details.buttons["favourite"].click()
    qtbot.waitUntil(lambda: (clip := library.get(first.id)) is not None and clip.favourite)
    panel.grid.choose(robot.id)  # whoever clicks a clip wants to know of that one
    assert panel.details.prompt.text() == "a robot"
    studio.session.monitor.show("clip")
    assert panel.details.prompt.text() == "a robot"


def test_a_segment_is_shown_while_it_is_made(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio()
    make_clip(qtbot, studio)
    gate = Gate()
    studio.engine.script = gated(gate, "sr1")
    qtbot.mouseClick(studio.window.timeline_panel.plus, LEFT)
    film, lane = studio.session.film_generator.film, studio.window.timeline_panel.timeline.lane
    monitor = studio.session.monitor
    assert film.take_of(film.segments[1]).pending
    assert not studio.window.timeline_panel.plus.isEnabled(), "nothing can come after what is not there"
    qtbot.waitUntil(lambda: (frame := monitor.frame(20)) is not None and frame[0, 0, 0] == RED["base"])
    made = lane.blocks()[1].fraction
    assert made is not None
    assert 1 / 3 <= made < 1
    assert "being made" in lane.blocks()[1].label
    studio.window.grab()
    in_film = monitor.frame(20)
    monitor.show("clip")
    assert monitor.frame(3) is in_film, "a frame is kept once, whoever shows it"
    monitor.show("film")
    with qtbot.waitSignal(studio.session.library.kept):
        gate.open.set()
    assert lane.blocks()[1].fraction is None
    last = monitor.frame(28)
    assert last is not None
    assert last[0, 0, 0] == RED["sr2"]
    monitor.show("clip")
    assert monitor.frame(11) is last


def test_a_new_take_replaces_a_segment_and_undo_brings_the_old_one(
    qtbot: QtBot, studio: Studio, film: Film
) -> None:
    old = film.segments[0]
    film.select(old.id)
    with qtbot.waitSignal(studio.session.library.kept):
        studio.window.actions_["retake"].trigger()
    again = studio.engine.requests[-1]
    assert replace(again, seed=0) == replace(studio.engine.requests[0], seed=0)
    assert film.segments[0].take != old.take
    studio.window.actions_["undo"].trigger()
    assert film.segments[0] == old


def test_splitting_and_deleting_by_keys_and_undo(qtbot: QtBot, studio: Studio, film: Film) -> None:
    timeline = studio.window.timeline_panel.timeline
    studio.session.player.seek(5)
    qtbot.keyClick(timeline, Qt.Key.Key_S)
    assert shape(film) == [(0, 5), (5, 17), (0, 12)]
    qtbot.keyClick(timeline, Qt.Key.Key_Up)
    assert (film.selected, studio.session.player.position) == (film.segments[0], 0)
    qtbot.keyClick(timeline, Qt.Key.Key_Delete)
    assert shape(film) == [(5, 17), (0, 12)]
    assert studio.session.player.total == 24
    qtbot.keyClick(studio.window, Qt.Key.Key_Z, CTRL)
    qtbot.keyClick(studio.window, Qt.Key.Key_Z, CTRL)
    assert shape(film) == [(0, 17), (0, 12)]
    qtbot.keyClick(studio.window, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert shape(film) == [(0, 5), (5, 17), (0, 12)]
    assert studio.window.actions_["undo"].text() == "Undo Split"


def test_an_edge_is_dragged_and_undone_in_one_step(qtbot: QtBot, studio: Studio, film: Film) -> None:
    timeline, first = studio.window.timeline_panel.timeline, film.segments[0]
    box, pitch = timeline.box_of(first.id), timeline.scale.pitch
    edge = QPointF(box.right() - 2, box.center().y())
    before = film.history.count()
    drag(qtbot, timeline, edge, edge - QPointF(4 * pitch, 0))
    assert shape(film) == [(0, 13), (0, 12)]
    assert studio.session.player.position == 12, "the last frame that is kept is shown"
    assert film.history.count() == before + 1
    box = timeline.box_of(first.id)
    pitch = timeline.scale.pitch
    edge = QPointF(box.left() + 2, box.center().y())
    drag(qtbot, timeline, edge, edge + QPointF(3 * pitch, 0))
    assert shape(film) == [(3, 13), (0, 12)]
    film.history.undo()
    assert shape(film) == [(0, 13), (0, 12)]
    film.history.undo()
    assert shape(film) == [(0, 17), (0, 12)]


def test_trimming_by_keys(qtbot: QtBot, studio: Studio, film: Film) -> None:
    timeline, player = studio.window.timeline_panel.timeline, studio.session.player
    player.seek(20)
    qtbot.keyClick(timeline, Qt.Key.Key_BracketLeft)
    assert shape(film) == [(0, 17), (3, 12)]
    assert player.position == 17
    player.seek(10)
    qtbot.keyClick(timeline, Qt.Key.Key_BracketRight)
    assert shape(film) == [(0, 11), (3, 12)]


def test_segments_are_moved_by_drag_and_by_keys(qtbot: QtBot, studio: Studio, film: Film) -> None:
    timeline, (first, second) = studio.window.timeline_panel.timeline, film.segments
    start, end = timeline.box_of(first.id).center(), timeline.box_of(second.id)
    drag(qtbot, timeline, start, QPointF(end.right() - 4, end.center().y()))
    assert film.segments == (second, first)
    assert film.selected == first
    qtbot.keyClick(timeline, Qt.Key.Key_Left, ALT)
    assert film.segments == (first, second)
    start = timeline.box_of(second.id).center()
    drag(qtbot, timeline, start, start + QPointF(2, 0))
    assert film.segments == (first, second), "a click is no move"
    assert film.selected == second


def test_scrubbing_crosses_segments(qtbot: QtBot, studio: Studio, film: Film) -> None:
    timeline, player = studio.window.timeline_panel.timeline, studio.session.player
    for index in (0, 16, 17, 28):
        qtbot.mouseClick(timeline, LEFT, pos=timeline.cell(index).center().toPoint())
        assert player.position == index
        qtbot.waitUntil(lambda index=index: studio.session.monitor.frame(index) is not None)
        frame = studio.session.monitor.frame(index)
        assert frame is not None
        assert frame[0, 0, 1] == pytest.approx(10 * (index if index < 17 else index - 17), abs=12)


def test_marks_are_set_dragged_and_cleared(qtbot: QtBot, studio: Studio, film: Film) -> None:
    timeline, player = studio.window.timeline_panel.timeline, studio.session.player
    player.seek(3)
    qtbot.keyClick(timeline, Qt.Key.Key_I)
    player.seek(20)
    qtbot.keyClick(timeline, Qt.Key.Key_O)
    assert player.marks == (3, 20)
    edge = QPointF(timeline.scale.x(3), 8)
    drag(qtbot, timeline, edge, QPointF(timeline.cell(6).center().x(), 8))
    assert player.marks == (6, 20)
    studio.window.actions_["show_clip"].trigger()
    assert player.marks == (None, None)
    studio.window.actions_["show_film"].trigger()
    assert player.marks == (6, 20)
    qtbot.keyClick(timeline, Qt.Key.Key_X)
    assert player.marks == (None, None)


def test_a_clip_on_show_is_trimmed_by_its_edges(qtbot: QtBot, studio: Studio) -> None:
    make_clip(qtbot, studio)
    timeline, player = studio.window.timeline_panel.timeline, studio.session.player
    y = timeline.box_of("").center().y()
    right = QPointF(timeline.box_of("").right() - 1, y)
    drag(qtbot, timeline, right, QPointF(timeline.cell(11).center().x(), y))
    assert player.marks == (None, 11)
    drag(qtbot, timeline, QPointF(1, y), QPointF(timeline.cell(3).center().x(), y))
    assert player.marks == (3, 11)
    assert player.position == 3
    block = timeline.box_of("")
    assert (block.left(), round(block.right())) == (timeline.scale.x(3), round(timeline.scale.x(12) - 2))
    drag(qtbot, timeline, QPointF(block.left() + 1, y), QPointF(-5, y))
    assert player.marks == (None, 11)
    continue_(qtbot, studio)
    assert shape(studio.session.film_generator.film) == [(0, 12), (0, 12)]
    assert studio.engine.requests[-1].source_frame == 11


def test_trim_keys_mark_a_clip_that_is_in_no_film(qtbot: QtBot, studio: Studio) -> None:
    make_clip(qtbot, studio)
    timeline, player = studio.window.timeline_panel.timeline, studio.session.player
    for frame, key in ((2, Qt.Key.Key_BracketLeft), (9, Qt.Key.Key_BracketRight)):
        player.seek(frame)
        qtbot.keyClick(timeline, key)
    assert player.marks == (2, 9)


def test_a_clip_being_made_has_no_edges_to_drag(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(gated(Gate(), "sr1"))
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    timeline, player = studio.window.timeline_panel.timeline, studio.session.player
    qtbot.waitUntil(lambda: studio.session.monitor.frame(16) is not None)
    y = timeline.box_of("").center().y()
    drag(qtbot, timeline, QPointF(timeline.width() - 3, y), QPointF(timeline.cell(8).center().x(), y))
    assert player.marks == (None, None)


def test_j_k_l(qtbot: QtBot, studio: Studio, film: Film) -> None:
    timeline, player = studio.window.timeline_panel.timeline, studio.session.player
    qtbot.keyClick(timeline, Qt.Key.Key_L)
    assert (player.playing, player.speed) == (True, 1)
    qtbot.keyClick(timeline, Qt.Key.Key_L)
    assert player.speed == 2
    qtbot.keyClick(timeline, Qt.Key.Key_J)
    assert player.speed == -1
    qtbot.keyClick(timeline, Qt.Key.Key_K)
    assert not player.playing


def test_a_part_of_a_clip_goes_into_the_film(qtbot: QtBot, studio: Studio, film: Film) -> None:
    make_clip(qtbot, studio, "a robot")
    assert studio.session.monitor.mode == "clip"
    studio.session.player.set_marks(4, 9)
    qtbot.keyClick(studio.window.timeline_panel.timeline, Qt.Key.Key_E)
    assert shape(film) == [(0, 17), (0, 12), (4, 10)]
    assert studio.session.monitor.mode == "film"
    assert studio.session.player.position == 29


def test_zoom_keeps_what_is_under_the_mouse(qtbot: QtBot, studio: Studio, film: Film) -> None:
    timeline = studio.window.timeline_panel.timeline
    qtbot.keyClick(timeline, Qt.Key.Key_Plus)
    qtbot.keyClick(timeline, Qt.Key.Key_Plus)
    assert timeline.scale.zoom > 1
    assert studio.window.timeline_panel.scroll_bar.maximum() > 0
    studio.session.player.seek(28)
    assert timeline.cell(28).right() <= timeline.width() + 1
    studio.window.timeline_panel.scroll_bar.setValue(0)
    assert timeline.scale.scroll == 0
    qtbot.keyClick(timeline, Qt.Key.Key_0)
    assert timeline.scale.zoom == 1
    studio.window.grab()


def test_scale_is_one_way_and_back() -> None:
    scale = Scale(500.0, 100)
    for zoom in (1.0, 3.7, 9.0):
        scale = scale.zoomed(zoom, 200.0)
        assert all(scale.frame_at(scale.x(frame + 0.5)) == frame for frame in range(100))
    assert Scale(500.0, 100).zoomed(4, 250).x(50) == pytest.approx(250)
    assert scale.zoomed(1e9, 0).pitch == pytest.approx(96)
    assert Scale(500.0, 100, 4.0).fitted(500.0, 50).pitch == pytest.approx(20)
    assert Scale(500.0, 100).fitted(300.0, 50).pitch == 6


def test_the_menu_holds_the_verbs(qtbot: QtBot, studio: Studio, film: Film) -> None:
    panel = studio.window.timeline_panel
    panel.timeline.menu_wanted.emit(QPoint(10, 10))
    menu = panel.findChild(QMenu)
    assert menu is not None
    assert studio.window.actions_["split"] in menu.actions()
    menu.close()


def test_a_stopped_segment_says_so_and_can_be_made_again(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio()
    make_clip(qtbot, studio)
    gate = Gate()
    studio.engine.script = gated(gate, "base")
    qtbot.mouseClick(studio.window.timeline_panel.plus, LEFT)
    qtbot.waitUntil(lambda: studio.window.actions_["cancel"].isEnabled() and len(studio.engine.requests) == 2)
    studio.window.actions_["cancel"].trigger()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Stopped))
    film = studio.session.film_generator.film
    qtbot.waitUntil(lambda: "stopped" in film.take_of(film.segments[1]).trouble)
    assert not film.take_of(film.segments[1]).pending
    assert studio.window.timeline_panel.timeline.lane.blocks()[1].trouble
    studio.engine.script = whole_clip
    film.select(film.segments[1].id)
    with qtbot.waitSignal(studio.session.library.kept):
        studio.window.actions_["retake"].trigger()
    assert film.take_of(film.segments[1]).trouble == ""
    assert studio.engine.requests[2].source == studio.engine.requests[1].source


def test_a_failed_segment_says_why(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio()
    make_clip(qtbot, studio)
    studio.engine.script = failing(WaltError("out-of-memory", "There is not enough memory."))
    qtbot.mouseClick(studio.window.timeline_panel.plus, LEFT)
    film = studio.session.film_generator.film
    qtbot.waitUntil(lambda: "not enough memory" in film.take_of(film.segments[1]).trouble)


def test_undoing_a_continuation_leaves_its_clip_in_the_library(
    qtbot: QtBot, studio: Studio, film: Film
) -> None:
    film.history.undo()
    assert shape(film) == []
    assert studio.session.monitor.mode == "clip"
    assert len(studio.session.library.clips) == 2
    film.history.redo()
    assert shape(film) == [(0, 17), (0, 12)]


def test_a_library_clip_and_a_still_are_dropped(
    qtbot: QtBot, studio: Studio, film: Film, tmp_path: Path
) -> None:
    timeline = studio.window.timeline_panel.timeline
    clip = studio.session.library.path(studio.session.library.clips[0])

    def drop(file: Path, x: float) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file))])
        action, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        at = QPoint(int(x), 60)
        QApplication.sendEvent(timeline, QDragEnterEvent(at, action, mime, LEFT, none))
        QApplication.sendEvent(timeline, QDragMoveEvent(at, action, mime, LEFT, none))
        QApplication.sendEvent(timeline, QDropEvent(QPointF(x, 60), action, mime, LEFT, none))

    drop(clip, 2)
    assert len(film.segments) == 3
    assert film.take_of(film.segments[0]).file == clip
    from engine.media.images import write_png

    write_png(tmp_path / "still.png", first_frame(studio))
    with qtbot.waitSignal(studio.session.library.kept):
        drop(tmp_path / "still.png", timeline.width() - 2)
    assert len(film.segments) == 4
    assert studio.engine.requests[-1].image is not None
    (tmp_path / "other.mp4").write_bytes(clip.read_bytes())
    drop(tmp_path / "other.mp4", 2)
    assert "library" in studio.window.status.line.text()
    drop(tmp_path / "gone.png", 2)
    assert len(film.segments) == 4


def test_continuing_says_what_it_uses(qtbot: QtBot, open_studio: OpenStudio, tmp_path: Path) -> None:
    """The composer's words or the clip's own, and never the picture that lies ready there."""
    studio = open_studio(gated(gate := Gate(), "sr2"))
    gate.open.set()
    make_clip(qtbot, studio, "a horse")
    plus, still = studio.window.timeline_panel.plus, studio.session.still
    assert "prompt on the left" in plus.toolTip()
    studio.window.composer.prompt.setFocus()
    qtbot.keyClick(studio.window.composer.prompt, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(studio.window.composer.prompt, Qt.Key.Key_Delete)
    assert plus.isEnabled()
    assert "its own prompt" in plus.toolTip()
    picture = tmp_path / "beach.png"
    from engine.media.images import write_png

    write_png(picture, first_frame(studio))
    still.take(picture)
    qtbot.waitUntil(lambda: still.path is not None)
    assert "the picture on the left is only used for new clips" in plus.toolTip()
    gate.open.clear()
    qtbot.mouseClick(plus, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "the picture on the left is not used" in studio.window.status.line.text())
    gate.open.set()
    qtbot.waitUntil(lambda: len(studio.session.library.clips) == 2)
    assert (studio.engine.requests[-1].prompt, studio.engine.requests[-1].image) == ("a horse", None)
    film = studio.session.film_generator.film
    last = film.segments[-1]
    film.put_take(replace(film.take_of(last), request=None))
    assert not plus.isEnabled(), "there are no words at all"


def test_the_clip_being_made_is_seen_while_the_film_waits(qtbot: QtBot, studio: Studio, film: Film) -> None:
    make_clip(qtbot, studio, "a robot")
    assert isinstance(studio.session.state, Done)
    assert studio.session.monitor.mode == "clip"
    assert shape(film) == [(0, 17), (0, 12)]
    studio.window.actions_["show_film"].trigger()
    assert studio.session.player.total == 29
