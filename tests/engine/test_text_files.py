"""Captions by any editor, and what a folder of data holds."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest

from engine.media.file_types import VIDEO, files_below
from engine.media.images import write_png
from engine.runtime.text_file import decode, read_lines
from engine.training.data.footage.sources import find_footage
from engine.training.data.photos import Photos
from engine.training.finetuning.dataset import find_examples

FOX = "un renard à la plage"


@pytest.mark.parametrize(
    "data",
    [FOX.encode(), f"{FOX}\r\n".encode("utf-8-sig"), FOX.encode("cp1252"), f"{FOX}\n".encode("utf-16"),
     b"\xfe\xff" + FOX.encode("utf-16-be"), FOX.encode("utf-32")],
    ids=["utf-8", "notepad", "old windows", "utf-16", "big-endian", "utf-32"],
)  # fmt: skip
def test_a_caption_of_any_editor_is_read(tmp_path: Path, data: bytes) -> None:
    assert decode(data).strip() == FOX
    write_png(tmp_path / "a.png", np.zeros((300, 300, 3), np.uint8))
    (tmp_path / "a.txt").write_bytes(data)
    assert find_examples(tmp_path)[0].captions == (FOX,)


def test_what_is_no_text_is_no_caption(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    assert read_lines(tmp_path / "a.txt") == ()
    assert read_lines(tmp_path / "none.txt") == ()


def test_hidden_files_are_no_data(tmp_path: Path) -> None:
    folder = tmp_path / ".lessons"  # which itself may be hidden: somebody named it
    (folder / ".trash").mkdir(parents=True)
    write_png(folder / "fox.png", np.zeros((300, 300, 3), np.uint8))
    for name in ("._fox.png", "._clip.mp4", ".trash/old.png", ".trash/old.mp4"):
        (folder / name).write_bytes(b"\0\5\26\7\0\2\0\0")
    (folder / "clip.mp4").write_bytes(b"\0")
    with tarfile.open(folder / "a.tar", "w") as archive:
        for name in ("in/._one.mp4", "in/one.mp4"):
            archive.add(folder / "clip.mp4", name)
    assert [example.file.name for example in find_examples(folder)] == ["clip.mp4", "fox.png"]
    assert [path.name for path in files_below(folder, VIDEO)] == ["clip.mp4"]
    assert [footage.name for footage in find_footage(folder)] == ["clip.mp4", "in/one.mp4"]
    assert len(Photos(folder).pictures) == 1
