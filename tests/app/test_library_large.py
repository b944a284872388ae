"""The library when it is large, damaged, or its files are broken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.library.files import LibraryPaths
from app.library.store import Store
from app.library.thumbnails import Thumbs
from engine.api.request import ClipRequest
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import clip_of
from tests.app.test_library import make, panel_of, shown, stocked

__all__ = ["stocked"]


def test_a_damaged_database_is_told_and_the_clips_are_back(qtbot: QtBot, open_studio: OpenStudio) -> None:
    first = open_studio()
    make(qtbot, first, "a horse", "a robot")
    places = first.session.library._store.places
    with qtbot.waitSignal(first.bridge.closed):
        first.window.close()
    first.window.shut_down()
    places.database.write_bytes(b"scribbled over")
    again = open_studio()
    qtbot.waitUntil(lambda: len(again.session.library.clips) == 2)
    assert len(list(places.data.glob("*.damaged-*"))) == 1
    assert "damaged" in again.window.status.line.text()


def ten_thousand(places: LibraryPaths) -> None:
    """Ten thousand rows and (empty) files."""
    store = Store(places)
    store.open()
    record = store.keep(clip_of("base", ClipRequest.parse(prompt="a horse")), None, "done")
    with store._writing() as db:
        for number in range(10_000):
            name = f"{number:012x}"
            prompt = f"a horse number {number} on the beach at sunset"
            file = f"{name}.mp4"
            store._insert_clip(
                db, replace(record, id=name, file=file, prompt=prompt, created=float(number), bytes=8192)
            )
            (places.clips / file).touch()
    store.close()


@pytest.mark.slow
def test_ten_thousand_clips_open_search_and_scroll(
    qtbot: QtBot, open_studio: OpenStudio, tmp_path: Path
) -> None:
    ten_thousand(LibraryPaths(tmp_path / "XDG_DATA_HOME" / "walt", tmp_path / "XDG_CACHE_HOME" / "walt"))
    studio = open_studio()
    panel = panel_of(studio)
    assert panel.clips.rowCount() < 1000  # the newest are there at once, the others are read behind them
    panel._preferences.change(library_mb=1)
    assert studio.session.library.bytes > 2**20
    assert not panel.limit.isVisible()  # not before it is known which are the oldest
    panel.grid.setCurrentIndex(panel.clips.index(1, 0))
    [chosen] = panel.grid.selected()
    qtbot.waitUntil(lambda: studio.session.library.whole)
    assert panel.grid.selected() == [chosen]
    assert len(studio.session.library.clips) == 10_001
    assert panel.limit.isVisible()
    assert panel.clips.rowCount() == 10_001
    read = studio.session.library.thumbs
    panel.grid.grab()
    assert len(read._strips) + len(read._wishes) < 100  # only what is in sight is fetched
    panel.search.setText("9999 beach")
    assert shown(panel) == ["a horse number 9999 on the beach at sunset"]
    panel.search.clear()
    panel.grid.scrollToBottom()
    panel.grid.grab()
    assert panel.clips.rowCount() == 10_001


def test_thumbnails_stay_within_their_bound(qtbot: QtBot, tmp_path: Path) -> None:
    store = Store(LibraryPaths(tmp_path / "data", tmp_path / "cache"))
    store.open()
    clips = [store.keep(clip_of("sr2", ClipRequest.parse(prompt=str(n))), None, "done") for n in range(6)]
    strip = 112 * 8 * 64 * 4
    thumbs = Thumbs(store.places, budget=3 * strip)
    for clip in clips:
        if thumbs.strip(clip) is None:
            qtbot.waitSignal(thumbs.ready)
    qtbot.waitUntil(lambda: not thumbs._wishes and not thumbs._reading)
    assert thumbs.bytes <= 3 * strip
    assert sum(clip.id in thumbs._strips for clip in clips) == 3
    thumbs.close()


def test_a_broken_clip_shows_a_sign_instead_of_a_picture(qtbot: QtBot, stocked: Studio) -> None:
    library, panel = stocked.session.library, panel_of(stocked)
    clip = library.clips[0]
    library.path(clip).write_bytes(b"no video")
    library._store.places.strip(clip.id).unlink()
    library.thumbs._strips.pop(clip.id, None)
    panel.grid.grab()
    qtbot.waitUntil(lambda: clip.id in library.thumbs._strips)
    assert library.thumbs._strips[clip.id].isNull()
    panel.grid.grab()
    with qtbot.waitSignal(stocked.session.trouble):
        stocked.session.open_clip(clip)
    assert stocked.session.current_clip.library_clip is None
