"""Videos that are not as they should be: jumps that lead nowhere, damaged packets, recordings without a beginning."""

from __future__ import annotations

import math
from pathlib import Path

import av
import numpy as np
import pytest

from engine.media.reading import frame_at, frames_before, iter_frames, look_at, read_clip

SIZE = (48, 32)


def counted(path: Path, count: int, codec: str = "libx264", sound: float = 0.0, **options: str) -> Path:
    """Frame k of 10 a second is of the grey 4 k + 8; with ``sound`` of so many seconds, which may go on."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10, options=options)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = 10
        voice = container.add_stream("mp2", rate=16000) if sound else None
        for index in range(count):
            grey = np.full((SIZE[1], SIZE[0], 3), 4 * index + 8, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode(None))
        for at in range(int(sound * 16000 / 1152) if voice else 0):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1152), np.int16), format="s16", layout="mono")
            frame.rate, frame.pts = 16000, at * 1152
            container.mux(voice.encode(frame))
        if voice:
            container.mux(voice.encode(None))
    return path


def index_of(frame: np.ndarray) -> float:
    return (float(frame.mean()) - 8) / 4


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts"])
def test_where_the_sound_goes_on_the_last_picture_is_found(tmp_path: Path, kind: str) -> None:
    path = counted(tmp_path / f"a.{kind}", 60, sound=50)
    assert index_of(frames_before(path, None, 1, SIZE)[0]) == pytest.approx(59, abs=0.5)
    assert [round(index_of(frame)) for frame in frames_before(path, None, 3, SIZE)] == [57, 58, 59]
    assert index_of(frame_at(path, math.inf)) == pytest.approx(59, abs=0.5)
    assert index_of(frame_at(path, 40)) == pytest.approx(59, abs=0.5)
    assert list(iter_frames(path, start=45)) == []


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts", "avi"])
def test_a_video_is_read_from_a_time_on(tmp_path: Path, kind: str) -> None:
    path = counted(tmp_path / f"a.{kind}", 60, "mpeg4" if kind == "avi" else "libx264")
    found = [index_of(frame) for frame in iter_frames(path, start=3.35)]
    assert len(found) in (25, 26), "a container may count its first picture's delay"
    np.testing.assert_allclose(found, range(60 - len(found), 60), atol=0.8)


def test_a_raw_stream_is_read_from_a_time_on(tmp_path: Path) -> None:
    path = counted(tmp_path / "a.h264", 60)
    rate = look_at(path).fps
    found = [round(index_of(frame)) for frame in iter_frames(path, start=30 / rate)]
    assert found == list(range(30, 60))


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts", "avi"])
@pytest.mark.parametrize("tenth", [2, 5, 8])
def test_a_few_damaged_bytes_cost_their_frames_and_not_the_file(tmp_path: Path, kind: str, tenth: int) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / f"a.{kind}"
    with av.open(str(path), "w", options={"movflags": "+faststart"} if kind == "mp4" else {}) as container:
        stream = container.add_stream("mpeg4" if kind == "avi" else "libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 48, 32, "yuv420p"
        stream.codec_context.gop_size = 10
        for _ in range(40):
            rgb = rng.integers(0, 255, (32, 48, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode(None))
    data = bytearray(path.read_bytes())
    at = len(data) * tenth // 10
    data[at : at + 60] = bytes((i * 37 + 11) & 255 for i in range(60))
    path.write_bytes(data)
    assert 20 <= len(read_clip(path).frames) <= 40
    assert frames_before(path, None, 1, (48, 32)).shape == (1, 32, 48, 3)


@pytest.mark.parametrize("codec", ["mpeg2video", "libx264"])
def test_a_recording_that_begins_in_the_middle_opens(tmp_path: Path, codec: str) -> None:
    data = counted(tmp_path / "whole.ts", 60, codec).read_bytes()
    path = tmp_path / "middle.ts"
    path.write_bytes(data[len(data) * 45 // 100 // 188 * 188 :])
    frames = read_clip(path).frames
    assert 10 <= len(frames) < 40
    assert index_of(frames[-1]) == pytest.approx(59, abs=1)
    assert look_at(path)[:2] == SIZE


def test_a_recording_without_a_whole_picture_is_shown_as_well_as_can_be(tmp_path: Path) -> None:
    """Pictures that are renewed piece by piece, as cameras on a line send them: the first packet is missing."""
    refresh = {"x264-params": "intra-refresh=1:keyint=20:scenecut=0:bframes=0"}
    data = counted(tmp_path / "whole.ts", 60, **refresh).read_bytes()
    path = tmp_path / "middle.ts"
    path.write_bytes(data[len(data) * 50 // 100 // 188 * 188 :])
    assert index_of(frames_before(path, None, 1, SIZE)[0]) == pytest.approx(59, abs=2)


def test_a_video_that_was_cut_off_keeps_what_is_there(tmp_path: Path) -> None:
    for kind in ("mkv", "ts", "avi"):
        path = counted(tmp_path / f"a.{kind}", 60, "mpeg4" if kind == "avi" else "libx264")
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * 2 // 3])
        assert 5 <= len(read_clip(path).frames) < 60, kind
