"""The growing picture: stages replace each other in place, previews never coarsen it, events keep order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.frames import to_image
from app.jobs.state import Done, Idle, Running, waiting_stages
from app.library.records import ClipRecord, Job
from app.playback.frame_buffer import FrameBuffer, latent_index
from app.playback.full_screen import FullScreen
from app.playback.preview import Preview, letterbox
from engine.api.events import Event, JobDone, JobStarted, StageStarted, StepDone
from engine.api.request import ClipRequest
from engine.api.types import STAGES, StageName
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import (
    PREVIEW_RED,
    RED,
    SIZES,
    STEPS,
    Gate,
    clip_of,
    frames_of,
    held,
    last_stage_decoded,
    play_stage,
    preview_of,
)


def shown(preview: Preview) -> QColor:
    image = preview.image
    assert image is not None
    return image.pixelColor(image.width() // 2, image.height() // 2)


def start(studio: Studio) -> str:
    """Ask for a clip whose events the test sends itself."""
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    assert isinstance(studio.session.state, Running)
    return studio.session.state.job.id


def hold(studio: Studio) -> None:
    studio.session.player.pause()
    studio.session.player.seek(0)


def test_stages_replace_each_other_in_place(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(held(Gate()))
    job, preview = start(studio), studio.window.viewer.preview
    rectangles = [preview.frame_rect()]
    reds: list[int] = []
    for stage in STAGES:
        for event in play_stage(job, stage):
            studio.bridge.listen(event)
        size = SIZES[stage]
        qtbot.waitUntil(lambda size=size: preview.image is not None and preview.image.width() == size[0])
        hold(studio)
        rectangles.append(preview.frame_rect())
        reds.append(shown(preview).red())
    assert reds == [RED[stage] for stage in STAGES]
    assert len({rect.getRect() for rect in rectangles}) == 1
    assert studio.session.monitor.thumb(16) is not None


def test_the_picture_on_the_screen_is_the_frame(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio()
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    studio.session.player.pause()
    studio.session.player.seek(12)
    preview = studio.window.viewer.preview
    qtbot.waitUntil(lambda: preview._fade.state() == preview._fade.State.Stopped)
    seen = preview.grab().toImage().pixelColor(preview.frame_rect().center().toPoint())
    assert (seen.red(), seen.green(), seen.blue()) == (RED["sr2"], 120, 0)


def test_a_chunk_replaces_its_own_frames_only(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(held(Gate()))
    job, reel = start(studio), studio.session.monitor
    events = [*play_stage(job, "base"), *list(play_stage(job, "sr1"))[:-1]]
    for event in events:
        studio.bridge.listen(event)
    qtbot.waitUntil(lambda: (frame := reel.frame(8)) is not None and frame[0, 0, 0] == RED["sr1"])
    last = reel.frame(9)
    assert last is not None
    assert last[0, 0, 0] == RED["base"]


def test_a_preview_shows_until_a_frame_is_decoded(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(held(Gate()))
    job, preview = start(studio), studio.window.viewer.preview
    base, detail = list(play_stage(job, "base")), list(play_stage(job, "sr1"))
    for event in base[:2]:
        studio.bridge.listen(event)
    qtbot.waitUntil(lambda: preview.image is not None)
    assert shown(preview).red() == PREVIEW_RED
    assert studio.session.player.playing
    for event in [*base[2:], *detail[:3]]:
        studio.bridge.listen(event)
    qtbot.waitUntil(lambda: preview.image is not None and preview.image.width() == SIZES["base"][0])
    assert shown(preview).red() == RED["base"]


def test_stage_events_come_in_order(qtbot: QtBot, studio: Studio) -> None:
    seen: list[tuple[StageName, int]] = []

    def note() -> None:
        state = studio.session.state
        if isinstance(state, Running) and state.current is not None:
            seen.append((state.current.name, state.current.step))

    studio.session.progress_changed.connect(note)
    start(studio)
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    steps = [(stage, step) for stage in STAGES for step in range(STEPS + 1)]
    assert list(dict.fromkeys(seen)) == steps
    state = studio.session.state
    assert isinstance(state, Done)
    seconds = [run.seconds or 0.0 for run in state.stages]
    assert seconds == pytest.approx([1.5 + 0.5 / 21, 2.5 + 0.5 * 4 / 21, 3.5 + 0.5 * 16 / 21])
    assert sum(seconds) == pytest.approx(state.seconds)  # what the stages took is all that it took


def test_the_status_names_stage_step_and_time_left(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(held(Gate()))
    job, line = start(studio), studio.window.status.line
    assert "Getting ready" in line.text()
    studio.bridge.listen(JobStarted(job))
    for event in list(play_stage(job, "base"))[:3]:
        studio.bridge.listen(event)
    qtbot.waitUntil(lambda: "step 3 of 3" in line.text())
    assert "Sketch" in line.text()
    assert "about 5 s left" in line.text()
    run = studio.window.status.stages.shown[0].run
    assert run.fraction == 2 / 3
    assert "67 %" in studio.window.status.stages.accessibleDescription()


def test_only_the_first_clip_waits_for_the_pack_to_be_loaded(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(held(gate := Gate()))
    line = studio.window.status.line
    job = start(studio)
    studio.bridge.listen(JobStarted(job))
    qtbot.waitUntil(lambda: "Loading Starter" in line.text())
    gate.open.set()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    studio.engine.script = held(Gate())
    job = start(studio)
    studio.bridge.listen(JobStarted(job))
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Running) and studio.session.state.started)
    assert "Getting ready" in line.text()


def test_the_clock_and_what_it_took_count_the_same(qtbot: QtBot, open_studio: OpenStudio) -> None:
    """A pack that has to be loaded first is waited for too."""
    studio = open_studio(held(gate := Gate()))
    now = 1000.0
    studio.session.job_runner._clock = lambda: now
    job, line = start(studio), studio.window.status.line
    studio.bridge.listen(JobStarted(job))
    now += 50
    qtbot.waitUntil(lambda: line.text().endswith("0:50"))
    now += 8
    gate.open.set()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    assert line.text().startswith("Done in 58.0 s · 50.0 s of it for preparation · seed ")


def test_the_stage_bar_says_how_long_the_stage_at_work_will_take(studio: Studio) -> None:
    session, bar = studio.session, studio.window.status.stages
    now = 1000.0
    session.job_runner._clock = lambda: now
    state = Running(Job("1", "running", ClipRequest("a horse"), "a horse", 0, now), now, waiting_stages("sr2"))
    state = state.on_stage(StageStarted("1", "base", 224, 128, 17, 24), now)
    for left, words in (
        (112.0, "224 × 128  ·  1:52 25 %"),
        (12.4, "224 × 128  ·  about 12 s 25 %"),
        (0.2, "128 25 %"),
    ):
        session.job_runner._state = state.on_step(StepDone("1", "base", 6, 24, left, 140.0, None), now)
        bar.refresh()
        assert words in bar.accessibleDescription()
    session.job_runner._state = Idle()


def test_the_stage_bar_shows_the_sizes_of_the_chosen_shape(studio: Studio) -> None:
    bar = studio.window.status.stages
    assert [stage.side for stage in bar.shown] == ["224 × 128", "448 × 256", "896 × 512"]
    studio.session.edit(aspect="1:1")
    assert [stage.side for stage in bar.shown] == ["128 × 128", "256 × 256", "512 × 512"]
    edges = [edge for box in bar.segments() for edge in (box.left(), box.right())]
    assert edges == sorted(edges)
    assert edges[-1] == bar.width()


def test_a_click_on_the_picture_plays_and_pauses(qtbot: QtBot, studio: Studio) -> None:
    start(studio)
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    preview = studio.window.viewer.preview
    playing = studio.session.player.playing
    qtbot.mouseClick(preview, Qt.MouseButton.LeftButton, pos=preview.frame_rect().center().toPoint())
    assert studio.session.player.playing is not playing
    qtbot.mouseClick(preview, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert studio.session.player.playing is not playing


def test_letterbox_keeps_the_shape_and_stays_inside() -> None:
    room = QRectF(16, 16, 700, 300)
    for shape in ((224, 128), (128, 224), (128, 128), (896, 512)):
        box = letterbox(shape, room)
        assert room.contains(box)
        assert abs(box.width() / box.height() - shape[0] / shape[1]) < 0.01
        assert box.width() in (700, round(300 * shape[0] / shape[1]))


def test_every_stage_fills_the_same_rectangle() -> None:
    room = QRectF(16, 16, 913, 531)
    assert len({letterbox(shape, room).getRect() for shape in ((224, 128), (448, 256), (896, 512))}) == 1


def test_latent_frames_stand_for_one_then_four_frames() -> None:
    assert [latent_index(index, 17, 5) for index in range(17)] == [0] + [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4
    assert latent_index(0, 1, 1) == 0
    assert [latent_index(index, 6, 3) for index in range(6)] == [0, 0, 1, 1, 2, 2]


def test_a_buffer_knows_only_frames_it_has() -> None:
    assert FrameBuffer().frame(0) is None
    buffer = FrameBuffer(17, (28, 16))
    assert buffer.empty
    assert buffer.frame(0) is None
    assert buffer.put_preview(preview_of()) == (0, 16)
    frame = buffer.frame(16)
    assert frame is not None
    assert frame[0, 0, 1] == 160
    assert buffer.frame(17) is None
    buffer.put("base", 0, frames_of("base")[:1], [QImage()])
    first = buffer.frame(0)
    assert first is not None
    assert first.shape == (16, 28, 3)
    assert buffer.stages == ()
    assert buffer.put_preview(preview_of()) == (1, 16), "a preview never takes the place of a frame"


def test_a_buffer_keeps_every_stage_once() -> None:
    buffer, thumbs = FrameBuffer(17, (28, 16)), [QImage()] * 17
    for stage in ("base", "sr1"):
        buffer.put(stage, 0, frames_of(stage), thumbs)
    buffer.put("sr2", 0, frames_of("sr2")[:4], thumbs[:4])
    assert buffer.stages == ("base", "sr1")
    late = FrameBuffer(17, (28, 16))
    for stage in ("sr1", "base"):
        late.put(stage, 0, frames_of(stage), [to_image(frame) for frame in frames_of(stage)])
    assert late.stages == ("base", "sr1")
    assert [late.frame(3)[0, 0, 0], late.thumb(3).pixelColor(0, 0).red()] == [RED["sr1"]] * 2, "finer stages stay"
    assert [frame[0, 0, 0] for index in (0, 9) if (frame := buffer.frame(index)) is not None] == [
        RED["sr2"],
        RED["sr1"],
    ]
    looked = buffer.stage_frame("base", 9)
    assert looked is not None
    assert looked[0, 0, 0] == RED["base"]
    clip = frames_of("sr1")
    assert not buffer.finish("sr1", clip, thumbs, 8), "the clip has the length and the shape that were expected"
    assert buffer.stages == ("base", "sr1")
    assert all(np.shares_memory(clip, frame) for index in range(17) if (frame := buffer.frame(index)) is not None)
    assert buffer.nbytes == clip.nbytes + frames_of("base").nbytes
    buffer.drop_earlier_stages()
    assert buffer.nbytes == clip.nbytes


@pytest.fixture
def done(qtbot: QtBot, studio: Studio) -> Studio:
    start(studio)
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    hold(studio)
    studio.window.timeline_panel.timeline.setFocus()
    return studio


def test_stages_can_be_looked_back_at(qtbot: QtBot, done: Studio) -> None:
    preview, bar = done.window.viewer.preview, done.window.status.stages
    boxes = bar.segments()
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=boxes[0].center().toPoint())
    assert (shown(preview).red(), done.session.current_clip.looking) == (RED["base"], "base")
    done.session.player.seek(7)
    assert (shown(preview).red(), shown(preview).green()) == (RED["base"], 70)
    qtbot.keyClick(done.window.timeline_panel.timeline, Qt.Key.Key_2)
    assert shown(preview).red() == RED["sr1"]
    qtbot.keyClick(done.window.timeline_panel.timeline, Qt.Key.Key_3)
    assert (shown(preview).red(), done.session.current_clip.looking) == (RED["sr2"], None)


def test_two_stages_are_wiped_over_each_other(qtbot: QtBot, done: Studio) -> None:
    preview, stages = done.window.viewer.preview, done.session.current_clip
    qtbot.waitUntil(lambda: preview._fade.state() == preview._fade.State.Stopped)
    qtbot.keyClick(done.window.timeline_panel.timeline, Qt.Key.Key_W)
    assert (stages.comparing, stages.before) == (True, "base")
    box = preview.frame_rect()

    def red_at(share: float) -> int:
        picture = preview.grab().toImage()
        at = QPointF(box.left() + box.width() * share, box.top() + 20) * picture.devicePixelRatio()
        return picture.pixelColor(at.toPoint()).red()

    assert (red_at(0.3), red_at(0.7)) == (RED["base"], RED["sr2"])
    playing = done.session.player.playing
    start, end = (QPoint(round(box.left() + box.width() * at), round(box.top() + 40)) for at in (0.5, 0.9))
    qtbot.mousePress(preview, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(preview, end)
    qtbot.mouseRelease(preview, Qt.MouseButton.LeftButton, pos=end)
    assert stages.divider == pytest.approx(0.9, abs=0.01)
    assert red_at(0.7) == RED["base"]
    assert done.session.player.playing == playing, "dragging the divider is no click on the picture"
    qtbot.keyClick(done.window.timeline_panel.timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert stages.divider == pytest.approx(0.85, abs=0.01)
    qtbot.keyClick(done.window.timeline_panel.timeline, Qt.Key.Key_2)
    assert stages.before == "sr1"
    qtbot.keyClick(done.window.timeline_panel.timeline, Qt.Key.Key_W)
    assert not stages.comparing


@pytest.fixture
def undecoded(qtbot: QtBot, studio: Studio) -> Studio:
    """A clip that is done, of which nobody looked at the stages before the last."""
    studio.engine.script = last_stage_decoded
    start(studio)
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    hold(studio)
    studio.window.timeline_panel.timeline.setFocus()
    return studio


def test_a_look_back_has_the_stage_decoded(qtbot: QtBot, undecoded: Studio) -> None:
    preview, current, engine = undecoded.window.viewer.preview, undecoded.session.current_clip, undecoded.engine
    assert (current.whole, current.sampled, engine.looks) == (("sr2",), STAGES, [])
    qtbot.keyClick(undecoded.window.timeline_panel.timeline, Qt.Key.Key_1)
    assert current.looking == "base"
    qtbot.waitUntil(lambda: shown(preview).red() == RED["base"])
    assert engine.looks == [(engine.jobs[-1], "base")]
    for key, red in ((Qt.Key.Key_3, "sr2"), (Qt.Key.Key_1, "base")):
        qtbot.keyClick(undecoded.window.timeline_panel.timeline, key)
        assert shown(preview).red() == RED[red]
    assert len(engine.looks) == 1, "what is decoded is kept"


def test_comparing_has_the_first_stage_decoded(qtbot: QtBot, undecoded: Studio) -> None:
    current = undecoded.session.current_clip
    qtbot.keyClick(undecoded.window.timeline_panel.timeline, Qt.Key.Key_W)
    assert (current.comparing, current.before) == (True, "base")
    qtbot.waitUntil(lambda: current.frame_before is not None)
    assert [stage for _, stage in undecoded.engine.looks] == ["base"]


def sketch_only(job: str, request: ClipRequest) -> Iterator[Event]:
    yield JobStarted(job)
    yield from play_stage(job, "base")
    yield JobDone(job, clip_of("base", request))


def open_from_library(qtbot: QtBot, studio: Studio, record: ClipRecord) -> None:
    with qtbot.waitSignal(studio.session.current_clip.changed):
        studio.session.open_clip(record)
    hold(studio)


def test_a_clip_of_the_library_shows_its_own_stages(qtbot: QtBot, done: Studio) -> None:
    """Not those of the clip that was made last."""
    session, bar, line = done.session, done.window.status.stages, done.window.status.line
    qtbot.waitUntil(lambda: len(session.library.clips) == 1)
    session.edit(upto="base")
    done.engine.script = sketch_only
    with qtbot.waitSignal(session.library.kept):
        start(done)
    sketch, whole = session.library.clips  # the newest first
    assert [stage.run.name for stage in bar.shown] == ["base"]
    open_from_library(qtbot, done, whole)
    assert [(stage.run.name, stage.run.seconds) for stage in bar.shown] == [(name, None) for name in STAGES]
    assert [stage.side for stage in bar.shown] == ["", "", "112 × 64"]
    assert [stage.there for stage in bar.shown] == [False, False, True]
    assert not done.window.actions_["look_base"].isEnabled()
    assert "made in 8.0 s" in line.text()
    assert "1  Sketch not kept" in bar.accessibleDescription()
    qtbot.mouseMove(bar, bar.segments()[0].center().toPoint())
    qtbot.waitUntil(lambda: "Only the finished clip" in bar.toolTip())
    open_from_library(qtbot, done, sketch)
    assert [stage.side for stage in bar.shown] == ["28 × 16"]
    done.window.actions_["watch"].trigger()
    assert [stage.side for stage in bar.shown] == ["28 × 16  ·  2.0 s"]


@pytest.mark.parametrize("hears_last", ["the film", "the clip"])
def test_the_film_s_parts_say_what_they_are(qtbot: QtBot, done: Studio, hears_last: str) -> None:
    """A clip from the library that was continued is not what is on show afterwards, in whatever order it is told."""
    session, bar, line = done.session, done.window.status.stages, done.window.status.line
    last = session.film_generator._on_kept if hears_last == "the film" else session.current_clip._job_frames._on_kept
    session.library.kept.disconnect(last)
    session.library.kept.connect(last)
    qtbot.waitUntil(lambda: len(session.library.clips) == 1)
    open_from_library(qtbot, done, session.library.clips[0])
    with qtbot.waitSignal(session.library.kept):
        qtbot.mouseClick(done.window.timeline_panel.plus, Qt.MouseButton.LeftButton)
    session.player.pause()
    assert line.text().startswith("Done in 8.0 s")
    assert "3.9 s" in bar.shown[-1].side
    assert not any(stage.there for stage in bar.shown)
    session.player.seek(0)
    assert line.text().startswith("Part 1 of 2 of the film")
    assert [stage.side for stage in bar.shown] == ["", "", "112 × 64"]
    done.window.actions_["show_clip"].trigger()
    assert line.text().startswith("From the library")


def test_actual_size_and_back(qtbot: QtBot, done: Studio) -> None:
    preview = done.window.viewer.preview
    fitted = preview.frame_rect()
    qtbot.keyClick(done.window.timeline_panel.timeline, Qt.Key.Key_Z)
    width, height = SIZES["sr2"]
    ratio = preview.devicePixelRatioF()
    assert preview.frame_rect().size().toTuple() == (width / ratio, height / ratio)
    qtbot.keyClick(done.window.timeline_panel.timeline, Qt.Key.Key_Z)
    assert preview.frame_rect() == fitted


def test_the_full_screen_goes_with_its_window(qtbot: QtBot, done: Studio) -> None:
    done.window.actions_["full_screen"].trigger()
    [full] = done.window.findChildren(FullScreen)
    assert full.isVisible()
    with qtbot.waitSignal(full.destroyed):
        done.window.leave()
    assert done.window.findChildren(FullScreen) == []


def test_full_screen_and_back(qtbot: QtBot, done: Studio) -> None:
    done.window.actions_["full_screen"].trigger()
    [alone] = done.window.findChildren(FullScreen)
    assert alone.isFullScreen()
    assert shown(alone.preview).red() == RED["sr2"]
    position = done.session.player.position
    qtbot.keyClick(alone, Qt.Key.Key_Right)
    assert done.session.player.position == position + 1
    with qtbot.waitSignal(alone.destroyed):
        qtbot.keyClick(alone, Qt.Key.Key_Escape)


def test_another_clip_forgets_the_stages_of_the_last(qtbot: QtBot, done: Studio) -> None:
    done.session.current_clip.look("base")
    start(done)
    qtbot.waitUntil(lambda: isinstance(done.session.state, Done))
    assert done.session.current_clip.looking is None
    assert done.session.current_clip.whole == STAGES


def test_a_click_on_the_picture_takes_the_focus_from_the_field_that_was_used(qtbot: QtBot, done: Studio) -> None:
    length, preview = done.window.composer.length, done.window.viewer.preview
    done.window.activateWindow()
    length.setFocus()
    before = length.currentIndex()
    qtbot.mouseClick(preview, Qt.MouseButton.LeftButton, pos=preview.frame_rect().center().toPoint())
    assert preview.hasFocus()
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, Qt.Key.Key_3)
    assert length.currentIndex() == before
