"""Clips out and in again: pictures, frame rate, metadata, and nothing half-written."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.api.clip import Clip
from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.media.clips import provenance
from engine.media.export import write_mp4
from engine.media.reading import frame_at, iter_frames, look_at, read_clip, read_metadata


def drifting(count: int = 9, height: int = 48, width: int = 80) -> np.ndarray:
    """(T, H, W, 3): smooth colours that move, as a codec likes them."""
    y, x = np.mgrid[:height, :width]
    frames = []
    for k in range(count):
        red = 128 + 90 * np.sin((x + 3 * k) / 15)
        green = 128 + 90 * np.cos(y / 11 + k / 5)
        frames.append(np.dstack([red, green, 200 - y]))
    return np.stack(frames).astype(np.uint8)


def noise(count: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (count, height, width, 3), dtype=np.uint8)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def refused(code: str, path: Path) -> WaltError:
    errors = []
    for read in (read_clip, read_metadata, lambda p: next(iter(iter_frames(p)))):
        with pytest.raises(WaltError) as caught:
            read(path)
        assert caught.value.code == code
        errors.append(caught.value)
    return errors[0]


def test_a_photo_in_a_video_s_container_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "photo.heic"
    with av.open(str(path), "w", format="mp4", options={"brand": "heic"}) as container:
        stream = container.add_stream("libx264", rate=1)
        stream.width, stream.height = 64, 64
        container.mux(stream.encode(av.VideoFrame.from_ndarray(noise(1, 64, 64)[0], format="rgb24")))
        container.mux(stream.encode(None))
    assert "photo" in refused("clip-unreadable", path).message


def test_a_clip_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    write_mp4(path, drifting(), 8)
    clip = read_clip(path)
    assert clip.frames.shape == drifting().shape
    assert clip.frames.dtype == np.uint8
    assert clip.fps == 8.0
    error = clip.frames.astype(float) - drifting()
    assert np.abs(error).mean() < 2.0
    assert np.abs(error.mean(axis=(0, 1, 2))).max() < 0.8, "a wrong matrix or range would shift the colours"
    assert names(tmp_path) == ["clip.mp4"]


@pytest.mark.parametrize(
    "colour", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (200, 90, 30)]
)
def test_colours_survive(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    frames = np.broadcast_to(np.array(colour, np.uint8), (2, 32, 32, 3))
    write_mp4(tmp_path / "clip.mp4", frames)
    back = read_clip(tmp_path / "clip.mp4").frames
    np.testing.assert_allclose(back.reshape(-1, 3).mean(0), colour, atol=3)


def test_the_file_is_what_players_expect(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    write_mp4(path, drifting(17, 64, 64), 8)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.average_rate == 8
        assert container.duration == pytest.approx(17 / 8 * 1e6)
        assert [frame.time for frame in container.decode(stream)] == [k / 8 for k in range(17)]
        context = stream.codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (
            1,
            1,
            1,
            1,
        )
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "the index comes first"


@pytest.mark.parametrize("count", [1, 2, 5, 29])
def test_any_number_of_frames_is_kept(tmp_path: Path, count: int) -> None:
    write_mp4(tmp_path / "clip.mp4", drifting(count, 32, 32))
    clip = read_clip(tmp_path / "clip.mp4")
    assert len(clip.frames) == count
    assert clip.fps == 8.0


def test_the_same_frames_make_the_same_file(tmp_path: Path) -> None:
    rng, files = np.random.default_rng(0), set()
    for _ in range(6):
        # Other work leaves other things in memory; x264's macroblock tree would take it into account.
        litter = [rng.integers(0, 255, rng.integers(100, 20_000), dtype=np.uint8) for _ in range(50)]
        write_mp4(tmp_path / "clip.mp4", drifting(9, 128, 224), 8, {"walt": "{}"})
        files.add((tmp_path / "clip.mp4").read_bytes())
        del litter
    assert len(files) == 1


def test_metadata_of_any_name_survives(tmp_path: Path) -> None:
    metadata = {
        "title": "Un ours polaire à l'aube 🐻",
        "comment": "a\nb",
        "walt": json.dumps({"q": '"\\é' * 600}),
    }
    write_mp4(tmp_path / "clip.mp4", drifting(2), 8, metadata)
    assert read_metadata(tmp_path / "clip.mp4") == metadata
    assert read_clip(tmp_path / "clip.mp4").metadata == metadata


def test_the_request_can_be_taken_from_the_file(tmp_path: Path) -> None:
    request = ClipRequest.parse(prompt="a red fox", seed=7, image="/home/somebody/fox.png")
    clip = Clip(frames=drifting(2), request=request, stage="sr2", pack="starter")
    write_mp4(tmp_path / "clip.mp4", clip.frames, clip.fps, provenance(clip))
    metadata = read_metadata(tmp_path / "clip.mp4")
    assert metadata["title"] == "a red fox"
    assert "seed 7" in metadata["comment"]
    assert ClipRequest.from_json(metadata["walt"]) == replace(request, image="fox.png")
    assert b"somebody" not in (tmp_path / "clip.mp4").read_bytes()


def test_views_and_odd_strides_are_written_right(tmp_path: Path) -> None:
    frames = drifting(4, 32, 64)[::2, :, ::-1]
    write_mp4(tmp_path / "clip.mp4", frames)
    assert np.abs(read_clip(tmp_path / "clip.mp4").frames.astype(int) - frames).mean() < 3


@pytest.mark.parametrize(
    "frames",
    [
        np.zeros((2, 31, 32, 3), np.uint8),
        np.zeros((0, 32, 32, 3), np.uint8),
        np.zeros((2, 32, 32, 3), np.float32),
    ],
)
def test_impossible_frames_are_a_mistake_of_the_caller(tmp_path: Path, frames: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"frames|even"):
        write_mp4(tmp_path / "clip.mp4", frames)
    assert names(tmp_path) == []


def test_an_impossible_place_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path / "missing" / "clip.mp4", tmp_path):
        with pytest.raises(WaltError) as caught:
            write_mp4(place, drifting(2))
        assert caught.value.code == "output-not-writable"
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there")
def test_a_full_disk_keeps_the_old_clip_and_leaves_no_part(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "clip.mp4"
    write_mp4(path, drifting(2))
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(WaltError) as caught:
            write_mp4(path, noise(8, 256, 256))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.code == "output-not-writable"
    assert "not enough disk space" in caught.value.message
    assert path.read_bytes() == before
    assert names(tmp_path) == ["clip.mp4"]


def test_long_videos_are_read_frame_by_frame_and_fitted(tmp_path: Path) -> None:
    write_mp4(tmp_path / "clip.mp4", drifting(20, 48, 80))
    frames = list(iter_frames(tmp_path / "clip.mp4", size=(32, 32)))
    assert len(frames) == 20
    assert {frame.shape for frame in frames} == {(32, 32, 3)}
    first = list(itertools.islice(iter_frames(tmp_path / "clip.mp4"), 3))
    np.testing.assert_array_equal(first, read_clip(tmp_path / "clip.mp4").frames[:3])


def counted(folder: Path, count: int, fps: int) -> Path:
    """A clip whose frame k is of the grey 5 k."""
    frames = np.stack([np.full((32, 32, 3), 5 * k, np.uint8) for k in range(count)])
    write_mp4(folder / "counted.mp4", frames, fps)
    return folder / "counted.mp4"


@pytest.mark.parametrize(
    ("fps", "wanted", "expected"),
    [
        (24, 8, [0, 3, 6, 9, 12, 15, 18, 21]),
        (8, 8, [0, 1, 2, 3, 4, 5, 6, 7]),
        (4, 8, [0, 0, 1, 1, 2, 2, 3, 3]),
        (30, 8, [0, 3, 7, 11, 15, 18, 22]),
    ],
)
def test_another_frame_rate_picks_frames_by_their_time(
    tmp_path: Path, fps: int, wanted: int, expected: list
) -> None:
    path = counted(tmp_path, {24: 24, 8: 8, 4: 4, 30: 24}[fps], fps)
    shown = [round(frame.mean() / 5) for frame in iter_frames(path, fps=wanted)]
    assert shown == expected


def test_a_video_from_a_turned_phone_is_upright(tmp_path: Path) -> None:
    path, wide = tmp_path / "phone.mp4", np.zeros((32, 64, 3), np.uint8)
    wide[:, :32] = 255
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(8))
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p"
        if not hasattr(stream, "set_display_rotation"):
            pytest.skip("this PyAV cannot write a turned video")
        stream.set_display_rotation(90)
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(wide, format="rgb24")))
        container.mux(stream.encode(None))
    frame = next(iter_frames(path))
    assert frame.shape == (64, 32, 3)
    with av.open(str(path)) as container:
        turn = next(container.decode(video=0)).rotation
    assert turn in (90, -90)
    # FFmpeg's angle is counter-clockwise: the bright left half goes to the bottom at +90, to the top at -90.
    bright = frame[48, 16, 0] if turn == 90 else frame[16, 16, 0]
    assert bright > 200


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    refused("clip-not-found", tmp_path / "no.mp4")
    refused("clip-not-found", Path("nul\0byte"))


def test_what_is_no_video_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "text.mp4").write_text("not a video at all\n" * 50)
    (tmp_path / "list.m3u8").write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n"
    )
    for path in (tmp_path, tmp_path / "empty.mp4", tmp_path / "text.mp4", tmp_path / "list.m3u8"):
        refused("clip-unreadable", path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        refused("clip-unreadable", tmp_path / "pipe")


def test_a_file_with_sound_only_is_unreadable(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "sound.mkv"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
    assert "no picture" in refused("clip-unreadable", tmp_path / "sound.mkv").message


def test_a_clip_that_was_cut_off_does_not_pass_for_whole(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    write_mp4(path, noise(17, 64, 64))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    kept = 0
    with contextlib.suppress(WaltError):
        kept = len(read_clip(path).frames)
    assert kept < 17


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("a.ts", "libx264"), ("a.webm", "libvpx-vp9"), ("a.avi", "mpeg4"), ("a.gif", "gif")],
)
def test_a_frame_is_found_by_its_time_in_any_container(tmp_path: Path, name: str, codec: str) -> None:
    path, count = tmp_path / name, 40
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height = 96, 64
        stream.pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
        stream.codec_context.gop_size = 12
        for index in range(count):
            grey = np.full((64, 96, 3), 6 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode(None))
    look = look_at(path)
    assert look.seconds == pytest.approx(4, abs=0.2)
    assert look.fps == pytest.approx(10)
    for index in (0, 11, 12, 30, count - 1):
        assert frame_at(path, index / 10).mean() == pytest.approx(6 * index, abs=4)
    assert frame_at(path, float("inf")).mean() == pytest.approx(6 * (count - 1), abs=4)


def test_a_stream_without_times_has_a_last_frame(tmp_path: Path) -> None:
    path = tmp_path / "raw.h264"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for index in range(9):
            grey = np.full((64, 96, 3), 20 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode(None))
    assert look_at(path).seconds == 0
    assert frame_at(path, float("inf")).mean() == pytest.approx(160, abs=4)
