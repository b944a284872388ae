"""Export: every format read back, rates and sizes, palette and loops, stopping, and nothing half-written."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.api.errors import WaltError
from engine.media import encoders
from engine.media.encoders import available_presets, opens
from engine.media.export import ExportCancelled, FrameSource, export
from engine.media.images import load_still
from engine.media.interpolation import retimed
from engine.media.presets import QUALITIES, ExportSettings, load_presets, preset_for, preset_named
from engine.media.reading import iter_frames, read_clip, read_metadata

VIDEOS = ("mp4-h264", "webm-vp9", "webm-av1", "mov-prores", "gif")
CODECS = {"mp4-h264": "h264", "webm-vp9": "vp9", "webm-av1": "av1", "mov-prores": "prores", "gif": "gif"}
NOTE = {"title": "a horse", "walt": json.dumps({"prompt": "a horse", "seed": 7})}


def moving(count: int = 9, height: int = 64, width: int = 96) -> np.ndarray:
    """(T, H, W, 3): a soft ball that rolls over a soft ground."""
    y, x = np.mgrid[:height, :width].astype(float)
    frames: list[np.ndarray] = []
    for k in range(count):
        ball = np.exp(-((x - 16 - 6 * k) ** 2 + (y - 32) ** 2) / 120)
        frames.append(np.dstack([60 + 180 * ball, 90 + 60 * np.sin(y / 20), 160 - 100 * ball + x / 4]))
    return np.stack(frames).astype(np.uint8)


def suffix(name: str) -> str:
    return preset_named(name).suffix


def write(path: Path, name: str, frames: np.ndarray | None = None, fps: int = 8, **wishes: object) -> Path:
    source = FrameSource.of(moving() if frames is None else frames, fps)
    return export(path, source, ExportSettings(preset_named(name), **wishes))  # pyright: ignore[reportArgumentType]


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("name", VIDEOS)
def test_a_video_comes_back(tmp_path: Path, name: str, quality: str) -> None:
    path = write(tmp_path / f"clip{suffix(name)}", name, quality=quality, metadata=NOTE)
    back = np.stack(list(iter_frames(path)))
    assert back.shape == (9, 64, 96, 3)
    limit = 14 if name == "gif" else 5
    assert np.abs(back.astype(int) - moving()).mean() < limit
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert CODECS[name] in stream.codec_context.codec.canonical_name
        assert float(stream.average_rate or 0) == pytest.approx(8, rel=0.05)
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("name", VIDEOS)
def test_a_clip_of_another_rate_keeps_it(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / f"clip{suffix(name)}", name, fps=16)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert float(stream.average_rate or 0) == pytest.approx(16, rel=0.05)
        assert sum(1 for _ in container.decode(stream)) == 9


def test_an_animated_webp_of_another_rate_keeps_it(tmp_path: Path) -> None:
    _, animation = cv2.imreadanimation(str(write(tmp_path / "clip.webp", "webp", fps=16)))
    assert sum(animation.durations) == pytest.approx(9 * 62.5, abs=9)


@pytest.mark.parametrize("name", VIDEOS)
def test_prompt_and_seed_travel_only_when_wished(tmp_path: Path, name: str) -> None:
    told = read_metadata(write(tmp_path / f"told{suffix(name)}", name, metadata=NOTE))
    assert {key: told[key] for key in NOTE} == NOTE
    silent = write(tmp_path / f"silent{suffix(name)}", name)
    assert not set(read_metadata(silent)) & {"walt", "title", "comment"}
    assert b"a horse" not in silent.read_bytes()


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize(("plays", "loop"), [(0, 0), (1, 1), (3, 3)])
def test_animated_webp_comes_back(tmp_path: Path, quality: str, plays: int, loop: int) -> None:
    path = write(tmp_path / "clip.webp", "webp", quality=quality, plays=plays)
    good, animation = cv2.imreadanimation(str(path))
    assert good
    assert len(animation.frames) == 9
    assert list(animation.durations) == [125] * 9
    assert animation.loop_count == loop
    back = np.stack([frame[..., 2::-1] for frame in animation.frames])
    assert np.abs(back.astype(int) - moving()).mean() < 6
    assert np.array_equal(load_still(path, 96, 64), back[0])


@pytest.mark.parametrize(("plays", "block"), [(0, b"\x03\x01\x00\x00"), (3, b"\x03\x01\x02\x00"), (1, None)])
def test_a_gif_says_how_often_it_plays(tmp_path: Path, plays: int, block: bytes | None) -> None:
    data = write(tmp_path / "clip.gif", "gif", plays=plays).read_bytes()
    assert (b"NETSCAPE2.0" in data) == (block is not None)
    if block is not None:
        assert b"NETSCAPE2.0" + block in data


def test_a_gif_chooses_its_colours_from_the_clip(tmp_path: Path) -> None:
    path = write(tmp_path / "clip.gif", "gif", quality="best")
    first = next(iter_frames(path))
    coarse = np.round(moving()[0] / 51) * 51  # the colours that browsers once had
    assert np.abs(first.astype(int) - moving()[0]).mean() < np.abs(coarse - moving()[0]).mean() / 2


def test_frames_become_a_folder_of_pictures(tmp_path: Path) -> None:
    folder = write(tmp_path / "horse", "png-frames", metadata=NOTE)
    assert names(folder) == [f"horse-{index:04}.png" for index in range(1, 10)]
    pictures = np.stack([load_still(folder / name, 96, 64) for name in names(folder)])
    assert np.array_equal(pictures, moving())
    assert b'"seed": 7' in (folder / "horse-0001.png").read_bytes()
    assert names(tmp_path) == ["horse"]
    with pytest.raises(WaltError, match="already exists"):
        write(folder, "png-frames")
    assert len(names(folder)) == 9


def test_a_still_is_one_picture_without_loss(tmp_path: Path) -> None:
    path = write(tmp_path / "still.png", "png-still", frames=moving()[4:5], times=3, metadata=NOTE)
    assert np.array_equal(load_still(path, 96, 64), moving()[4])
    assert b"iTXtwalt" in path.read_bytes()
    assert b"iTXt" not in write(tmp_path / "plain.png", "png-still").read_bytes()


@pytest.mark.parametrize("name", ["mp4-h264", "gif", "png-frames"])
def test_twice_the_size(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / f"clip{suffix(name)}", name, scale=2)
    if name == "png-frames":
        assert load_still(path / "clip-0001.png", 192, 128).shape == (128, 192, 3)
    else:
        assert next(iter_frames(path)).shape == (128, 192, 3)


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("times", [2, 3])
def test_other_rates_last_as_long(tmp_path: Path, times: int, smooth: bool) -> None:
    clip = read_clip(write(tmp_path / "clip.mp4", "mp4-h264", times=times, smooth=smooth, quality="best"))
    assert (clip.fps, len(clip.frames)) == (8 * times, 9 * times)
    assert np.abs(clip.frames[::times].astype(int) - moving()).mean() < 3, "the frames made stay in place"


def test_frames_in_between_follow_the_motion() -> None:
    every, odd = moving(17), moving(17)[::2]
    smooth = np.stack(list(retimed(odd, 2, smooth=True)))
    assert np.array_equal(smooth[::2], odd)
    assert np.array_equal(smooth[-1], odd[-1])
    estimated = np.abs(smooth[1:-1:2].astype(int) - every[1::2]).mean()
    crossfade = np.abs((odd[:-1].astype(int) + odd[1:]) / 2 - every[1::2]).mean()
    assert estimated < crossfade / 2
    assert np.array_equal(np.stack(list(retimed(odd, 3, smooth=False))), np.repeat(odd, 3, axis=0))


def test_a_cut_stays_a_cut() -> None:
    black, white = np.zeros((32, 32, 3), np.uint8), np.full((32, 32, 3), 255, np.uint8)
    values = [int(frame.mean()) for frame in retimed([black, white], 3, smooth=True)]
    assert set(values) == {0, 255}
    assert list(retimed([], 3, smooth=True)) == []
    assert len(list(retimed([black], 3, smooth=True))) == 3


@pytest.mark.parametrize("name", [preset.name for preset in load_presets()])
def test_stopping_at_every_frame_leaves_the_old_file_and_no_part(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"clip{suffix(name)}"
    if suffix(name):
        path.write_bytes(b"old")
    before, footage, at = names(tmp_path), FrameSource.of(moving(), 8), 0
    while True:
        at += 1
        asked = count(1)
        try:
            export(
                path,
                footage,
                ExportSettings(preset_named(name)),
                cancelled=lambda at=at, asked=asked: next(asked) >= at,
            )
        except ExportCancelled:
            assert names(tmp_path) == before
            assert not before or path.read_bytes() == b"old"
        else:
            break
    assert at > (1 if name == "png-still" else footage.total)
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("name", ["mp4-h264", "gif", "webp", "png-frames"])
def test_progress_counts_every_frame(tmp_path: Path, name: str) -> None:
    told: list[tuple[int, int]] = []
    wish = ExportSettings(preset_named(name), times=2)
    export(tmp_path / f"c{suffix(name)}", FrameSource.of(moving(), 8), wish, lambda *at: told.append(at))
    assert told == [(index, 18) for index in range(1, 19)]


@pytest.mark.parametrize("name", [*VIDEOS, "webp"])
@pytest.mark.parametrize("count", [1, 5])
def test_a_picture_that_stands_still_can_be_exported(tmp_path: Path, name: str, count: int) -> None:
    assert write(tmp_path / f"c{suffix(name)}", name, np.repeat(moving(1), count, axis=0)).stat().st_size


def test_an_error_while_reading_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> object:
        yield moving()[0]
        raise WaltError("clip-unreadable", "The clip is gone.")

    for name in ("mp4-h264", "gif", "png-frames"):
        footage = FrameSource(9, (96, 64), broken, 8)  # pyright: ignore[reportArgumentType]
        with pytest.raises(WaltError, match="gone"):
            export(tmp_path / f"c{suffix(name)}", footage, ExportSettings(preset_named(name)))
    short = FrameSource(9, (96, 64), lambda: iter(moving()[:4]), 8)
    with pytest.raises(WaltError, match="4 of 9 frames"):
        export(tmp_path / "c.mp4", short, ExportSettings(preset_named("mp4-h264")))
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["mp4-h264", "png-frames", "png-still"])
def test_a_place_that_can_not_be_written_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(WaltError) as refused:
        write(tmp_path / "missing" / f"clip{suffix(name)}", name)
    assert refused.value.code == "output-not-writable"


def test_nothing_is_not_exported(tmp_path: Path) -> None:
    nothing = FrameSource(0, (96, 64), lambda: iter(()), 8)
    with pytest.raises(WaltError) as refused:
        export(tmp_path / "c.mp4", nothing, ExportSettings(preset_named("mp4-h264")))
    assert refused.value.code == "nothing-to-export"


def test_only_encoders_that_open_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opens("libx264", "yuv420p")
    assert not opens("libx264", "pal8")
    assert not opens("no-such-encoder", "yuv420p")
    assert {preset.name for preset in available_presets()} == {preset.name for preset in load_presets()}
    monkeypatch.setattr(encoders, "opens", lambda name, pixels: name == "gif")
    assert [preset.name for preset in available_presets()] == ["gif", "png-frames", "png-still"]


def test_a_missing_encoder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "opens", lambda name, pixels: False)
    with pytest.raises(WaltError) as refused:
        write(tmp_path / "clip.webm", "webm-vp9")
    assert refused.value.code == "video-encoder-missing"


def test_odd_sizes_lose_a_line_rather_than_fail(tmp_path: Path) -> None:
    path = write(tmp_path / "clip.mp4", "mp4-h264", frames=moving(3, 33, 65))
    assert next(iter_frames(path)).shape == (32, 64, 3)


def test_presets_are_found_by_suffix() -> None:
    found = {end: preset_for(end) for end in (".mp4", ".WEBM", ".gif", ".webp", ".mov", ".png", ".avi", "")}
    assert {end: preset and preset.name for end, preset in found.items()} == {
        ".mp4": "mp4-h264", ".WEBM": "webm-vp9", ".gif": "gif", ".webp": "webp", ".mov": "mov-prores",
        ".png": "png-still", ".avi": None, "": None,
    }  # fmt: skip
