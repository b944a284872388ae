"""HEIC, the photographs of phones: tiles put together, turned, cropped, in their colours; damage refused."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api.errors import WaltError
from engine.media import colours
from engine.media.images import picture_size, read_picture
from engine.media.still_memory import opening_bytes
from tests.heic_files import BLUE, GREEN, QUARTERS, RED, SIZE, YELLOW, box, cropped, heic, mirrored, turned


def corners(picture: np.ndarray) -> list[tuple[int, ...]]:
    """The colours top left, top right, bottom left, bottom right."""
    return [tuple(picture[row, column].tolist()) for row in (4, -5) for column in (4, -5)]


def looks(picture: np.ndarray, *expected: tuple[int, int, int]) -> None:
    np.testing.assert_allclose(corners(picture), expected, atol=2)


def kept(folder: Path, data: bytes) -> Path:
    path = folder / "photo.heic"
    path.write_bytes(data)
    return path


def test_the_tiles_of_a_phone_s_photo_are_put_together() -> None:
    picture = read_picture(QUARTERS)
    assert picture.shape == (SIZE, SIZE, 3)
    assert picture_size(QUARTERS) == (SIZE, SIZE)
    looks(picture, RED, GREEN, BLUE, YELLOW)
    looks(picture[:, 250:262], RED, GREEN, BLUE, YELLOW)  # the border of the tiles lies at 256


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), (RED, GREEN, BLUE, YELLOW)),
        ((turned(1),), (GREEN, YELLOW, RED, BLUE)),
        ((turned(2),), (YELLOW, BLUE, GREEN, RED)),
        ((turned(3),), (BLUE, RED, YELLOW, GREEN)),
        ((mirrored(0),), (BLUE, YELLOW, RED, GREEN)),
        ((mirrored(1),), (GREEN, RED, YELLOW, BLUE)),
        ((turned(1), mirrored(1)), (YELLOW, GREEN, BLUE, RED)),
        ((mirrored(1), turned(1)), (RED, BLUE, GREEN, YELLOW)),
    ],
)
def test_it_is_turned_and_mirrored_as_its_header_says(
    tmp_path: Path, changes: tuple[bytes, ...], expected: tuple[tuple[int, int, int], ...]
) -> None:
    looks(read_picture(kept(tmp_path, heic(*changes))), *expected)


def test_its_size_is_that_after_cropping_and_turning(tmp_path: Path) -> None:
    path = kept(tmp_path, heic(cropped(200, 100, -124, -100), turned(1)))
    assert picture_size(path) == (100, 200)
    picture = read_picture(path)
    assert picture.shape == (200, 100, 3)
    looks(picture, RED, RED, RED, RED)
    assert read_picture(kept(tmp_path, heic(cropped(200, 100, 300, 0)))).shape == (SIZE, SIZE, 3)


def test_a_photo_without_tiles_is_one_picture(tmp_path: Path) -> None:
    picture = read_picture(kept(tmp_path, heic(primary=2)))
    assert picture.shape == (256, 256, 3)
    looks(picture, GREEN, GREEN, GREEN, GREEN)


def test_its_colours_become_srgb(tmp_path: Path) -> None:
    named = box(b"colr", b"nclx" + struct.pack(">HHHB", colours.P3_D65, 13, 6, 0x80))
    wide = read_picture(kept(tmp_path, heic(named)))
    expected = [
        colours.to_srgb(np.full((1, 1, 3), colour, np.uint16) * 257, colours.P3_D65, 13)[0, 0].tolist()
        for colour in (RED, GREEN, BLUE, YELLOW)
    ]
    np.testing.assert_allclose(corners(wide), expected, atol=3)
    assert wide[4, 4, 0] > RED[0] + 10, "the same red is a stronger one in Display P3"


def test_memory_is_planned_before_it_is_decoded() -> None:
    assert SIZE * SIZE * 10 < opening_bytes(QUARTERS, 896, 512) < SIZE * SIZE * 20 + 2**25


@pytest.mark.parametrize(
    "broken",
    [
        lambda data: data[: len(data) - 60],
        lambda data: data.replace(b"grid", b"iovl"),
        lambda data: data.replace(b"pitm", b"free"),
        lambda data: data[:60],
        lambda data: data.replace(b"hvcC\x01", b"hvcC\x07"),
        lambda data: heic(size=(0, 10)),
        lambda data: heic(size=(600, 448)),
        lambda data: heic(size=(200_000, 200_000)),
        lambda data: heic(tiles=(1, 2, 3)),
        lambda data: heic(tiles=(1, 2, 3, 9)),
    ],
)
def test_damage_is_said(tmp_path: Path, broken: Callable[[bytes], bytes]) -> None:
    path = kept(tmp_path, broken(QUARTERS.read_bytes()))
    with pytest.raises(WaltError) as caught:
        read_picture(path)
    assert caught.value.code in ("image-unreadable", "image-too-large", "image-not-supported")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_damage_gets_past_the_door(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = bytearray(heic(turned(1)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    path = kept(tmp_path_factory.mktemp("fuzz"), bytes(whole))
    with suppress(WaltError):
        assert read_picture(path).shape[2] == 3
