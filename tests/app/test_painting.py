"""Painting only paints: what it shows was asked for before, when something else came in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.core.background_tasks import BackgroundTasks
from app.film.film import Film
from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from tests.app.conftest import Studio
from tests.app.film_actions_by_hand import film, make_clip

__all__ = ["film"]


class Reads:
    """Tasks that count."""

    def __init__(self, tasks: BackgroundTasks) -> None:
        self.tasks, self.begun = tasks, 0

    def run(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[WaltError], None]
    ) -> None:
        self.begun += 1
        self.tasks.run(work, done, failed)


def test_the_timeline_reads_what_comes_in_sight_and_nothing_to_paint(
    qtbot: QtBot, studio: Studio, film: Film
) -> None:
    timeline, generator = studio.window.timeline_panel.timeline, studio.session.film_generator
    monitor = studio.session.monitor
    reads = Reads(generator.take_frames._tasks)
    generator.take_frames._tasks = reads
    studio.session.player.seek(0)
    timeline.zoom(100, 0)
    first, second = (segment.take for segment in film.segments)
    for take in (first, second):
        generator.take_frames.forget(take)
    timeline._cache.clear()
    studio.window.grab()
    assert monitor.thumb(0) is None
    assert monitor.frame(0) is None
    assert reads.begun == 0
    timeline.set_scale(timeline.scale.scrolled(10))
    assert reads.begun == 1
    qtbot.waitUntil(lambda: monitor.thumb(0) is not None)
    assert monitor.thumb(28) is None, "what is out of sight is not read"
    studio.window.timeline_panel.scroll_bar.setValue(studio.window.timeline_panel.scroll_bar.maximum())
    qtbot.waitUntil(lambda: monitor.thumb(28) is not None)
    assert reads.begun == 2
    generator.take_frames.forget(second)
    studio.session.player.seek(20)
    qtbot.waitUntil(lambda: monitor.frame(28) is not None)
    assert reads.begun == 3
    generator.take_frames.forget(first)
    monitor.show("clip")
    assert reads.begun == 3
    monitor.show("film")
    timeline.zoom(0)
    qtbot.waitUntil(lambda: monitor.thumb(0) is not None)
    assert reads.begun == 4


def point_at(widget: QWidget, at: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def test_a_clip_of_the_library_is_shown_without_parsing_its_settings(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_clip(qtbot, studio)
    session, bar, read = studio.session, studio.window.status.stages, list[str]()
    (clip,) = session.library.clips
    with qtbot.waitSignal(session.current_clip.changed):
        session.open_clip(clip)
    session.player.pause()
    # Stored settings are read by from_json. parse is the composer's too, for its estimate, whose timer may end here.
    from_json = ClipRequest.from_json
    monkeypatch.setattr(ClipRequest, "from_json", lambda text: read.append(text) or from_json(text))
    tips: list[str] = []
    for box in bar.segments():
        bar.grab()
        point_at(bar, box.center())
        tips.append(bar.toolTip())
    bar.refresh()
    assert [tip.startswith("Only the finished clip") for tip in tips] == [True, True, False]
    with qtbot.waitSignal(session.current_clip.changed):
        session.open_clip(clip)
    assert read == []
