"""Footage at scale: folders, tars and manifests; shots, aspects, frame rates; what is broken is counted."""

from __future__ import annotations

import io
import json
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.cli.main import main
from engine.media.export import write_mp4
from engine.training.data.footage.cutting import Cutting, cut_footage
from engine.training.data.footage.sources import Footage, find_footage
from engine.training.data.store import ClipStore


def video(path: Path, shots: list[tuple[int, int]], height: int = 32, width: int = 64, fps: int = 8) -> Path:
    """Shots of (frames, level): each a grey that grows by one level a frame."""
    grey = np.concatenate([np.arange(frames) + level for frames, level in shots]).astype(np.uint8)
    frames: NDArray[np.uint8] = np.broadcast_to(grey[:, None, None, None], (len(grey), height, width, 3)).copy()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mp4(path, frames, fps=fps, metadata={})
    return path


CUTTING = Cutting(sizes=((16, 32), (32, 16)), frames=5, fps=8.0)


def cut(footage: list[Footage], out: Path, cutting: Cutting = CUTTING, workers: int = 1):
    return cut_footage(footage, out, cutting, workers, lambda done, total: None)


def test_no_clip_spans_a_cut_and_each_aspect_has_its_folder(tmp_path: Path) -> None:
    home = tmp_path / "in"
    video(home / "a.mp4", [(7, 20), (4, 120), (11, 200)])  # 1 clip, none, 2 clips
    video(home / "tall.mp4", [(5, 50)], height=64, width=32)
    (home / "a.txt").write_text("first\n\n second \n")
    (home / "broken.mp4").write_bytes(b"no video")
    video(home / "short.mp4", [(3, 50)])
    outcome = cut(find_footage(home), tmp_path / "out")
    assert outcome.videos == 4
    assert outcome.clips == {"16x32": 3, "32x16": 1}
    assert outcome.skipped == {"clip-unreadable": 1, "no shot is long enough": 1}
    store = ClipStore(tmp_path / "out" / "16x32")
    assert store.truth[0]["captions"] == ["first", "second"]
    levels = np.array([store[i].mean((1, 2, 3)) for i in range(3)])
    assert np.abs(levels[:, 0] - [20, 200, 205]).max() < 4
    assert (np.ptp(levels, axis=1) < 8).all()
    assert ClipStore(tmp_path / "out" / "32x16")[0].shape == (5, 32, 16, 3)


def test_damaged_files_are_counted_and_the_whole_ones_beside_them_are_cut(tmp_path: Path) -> None:
    whole = video(tmp_path / "in" / "whole.mp4", [(10, 40)]).read_bytes()
    rng = np.random.default_rng(0)
    for i in range(8):
        torn = bytearray(whole[: len(whole) * (i + 1) // 9])
        (tmp_path / "in" / f"torn{i}.mp4").write_bytes(torn)
        flipped = bytearray(whole)
        for place in rng.integers(len(whole), size=4**i % 97 + 1):
            flipped[place] ^= 1 << int(rng.integers(8))
        (tmp_path / "in" / f"flipped{i}.mp4").write_bytes(flipped)
    (tmp_path / "in" / "empty.mp4").touch()
    (tmp_path / "in" / "folder.mp4").mkdir()
    outcome = cut(find_footage(tmp_path / "in"), tmp_path / "out")
    assert outcome.videos == 19
    given = {line["source"] for line in ClipStore(tmp_path / "out" / "16x32").truth}
    assert "whole.mp4" in given
    assert len(given) + sum(outcome.skipped.values()) == 19
    assert outcome.skipped["clip-unreadable"] >= 9


def test_a_tar_gives_the_same_clips_as_its_files_and_may_end_early(tmp_path: Path) -> None:
    for name, level in (("k1", 30), ("k2", 90)):
        video(tmp_path / "in" / f"{name}.mp4", [(10, level)])
    tar = tmp_path / "shard.tar"
    with tarfile.open(tar, "w") as archive:
        for name in ("k1", "k2"):
            archive.add(tmp_path / "in" / f"{name}.mp4", f"x/{name}.mp4")
            said = json.dumps({"caption": f"about {name}"}).encode()
            for extension, data in ((".json", said), (".cls", b"3")):
                info = tarfile.TarInfo(f"x/{name}{extension}")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    found = find_footage(tar)
    assert [(one.captions, one.label) for one in found] == [(("about k1",), 3), (("about k2",), 3)]
    cut(found, tmp_path / "a")
    cut(find_footage(tmp_path / "in"), tmp_path / "b")
    a, b = ClipStore(tmp_path / "a" / "16x32"), ClipStore(tmp_path / "b" / "16x32")
    assert len(a) == len(b) == 4
    assert all(np.array_equal(a[i], b[i]) for i in range(4))
    assert a.truth[0]["label"] == 3
    half = tmp_path / "half.tar"
    half.write_bytes(tar.read_bytes()[: found[1].offset + 10])
    outcome = cut(find_footage(half), tmp_path / "c")
    assert outcome.clips == {"16x32": 2}


def test_a_manifest_names_stretches_of_a_video(tmp_path: Path) -> None:
    video(tmp_path / "long.mp4", [(80, 10)], fps=16)  # five seconds
    (tmp_path / "m.csv").write_text(
        "video,caption,label,start,end\nlong.mp4,early,,0,1\nlong.mp4,late,7,3,3.7\nmissing.mp4,gone,,,\n"
    )
    found = find_footage(tmp_path / "m.csv")
    outcome = cut(found, tmp_path / "out")
    assert outcome.clips == {"16x32": 2}  # eight ticks, then six: one clip each
    assert outcome.skipped == {"clip-not-found": 1}
    store = ClipStore(tmp_path / "out" / "16x32")
    assert [line["captions"] for line in store.truth] == [["early"], ["late"]]
    assert "label" not in store.truth[0]
    assert store.truth[1]["label"] == 7
    assert abs(float(store[0][0].mean()) - 10) < 3
    assert abs(float(store[1][0].mean()) - 58) < 4  # the 48th frame
    (tmp_path / "bad.csv").write_text("file,caption\na.mp4,x\n")
    with pytest.raises(WaltError) as caught:
        find_footage(tmp_path / "bad.csv")
    assert caught.value.code == "bad-manifest"


def test_a_parquet_manifest_reads_like_the_same_rows_as_csv(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = {
        "video": ["a.mp4", "sub/b.mp4", "a.mp4"],
        "caption": ["a fox", "un renard\na fox", None],
        "label": [None, 3, None],
        "start": [None, 0.5, 2.0],
        "end": [None, 1.25, None],
    }
    parquet.write_table(arrow.table(rows), tmp_path / "m.parquet")
    (tmp_path / "m.csv").write_text(
        'video,caption,label,start,end\na.mp4,a fox,,,\nsub/b.mp4,"un renard\na fox",3,0.5,1.25\na.mp4,,,2.0,\n'
    )
    found = find_footage(tmp_path / "m.parquet")
    assert found == find_footage(tmp_path / "m.csv")
    assert found[1] == Footage(
        tmp_path / "sub/b.mp4", "sub/b.mp4", captions=("un renard", "a fox"), label=3, start=0.5, end=1.25
    )
    parquet.write_table(arrow.table({"video": ["a.mp4"], "label": ["fox"]}), tmp_path / "bad.parquet")
    with pytest.raises(WaltError) as caught:
        find_footage(tmp_path / "bad.parquet")
    assert caught.value.code == "bad-manifest"


def test_a_file_that_is_no_parquet_and_a_machine_without_pyarrow_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m.parquet").write_bytes(b"PAR1 no table PAR1")
    if find_spec("pyarrow"):
        with pytest.raises(WaltError) as caught:
            find_footage(tmp_path / "m.parquet")
        assert caught.value.code == "bad-manifest"
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(WaltError) as caught:
        find_footage(tmp_path / "m.parquet")
    assert caught.value.code == "parquet-not-installed"
    assert "walt[parquet]" in caught.value.hint


def test_cutting_goes_on_where_it_stopped_and_refuses_to_mix(tmp_path: Path) -> None:
    found = [Footage(video(tmp_path / f"{i}.mp4", [(6, 20 * i + 20)]), f"{i}") for i in range(3)]
    one = Cutting(sizes=((16, 32),), frames=5, per_video=10**9)  # a job a video
    assert one.videos_a_job == 1
    cut(found[:2], tmp_path / "out", one)
    kept = (tmp_path / "out" / "16x32" / "shard-00001.npy").stat().st_mtime_ns
    found[0].file.unlink()  # done already: not opened again
    outcome = cut(found, tmp_path / "out", one)
    assert outcome.clips == {"16x32": 3}
    assert (tmp_path / "out" / "16x32" / "shard-00001.npy").stat().st_mtime_ns == kept
    with pytest.raises(WaltError) as caught:
        cut(found, tmp_path / "out", Cutting(sizes=((16, 32),), frames=9))
    assert caught.value.code == "other-footage"


def test_classes_come_from_folders_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("Run", "Dive"):
        video(tmp_path / "ucf" / name / "v.mp4", [(5, 40)])
    out = tmp_path / "out"
    words = ["train", "footage", tmp_path / "ucf", "--out", out, "--sizes", "16x32", "--frames", "5", "--labels"]
    assert main([str(word) for word in [*words, "--workers", "1"]]) == 0
    assert "2 videos; clips: 2 of 16x32; skipped: none" in capsys.readouterr().err
    labels = {line["source"]: line["label"] for line in ClipStore(out / "16x32").truth}
    assert labels == {"Dive/v.mp4": 0, "Run/v.mp4": 1}
