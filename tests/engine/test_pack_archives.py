"""Zip archives that lie in their headers: each is refused in a sentence, before anything of its claims is allocated."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.api.errors import WaltError
from engine.packs.install import install
from engine.packs.manifest import MANIFEST

ROOM = 16 * 2**20
"""Bytes that refusing may take; the claims below are of 4 GiB and of 4 EiB."""
WEIGHTS = "base.safetensors"
CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"
FULL = 0xFFFFFFFF
Change = Callable[[bytearray], object]


def central(data: bytearray, name: str) -> int:
    """Where the directory's header of a file begins: 46 bytes before its name."""
    return data.rindex(name.encode()) - 46


def local(data: bytearray, name: str) -> int:
    """Where the header before a file's content begins: 30 bytes before its name."""
    return data.index(name.encode()) - 30


def put(where: Callable[[bytearray, str], int], name: str, offset: int, form: str, value: int) -> Change:
    """Overwrite a number in a header."""
    return lambda data: struct.pack_into(form, data, where(data, name) + offset, value)


def set_bits(name: str, bits: int) -> Change:
    return put(central, name, 8, "<H", bits)


def sizes_in_zip64(name: str, extra: bytes) -> Change:
    """The directory sends the reader to an extra field for the file's sizes; the field is ``extra``."""

    def change(data: bytearray) -> None:
        start = central(data, name)
        struct.pack_into("<II", data, start + 20, FULL, FULL)
        struct.pack_into("<H", data, start + 30, len(extra))
        place = start + 46 + len(name)
        data[place:place] = extra
        end = data.rindex(END)
        (length,) = struct.unpack_from("<I", data, end + 12)
        struct.pack_into("<I", data, end + 12, length + len(extra))

    return change


def zip64(*sizes: int) -> bytes:
    return struct.pack(f"<HH{len(sizes)}Q", 1, 8 * len(sizes), *sizes)


def far_directory(data: bytearray) -> None:
    """A zip64 locator that points beyond every file there is."""
    end = data.rindex(END)
    data[end:end] = struct.pack("<4sIQI", b"PK\x06\x07", 0, 2**62, 1)


LIES: dict[str, tuple[Change, set[str]]] = {
    "inner signature": (put(local, WEIGHTS, 0, "<I", 0), {"pack-damaged"}),
    "inner signature of the manifest": (put(local, MANIFEST, 0, "<I", 0), {"pack-damaged"}),
    "inner name is longer": (put(local, WEIGHTS, 26, "<H", 0xFFFF), {"pack-damaged"}),
    "inner name is another": (put(local, WEIGHTS, 30, "<B", ord("c")), {"pack-damaged"}),
    "inner extra field is longer": (put(local, WEIGHTS, 28, "<H", 0xFFFF), {"pack-damaged"}),
    "content is nowhere": (put(central, WEIGHTS, 42, "<I", 0xFFFFFF00), {"pack-damaged"}),
    **{
        f"method {method}": (put(central, WEIGHTS, 10, "<H", method), {"archive-unsafe"})
        for method in (1, 6, 9, 12, 14, 93, 97, 99, 0xFFFF)
    },
    "stored, it says": (put(central, WEIGHTS, 10, "<H", 0), {"pack-damaged"}),
    "encrypted": (set_bits(WEIGHTS, 1), {"archive-unsafe"}),
    "encrypted manifest": (set_bits(MANIFEST, 1), {"archive-unsafe"}),
    "strongly encrypted": (set_bits(WEIGHTS, 0x41), {"archive-unsafe"}),
    "strongly encrypted, not encrypted": (set_bits(WEIGHTS, 0x40), {"pack-damaged"}),
    "a patch": (set_bits(WEIGHTS, 0x20), {"pack-damaged"}),
    "checksum": (put(central, WEIGHTS, 16, "<I", 0), {"pack-damaged"}),
    "4 GiB of weights": (put(central, WEIGHTS, 24, "<I", FULL - 1), {"pack-damaged"}),
    "4 GiB of manifest": (put(central, MANIFEST, 24, "<I", FULL - 1), {"pack-damaged"}),
    "4 EiB of weights": (sizes_in_zip64(WEIGHTS, zip64(2**62, 2**62)), {"pack-damaged"}),
    "4 EiB of manifest": (sizes_in_zip64(MANIFEST, zip64(2**62, 2**62)), {"pack-damaged"}),
    "the largest number": (sizes_in_zip64(WEIGHTS, zip64(2**64 - 1, 2**64 - 1)), {"pack-damaged"}),
    "zip64 without numbers": (sizes_in_zip64(WEIGHTS, zip64()), {"not-a-pack", "pack-damaged"}),
    "zip64 longer than it is": (sizes_in_zip64(WEIGHTS, struct.pack("<HH", 1, 64)), {"not-a-pack"}),
    "directory is nowhere": (far_directory, {"not-a-pack"}),
}


def refusal(archive: Path, root: Path) -> str:
    """The code with which an archive is refused; nothing stays, and no claim was believed."""
    tracemalloc.start()
    try:
        with pytest.raises(WaltError) as refused:
            install(archive, root)
        assert tracemalloc.get_traced_memory()[1] < ROOM
    finally:
        tracemalloc.stop()
    assert not root.exists() or list(root.iterdir()) == []
    assert refused.value.line().isprintable()
    return refused.value.code


def packed(folder: Path, to: Path) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return to


@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_lies_is_refused(packs_folder: Path, tmp_path: Path, lie: str) -> None:
    change, codes = LIES[lie]
    archive = packed(packs_folder / "tiny", tmp_path / "lie.zip")
    data = bytearray(archive.read_bytes())
    change(data)
    archive.write_bytes(data)
    assert refusal(archive, tmp_path / "root") in codes


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", [MANIFEST, WEIGHTS])
def test_a_name_that_is_there_twice_is_refused(packs_folder: Path, tmp_path: Path, name: str) -> None:
    archive = packed(packs_folder / "tiny", tmp_path / "twice.zip")
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr(name, (packs_folder / "tiny" / name).read_bytes())
    assert refusal(archive, tmp_path / "root") == "archive-unsafe"


def test_a_packed_size_that_lies_about_right_content_does_no_harm(packs_folder: Path, tmp_path: Path) -> None:
    """Nothing is allocated by that number, and the content's hash decides."""
    archive = packed(packs_folder / "tiny", tmp_path / "lie.zip")
    data = bytearray(archive.read_bytes())
    put(central, WEIGHTS, 20, "<I", FULL - 1)(data)
    archive.write_bytes(data)
    installed = install(archive, tmp_path / "root")
    assert (installed.path / WEIGHTS).read_bytes() == (packs_folder / "tiny" / WEIGHTS).read_bytes()
