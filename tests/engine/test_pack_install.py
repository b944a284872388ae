"""Packs from strangers: copied whole or not at all, and nothing that an archive may try gets through."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from engine.api.clip import Cancelled
from engine.api.errors import WaltError
from engine.packs.install import install, remove
from engine.packs.manifest import MANIFEST, read_manifest
from engine.packs.store import PackStore
from engine.packs.verify import verify


@pytest.fixture
def tiny(packs_folder: Path) -> Path:
    return packs_folder / "tiny"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "packs"


def zipped(folder: Path, to: Path, inside: str = "", method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(to, "w", method) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, inside + file.name)
    return to


def nothing_stays(root: Path) -> bool:
    return not root.exists() or list(root.iterdir()) == []


@pytest.mark.parametrize("inside", ["", "tiny-1.0/", "a/b/"])
def test_an_archive_is_installed_wherever_the_pack_is_in_it(
    tiny: Path, root: Path, tmp_path: Path, inside: str
) -> None:
    told: list[tuple[int, int]] = []
    pack = install(
        zipped(tiny, tmp_path / "tiny.zip", inside), root, on_bytes=lambda *done: told.append(done)
    )
    assert PackStore([root]).find("tiny").manifest == pack.manifest
    assert {file.name: file.read_bytes() for file in pack.path.iterdir()} == {
        file.name: file.read_bytes()
        for file in tiny.iterdir()
        if file.name == MANIFEST or file.name in pack.manifest.files
    }
    assert told[-1][0] == told[-1][1] == pack.bytes
    verify(pack.path, pack.manifest)


def test_a_folder_is_installed_and_removed(tiny: Path, root: Path) -> None:
    pack = install(tiny, root)
    verify(pack.path, pack.manifest)
    remove(pack, root)
    assert PackStore([root]).installed() == []
    assert nothing_stays(root)


def test_a_second_one_is_refused_unless_it_replaces(tiny: Path, root: Path) -> None:
    first = install(tiny, root)
    with pytest.raises(WaltError) as refused:
        install(tiny, root)
    assert refused.value.code == "pack-exists"
    (first.path / "base.safetensors").write_bytes(b"rotten")
    whole = install(tiny, root, replace=True)
    verify(whole.path, whole.manifest)
    assert [child.name for child in root.iterdir()] == ["tiny"]


def test_what_comes_with_walt_is_not_removed(tiny: Path, root: Path) -> None:
    pack = PackStore([tiny.parent]).find("tiny")
    with pytest.raises(WaltError) as refused:
        remove(pack, root)
    assert refused.value.code == "pack-ships-with-walt"
    assert (tiny / MANIFEST).is_file()


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
def test_cancelling_at_every_block_leaves_nothing(
    tiny: Path, root: Path, tmp_path: Path, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.packs.install.BLOCK", 1 << 16)  # the tiny pack's files are of several blocks
    source = zipped(tiny, tmp_path / "tiny.zip") if packed else tiny
    at = 0
    while True:
        at += 1
        asked = count(1)
        try:
            install(source, root, cancelled=lambda at=at, asked=asked: next(asked) >= at)
        except Cancelled:
            assert nothing_stays(root)
        else:
            break
    assert at > len(read_manifest(tiny).files)
    assert [path.name for path in root.iterdir()] == ["tiny"]


def test_rot_on_the_disk_is_named(tiny: Path, root: Path) -> None:
    pack = install(tiny, root)
    weights = pack.path / "sr1.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    with pytest.raises(WaltError, match="sr1"):
        verify(pack.path, pack.manifest)


def broken(tiny: Path, tmp_path: Path, change: Callable[[Path], object]) -> Path:
    folder = Path(shutil.copytree(tiny, tmp_path / "broken"))
    change(folder)
    return zipped(folder, tmp_path / "broken.zip")


def edit(folder: Path, change: Callable[[dict], object]) -> None:  # pyright: ignore
    data = json.loads((folder / MANIFEST).read_text())
    change(data)
    (folder / MANIFEST).write_text(json.dumps(data))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no manifest": lambda folder: (folder / MANIFEST).unlink(),
    "manifest is noise": lambda folder: (folder / MANIFEST).write_bytes(b"\0\xff{"),
    "a file is missing": lambda folder: (folder / "text.safetensors").unlink(),
    "a file is longer": lambda folder: (folder / "base.safetensors").write_bytes(
        (folder / "base.safetensors").read_bytes() + b"x"
    ),
    "a byte is wrong": lambda folder: (folder / "base.safetensors").write_bytes(
        b"x" * (folder / "base.safetensors").stat().st_size
    ),
    "a network is not listed": lambda folder: edit(
        folder, lambda data: data["files"].pop("base.safetensors")
    ),
    "a foreign file": lambda folder: edit(
        folder, lambda data: data["files"].update({"run.py": {"sha256": "0" * 64, "bytes": 1}})
    ),
    "a path as a name": lambda folder: edit(
        folder, lambda data: data["files"].update({"../up.json": {"sha256": "0" * 64, "bytes": 1}})
    ),
    "a name that leaves": lambda folder: edit(folder, lambda data: data.update(name="../../evil")),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_pack_is_refused_and_leaves_nothing(
    tiny: Path, root: Path, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    with pytest.raises(WaltError) as refused:
        install(broken(tiny, tmp_path, damage), root)
    assert refused.value.code in ("pack-damaged", "not-a-pack")
    assert nothing_stays(root)
    assert str(tmp_path) not in str(refused.value) or "broken" in str(refused.value)


def attack(tiny: Path, to: Path, entry: zipfile.ZipInfo | str, content: bytes = b"x") -> Path:
    zipped(tiny, to)
    with zipfile.ZipFile(to, "a") as archive:
        archive.writestr(entry, content)
    return to


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("card.md.link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "entry",
    ["../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:evil", link(), "base.safetensors"],
    ids=["up", "absolute", "up inside", "backslash", "drive", "link", "twice"],
)
def test_an_unsafe_archive_is_refused(
    tiny: Path, root: Path, tmp_path: Path, entry: zipfile.ZipInfo | str
) -> None:
    with pytest.raises(WaltError) as refused:
        install(attack(tiny, tmp_path / "unsafe.zip", entry), root)
    assert refused.value.code == "archive-unsafe"
    assert nothing_stays(root)
    assert not (tmp_path / "evil").exists()


def test_thousands_of_files_are_no_pack(tmp_path: Path, root: Path) -> None:
    bomb = tmp_path / "many.zip"
    with zipfile.ZipFile(bomb, "w") as archive:
        for index in range(300):
            archive.writestr(f"{index}", b"")
    with pytest.raises(WaltError) as refused:
        install(bomb, root)
    assert refused.value.code == "archive-unsafe"


def test_a_bomb_is_refused_before_it_is_unpacked(tiny: Path, root: Path, tmp_path: Path) -> None:
    size = 200 * 2**20
    folder = Path(shutil.copytree(tiny, tmp_path / "bomb"))
    edit(folder, lambda data: data["files"]["base.safetensors"].update(bytes=size))
    with (folder / "base.safetensors").open("wb") as file:
        file.truncate(size)
    with pytest.raises(WaltError) as refused:
        install(zipped(folder, tmp_path / "bomb.zip"), root)
    assert refused.value.code == "archive-unsafe"
    assert nothing_stays(root)


def test_a_size_that_lies_is_caught_while_unpacking(tiny: Path, root: Path, tmp_path: Path) -> None:
    archive = zipped(tiny, tmp_path / "lie.zip", method=zipfile.ZIP_STORED)
    data = archive.read_bytes()
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"sr1.safetensors"))
    lied = bytearray(data)
    lied[place + 24 : place + 28] = (5).to_bytes(4, "little")  # the central directory's uncompressed size
    archive.write_bytes(bytes(lied))
    with pytest.raises(WaltError) as refused:
        install(archive, root)
    assert refused.value.code in ("pack-damaged", "not-a-pack")
    assert nothing_stays(root)


def test_links_in_a_folder_are_refused(tiny: Path, root: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "linked"))
    (folder / "card.md").unlink(missing_ok=True)
    (folder / "card.md").symlink_to("/etc/hostname")
    with pytest.raises(WaltError) as refused:
        install(folder, root)
    assert refused.value.code == "archive-unsafe"


@pytest.mark.parametrize("junk", [b"", b"PK\x03\x04", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_junk_is_no_pack(junk: bytes, root: Path, tmp_path: Path) -> None:
    file = tmp_path / "junk.zip"
    file.write_bytes(junk)
    with pytest.raises(WaltError) as refused:
        install(file, root)
    assert refused.value.code == "not-a-pack"


def test_what_is_not_there_is_no_pack(root: Path, tmp_path: Path) -> None:
    with pytest.raises(WaltError):
        install(tmp_path / "nothing.zip", root)


def test_a_half_installed_pack_is_not_in_the_list(tiny: Path, root: Path) -> None:
    root.mkdir()
    shutil.copytree(tiny, root / ".tiny.1234.part")
    assert PackStore([root]).scan() == ([], [])
