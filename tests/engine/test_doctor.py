"""``walt doctor``: green where all is well, red with a fix where something real is broken."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from engine.cli.doctor import Check, examine
from engine.cli.main import main
from engine.media import encoders
from engine.packs.store import PackStore

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="moves the user's folders by XDG variables")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folders, empty."""
    for kind in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    return tmp_path


def bad(store: PackStore) -> list[Check]:
    found = [check for check in examine(store) if check.state == "bad"]
    assert all(check.fix for check in found), found
    return found


def test_a_sound_installation_is_green(store: PackStore, home: Path) -> None:
    checks = list(examine(store))
    assert [check for check in checks if check.state == "bad"] == []
    names = {check.name for check in checks}
    assert {"versions", "device", "memory", "encoders", "pack tiny", "library", "data folder", "logs folder"} <= names
    assert list(home.iterdir()) == [], "a checkup leaves nothing behind"


def test_one_turned_bit_in_a_pack_is_red(packs_folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(packs_folder / "tiny", tmp_path / "packs" / "tiny"))
    weights = bytearray((copy / "sr2.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "sr2.safetensors").write_bytes(bytes(weights))
    [check] = bad(PackStore([copy.parent]))
    assert "SHA-256" in check.says


def test_no_pack_and_a_broken_manifest_are_red(tmp_path: Path) -> None:
    (tmp_path / "packs" / "mine").mkdir(parents=True)
    (tmp_path / "packs" / "mine" / "manifest.json").write_text("{")
    assert len(bad(PackStore([tmp_path / "packs"]))) == 2


def test_a_damaged_library_is_red_and_left_as_it_is(store: PackStore, home: Path) -> None:
    file = home / "data" / "walt" / "walt.sqlite3"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"this was a library" * 100)
    [check] = bad(store)
    assert "damaged" in check.says
    assert file.read_bytes() == b"this was a library" * 100


def test_a_library_is_counted_and_its_lost_files_named(store: PackStore, home: Path) -> None:
    from app.library.files import default_places
    from app.library.store import Store

    library = Store(default_places())
    library.open()
    library.close()
    file = default_places().database
    with sqlite3.connect(file) as database:
        row = ("a", "lost.mp4", "{}", "a horse", "tiny", "base", 1, 64, 32, 5, 8.0, 1.0, 1.0, 9, 1, 0, None)
        database.execute(f"INSERT INTO clips VALUES ({', '.join('?' * len(row))})", row)
    database.close()
    [check] = [check for check in examine(store) if check.name == "library"]
    assert check.state == "ok"
    assert "1 clips" in check.says
    assert "lost.mp4" in check.says


def test_a_place_that_cannot_be_written_is_red(store: PackStore, home: Path) -> None:
    (home / "cache").write_text("a file where a folder should be")
    [check] = bad(store)
    assert check.name == "cache folder"


def test_a_missing_encoder_is_red_for_mp4_and_a_note_for_others(
    store: PackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "encoder_of", lambda preset: None)
    checks = [check for check in examine(store) if check.name == "encoders"]
    assert [check.state for check in checks].count("bad") == 1
    assert all("av" in check.fix for check in checks)


def test_a_broken_part_does_not_stop_the_others(store: PackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the driver is from another age")

    monkeypatch.setattr(torch, "ones", broken)
    [check] = bad(store)
    assert (check.name, "another age" in check.says) == ("device", True)


def test_the_command_prints_json_and_its_status_says_all(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], packs_folder: Path
) -> None:
    monkeypatch.setattr("engine.packs.store.default_roots", lambda: (packs_folder,))
    assert main(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    monkeypatch.setattr("engine.packs.store.default_roots", lambda: (home / "none",))
    assert main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "BAD" in printed
    assert "1 of" in printed
