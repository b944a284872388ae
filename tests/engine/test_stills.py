"""Pictures at the door: each kind that is opened, and each trouble that is refused with a plain sentence."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from engine.api.errors import WaltError
from engine.media import images
from engine.media.images import load_still, picture_size, read_picture, write_png
from engine.media.resize import fit
from engine.media.still_memory import opening_bytes, require_room

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 30), (30, 30, 220), (240, 240, 240)


def quarters(height: int = 64, width: int = 96) -> np.ndarray:
    """RGB, a colour in each corner: any flip or turn shows."""
    rgb = np.empty((height, width, 3), np.uint8)
    rgb[: height // 2, : width // 2], rgb[: height // 2, width // 2 :] = RED, GREEN
    rgb[height // 2 :, : width // 2], rgb[height // 2 :, width // 2 :] = BLUE, WHITE
    return rgb


def encode(kind: str, rgb: np.ndarray, *params: int) -> bytes:
    code = {2: None, 3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}[rgb.shape[2] if rgb.ndim == 3 else 2]
    ok, data = cv2.imencode(kind, rgb if code is None else cv2.cvtColor(rgb, code), list(params))
    assert ok
    return data.tobytes()


def save(folder: Path, data: bytes, name: str = "picture") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def with_exif(jpeg: bytes, orientation: int, order: str = "<") -> bytes:
    tiff = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    tiff += struct.pack(order + "HHHIHHI", 1, 274, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def png_of_size(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def refusal(path: Path) -> WaltError:
    with pytest.raises(WaltError) as caught:
        load_still(path, 32, 32)
    error = caught.value
    assert error.message.endswith(".")
    assert error.hint
    assert "\n" not in error.line()
    return error


@pytest.mark.parametrize("kind", [".png", ".jpg", ".webp", ".bmp", ".tiff", ".gif"])
def test_each_kind_opens_by_its_content_in_the_right_colours(tmp_path: Path, kind: str) -> None:
    loaded = load_still(save(tmp_path, encode(kind, quarters()), "a name without a hint"), 96, 64)
    assert loaded.shape == (64, 96, 3)
    assert loaded.dtype == np.uint8
    assert loaded.flags.c_contiguous
    for (row, column), colour in zip(
        [(16, 24), (16, 72), (48, 24), (48, 72)], (RED, GREEN, BLUE, WHITE), strict=True
    ):
        np.testing.assert_allclose(loaded[row, column].astype(int), colour, atol=60 if kind == ".gif" else 12)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright_as_its_exif_says(tmp_path: Path, orientation: int, order: str) -> None:
    path = save(tmp_path, with_exif(encode(".jpg", quarters()), orientation, order))
    upright = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    height, width = upright.shape[:2]
    assert (height > width) == (orientation >= 5)
    np.testing.assert_array_equal(load_still(path, width, height), upright)


@pytest.mark.parametrize("orientation", [0, 9, 60000])
def test_nonsense_orientation_counts_as_upright(tmp_path: Path, orientation: int) -> None:
    plain = load_still(save(tmp_path, encode(".jpg", quarters()), "plain"), 96, 64)
    turned = load_still(save(tmp_path, with_exif(encode(".jpg", quarters()), orientation)), 96, 64)
    np.testing.assert_array_equal(turned, plain)


def test_sixteen_bits_become_eight(tmp_path: Path) -> None:
    deep = quarters().astype(np.uint16) * 257
    np.testing.assert_array_equal(load_still(save(tmp_path, encode(".png", deep)), 96, 64), quarters())


def test_grey_becomes_three_equal_channels(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(96, dtype=np.uint8), (64, 1))
    np.testing.assert_array_equal(
        load_still(save(tmp_path, encode(".png", ramp)), 96, 64), np.dstack([ramp] * 3)
    )
    deep = ramp.astype(np.uint16) * 257
    np.testing.assert_array_equal(
        load_still(save(tmp_path, encode(".png", deep)), 96, 64), np.dstack([ramp] * 3)
    )


@pytest.mark.parametrize("scale", [1, 257])
def test_transparency_is_laid_on_a_neutral_grey(tmp_path: Path, scale: int) -> None:
    rgba = np.dstack([quarters(), np.full((64, 96), 255, np.uint8)])
    rgba[:, :32, 3], rgba[:, 32:64, 3] = 0, 51
    loaded = load_still(
        save(tmp_path, encode(".png", rgba.astype(np.uint16) * scale if scale > 1 else rgba)), 96, 64
    )
    assert np.all(loaded[:, :32] == images.NEUTRAL)
    np.testing.assert_array_equal(loaded[:, 64:], quarters()[:, 64:])
    expected = 0.2 * quarters()[:, 32:64].astype(float) + 0.8 * images.NEUTRAL
    np.testing.assert_allclose(loaded[:, 32:64].astype(float), expected, atol=0.51)


@pytest.mark.parametrize(("width", "height"), [(64, 64), (128, 64), (32, 64)])
def test_the_centre_is_cropped_and_nothing_is_stretched(tmp_path: Path, width: int, height: int) -> None:
    rgb = np.zeros((240, 320, 3), np.uint8)
    cv2.circle(rgb, (160, 120), 40, (255, 255, 255), -1)
    loaded = load_still(save(tmp_path, encode(".png", rgb)), width, height)[:, :, 0] > 128
    rows, columns = np.flatnonzero(loaded.any(1)), np.flatnonzero(loaded.any(0))
    assert abs(len(rows) - len(columns)) <= 1
    assert abs(rows.mean() - (height - 1) / 2) <= 0.5
    assert abs(columns.mean() - (width - 1) / 2) <= 0.5


def test_shrinking_averages_and_enlarging_keeps_a_plain_colour(tmp_path: Path) -> None:
    checks = np.indices((128, 128)).sum(0) % 2 * 255
    path = save(tmp_path, encode(".png", np.dstack([checks.astype(np.uint8)] * 3)))
    assert np.ptp(load_still(path, 32, 32)) <= 1
    one = save(tmp_path, encode(".png", np.full((1, 1, 3), 77, np.uint8)), "one")
    assert np.all(load_still(one, 224, 128) == 77)


def test_a_very_long_picture_still_gives_the_size(tmp_path: Path) -> None:
    path = save(tmp_path, encode(".png", np.full((5000, 1, 3), 9, np.uint8)))
    assert load_still(path, 224, 128).shape == (128, 224, 3)


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    for path in (tmp_path / "no.png", save(tmp_path, b"x") / "no.png", Path("nul\0byte.png")):
        assert refusal(path).code == "image-not-found"


def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "image-unreadable"
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert refusal(tmp_path / "pipe").code == "image-unreadable"


def test_an_empty_file_is_unreadable(tmp_path: Path) -> None:
    error = refusal(save(tmp_path, b""))
    assert error.code == "image-unreadable"
    assert "is empty" in error.message


@pytest.mark.parametrize("kind", [".png", ".jpg", ".webp", ".bmp", ".tiff", ".gif"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_picture_that_was_cut_off_is_refused(tmp_path: Path, kind: str, share: float, capfd) -> None:
    noisy = np.random.default_rng(0).integers(0, 255, (64, 96, 3), dtype=np.uint8)
    data = encode(kind, noisy)
    error = refusal(save(tmp_path, data[: int(len(data) * share)]))
    assert error.code == "image-unreadable"
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("at", [20, 60, -6, -30])
def test_a_damaged_png_is_refused_without_noise_on_the_terminal(tmp_path: Path, at: int, capfd) -> None:
    data = bytearray(encode(".png", quarters()))
    data[at] ^= 0x55
    assert refusal(save(tmp_path, bytes(data))).code == "image-unreadable"
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "data", [b"hello", b"\0" * 4096, b"%PDF-1.7", b"RIFF\0\0\0\0WAVEfmt ", b"<svg></svg>"]
)
def test_other_files_are_not_supported(tmp_path: Path, data: bytes) -> None:
    error = refusal(save(tmp_path, data, "really.png"))
    assert error.code == "image-not-supported"
    assert "PNG" in error.hint


def test_floating_point_pictures_are_not_supported(tmp_path: Path) -> None:
    assert refusal(save(tmp_path, encode(".tiff", np.ones((8, 8), np.float32)))).code == "image-not-supported"


def huge_jpeg() -> bytes:
    data = bytearray(encode(".jpg", quarters()))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65000, 65000)
    return bytes(data)


def huge_bmp() -> bytes:
    data = bytearray(encode(".bmp", quarters()))
    data[18:26] = struct.pack("<ii", 2_000_000_000, -2_000_000_000)
    return bytes(data)


@pytest.mark.parametrize(
    "data", [png_of_size(60_000, 60_000), png_of_size(2**31 - 1, 1), huge_jpeg(), huge_bmp()]
)
def test_a_small_file_that_claims_a_huge_picture_is_refused_unopened(tmp_path: Path, data: bytes) -> None:
    error = refusal(save(tmp_path, data))
    assert error.code == "image-too-large"
    assert "megapixels" in error.hint


def test_a_photo_of_two_hundred_megapixels_opens_in_little_memory(tmp_path: Path) -> None:
    """Decoded it would take 800 MB."""
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (16320, 12240), RED).save(path, quality=90)
    code = f"""
from engine.media.images import load_still, picture_size, read_picture
from engine.runtime.memory import peak_rss_mb
before = peak_rss_mb()
middle = load_still({str(path)!r}, 448, 256)[99, 99].tolist()
print(picture_size({str(path)!r}), middle, read_picture({str(path)!r}, 720).shape, peak_rss_mb() - before < 100)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "(16320, 12240) [220, 30, 30] (1530, 2040, 3) True\n"


def swapped_profile() -> bytes:
    """An ICC profile whose red is the green of sRGB, and the other way round."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"_XYZ").replace(b"gXYZ", b"rXYZ").replace(b"_XYZ", b"gXYZ")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_colours_are_those_of_the_profile(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", (64, 64), RED).save(path, kind, icc_profile=swapped_profile())
    np.testing.assert_allclose(load_still(path, 32, 32)[9, 9].astype(int), (30, 220, 30), atol=4)
    Image.new("RGB", (64, 64), RED).save(path, kind, icc_profile=b"no profile at all")
    np.testing.assert_allclose(load_still(path, 32, 32)[9, 9].astype(int), RED, atol=4)


def test_a_profile_goes_with_transparency_palettes_and_shrinking(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    clear = Image.new("RGBA", (400, 400), (*RED, 255))
    clear.paste((*RED, 0), (200, 0, 400, 400))
    for picture in (clear, clear.quantize(4)):
        picture.save(path, icc_profile=swapped_profile())
        loaded = load_still(path, 40, 40)
        np.testing.assert_allclose(loaded[5, 5].astype(int), (30, 220, 30), atol=4)
        np.testing.assert_array_equal(loaded[5, 35], [images.NEUTRAL] * 3)


def test_cmyk_is_turned_into_rgb(tmp_path: Path) -> None:
    path = tmp_path / "print.jpg"
    Image.fromarray(quarters()).convert("CMYK").save(path, quality=95)
    np.testing.assert_allclose(load_still(path, 96, 64).astype(int), quarters(), atol=40)
    assert np.abs(load_still(path, 96, 64)[16, 24].astype(int) - RED).max() < 8


def test_avif_opens(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    Image.fromarray(quarters()).save(path, "AVIF", quality=90)
    np.testing.assert_allclose(load_still(path, 96, 64)[16, 24].astype(int), RED, atol=12)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_picture_is_taken(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "clip"
    more = [Image.new("RGB", (64, 64), GREEN)]
    Image.new("RGB", (64, 64), RED).save(path, kind, save_all=True, append_images=more, duration=100)
    np.testing.assert_allclose(load_still(path, 32, 32)[9, 9].astype(int), RED, atol=4)


def test_a_jpeg_with_a_few_odd_bytes_opens_as_elsewhere(tmp_path: Path) -> None:
    good = encode(".jpg", quarters())
    table = good.index(b"\xff\xdb")
    stray = good[:table] + b"\x00\x01\x02" + good[table:]
    np.testing.assert_array_equal(
        load_still(save(tmp_path, stray, "stray"), 96, 64), load_still(save(tmp_path, good), 96, 64)
    )
    damaged = bytearray(good)
    damaged[-40:-36] = b"\x12\x34\x56\x78"
    assert load_still(save(tmp_path, bytes(damaged), "damaged"), 96, 64).shape == (64, 96, 3)


def test_shrinking_on_the_way_is_the_same_picture(tmp_path: Path) -> None:
    large = np.asarray(Image.fromarray(quarters()).resize((1920, 1280), Image.Resampling.NEAREST))
    for kind in (".png", ".jpg"):
        path = save(tmp_path, with_exif(encode(kind, large), 6) if kind == ".jpg" else encode(kind, large))
        small = read_picture(path, 96)
        assert max(small.shape) < 400
        whole = fit(read_picture(path), small.shape[1], small.shape[0])
        assert np.abs(small.astype(int) - whole).mean() < 1
        assert picture_size(path) == ((1280, 1920) if kind == ".jpg" else (1920, 1280))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, encode(".png", quarters()))
    with path.open("rb+") as file:
        file.truncate(images.MAX_BYTES + 1)
    assert refusal(path).code == "image-too-large"


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from([".png", ".jpg", ".webp", ".bmp", ".tiff", ".gif"]), data=st.data())
def test_no_damage_gets_past_the_door(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    spoiled = bytearray(encode(kind, quarters(16, 16)))
    for _ in range(data.draw(st.integers(1, 6))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    path = save(tmp_path_factory.getbasetemp(), bytes(spoiled), "spoiled")
    with contextlib.suppress(WaltError):
        assert load_still(path, 16, 16).shape == (16, 16, 3)


@settings(max_examples=300, deadline=None)
@given(
    start=st.sampled_from(
        [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF????WEBP", b"GIF89a", b"BM", b"II*\0", b"MM\0*"]
    ),
    rest=st.binary(max_size=200),
)
def test_any_header_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes
) -> None:
    path = save(tmp_path_factory.getbasetemp(), start + rest, "header")
    with contextlib.suppress(WaltError):
        assert load_still(path, 16, 16).shape == (16, 16, 3)


def test_a_sheet_comes_back_bit_for_bit(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    write_png(path, quarters())
    np.testing.assert_array_equal(load_still(path, 96, 64), quarters())
    with pytest.raises(WaltError) as caught:
        write_png(tmp_path / "missing" / "sheet.png", quarters())
    assert caught.value.code == "output-not-writable"


def photo(folder: Path, name: str, **options: object) -> Path:
    """A picture of 2800 x 2000 that fits no codec especially well."""
    small = np.random.default_rng(0).integers(0, 255, (250, 350, 3), dtype=np.uint8)
    image = Image.fromarray(small).resize((2800, 2000), Image.Resampling.BILINEAR)
    mode = str(options.pop("mode", "RGB"))
    image.convert(mode).save(folder / name, **options)
    return folder / name


@pytest.mark.skipif(sys.platform != "linux", reason="high-water marks of Linux")
def test_what_a_picture_takes_to_open_is_known_before(tmp_path: Path) -> None:
    files = [
        photo(tmp_path, "a.png", compress_level=1), photo(tmp_path, "grey.png", mode="L", compress_level=1),
        photo(tmp_path, "clear.webp", mode="RGBA", quality=50, method=0), photo(tmp_path, "a.avif", speed=10),
        photo(tmp_path, "a.tif", compression="tiff_lzw"), photo(tmp_path, "a.jpg"), photo(tmp_path, "a.gif", mode="P"),
        photo(tmp_path, "p.jpg", progressive=True, subsampling=0), photo(tmp_path, "a.bmp"),
    ]  # fmt: skip
    code = """
import sys
from engine.media.still_memory import opening_bytes
from engine.media.images import read_still
from engine.runtime.memory import peak_rss_mb, rss_mb, trim
from PIL import Image
Image.init()
read_still(sys.argv[1], 28, 20)
for path in sys.argv[2:]:
    trim()
    before = rss_mb()
    with open("/proc/self/clear_refs", "w") as file: file.write("5")
    read_still(path, 448, 256)
    print(path, opening_bytes(path, 448, 256) / 2**20, peak_rss_mb() - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(files[0]), *map(str, files)], capture_output=True, text=True, check=True
    )
    for line in done.stdout.splitlines():
        _, planned, taken = line.rsplit(" ", 2)
        assert float(taken) <= float(planned) + 8, line
        assert float(planned) <= float(taken) * 1.5 + 40, line
    assert len(done.stdout.splitlines()) == len(files)
    with pytest.raises(WaltError, match=r"takes about \d+ MB, and 20 MB may be taken") as told:
        require_room(files[0], 448, 256, 20 * 2**20)
    assert told.value.code == "image-too-large"
    assert opening_bytes(save(tmp_path, b"no picture"), 448, 256) == 0
