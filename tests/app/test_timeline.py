"""Moving through a clip: the clock, the mouse, the keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.core.formatting import clock_text, file_name, seconds_text, time_code
from app.jobs.state import Done
from app.playback.frame_buffer import FrameBuffer
from app.playback.player import Player
from tests.app.conftest import Studio


class Clock:
    """A clock that a test sets by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def player(qtbot: QtBot, clock: Clock) -> Player:
    player = Player(clock)
    player.load(17, 8)
    return player


def test_frames_follow_the_clock_at_eight_a_second(player: Player, clock: Clock) -> None:
    player.play()
    seen: list[int] = []
    for sixteenth in range(40):
        clock.now = 100.0 + sixteenth / 16
        player.tick()
        seen.append(player.position)
    assert seen == [sixteenth // 2 % 17 for sixteenth in range(40)]
    player.pause()


def test_a_late_tick_skips_rather_than_slows(player: Player, clock: Clock) -> None:
    player.play()
    clock.now += 1.0
    player.tick()
    assert player.position == 8
    player.pause()


def test_without_loop_it_stops_at_the_end_and_starts_over(player: Player, clock: Clock) -> None:
    player.set_loop(False)
    player.play()
    clock.now += 60
    player.tick()
    assert (player.position, player.playing) == (16, False)
    player.play()
    assert (player.position, player.playing) == (0, True)
    player.pause()


def test_steps_pause_and_stay_inside(player: Player) -> None:
    player.play()
    player.step(-1)
    assert (player.position, player.playing) == (0, False)
    player.seek(99)
    assert player.position == 16


def test_seeking_while_playing_goes_on_from_there(player: Player, clock: Clock) -> None:
    player.play()
    player.seek(10)
    clock.now += 0.25
    player.tick()
    assert (player.position, player.playing) == (12, True)
    player.pause()


def test_it_loops_between_the_marks(player: Player, clock: Clock) -> None:
    player.set_marks(4, 7)
    player.play()
    assert player.position == 4, "outside of the marks it goes to where they begin"
    seen: list[int] = []
    for eighth in range(8):
        clock.now = 100.0 + eighth / 8
        player.tick()
        seen.append(player.position)
    assert seen == [4, 5, 6, 7, 4, 5, 6, 7]
    player.pause()


def test_marks_stay_in_order_and_go_with_the_clip(player: Player) -> None:
    player.set_marks(4, 7)
    player.set_marks(9, 7)
    assert player.marks == (9, None)
    player.set_marks(9, 12)
    player.set_marks(9, 3)
    assert player.marks == (None, 3)
    assert list(player.part) == [0, 1, 2, 3]
    player.resize(3, 8)
    assert player.marks == (None, None)
    player.set_marks(1, 2)
    player.load(17, 8)
    assert player.marks == (None, None)


def test_backwards_and_faster(player: Player, clock: Clock) -> None:
    player.seek(8)
    player.shuttle(-1)
    clock.now += 0.5
    player.tick()
    assert (player.position, player.speed) == (4, -1)
    player.shuttle(-1)
    clock.now += 0.25
    player.tick()
    assert (player.position, player.speed) == (0, -2)
    player.shuttle(1)
    assert player.speed == 1
    for expected in (2, 4, 4):
        player.shuttle(1)
        assert player.speed == expected
    player.pause()
    player.play()
    assert player.speed == 1
    player.pause()


def test_backwards_without_loop_it_stops_at_the_start(player: Player, clock: Clock) -> None:
    player.set_loop(False)
    player.seek(2)
    player.shuttle(-1)
    clock.now += 9
    player.tick()
    assert (player.position, player.playing) == (0, False)
    player.shuttle(-1)
    assert player.position == 16
    player.pause()


def test_a_clip_that_grows_keeps_the_playhead(player: Player) -> None:
    player.seek(10)
    player.resize(29, 8)
    assert (player.position, player.total) == (10, 29)
    player.resize(5, 8)
    assert player.position == 4
    player.resize(0, 8)
    assert player.position == 0


def test_an_empty_player_does_not_play(qtbot: QtBot) -> None:
    player = Player()
    player.play()
    assert not player.playing


@pytest.fixture
def done(qtbot: QtBot, studio: Studio) -> Studio:
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    studio.session.player.pause()
    studio.session.player.seek(0)
    studio.window.timeline_panel.timeline.setFocus()
    return studio


def test_scrubbing_with_the_mouse(qtbot: QtBot, done: Studio) -> None:
    timeline, player = done.window.timeline_panel.timeline, done.session.player
    for index in (0, 5, 16):
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=timeline.cell(index).center().toPoint())
        assert player.position == index
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=timeline.cell(2).center().toPoint())
    qtbot.mouseMove(timeline, timeline.cell(9).center().toPoint())
    qtbot.mouseMove(timeline, QPoint(timeline.width() + 500, 30))
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton)
    assert not player.playing


def test_dragging_pauses_and_lets_it_play_on(qtbot: QtBot, done: Studio) -> None:
    timeline, player = done.window.timeline_panel.timeline, done.session.player
    player.play()
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=timeline.cell(7).center().toPoint())
    assert (player.position, player.playing) == (7, False)
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton)
    assert player.playing


def test_keys_move_the_playhead(qtbot: QtBot, done: Studio) -> None:
    timeline, player = done.window.timeline_panel.timeline, done.session.player
    moves = (
        (Qt.Key.Key_Right, 1), (Qt.Key.Key_Right, 2), (Qt.Key.Key_Left, 1), (Qt.Key.Key_End, 16),
        (Qt.Key.Key_Right, 16), (Qt.Key.Key_PageUp, 8), (Qt.Key.Key_PageDown, 16), (Qt.Key.Key_Home, 0),
    )  # fmt: skip
    for key, expected in moves:
        qtbot.keyClick(timeline, key)
        assert player.position == expected
    qtbot.keyClick(timeline, Qt.Key.Key_Space)
    assert player.playing
    qtbot.keyClick(timeline, Qt.Key.Key_Space)
    assert not player.playing


def test_space_and_arrows_belong_to_the_prompt_while_typing(qtbot: QtBot, done: Studio) -> None:
    prompt, player = done.window.composer.prompt, done.session.player
    prompt.setFocus()
    qtbot.keyClicks(prompt, " ")
    qtbot.keyClick(prompt, Qt.Key.Key_Left)
    assert not player.playing
    assert player.position == 0
    qtbot.keyClick(prompt, Qt.Key.Key_Escape)
    qtbot.keyClick(done.window.focusWidget(), Qt.Key.Key_Right)
    assert player.position == 1


def test_buttons_and_readout(qtbot: QtBot, done: Studio) -> None:
    panel = done.window.playback_panel
    qtbot.mouseClick(panel.buttons["next_frame"], Qt.MouseButton.LeftButton)
    assert (panel.time.text(), panel.frame.text()) == ("00:00.125", "frame 2 of 17")
    qtbot.mouseClick(panel.buttons["last_frame"], Qt.MouseButton.LeftButton)
    assert (panel.time.text(), panel.frame.text()) == ("00:02.000", "frame 17 of 17")
    assert panel.shown_size.text() == "112 × 64"
    assert "Frame 17 of 17" in done.window.timeline_panel.timeline.accessibleDescription()
    qtbot.mouseClick(panel.buttons["loop"], Qt.MouseButton.LeftButton)
    assert not done.session.player.loop
    qtbot.mouseClick(panel.buttons["play"], Qt.MouseButton.LeftButton)
    assert done.session.player.playing


def test_without_a_clip_there_is_nothing_to_play(qtbot: QtBot, studio: Studio) -> None:
    assert not any(studio.window.playback_panel.buttons[name].isEnabled() for name in ("play", "next_frame"))
    qtbot.mouseClick(studio.window.timeline_panel.timeline, Qt.MouseButton.LeftButton, pos=QPoint(50, 40))
    qtbot.keyClick(studio.window.timeline_panel.timeline, Qt.Key.Key_Space)
    assert not studio.session.player.playing


def test_thumbnails_are_shared_when_cells_are_slim(done: Studio) -> None:
    timeline = done.window.timeline_panel.timeline
    assert timeline.span == 1
    done.session.monitor.set_clip(FrameBuffer(161, (224, 128)))
    assert timeline.span > 1
    assert timeline.cell(160).right() == pytest.approx(timeline.width())
    done.window.grab()


def test_words_for_times_and_names() -> None:
    assert (clock_text(7.9), clock_text(75), clock_text(3723)) == ("0:07", "1:15", "1:02:03")
    assert (seconds_text(0.84), seconds_text(59.96), seconds_text(84.2)) == ("0.8 s", "1:00", "1:24")
    assert [time_code(frame, 8) for frame in (0, 9, 500)] == ["00:00.000", "00:01.125", "01:02.500"]
    assert file_name("Un ours polaire nage à l'aube!", 7) == "un-ours-polaire-nage-a-l-aube-7.mp4"
    assert file_name("///", 3) == "clip-3.mp4"
    long = file_name("word " * 60, 1)
    assert len(long) < 60
    assert long.endswith("word-1.mp4")
