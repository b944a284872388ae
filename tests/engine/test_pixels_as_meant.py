"""Pixels as their file means them: real files, and the right values by the standards."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from engine.api.errors import WaltError
from engine.media.images import load_still, read_picture
from engine.media.reading import frames_before, iter_frames, look_at, read_clip

RED, GREEN, BLUE, YELLOW = (200, 30, 30), (30, 180, 40), (40, 60, 200), (230, 220, 40)
WHITE, GREY = (255, 255, 255), (128, 128, 128)


def corners(height: int = 96, width: int = 160) -> np.ndarray:
    """Red, green, blue and yellow in reading order, white in the middle."""
    rgb = np.empty((height, width, 3), np.uint8)
    half, middle = height // 2, width // 2
    rgb[:half, :middle], rgb[:half, middle:], rgb[half:, :middle], rgb[half:, middle:] = RED, GREEN, BLUE, YELLOW
    rgb[half - 16 : half + 16, middle - 24 : middle + 24] = WHITE
    return rgb


def looks(picture: np.ndarray, at: tuple[int, int], colour: tuple[int, ...], off: int = 6) -> None:
    np.testing.assert_allclose(picture[at].astype(int), colour, atol=off)


def video(
    path: Path, frames: list[np.ndarray], codec: str, pixels: str, given: str = "rgb24",
    options: dict[str, str] | None = None, aspect: Fraction | None = None, matrix: int = 1, wide: int = 1, **tags: int,
) -> Path:  # fmt: skip
    """``matrix`` and ``wide`` (1 limited, 2 full range) are how it is coded; ``tags`` what its file says."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=8, options=options or {})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pixels
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)
        for rgb in frames:
            frame = av.VideoFrame.from_ndarray(rgb, format=given)
            frame = frame.reformat(
                format=pixels, dst_colorspace=matrix, dst_color_range=wide, interpolation=4 | 0x40000 | 0x2000
            )
            for name, value in tags.items():
                setattr(frame, name, value)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def light(rgb: np.ndarray) -> np.ndarray:
    v = rgb / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])


def pq(nits: np.ndarray) -> np.ndarray:
    p = (nits / 10000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * p) / (1 + 18.6875 * p)) ** 78.84375


def hlg(scene: np.ndarray) -> np.ndarray:
    high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)


def display(shown: np.ndarray) -> np.ndarray:
    return shown ** (1 / 2.4)


SIGNALS = {16: lambda scene: pq(scene * 203), 18: lambda scene: hlg(scene * 0.2645), 14: display}


@pytest.mark.parametrize(("transfer", "off"), [(16, 13), (18, 13), (14, 14)], ids=["pq", "hlg", "sdr"])
def test_wide_and_bright_video_is_the_scene_in_srgb(tmp_path: Path, transfer: int, off: int) -> None:
    """SDR white stands at 203 nits, as BT.2408 says; the tone curve may take a little of it for what is brighter."""
    signal = np.rint(np.clip(SIGNALS[transfer](light(corners()) @ TO_2020.T), 0, 1) * 65535).astype(np.uint16)
    path = video(
        tmp_path / "a.mkv", [signal] * 2, "libx265", "yuv420p10le", "rgb48le", {"x265-params": "log-level=none:crf=6"},
        matrix=9, color_primaries=9, color_trc=transfer, colorspace=9, color_range=1,
    )  # fmt: skip
    for frame in (read_clip(path).frames[0], next(iter_frames(path, size=(160, 96)))):
        for at, colour in (((8, 8), RED), ((8, 150), GREEN), ((90, 8), BLUE), ((90, 150), YELLOW), ((48, 80), WHITE)):
            looks(frame, at, colour, off)


def test_highlights_of_hdr_are_pressed_and_not_cut(tmp_path: Path) -> None:
    nits = np.repeat(np.array([100.0, 203, 400, 1000, 4000]), 32)[None, :, None] * np.ones((64, 160, 3))
    signal = np.rint(pq(nits) * 65535).astype(np.uint16)
    path = video(
        tmp_path / "a.mkv", [signal], "libx265", "yuv420p10le", "rgb48le", {"x265-params": "log-level=none:crf=4"},
        matrix=9, color_primaries=9, color_trc=16, colorspace=9, color_range=1,
    )  # fmt: skip
    row = read_clip(path).frames[0][32, 16::32].astype(int)
    assert abs(row[0, 0] - 184) < 4, "half of white stays half of white"
    assert list(row[:, 0]) == sorted(row[:, 0])
    assert row[1, 0] < row[2, 0] <= row[3, 0] == 255


@pytest.mark.parametrize("matrix", [1, 5])
@pytest.mark.parametrize("wide", [1, 2])
def test_matrix_and_range_are_those_of_the_file(tmp_path: Path, matrix: int, wide: int) -> None:
    path = video(
        tmp_path / "a.mp4", [corners()], "libx264", "yuv420p", options={"crf": "6"},
        matrix=matrix, wide=wide, colorspace=matrix, color_range=wide,
    )  # fmt: skip
    frame = read_clip(path).frames[0]
    for at, colour in (((8, 8), RED), ((8, 150), GREEN), ((90, 8), BLUE), ((48, 80), WHITE)):
        looks(frame, at, colour)


@pytest.mark.parametrize(("size", "matrix"), [((96, 160), 5), ((534, 1280), 1)])
def test_a_video_that_does_not_say_is_taken_as_players_take_it(
    tmp_path: Path, size: tuple[int, int], matrix: int
) -> None:
    path = video(tmp_path / "a.mp4", [corners(*size)], "libx264", "yuv420p", options={"crf": "8"}, matrix=matrix)
    looks(read_clip(path).frames[0], (8, 8), RED)


TURNS = {
    "upright": ((1, 0, 0, 1), (RED, GREEN, BLUE, YELLOW)),
    "right": ((0, 1, -1, 0), (BLUE, RED, YELLOW, GREEN)),
    "over": ((-1, 0, 0, -1), (YELLOW, BLUE, GREEN, RED)),
    "left": ((0, -1, 1, 0), (GREEN, YELLOW, RED, BLUE)),
    "mirrored": ((-1, 0, 0, 1), (GREEN, RED, YELLOW, BLUE)),
    "upside down": ((1, 0, 0, -1), (BLUE, YELLOW, RED, GREEN)),
    "across": ((0, 1, 1, 0), (RED, BLUE, GREEN, YELLOW)),
    "across and over": ((0, -1, -1, 0), (YELLOW, GREEN, BLUE, RED)),
}


@pytest.mark.parametrize("turn", TURNS)
def test_all_eight_display_matrices_are_followed(tmp_path: Path, turn: str) -> None:
    data = video(tmp_path / "a.mp4", [corners()], "libx264", "yuv420p", matrix=5).read_bytes()
    (a, b, c, d), want = TURNS[turn]
    at = data.index(b"tkhd") + 4
    at += 40 if data[at] == 0 else 52
    matrix = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    (tmp_path / "a.mp4").write_bytes(data[:at] + matrix + data[at + 36 :])
    frame = read_clip(tmp_path / "a.mp4").frames[0]
    assert frame.shape[:2] == ((160, 96) if a == 0 else (96, 160))
    for place, colour in zip(((9, 9), (9, -9), (-9, 9), (-9, -9)), want, strict=True):
        looks(frame, place, colour, 9)


@pytest.mark.parametrize(("aspect", "size"), [(Fraction(16, 11), (233, 96)), (Fraction(2, 3), (160, 144))])
def test_pixels_that_are_not_square_are_stretched(tmp_path: Path, aspect: Fraction, size: tuple[int, int]) -> None:
    path = video(tmp_path / "a.mp4", [corners()] * 5, "libx264", "yuv420p", aspect=aspect)
    assert look_at(path)[:2] == size
    assert read_clip(path).frames.shape == (5, size[1], size[0], 3)
    wide = video(tmp_path / "b.mp4", [corners()], "libx264", "yuv420p", aspect=Fraction(4000, 1))
    assert look_at(wide)[:2] == (160, 96), "an aspect that nobody can mean"


def half_clear() -> np.ndarray:
    """Red, of which a half covers nothing and a quarter covers half."""
    rgba = np.dstack([np.full((96, 160, 3), RED, np.uint8), np.full((96, 160), 255, np.uint8)])
    rgba[:, :80, 3], rgba[:, 80:120, 3] = 0, 128
    return rgba


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [("a.mov", "prores_ks", "yuva444p10le"), ("a.mov", "qtrle", "argb"), ("a.webm", "libvpx-vp9", "yuva420p"),
     ("b.webm", "libvpx", "yuva420p"), ("a.mov", "png", "rgba")],
)  # fmt: skip
def test_clear_parts_of_a_video_are_grey(tmp_path: Path, name: str, codec: str, pixels: str) -> None:
    options = {"auto-alt-ref": "0"} if codec == "libvpx" else {}
    path = video(tmp_path / name, [half_clear()] * 3, codec, pixels, "rgba", options, matrix=5)
    mixed = tuple((a + b) / 2 for a, b in zip(RED, GREY, strict=True))
    for frame in (read_clip(path).frames[2], frames_before(path, None, 1, (160, 96))[0]):
        for at, colour in (((48, 30), GREY), ((48, 100), mixed), ((48, 145), RED)):
            looks(frame, at, colour, 10)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_clear_parts_of_an_animation_are_grey(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    rgba = half_clear()
    rgba[:, 80:120, 3] = 255
    first, second = Image.fromarray(rgba), Image.fromarray(rgba[:, ::-1].copy())
    first.save(path, kind, save_all=True, append_images=[second], duration=125, disposal=2, lossless=True)
    frames = read_clip(path).frames
    assert len(frames) == 2
    for frame, clear, red in ((frames[0], 30, 120), (frames[1], 120, 30)):
        looks(frame, (48, clear), GREY, 1)
        looks(frame, (48, red), RED, 1)
    looks(load_still(path, 160, 96), (48, 30), GREY, 1)


def test_a_cover_is_no_video(tmp_path: Path) -> None:
    cover = io.BytesIO()
    Image.fromarray(corners()).save(cover, "JPEG")

    def song(path: Path, film: bool) -> Path:
        with av.open(str(path), "w") as container:
            picture = container.add_stream("mjpeg", rate=1)
            picture.width, picture.height, picture.pix_fmt = 160, 96, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
            stream = container.add_stream("libx264", rate=8) if film else None
            sound = container.add_stream("aac", rate=8000)
            packet = av.Packet(cover.getvalue())
            packet.stream, packet.pts, packet.dts = picture, 0, 0
            packet.is_keyframe = True
            if stream is not None:
                stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
                frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 200, np.uint8), format="rgb24")
                container.mux(stream.encode(frame))
                container.mux(stream.encode(None))
            container.mux(packet)
            noise = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            noise.rate = 8000
            container.mux(sound.encode(noise))
            container.mux(sound.encode(None))
        return path

    with pytest.raises(WaltError, match="only a cover"):
        read_clip(song(tmp_path / "song.mp4", film=False))
    assert look_at(song(tmp_path / "film.mp4", film=True))[:2] == (64, 64)


def png_with(*chunks: tuple[bytes, bytes]) -> bytes:
    """The corners as a PNG with chunks after its header."""
    file = io.BytesIO()
    Image.fromarray(corners()).save(file, "PNG")
    data = file.getvalue()
    more = b"".join(struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in chunks)
    return data[:33] + more + data[33:]


def test_a_still_that_names_its_colours_by_number_is_converted(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    signal = np.rint(pq(light(corners()) @ TO_2020.T * 203) * 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(signal).save(file, "PNG")
    data = file.getvalue()
    body = b"cICP" + bytes((9, 16, 0, 1))
    path.write_bytes(data[:33] + struct.pack(">I", 4) + body + struct.pack(">I", zlib.crc32(body)) + data[33:])
    for picture in (read_picture(path), load_still(path, 80, 48)):
        looks(picture, (6, 6), RED, 14)
        looks(picture, (-6, -6), YELLOW, 14)


def test_an_avif_in_bt2020_is_converted(tmp_path: Path) -> None:
    scene = light(corners()) @ TO_2020.T
    signal = np.rint(display(scene) * 255).astype(np.uint8)
    path = tmp_path / "a.avif"
    Image.fromarray(signal).save(path, quality=98, subsampling="4:4:4")
    data = path.read_bytes()
    at = data.index(b"colrnclx") + 8
    plain = read_picture(path)
    path.write_bytes(data[:at] + bytes((0, 9, 0, 14)) + data[at + 4 :])
    assert np.abs(plain[6, 6].astype(int) - RED).max() > 30
    looks(read_picture(path), (6, 6), RED, 14)


def test_the_gamma_of_an_old_png_is_undone(tmp_path: Path) -> None:
    (tmp_path / "linear.png").write_bytes(png_with((b"gAMA", struct.pack(">I", 100_000))))
    (tmp_path / "usual.png").write_bytes(png_with((b"gAMA", struct.pack(">I", 45_455))))
    looks(read_picture(tmp_path / "usual.png"), (6, 6), RED, 0)
    bright = read_picture(tmp_path / "linear.png")[6, 6].astype(int)
    np.testing.assert_allclose(bright, (229, 96, 96), atol=2)
