"""What hands do to a film: make a clip, continue it, drag on the timeline."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.film.film import Film
from app.film.timeline import Timeline
from tests.app.conftest import Studio

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def make_clip(qtbot: QtBot, studio: Studio, prompt: str = "a horse") -> None:
    """A clip, made and in the library."""
    studio.session.edit(prompt=prompt)
    with qtbot.waitSignal(studio.session.library.kept):
        studio.session.generate()
    studio.session.player.pause()
    studio.window.timeline_panel.timeline.setFocus()


def continue_(qtbot: QtBot, studio: Studio) -> None:
    with qtbot.waitSignal(studio.session.library.kept):
        qtbot.mouseClick(studio.window.timeline_panel.plus, LEFT)
    studio.session.player.pause()
    studio.window.timeline_panel.timeline.setFocus()


def shape(film: Film) -> list[tuple[int, int]]:
    return [(segment.start, segment.stop) for segment in film.segments]


@pytest.fixture
def timeline(studio: Studio) -> Timeline:
    return studio.window.timeline_panel.timeline


@pytest.fixture
def film(qtbot: QtBot, studio: Studio) -> Film:
    """A film of a clip and what comes after it."""
    make_clip(qtbot, studio)
    continue_(qtbot, studio)
    return studio.session.film_generator.film


def drag(qtbot: QtBot, timeline: Timeline, start: QPointF, end: QPointF) -> None:
    qtbot.mousePress(timeline, LEFT, pos=start.toPoint())
    for step in range(1, 5):
        qtbot.mouseMove(timeline, (start + (end - start) * step / 4).toPoint())
    qtbot.mouseRelease(timeline, LEFT, pos=end.toPoint())


def first_frame(studio: Studio) -> object:
    frame = studio.session.monitor.frame(0)
    assert frame is not None
    return frame
