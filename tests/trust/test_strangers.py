"""Files from strangers that were made with intent, or by cameras and phones that do as they please."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.kinds.check import check_request
from engine.media.images import load_still, write_png
from engine.media.reading import iter_frames, look_at, read_clip, read_metadata
from engine.packs.load import load_pack
from engine.packs.manifest import MANIFEST, read_manifest
from engine.packs.store import PackStore
from tests.engine.test_packs import copy, edit, replace, rewrite

from .samples import pillow_pictures

__all__ = ["copy"]


def refused(code: str, body: Callable[[], object]) -> WaltError:
    with pytest.raises(WaltError) as caught:
        body()
    assert caught.value.code == code
    assert caught.value.line().isprintable()
    return caught.value


PACKS: dict[str, Callable[[Path], object]] = {
    "a name with a zero byte": lambda p: edit(
        p, lambda m: m["files"].update({"a\0b": m["files"]["card.md"]})
    ),
    "the folder above as a file": lambda p: edit(
        p, lambda m: m["files"].update({"..": m["files"]["card.md"]})
    ),
    "a drive in a name": lambda p: edit(p, lambda m: m["files"].update({"C:x": m["files"]["card.md"]})),
    "a thousand files": lambda p: edit(
        p, lambda m: m["files"].update({f"f{i}": m["files"]["card.md"] for i in range(1000)})
    ),
    "a title that clears the screen": lambda p: edit(p, lambda m: m.update(title="\x1b[2J")),
    "a licence that reads backwards": lambda p: edit(p, lambda m: m.update(licence="\u202eMIT")),
    "brackets without end": lambda p: (p / MANIFEST).write_text("[" * 100_000),
    "a header larger than its bound": lambda p: replace(
        p, "base.safetensors", (100 * 2**20).to_bytes(8, "little") + b"{}" + bytes(64)
    ),
    "a header longer than its file": lambda p: replace(
        p, "text.safetensors", (2**20).to_bytes(8, "little") + b"{}"
    ),
    "numbers of double width": lambda p: rewrite(
        p, "text.safetensors", lambda t: t.update(null=t["null"].to(torch.float64))
    ),
    "blocks that take for ever": lambda p: edit(p, lambda m: m["tokenizer"].update(blocks=[200_000, 1, 1])),
    "a width that takes all memory": lambda p: edit(
        p, lambda m: m["stages"]["base"]["transformer"].update(width=2**18, heads=2)
    ),
    "words that are numbers": lambda p: replace(
        p, "vocabulary.json", json.dumps({"words": list(range(11)), "aliases": {}, "stop_words": []}).encode()
    ),
    "words nested without end": lambda p: replace(p, "vocabulary.json", b"[" * 100_000),
}


@pytest.mark.parametrize("trick", PACKS)
def test_a_pack_with_intent_is_refused(copy: Path, trick: str) -> None:
    PACKS[trick](copy)
    error = refused("pack-damaged", lambda: load_pack(copy))
    assert error.message.count("The pack in") == 1
    assert len(error.line()) < 500


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("name", [MANIFEST, "vocabulary.json", "text.safetensors"])
def test_a_pipe_in_a_pack_is_refused_without_waiting(copy: Path, name: str) -> None:
    (copy / name).unlink()
    os.mkfifo(copy / name)
    refused("pack-damaged", lambda: load_pack(copy))
    assert PackStore([copy.parent]).installed() == [] or name != MANIFEST


@pytest.mark.parametrize("length", ["many", None, -3, [1], {}, 0.5])
def test_a_strange_length_does_not_stop_the_door(copy: Path, length: Any) -> None:
    edit(copy, lambda m: m["text"].update(length=length))
    found = PackStore([copy.parent]).find("tiny")
    assert check_request(ClipRequest.parse(prompt="a horse", pack="tiny"), found).unread == ()
    refused("pack-damaged", lambda: load_pack(copy))


def test_what_a_pack_may_say_is_still_said(copy: Path) -> None:
    edit(copy, lambda m: m.update(title="Été — “l'océan” 🐋", description="Two\nlines."))
    assert read_manifest(copy).title.endswith("🐋")


def test_half_a_memory_format_is_as_good(copy: Path) -> None:
    tensors = load_file(copy / "text.safetensors")
    save_file({key: tensor.half() for key, tensor in tensors.items()}, copy / "text.safetensors")
    replace(copy, "text.safetensors", (copy / "text.safetensors").read_bytes())
    assert load_pack(copy).text is not None


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)


def test_links_that_lead_nowhere_and_other_things_that_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    refused("image-unreadable", lambda: load_still(tmp_path / "loop", 32, 32))
    refused("clip-unreadable", lambda: read_clip(tmp_path / "loop"))
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    refused("image-not-found", lambda: load_still(tmp_path / "dangling", 32, 32))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "link").symlink_to(tmp_path / "pipe")
        refused("image-unreadable", lambda: load_still(tmp_path / "link", 32, 32))
        refused("clip-unreadable", lambda: read_clip(tmp_path / "link"))
        with socket.socket(socket.AF_UNIX) as door:
            os.chdir(tmp_path)  # the path of a socket must be short
            door.bind("socket")
            refused("image-unreadable", lambda: load_still(tmp_path / "socket", 32, 32))
            refused("clip-unreadable", lambda: read_clip(tmp_path / "socket"))
    refused("clip-unreadable", lambda: read_clip(tmp_path))


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path.cwd())  # whatever a test does, the next begins where this one did


def test_a_picture_through_a_link_opens(tmp_path: Path) -> None:
    write_png(tmp_path / "real.png", noise(16, 24))
    (tmp_path / "link.png").symlink_to(tmp_path / "real.png")
    assert load_still(tmp_path / "link.png", 24, 16).shape == (16, 24, 3)


def test_a_picture_of_a_hundred_thousand_by_one(tmp_path: Path) -> None:
    write_png(tmp_path / "long.png", np.full((1, 100_000, 3), 9, np.uint8))
    assert np.all(load_still(tmp_path / "long.png", 32, 16) == 9)


@pytest.mark.parametrize(
    "name",
    [
        "cmyk.jpg", "profile.jpg", "palette.png", "one-bit.png", "lzw.tiff", "animated.gif", "animated.webp",
        "animated.png",
    ],
)  # fmt: skip
def test_what_other_programs_write_is_the_same_picture(tmp_path: Path, name: str) -> None:
    path = tmp_path / "picture"
    path.write_bytes(pillow_pictures()[name])
    loaded = load_still(path, 24, 16).astype(int)
    with Image.open(path) as image:
        shown = np.asarray(image.convert("RGBA")).astype(int)
    expected = (shown[:, :, :3] * shown[:, :, 3:] + 128 * (255 - shown[:, :, 3:])) // 255
    assert np.abs(loaded - expected).mean() < 12


def test_a_photo_taken_on_its_side(tmp_path: Path) -> None:
    for name in ("exif.jpg", "exif.png", "exif.webp"):
        (tmp_path / name).write_bytes(pillow_pictures()[name])
        flat = cv2.imread(str(tmp_path / name), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        turned = cv2.cvtColor(np.rot90(flat, -1).copy(), cv2.COLOR_BGR2RGB)
        assert np.abs(load_still(tmp_path / name, 16, 24).astype(int) - turned).max() <= 1, name


def test_a_tiff_that_contradicts_itself_stays_under_the_bound(tmp_path: Path) -> None:
    """It has two widths and no height: whichever is believed, it may not make a giant picture."""
    data = bytearray(cv2.imencode(".tiff", noise(16, 24))[1].tobytes())
    start = int.from_bytes(data[4:8], "little")
    for at in range(start + 2, start + 2 + 12 * int.from_bytes(data[start : start + 2], "little"), 12):
        if int.from_bytes(data[at : at + 2], "little") == 257:
            data[at : at + 2] = (256).to_bytes(2, "little")
    (tmp_path / "a.tiff").write_bytes(bytes(data))
    with pytest.raises(WaltError):
        load_still(tmp_path / "a.tiff", 16, 16)


def video(
    path: Path, frames: list[np.ndarray], codec: str = "mpeg4", times: list[int] | None = None, **tags: str
) -> Path:
    with av.open(str(path), "w") as container:
        container.metadata.update(tags)
        stream = container.add_stream(codec, rate=8)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for index, rgb in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts = times[index] if times else index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_metadata_in_an_old_alphabet_is_read(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mkv", [noise(16, 32)] * 3, title="QQQQ")
    path.write_bytes(path.read_bytes().replace(b"QQQQ", b"\xe9t\xe9 "))
    assert read_metadata(path)["title"].startswith("�")
    assert len(read_clip(path).frames) == 3


def test_a_video_that_changes_size_is_told(tmp_path: Path) -> None:
    for name, side in (("a", 32), ("b", 64)):
        video(tmp_path / f"{name}.h264", [noise(side, side)] * 3, "libx264")
    both = tmp_path / "both.h264"
    both.write_bytes((tmp_path / "a.h264").read_bytes() + (tmp_path / "b.h264").read_bytes())
    assert "changes size" in refused("clip-unreadable", lambda: read_clip(both)).message
    assert all(frame.shape == (16, 16, 3) for frame in iter_frames(both, size=(16, 16)))


def test_a_raw_stream_without_times_plays_at_its_rate(tmp_path: Path) -> None:
    path = video(tmp_path / "a.h264", [np.full((16, 32, 3), 50 * i, np.uint8) for i in range(5)], "libx264")
    assert len(list(iter_frames(path))) == 5
    assert 1 <= len(list(iter_frames(path, fps=8))) <= 9


def test_a_clock_gone_mad_does_not_repeat_a_frame_for_ever(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mkv", [noise(16, 32)] * 2, "libx264", times=[0, 2**20])
    frames = iter_frames(path, fps=1000.0, size=(8, 8))
    refused("clip-unreadable", lambda: next(frames))


def test_a_video_without_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    data = video(path, [noise(16, 32)] * 3).read_bytes()
    path.write_bytes(data[: data.index(b"\x1f\x43\xb6\x75")])  # up to the first cluster
    for read in (read_clip, look_at):
        refused("clip-unreadable", lambda read=read: read(path))
