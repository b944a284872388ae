"""The library where the world refuses: a file that cannot be written, a full disk, another window at the same time."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from app.library.files import LibraryPaths
from app.library.store import Store
from engine.api.errors import WaltError
from engine.media.reading import read_clip
from tests.app.fake_engine import clip_of
from tests.app.test_store import job, request

from .faults import EXPORT_FAULTS, each_operation

ROOT = Path(__file__).parents[2]
CLIPS = 6


@pytest.fixture
def places(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "data", tmp_path / "cache")


def opened(places: LibraryPaths) -> Store:
    store = Store(places)
    store.open()
    return store


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", EXPORT_FAULTS)
def test_a_clip_is_in_the_library_whole_or_its_job_can_be_tried_again(
    places: LibraryPaths, fault: str, lasts: bool
) -> None:
    names = (f"job {number}" for number in count())
    clip, asked = clip_of("base", request()), [""]
    with opening(places) as stores:

        def keep() -> None:
            store, asked[0] = stores[0], next(names)
            store.add_jobs([job(asked[0])])
            store.set_state(asked[0], "running")
            store.keep(clip, asked[0], "done")

        for fuse, raised in each_operation(fault, keep, lasts=lasts):
            assert raised is None or isinstance(raised, WaltError | MemoryError), (fuse.blown, raised)
            stores[0].close()
            stores[0] = Store(places)
            found = stores[0].open()
            states = {known.id: (known.state, known.clip) for known in found.jobs}
            kept = [known.id for known in found.clips]
            state, kept_as = states[asked[0]]
            assert (state, kept_as in kept) in (("done", True), ("interrupted", False)), fuse.blown
            assert (raised is None) == (state == "done"), fuse.blown
            assert {path.name for path in places.clips.iterdir()} == {known.file for known in found.clips}
            assert all(len(read_clip(places.clips / known.file).frames) == 17 for known in found.clips)


class opening:
    """A store that is open, in a list so that it can be put in the place of another; the last one is closed."""

    def __init__(self, places: LibraryPaths) -> None:
        self.stores = [opened(places)]

    def __enter__(self) -> list[Store]:
        return self.stores

    def __exit__(self, *_: object) -> None:
        self.stores[0].close()


def test_a_disk_that_is_full_at_any_page_of_the_database_loses_nothing(places: LibraryPaths) -> None:
    store = opened(places)
    store.add_jobs([job("old")])
    refused: list[str] = []
    for room in count():
        asked = [job(f"{room} {number} {'x' * 400}") for number in range(12)]
        (pages,) = store._db().execute("PRAGMA page_count").fetchone()
        store._db().execute(f"PRAGMA max_page_count = {pages + room}")
        try:
            store.add_jobs(asked)
            break
        except WaltError as error:
            refused.append(error.code)
        store.close()
        store = opened(places)
        assert [known.id for known in store._jobs()] == ["old"]
        assert store._db().execute("PRAGMA quick_check").fetchone()[0] == "ok"
    assert len(refused) > 2
    assert set(refused) == {"library-not-written"}
    assert [known.id for known in store._jobs()] == ["old", *(one.id for one in asked)]
    store.close()


OTHER = """
import sys
from pathlib import Path
from app.library.files import LibraryPaths
from app.library.store import Store
from tests.app.fake_engine import clip_of
from tests.app.test_store import request
store = Store(LibraryPaths(Path(sys.argv[1]), Path(sys.argv[2])))
print(store.open().owns_lock, flush=True)
while True:
    print(store.keep(clip_of("base", request("of the other")), None, "done").id, flush=True)
"""


def lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        if line.endswith("\n"):
            yield line.strip()


def test_two_windows_write_to_one_library_at_once_and_one_of_them_is_killed(places: LibraryPaths) -> None:
    store = opened(places)
    command = [sys.executable, "-c", OTHER, str(places.data), str(places.cache)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True) as other:
        said = lines(other)
        assert next(said) == "False", "the second window has the queue too"
        mine, theirs = set[str](), set[str]()
        for number in range(CLIPS):
            store.add_jobs([job(str(number))])
            store.set_state(str(number), "running")
            mine.add(store.keep(clip_of("base", request("of this one")), str(number), "done").id)
            theirs.add(next(said))
        other.kill()
        theirs |= set(said)
    store.close()
    store = Store(places)
    found = store.open()
    added = store.add_files(store.unknown_files())
    assert len(added) <= 1  # a clip whose file was whole when the other died, and not yet recorded
    assert {clip.id for clip in found.clips} >= mine | theirs
    assert {known.id: known.state for known in found.jobs} == {str(number): "done" for number in range(CLIPS)}
    assert not list(places.clips.glob(".*"))
    store.close()
    with closing(sqlite3.connect(places.database)) as database:
        assert database.execute("PRAGMA quick_check").fetchall() == [("ok",)]
