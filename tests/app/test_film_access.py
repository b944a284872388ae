"""The film for screen readers: the playhead as a slider, segments as its items."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from app.film.film import Film
from tests.app.conftest import Studio
from tests.app.film_actions_by_hand import film

__all__ = ["film"]


def test_a_screen_reader_hears_and_moves_the_playhead(qtbot: QtBot, studio: Studio, film: Film) -> None:
    timeline, player = studio.window.timeline_panel.timeline, studio.session.player
    access = QAccessible.queryAccessibleInterface(timeline)
    assert access.role() == QAccessible.Role.Slider
    value = access.valueInterface()
    player.seek(18)
    assert (value.currentValue(), value.minimumValue(), value.maximumValue()) == (18, 0, 28)
    spoken = access.text(QAccessible.Text.Value)
    assert spoken.startswith("Frame 19 of 29, 00:02.250, segment 2 of 2, a horse")
    value.setCurrentValue(5)
    assert player.position == 5
    actions = access.actionInterface()
    assert "split" in actions.actionNames()
    actions.doAction("split")
    assert len(film.segments) == 3


def test_segments_are_items_with_names_values_and_focus(qtbot: QtBot, studio: Studio, film: Film) -> None:
    timeline = studio.window.timeline_panel.timeline
    access = QAccessible.queryAccessibleInterface(timeline)
    assert access.childCount() == 2
    first, second = access.child(0), access.child(1)
    assert [child.role() for child in (first, second)] == [QAccessible.Role.ListItem] * 2
    assert access.child(2) is None
    assert second.text(QAccessible.Text.Name) == "a horse"
    assert second.text(QAccessible.Text.Value) == "2 of 2, from 2.1 s, 1.5 s long"
    assert second.parent().object() is timeline
    assert access.indexOfChild(second) == 1
    middle = second.rect().center()
    assert timeline.rect().contains(timeline.mapFromGlobal(middle))
    assert access.childAt(middle.x(), middle.y()) is second
    assert not first.rect().intersects(second.rect())
    actions = second.actionInterface()
    actions.doAction(actions.actionNames()[0])
    assert film.selected == film.segments[1]
    assert studio.session.player.position == 17
    assert second.state().selected  # pyright: ignore
    assert second.state().focused  # pyright: ignore
    assert not first.state().selected  # pyright: ignore
    assert access.focusChild() is second
    studio.window.actions_["delete_segment"].trigger()
    assert (access.childCount(), second.isValid()) == (1, False)
    assert second.text(QAccessible.Text.Name) == ""
    studio.window.actions_["undo"].trigger()
    assert second.isValid()


def test_screen_readers_are_told_of_segments(studio: Studio, film: Film) -> None:
    """With a screen reader there, as Qt sees it; what it is told must not bring the window down."""
    QAccessible.setActive(True)
    try:
        timeline = studio.window.timeline_panel.timeline
        timeline.setFocus()
        access = QAccessible.queryAccessibleInterface(timeline)
        for frame in (3, 9, 20):
            studio.session.player.seek(frame)
            studio.window.actions_["split"].trigger()
            film.select(film.segments[-1].id)
            for number in range(access.childCount()):
                assert QAccessible.uniqueId(access.child(number)) > 0
        assert access.childCount() == 5
        assert timeline._told == (5, 4)
        film.history.undo()
        assert timeline._told[0] == 4
    finally:
        QAccessible.setActive(False)
