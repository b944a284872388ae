"""Writing worlds to a folder, directly and by the command."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import pytest

from engine.api.errors import UsageError, WaltError
from engine.cli.main import main
from engine.media.reading import read_clip, read_metadata
from engine.worlds.dataset.heldout import is_heldout
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.dataset.writer import WorldsJob, captions_of, write_worlds
from engine.worlds.spec import WorldSpec


def job(out: Path, **changes: object) -> WorldsJob:
    values = {"count": 2, "height": 32, "width": 48, "seed": 5, "frames": 5, "samples": 1, **changes}
    return WorldsJob(out, **values)  # type: ignore[arg-type]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_each_clip_has_a_video_two_captions_and_its_truth(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    specs = write_worlds(job(tmp_path), workers=1, on_clip=lambda done, count: seen.append((done, count)))
    assert specs == [sample_spec(5), sample_spec(6)]
    assert seen == [(1, 2), (2, 2)]
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {f"clip_00000{i}.{kind}" for i in (0, 1) for kind in ("json", "mp4", "txt")}
    clip = read_clip(tmp_path / "clip_000001.mp4")
    assert clip.frames.shape == (5, 32, 48, 3)
    assert clip.fps == 8
    truth = json.loads((tmp_path / "clip_000001.json").read_text(encoding="utf-8"))
    assert WorldSpec(**truth["spec"]) == specs[1]
    assert truth["heldout"] is False
    captions = captions_of(specs[1], ("en", "fr"))
    assert truth["captions"] == captions
    lines = (tmp_path / "clip_000001.txt").read_text(encoding="utf-8").splitlines()
    assert lines == [captions["en"], captions["fr"]]
    assert read_metadata(tmp_path / "clip_000001.mp4")["title"] == captions["en"]


@pytest.mark.slow
def test_two_processes_write_the_same_files_as_one(tmp_path: Path) -> None:
    write_worlds(job(tmp_path / "one"), sheet=True, workers=1)
    write_worlds(job(tmp_path / "two"), sheet=True, workers=2)
    one = digests(tmp_path / "one")
    assert one == digests(tmp_path / "two")
    assert len(one) == 7


def test_the_sheet_shows_five_frames_of_each_clip(tmp_path: Path) -> None:
    write_worlds(job(tmp_path), sheet=True, workers=1)
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet.shape[1] == 5 * 48
    assert sheet.shape[0] > 2 * 32
    assert sheet.std() > 5


def test_held_out_clips_are_only_drawn_when_asked_for(tmp_path: Path) -> None:
    specs = write_worlds(job(tmp_path, count=1, frames=1, heldout=True), workers=1)
    assert is_heldout(specs[0])
    assert json.loads((tmp_path / "clip_000000.json").read_text())["heldout"] is True


WISHES = [
    {"height": 30}, {"width": 4096}, {"frames": 16}, {"frames": 0},
    {"count": 0}, {"seed": -1}, {"samples": 0},
]


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_impossible_wishes_are_refused_at_once(tmp_path: Path, wish: dict[str, int]) -> None:
    with pytest.raises(UsageError) as caught:
        write_worlds(job(tmp_path / "out", **wish))
    assert caught.value.code == "bad-worlds-job"
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_folders_place_is_one_plain_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(WaltError) as caught:
        write_worlds(job(tmp_path / "taken"))
    assert caught.value.code == "output-not-writable"
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.slow
def test_an_error_in_a_worker_process_arrives_whole(tmp_path: Path) -> None:
    (tmp_path / "clip_000001.mp4").mkdir()
    with pytest.raises(WaltError) as caught:
        write_worlds(job(tmp_path, frames=1), workers=2)
    assert caught.value.code == "output-not-writable"
    assert caught.value.hint


def test_the_command_renders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = "worlds render --count 1 --size 32x48 --seed 3 --frames 1 --samples 1 --workers 1 --sheet"
    assert main([*words.split(), "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("1 clip")
    assert {path.name for path in tmp_path.iterdir()} == {
        "clip_000000.json", "clip_000000.mp4", "clip_000000.txt", "sheet.png",
    }


@pytest.mark.parametrize("words", ["", "render", "render --out x --size 128", "render --out x --size 30x30"])
def test_the_command_refuses_bad_usage(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worlds", *words.split()]) == 2
    assert capsys.readouterr().err.startswith("error[")
