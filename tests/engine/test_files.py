"""Whole or not at all: what `atomic_write` leaves behind in fair weather and foul."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.api.errors import WaltError
from engine.runtime.files import atomic_write, ensure_writable, is_same_file


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_new_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "clip.json"
    with atomic_write(target) as part:
        part.write_text("new")
        assert part.parent == tmp_path
        assert part.name.startswith(".")
        assert not target.exists()
    assert target.read_text() == "new"
    assert names(tmp_path) == ["clip.json"]


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, MemoryError])
def test_a_failure_keeps_the_old_file_and_leaves_no_part(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    target = tmp_path / "clip.json"
    target.write_text("old")

    def write_and_fail() -> None:
        with atomic_write(target) as part:
            part.write_text("half")
            raise failure

    with pytest.raises(failure):
        write_and_fail()
    assert target.read_text() == "old"
    assert names(tmp_path) == ["clip.json"]


def test_no_room_left_is_told_plainly(tmp_path: Path) -> None:
    def write_to_a_full_disk() -> None:
        with atomic_write(tmp_path / "clip.json"):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(WaltError, match="not enough disk space") as caught:
        write_to_a_full_disk()
    assert caught.value.code == "output-not-writable"
    assert names(tmp_path) == []


def test_other_errors_of_the_body_pass_through(tmp_path: Path) -> None:
    def read_something_else() -> None:
        with atomic_write(tmp_path / "clip.json"):
            (tmp_path / "source").read_text()

    with pytest.raises(FileNotFoundError):
        read_something_else()
    assert names(tmp_path) == []


def test_a_part_that_is_taken_away_is_told_plainly(tmp_path: Path) -> None:
    def lose_the_part() -> None:
        with atomic_write(tmp_path / "clip.json") as part:
            part.unlink()

    with pytest.raises(WaltError) as caught:
        lose_the_part()
    assert caught.value.code == "output-not-writable"


@pytest.mark.parametrize(
    ("place", "sentence"),
    [("missing/clip.mp4", "does not exist"), ("file/clip.mp4", "is not a folder"), ("folder", "is a folder")],
)
def test_impossible_places_are_refused_early(tmp_path: Path, place: str, sentence: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(WaltError, match=sentence) as caught:
        ensure_writable(tmp_path / place)
    assert caught.value.code == "output-not-writable"
    assert names(tmp_path) == ["file", "folder"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_device_or_a_pipe_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(WaltError, match="not a regular file"):
            ensure_writable(place)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere"
)
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(WaltError, match="permission denied"):
        ensure_writable(tmp_path / "clip.mp4")
    tmp_path.chmod(0o700)


def test_a_writable_place_passes_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    ensure_writable(tmp_path / "old")
    ensure_writable(tmp_path / "new")
    assert names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_text() == "old"


def test_long_and_odd_names_work(tmp_path: Path) -> None:
    for name in ("n" * 255, "ours polaire 🐻 à l'aube.mp4", "-x %d.mp4"):
        with atomic_write(tmp_path / name) as part:
            part.write_text(name)
        assert (tmp_path / name).read_text() == name
    with pytest.raises(WaltError):
        ensure_writable(tmp_path / ("n" * 300))
    with pytest.raises(WaltError):
        ensure_writable(tmp_path / "nul\0byte")


@pytest.mark.skipif(os.name == "nt", reason="links need privileges there")
def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there" / "real")
    with atomic_write(tmp_path / "link") as part:
        part.write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there" / "real").read_text() == "new"


def test_what_a_killed_process_left_is_swept_and_work_going_on_is_not(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    target = tmp_path / "clip.mp4"
    with atomic_write(target) as part:
        dead = part.with_name(part.name.replace(f"-{os.getpid()}-", f"-{int(done.stdout)}-"))
        elsewhere = dead.with_name(re.sub(r"\.[0-9a-f]{8}-", ".00000000-", dead.name))
        users = tmp_path / ".mine.part"
        for path in (dead, elsewhere, users):
            path.write_bytes(b"half")
        ensure_writable(tmp_path / "other.mp4")
        assert sorted(names(tmp_path)) == sorted([part.name, elsewhere.name, users.name])
        part.write_bytes(b"whole")
    assert target.read_bytes() == b"whole"


def test_an_input_error_in_the_middle_of_writing_is_told_plainly(tmp_path: Path) -> None:
    def fail() -> None:
        with atomic_write(tmp_path / "clip.json"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.raises(WaltError) as caught:
        fail()
    assert caught.value.code == "output-not-writable"
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_replaced_file_keeps_its_permissions_and_a_protected_one_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "clip.json"
    target.write_text("old")
    target.chmod(0o640)
    with atomic_write(target) as part:
        part.write_text("new")
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o640)
    target.chmod(0o440)
    for write in (ensure_writable, lambda path: atomic_write(path).__enter__()):
        with pytest.raises(WaltError, match="write-protected"):
            write(target)
    assert (target.read_text(), names(tmp_path)) == ("new", ["clip.json"])


def test_paths_to_one_file_are_known_as_such(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    os.link(tmp_path / "a", tmp_path / "b")
    assert is_same_file(tmp_path / "a", f"{tmp_path}/./a")
    assert is_same_file(tmp_path / "a", tmp_path / "b")
    assert is_same_file(tmp_path / "no", f"{tmp_path}/x/../no")
    assert not is_same_file(tmp_path / "a", tmp_path / "no")
