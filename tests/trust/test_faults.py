"""Each operation fails once, in turn: nothing is lost, nothing is left over, and the next try works."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.api.errors import WaltError
from engine.api.events import JobDone, JobFailed
from engine.api.request import ClipRequest
from engine.cli.main import main
from engine.media.export import write_mp4
from engine.media.images import load_still, write_png
from engine.media.reading import read_clip
from engine.packs.install import install
from engine.packs.store import PackStore
from engine.runtime.fault_injection import fault_point
from engine.runtime.faults import internal_error
from engine.runtime.files import atomic_write
from engine.worker import Engine

from .ears import PATIENCE, Ears, End
from .faults import EXPORT_FAULTS, each_operation

NEW = np.random.default_rng(1).integers(0, 255, (3, 32, 64, 3), dtype=np.uint8)


def write_text(path: Path) -> None:
    with atomic_write(path) as part:
        fault_point("write")
        part.write_text("new")


WRITERS: dict[str, Callable[[Path], object]] = {
    "text": write_text,
    "picture": lambda path: write_png(path, NEW[0]),
    "clip": lambda path: write_mp4(path, NEW, 8, {"walt": "{}"}),
}


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", EXPORT_FAULTS)
@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_is_written_whole_or_stays_as_it_was(
    tmp_path: Path, kind: str, fault: str, lasts: bool
) -> None:
    if fault == "encoder" and kind != "clip":
        pytest.skip("only clips are encoded")
    write, target = WRITERS[kind], tmp_path / "target.mp4"
    write(tmp_path / "new")
    new = (tmp_path / "new").read_bytes()
    (tmp_path / "new").unlink()
    tried = 0

    def attempt() -> None:
        target.write_bytes(b"old")
        write(target)

    for fuse, raised in each_operation(fault, attempt, lasts=lasts):
        tried += 1
        assert names(tmp_path) == ["target.mp4"], fuse.blown
        if raised is None:  # only the folder's sync may fail unnoticed: the file is there, whole
            assert (fuse.blown, target.read_bytes()) == ("sync", new)
        else:
            whole = (b"old", new) if fuse.blown == "sync" else (b"old",)
            assert target.read_bytes() in whole, fuse.blown
            assert isinstance(raised, WaltError | MemoryError | OSError), (fuse.blown, raised)
    assert tried >= 2
    write(target)
    assert target.read_bytes() == new


@pytest.mark.parametrize("fault", ["ENOSPC", "EIO", "EACCES"])
def test_a_system_that_refuses_is_told_in_one_sentence(tmp_path: Path, fault: str) -> None:
    for fuse, raised in each_operation(fault, lambda: write_mp4(tmp_path / "a.mp4", NEW)):
        if fuse.blown in ("open", "sync", "rename") and raised is not None:
            assert isinstance(raised, WaltError), fuse.blown
            assert raised.code == "output-not-writable"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "lasts", "upto", "reached"),
    [
        ("EIO", False, "base", {"read"}),
        ("kernel", False, "base", {"text", "encode", "step", "decode"}),
        ("MemoryError", False, "sr2", {"weights", "text", "encode", "step", "decode"}),
        ("CUDA out of memory", True, "base", {"weights", "text", "encode", "step", "decode"}),
    ],
)
def test_a_job_ends_once_and_the_engine_works_on(
    store: PackStore, still: Path, fault: str, lasts: bool, upto: str, reached: set[str]
) -> None:
    """A new engine for each fault, so that loading the pack is among what fails; each then makes the clip."""
    asked = ClipRequest.parse(
        prompt="a horse", pack="tiny", frames=1, steps=1, seed=7, image=str(still), upto=upto
    )
    ears = Ears()
    ends: list[End] = []
    clips: list[End] = []

    def attempt() -> None:
        engines.append(Engine(ears, store, "cpu"))
        ends.append(ears.wait(engines[-1].submit(asked)))

    engines: list[Engine] = []
    blown: set[str] = set()
    for fuse, raised in each_operation(fault, attempt, lasts=lasts):
        assert raised is None
        blown.add(str(fuse.blown))
        end = ends[-1]
        if isinstance(end, JobDone):
            # The memory was full once: the same clip, from the same numbers.
            assert (fault, lasts) == ("MemoryError", False), fuse.blown
            clips.append(end)
        else:
            assert isinstance(end, JobFailed)
            codes = {"EIO": ("pack-damaged", "image-unreadable"), "kernel": ("internal",)}
            assert end.error.code in codes.get(fault, ("out-of-memory",)), (fuse.blown, end.details)
            clips.append(ears.wait(engines[-1].submit(asked)))
        assert engines[-1].close(PATIENCE)
    assert engines[-1].close(PATIENCE)
    whole = ends[-1]  # of the last attempt, in which nothing failed
    assert isinstance(whole, JobDone)
    for clip in clips:
        assert isinstance(clip, JobDone)
        assert np.array_equal(clip.clip.frames, whole.clip.frames)
    assert reached <= blown
    assert all(len(found) == 1 for found in ears.ends.values())
    assert "walt-engine" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["EIO", "ENOSPC", "MemoryError", "kernel", "encoder"])
def test_the_command_writes_the_clip_or_says_why_not(
    tiny: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    out = tmp_path / "horse.mp4"
    command = ["generate", "a horse", "--out", str(out), "--pack", tiny, "--device", "cpu", "--seed", "7"]
    command += ["--upto", "base", "--frames", "1", "--steps", "1"]
    status: list[int] = []

    def attempt() -> None:
        out.unlink(missing_ok=True)
        status.append(main(command))

    for fuse, raised in each_operation(fault, attempt):
        error = capsys.readouterr().err
        assert raised is None, (fuse.blown, raised)
        if status[-1] == 0:
            assert len(read_clip(out).frames) == 1
        else:
            assert status[-1] == 1
            assert error.splitlines()[-1].startswith("error["), (fuse.blown, error)
            assert names(tmp_path) == [], fuse.blown
    assert status[-1] == 0


def test_a_still_that_cannot_be_read_is_told(still: Path) -> None:
    for fault in ("EIO", "EACCES"):
        for fuse, raised in each_operation(fault, lambda: load_still(still, 32, 32)):
            assert isinstance(raised, WaltError), fuse.blown
            assert raised.code == "image-unreadable"


@pytest.mark.parametrize("fault", ["ENOSPC", "EIO"])
def test_a_pack_is_installed_whole_or_not_at_all(packs_folder: Path, tmp_path: Path, fault: str) -> None:
    root = tmp_path / "packs"

    def attempt() -> None:
        shutil.rmtree(root, ignore_errors=True)
        install(packs_folder / "tiny", root)

    for fuse, raised in each_operation(fault, attempt):
        if raised is None:  # only a folder's sync may fail unnoticed: everything is there
            assert fuse.blown == "sync"
            assert [found.name for found in PackStore([root]).installed()] == ["tiny"]
        else:
            assert isinstance(raised, WaltError), (fuse.blown, raised)
            assert names(root) == [], fuse.blown
    assert names(root) == ["tiny"]


def test_a_card_that_stopped_answering_is_told_apart() -> None:
    assert internal_error(RuntimeError("CUDA error: an illegal memory access was encountered")).code == "device-lost"
    assert internal_error(RuntimeError("shapes do not fit")).code == "internal"
