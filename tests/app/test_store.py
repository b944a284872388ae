"""The store on real files: what it keeps, what it finds after a crash, what it does with a damaged database."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from app.library.database import MAJOR, SCALE, open_database
from app.library.files import LibraryPaths, read_strip, strip_places
from app.library.records import Job, State, read_request, readable
from app.library.store import Opened, Store
from engine.api.errors import UsageError, WaltError
from engine.api.request import ClipRequest
from engine.runtime.files import part_name
from tests.app.fake_engine import clip_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def places(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "data", tmp_path / "cache")


def request(prompt: str = "a horse on the beach", **values: object) -> ClipRequest:
    return ClipRequest.parse(prompt=prompt, **values)


def job(name: str, state: State = "queued", **values: object) -> Job:
    asked = request(f"prompt of {name}", **values)
    return Job(name, state, asked, asked.prompt, asked.seed, 1.0)


def reopened(store: Store) -> Opened:
    """What the next start finds; nothing was closed in order."""
    assert store._lock is not None
    store._lock.unlock()
    return Store(store.places).open()


def test_an_empty_library_opens(places: LibraryPaths) -> None:
    opened = Store(places).open()
    assert opened == Opened((), ())
    assert places.database.is_file()


def test_a_clip_is_kept_with_its_job_and_found_again(places: LibraryPaths) -> None:
    store = Store(places)
    store.open()
    store.add_jobs([job("one")])
    store.set_state("one", "running")
    record = store.keep(clip_of("sr2", request(seed=7)), "one", "done")
    assert (places.clips / record.file).is_file()
    assert record.file.startswith("a-horse-on-the-beach-7-")
    assert record.bytes > 0
    opened = reopened(store)
    assert opened.clips == (record,)
    (ended,) = opened.jobs
    assert (ended.state, ended.clip) == ("done", record.id)
    assert record.request == request(seed=7)


def test_order_and_states_are_kept(places: LibraryPaths) -> None:
    store = Store(places)
    store.open()
    store.add_jobs([job("one"), job("two"), job("three")])
    store.set_order(["three", "one", "two"])
    store.set_state("one", "failed", WaltError("out-of-memory", "Not enough memory.", "Close programs."))
    opened = reopened(store)
    assert [(found.id, found.state) for found in opened.jobs] == [
        ("three", "queued"), ("two", "queued"), ("one", "failed"),
    ]  # fmt: skip
    assert opened.jobs[-1].message == "Not enough memory."


def test_a_still_is_copied_once_and_dropped_when_nothing_needs_it(places: LibraryPaths, tmp_path: Path) -> None:
    picture = tmp_path / "holiday.png"
    QImage(8, 8, QImage.Format.Format_RGB32).save(str(picture))
    store = Store(places)
    store.open()
    first, second = store.add_jobs([job("one", image=str(picture)), job("two", image=str(picture))])
    picture.unlink()
    assert isinstance(first.request, ClipRequest)
    assert isinstance(second.request, ClipRequest)
    kept = first.request.image
    assert kept is not None
    assert kept == second.request.image
    assert Path(kept).parent == places.stills
    reopened(store)
    assert Path(kept).is_file()
    store.remove_jobs(["one", "two"])
    reopened(store)
    assert not Path(kept).exists()


CRASH = """
import os, signal, sys
from pathlib import Path
from app.library.files import LibraryPaths
from app.library.store import Store
from tests.app.fake_engine import clip_of
from tests.app.test_store import job, request
places = LibraryPaths(Path(sys.argv[1]), Path(sys.argv[2]))
store = Store(places)
store.open()
store.add_jobs([job(name) for name in ("done", "running", "next", "last")])
store.set_state("done", "running")
store.keep(clip_of("sr2", request()), "done", "done")
store.set_state("running", "running")
(places.clips / ".half.mp4.0123.part").write_bytes(b"half")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_after_kill_9_nothing_is_lost_and_nothing_starts(places: LibraryPaths) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(places.data), str(places.cache)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    opened = Store(places).open()
    assert opened.owns_lock
    assert [clip.prompt for clip in opened.clips] == ["a horse on the beach"]
    states = {found.id: found.state for found in opened.jobs}
    assert states == {"done": "done", "running": "interrupted", "next": "queued", "last": "queued"}
    assert [found.id for found in opened.jobs[:2]] == ["next", "last"]
    assert list(places.clips.glob(".*")) == []


def test_a_clip_whose_record_was_not_written_any_more_is_taken_in(places: LibraryPaths) -> None:
    store = Store(places)
    store.open()
    record = store.keep(clip_of("sr1", request(seed=3)), None, "cancelled")
    with sqlite3.connect(places.database) as db:
        db.execute("DELETE FROM clips")
    assert reopened(store).clips == ()
    again = store.add_files(store.unknown_files())
    assert again == (record,)
    assert not again[0].complete
    assert store.unknown_files() == ()


@pytest.mark.parametrize("damage", ["no database", "overwritten page"])
def test_a_damaged_database_is_kept_aside_and_the_clips_come_back(places: LibraryPaths, damage: str) -> None:
    store = Store(places)
    store.open()
    records = {store.keep(clip_of("sr2", request(seed=seed)), None, "done") for seed in range(3)}
    store.close()
    if damage == "no database":
        places.database.write_bytes(b"this is not a database" * 100)
    else:
        with places.database.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 4096)
    opened = store.open()
    assert opened.aside is not None
    assert opened.aside.is_file()
    found = {*opened.clips, *store.add_files(store.unknown_files())}
    assert found == records
    assert store.open().aside is None


def test_what_can_be_read_of_a_damaged_database_is_carried_over(places: LibraryPaths) -> None:
    store = Store(places)
    store.open()
    record = store.keep(clip_of("sr2", request()), None, "done")
    store.set_favourite([record.id], True)
    store.add_jobs([job("one"), job("two")])
    store.close()
    with sqlite3.connect(places.database) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'jobs_by_state'").fetchone()
    with places.database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    opened = store.open()
    assert opened.aside is not None
    assert [clip.favourite for clip in opened.clips] == [True]
    assert [found.id for found in opened.jobs] == ["one", "two"]


def test_an_older_library_is_brought_up_to_date_with_all_that_is_in_it(places: LibraryPaths) -> None:
    store = Store(places)
    store.open()
    kept = store.keep(clip_of("sr1", request()), None, "done")
    store.add_jobs([job("one")])
    store.close()
    with closing(sqlite3.connect(places.database)) as db:  # as the first version left it
        (newest,) = db.execute("PRAGMA user_version").fetchone()
        db.execute("DROP INDEX clips_by_time")
        db.execute(f"PRAGMA user_version = {MAJOR * SCALE + 1}")
    opened = Store(places).open()
    assert (opened.clips, [found.id for found in opened.jobs], opened.aside) == ((kept,), ["one"], None)
    with closing(sqlite3.connect(places.database)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (newest,)
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'clips_by_time'").fetchone() == (1,)


def test_a_newer_library_is_left_alone(places: LibraryPaths) -> None:
    open_database(places.database)[0].close()
    with sqlite3.connect(places.database) as db:
        db.execute(f"PRAGMA user_version = {(MAJOR + 1) * 1000}")
    before = places.database.read_bytes()
    with pytest.raises(WaltError) as caught:
        Store(places).open()
    assert caught.value.code == "library-too-new"
    assert places.database.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file is in the way")
    with pytest.raises(WaltError) as caught:
        Store(LibraryPaths(tmp_path / "data", tmp_path / "cache")).open()
    assert caught.value.code == "library-not-opened"


def test_pictures_that_a_killed_window_made_are_swept_and_those_of_a_living_one_stay(places: LibraryPaths) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    living = part_name(places.cache / "stills")
    dead = living.with_name(living.name.replace(f"-{os.getpid()}-", f"-{gone.pid}-"))
    for folder in (living, dead):
        folder.mkdir(parents=True)
        (folder / "pasted-1.png").write_bytes(b"private")
    Store(places).open()
    assert [path.name for path in places.cache.iterdir() if path.name.startswith(".")] == [living.name]


def test_a_second_window_takes_no_job_and_sweeps_nothing(places: LibraryPaths) -> None:
    first, second = Store(places), Store(places)
    first.open()
    first.add_jobs([job("one")])
    first.set_state("one", "running")
    part = places.clips / ".clip.mp4.0123.part"
    part.write_bytes(b"being written")
    opened = second.open()
    assert not opened.owns_lock
    assert opened.jobs == ()
    assert part.exists()
    second.keep(clip_of("base", request()), None, "done")
    first.set_state("one", "done")
    second.close()
    states = [found.state for found in reopened(first).jobs]
    assert states == ["done"]


def test_a_clip_goes_to_the_trash_and_comes_back(places: LibraryPaths) -> None:
    Path(os.environ["XDG_DATA_HOME"]).mkdir(parents=True, exist_ok=True)
    store = Store(places)
    store.open()
    store.add_jobs([job("one")])
    record = store.keep(clip_of("sr2", request()), "one", "done")
    whole = (places.clips / record.file).read_bytes()
    assert store.trash([record]) == (record,)
    assert not (places.clips / record.file).exists()
    assert store.restore([record]) == (record,)
    assert (places.clips / record.file).read_bytes() == whole
    opened = reopened(store)
    assert opened.clips == (record,)
    assert opened.jobs[0].clip == record.id


def test_a_clip_that_left_the_trash_cannot_come_back(places: LibraryPaths) -> None:
    trash = Path(os.environ["XDG_DATA_HOME"])
    trash.mkdir(parents=True, exist_ok=True)
    store = Store(places)
    store.open()
    record = store.keep(clip_of("base", request()), None, "done")
    store.trash([record])
    for file in trash.rglob("*.mp4"):
        file.unlink()
    with pytest.raises(WaltError) as caught:
        store.restore([record])
    assert caught.value.code == "trash-emptied"
    assert reopened(store).clips == ()


def test_the_strip_is_made_again_when_the_cache_is_gone(places: LibraryPaths) -> None:
    store = Store(places)
    store.open()
    record = store.keep(clip_of("sr2", request()), None, "done")
    strip = read_strip(places, record)
    places.strip(record.id).unlink()
    again = read_strip(places, record)
    assert strip.size() == again.size()
    assert strip.width() == 112 * len(strip_places(17))
    assert places.strip(record.id).is_file()


def test_the_file_shares_no_folder_of_whoever_made_it(places: LibraryPaths, tmp_path: Path) -> None:
    from engine.media.reading import read_metadata

    store = Store(places)
    store.open()
    record = store.keep(clip_of("base", request(image=str(tmp_path / "me.png"))), None, "done")
    metadata = read_metadata(places.clips / record.file)
    assert str(tmp_path) not in json.dumps(metadata)


def test_settings_nobody_can_read_are_kept_and_refused_in_plain_words() -> None:
    for text in ("", "[]", "{", '{"prompt": ""}', '{"prompt": "a", "unheard": 1}'):
        request = read_request(text)
        assert request.to_json() == text
        with pytest.raises(UsageError):
            readable(request)
