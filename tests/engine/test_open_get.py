"""Getting open models from a hub: shown first, only what is needed, resumed, compared, and no other connection."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.api.clip import Cancelled
from engine.api.errors import WaltError
from engine.cli.main import main
from engine.open_models.get import Offer, get, offer, recommended
from engine.open_models.hub import Hub
from engine.open_models.link import location
from engine.open_models.verify import HASHES
from engine.packs.store import InstalledPack, PackStore
from engine.runtime.fault_injection import Operation, watched
from tests.engine.test_open_folders import ONE, TWO, write
from tests.engine.test_open_folders import model as whole_model  # noqa: F401 (a fixture)
from tests.loopback_hub import LoopbackHub, loopback_hub

LICENCE = "You may do with it what you like.\n"
BESIDE = {
    "all-in-one-file.safetensors": b"100 GB of another format",
    "README.md": b"# Tiny",
    "vae/diffusion_pytorch_model.fp16.safetensors": b"another variant",
    "vae/diffusion_pytorch_model.bin": b"a pickle",
    "other/model.safetensors": b"a part that the index does not name",
    "transformer/run.py": b"raise SystemExit",
}
"""What a repository has too, and nobody needs."""


@pytest.fixture
def hub(whole_model: Path) -> Iterator[LoopbackHub]:  # noqa: F811
    (whole_model / "LICENSE").write_text(LICENCE)
    for name, data in BESIDE.items():
        (whole_model / name).parent.mkdir(exist_ok=True)
        (whole_model / name).write_bytes(data)
    with loopback_hub(whole_model) as hub:
        yield hub


@pytest.fixture(autouse=True)
def guard(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection but those to the hub."""
    port, connect = int(hub.url.rsplit(":", 1)[1]), socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        assert address == ("127.0.0.1", port)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def store(tmp_path: Path) -> PackStore:
    (tmp_path / "packs").mkdir(exist_ok=True)
    return PackStore([tmp_path / "packs"])


def asked(hub: LoopbackHub, tmp_path: Path, name: str = "some-one/tiny-Diffusers") -> Offer:
    return offer(name, tmp_path / "models", Hub(hub.url, 0))


def fetched(hub: LoopbackHub, tmp_path: Path, store: PackStore, **more: Any) -> InstalledPack:
    return get(asked(hub, tmp_path), store.roots[0], hub=Hub(hub.url, 0), **more)


def test_what_it_brings_is_told_before_anything_comes(hub: LoopbackHub, tmp_path: Path) -> None:
    offered = asked(hub, tmp_path)
    assert (offered.licence, offered.licence_text) == ("apache-2.0", LICENCE)
    assert hub.fetched() == ["model_index.json", "LICENSE"]
    assert not offered.target.exists()
    assert offered.target == tmp_path / "models" / "tiny-diffusers"
    assert offered.missing == offered.bytes == sum((hub.folder / file.path).stat().st_size for file in offered.files)
    assert offered.free > 0


def test_only_the_parts_that_the_index_names_come(hub: LoopbackHub, tmp_path: Path, store: PackStore) -> None:
    told: list[tuple[int, int]] = []
    pack = fetched(hub, tmp_path, store, on_bytes=lambda done, total: told.append((done, total)))
    assert not set(BESIDE) & set(hub.fetched())
    folder = location(pack)
    assert (folder / "LICENSE.txt").read_text() == LICENCE
    assert {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} == {
        "LICENSE.txt", *(file.path for file in asked(hub, tmp_path).files),
    }  # fmt: skip
    assert told[-1][0] == told[-1][1]
    hashes = json.loads((pack.path / HASHES).read_text())
    assert len(hashes) == 4, "their SHA-256 are known from the hub"
    assert store.installed() == [pack]


def test_a_cut_connection_is_gone_on_with(hub: LoopbackHub, tmp_path: Path, store: PackStore) -> None:
    hub.cut = 4
    pack = fetched(hub, tmp_path, store)
    assert [wanted for _, wanted in hub.asked if wanted]
    for name in ("vae/diffusion_pytorch_model.safetensors", f"transformer/{ONE}"):
        assert (location(pack) / name).read_bytes() == (hub.folder / name).read_bytes()


def test_a_hub_that_always_begins_anew_is_understood(hub: LoopbackHub, tmp_path: Path, store: PackStore) -> None:
    hub.cut, hub.ignores_ranges = 3, True
    told: list[int] = []
    fetched(hub, tmp_path, store, on_bytes=lambda done, total: told.append(total - done))
    assert told[-1] == 0


def test_what_is_there_is_not_fetched_again(hub: LoopbackHub, tmp_path: Path, store: PackStore) -> None:
    stopped: list[int] = []

    def stop() -> bool:
        return len(hub.fetched()) > 6

    with pytest.raises(Cancelled):
        fetched(hub, tmp_path, store, on_bytes=lambda done, _: stopped.append(done), cancelled=stop)
    assert store.installed() == []
    there = asked(hub, tmp_path)
    assert 0 < there.missing < there.bytes
    hub.asked.clear()
    pack = fetched(hub, tmp_path, store)
    assert pack.manifest.title == "Wan 2.1 T2V 1.3B"
    assert len(hub.fetched()) < len(there.files)
    hub.asked.clear()
    fetched(hub, tmp_path, store)
    assert hub.fetched() == ["model_index.json", "LICENSE"]


def lost(hub: LoopbackHub) -> None:
    hub.lost.add(f"transformer/{TWO}")


def changed(hub: LoopbackHub) -> None:
    hub.changed.add("vae/diffusion_pytorch_model.safetensors")


def changed_settings(hub: LoopbackHub) -> None:
    hub.changed.add("vae/config.json")



FAULTS: dict[str, tuple[Callable[[LoopbackHub], None], str, str]] = {
    "lost": (lost, "model-not-on-hub", f"transformer/{TWO}"),
    "changed weights": (changed, "download-damaged", "does not have the hash"),
    "changed settings": (changed_settings, "download-damaged", "vae/config.json"),
}


@pytest.mark.parametrize(("spoil", "code", "sentence"), FAULTS.values(), ids=FAULTS)
def test_what_goes_wrong_has_its_sentence(
    hub: LoopbackHub, tmp_path: Path, store: PackStore, spoil: Callable[[LoopbackHub], None], code: str, sentence: str
) -> None:
    spoil(hub)
    with pytest.raises(WaltError) as failed:
        fetched(hub, tmp_path, store)
    assert (failed.value.code, sentence in failed.value.message) == (code, True), failed.value.message
    assert store.installed() == []
    hub.lost.clear()
    hub.changed.clear()
    assert fetched(hub, tmp_path, store) in store.installed(), "the next time it comes"


def test_a_full_disk_is_said_before(hub: LoopbackHub, tmp_path: Path, store: PackStore, monkeypatch: Any) -> None:
    monkeypatch.setattr("engine.open_models.get._free", lambda _: 10)
    with pytest.raises(WaltError, match="not enough disk space") as full:
        fetched(hub, tmp_path, store)
    assert full.value.code == "output-not-writable"
    assert not (tmp_path / "models").exists()


def test_a_disk_that_becomes_full_leaves_what_came(hub: LoopbackHub, tmp_path: Path, store: PackStore) -> None:
    left = 5

    def full(operation: Operation) -> None:
        nonlocal left
        left -= operation == "write"
        if left < 0:
            raise OSError(28, "No space left on device")

    with watched(full), pytest.raises(WaltError, match="no space left") as failed:
        fetched(hub, tmp_path, store)
    assert failed.value.code == "output-not-writable"
    assert fetched(hub, tmp_path, store) in store.installed()


def test_a_hub_that_is_not_there(hub: LoopbackHub, tmp_path: Path) -> None:
    hub.close()
    with pytest.raises(WaltError) as failed:
        asked(hub, tmp_path)
    assert failed.value.code == "hub-not-reached"


REFUSED: dict[str, tuple[str, str]] = {
    "some-one/else": ("model-not-on-hub", "has no some-one/else"),
    "../../etc": ("model-not-recommended", "knows no model"),
    "wan9": ("model-not-recommended", "knows no model called wan9"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_names_that_are_not_there(hub: LoopbackHub, tmp_path: Path, name: str) -> None:
    code, sentence = REFUSED[name]
    with pytest.raises(WaltError, match=sentence) as refused:
        asked(hub, tmp_path, name)
    assert refused.value.code == code


def test_models_that_are_refused_are_not_fetched(hub: LoopbackHub, tmp_path: Path) -> None:
    hub.gated = True
    with pytest.raises(WaltError, match="want to know who downloads") as refused:
        asked(hub, tmp_path)
    assert refused.value.code == "model-gated"
    hub.gated = False
    index = hub.folder / "model_index.json"
    write(index, {**json.loads(index.read_text()), "vae": ["evil_lib", "Vae"]})
    with pytest.raises(WaltError, match="evil_lib"):
        asked(hub, tmp_path)
    index.unlink()
    with pytest.raises(WaltError, match="no model in diffusers' format"):
        asked(hub, tmp_path)
    assert not (tmp_path / "models").exists()


def test_the_command_line_asks_first(
    hub: LoopbackHub, tmp_path: Path, store: PackStore, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr("engine.packs.store.default_roots", lambda: (tmp_path / "shipped", *store.roots))
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    answers = iter(["n", "y"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    words = ["packs", "--get", "some-one/tiny-Diffusers", "--to", str(tmp_path / "disk")]
    assert main(words) == 1
    said = capsys.readouterr().out
    assert LICENCE.strip() in said
    assert "licence: apache-2.0" in said
    assert store.installed() == []
    assert main(words) == 0
    assert "is ready" in capsys.readouterr().out
    assert main(["packs", "--verify", "tiny-diffusers"]) == 0
    assert main(["packs", "--remove", "tiny-diffusers"]) == 0
    assert (tmp_path / "disk" / "tiny-diffusers" / "model_index.json").is_file(), "the model stays"
    assert main(["packs", "--to", "x"]) == 2


def test_the_recommended_models_are_listed_in_the_docs(capsys: Any) -> None:
    page = (Path(__file__).parents[2] / "docs" / "open-models.md").read_text("utf-8")
    rows = recommended()
    assert [row.card for row in rows] == sorted(row.card for row in rows)
    for row in rows:
        cells = (f"{row.card} GB", f"`{row.name}`", row.licence, f"{row.disk} GB", row.frames, row.good_at)
        assert f"| {' | '.join(cells)} |" in page
    assert main(["packs", "--recommended"]) == 0
    said = capsys.readouterr().out
    assert all(row.name in said for row in rows)
