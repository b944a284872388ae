"""Packs: found, read, checked; every kind of damage is one plain error, before any clip is tried."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file, save_file

from engine.api.errors import UsageError, WaltError
from engine.api.request import ClipRequest
from engine.kinds.check import UnknownWord, check_request
from engine.models.tokenizer import Tokenizer
from engine.packs.load import LoadedPack, load_pack
from engine.packs.manifest import MANIFEST, WaltManifest, read_manifest
from engine.packs.save import save_pack, stored_weights
from engine.packs.store import PackStore, default_roots
from engine.runtime.devices import Device, resolve


@pytest.fixture
def copy(packs_folder: Path, tmp_path: Path) -> Path:
    """A pack that may be broken."""
    return Path(shutil.copytree(packs_folder / "tiny", tmp_path / "tiny"))


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads((folder / MANIFEST).read_text())
    change(data)
    (folder / MANIFEST).write_text(json.dumps(data))


def sign(folder: Path, name: str) -> None:
    """Make the manifest agree with a file that was changed, so that the later checks have to notice."""
    content = (folder / name).read_bytes()
    stated = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    edit(folder, lambda data: data["files"].update({name: stated}))


def rewrite(folder: Path, name: str, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    tensors = load_file(folder / name)
    change(tensors)
    save_file(tensors, folder / name)
    sign(folder, name)


def test_what_was_saved_is_loaded(pack: LoadedPack) -> None:
    assert pack.manifest.networks == ("tokenizer", "text", "base", "sr1", "sr2")
    assert pack.transformer("sr1") is pack.transformer("sr1")
    assert not any(parameter.requires_grad for parameter in pack.transformer("base").parameters())
    assert not pack.transformer("base").training


def test_weights_come_back_as_stored(packs_folder: Path) -> None:
    whole = Device(torch.device("cpu"), torch.float32)
    base = load_pack(packs_folder / "tiny", whole).transformer("base")
    stored = load_file(packs_folder / "tiny" / "base.safetensors")
    for name, tensor in base.state_dict().items():
        assert torch.equal(tensor, stored[name].float()), name
    assert {tensor.dtype for tensor in stored.values()} == {torch.bfloat16, torch.float32}


def test_matrices_are_stored_in_half_and_statistics_whole(pack: LoadedPack) -> None:
    stored = stored_weights(Tokenizer(pack.tokenizer.config))
    assert stored["latent_std"].dtype == torch.float32
    assert stored["encoder.conv_in.conv.weight"].dtype == torch.bfloat16


def test_placing_keeps_noise_levels_precise(packs_folder: Path) -> None:
    half = Device(torch.device("cpu"), torch.bfloat16)
    base = load_pack(packs_folder / "tiny", half).transformer("base")
    assert base.patches.weight.dtype == torch.bfloat16
    assert base.condition.level.mlp[0].weight.dtype == torch.float32
    assert base.position.space.dtype == torch.float32


def test_saving_replaces_the_old_pack_and_leaves_nothing_else(copy: Path, pack: LoadedPack) -> None:
    networks = {name: pack.networks.get(name) for name in pack.manifest.networks if name != "tokenizer"}
    networks["tokenizer"] = pack.tokenizer
    (copy / "stray.txt").write_text("old")
    manifest = save_pack(
        copy, pack.manifest.model_copy(update={"title": "New"}), networks, pack.vocabulary, "card"
    )
    assert read_manifest(copy) == manifest
    assert [path.name for path in copy.parent.iterdir()] == ["tiny"]
    assert not (copy / "stray.txt").exists()
    assert all(file.stat().st_mode & 0o444 == 0o444 for file in copy.iterdir())
    assert load_pack(copy).manifest.title == "New"


def test_saving_wants_all_networks(copy: Path, pack: LoadedPack) -> None:
    with pytest.raises(ValueError, match="tokenizer"):
        save_pack(copy, pack.manifest, {"base": pack.transformer("base")}, pack.vocabulary, "")
    assert load_pack(copy).manifest == pack.manifest


def test_the_store_finds_packs_by_name_and_by_path(store: PackStore, packs_folder: Path) -> None:
    assert [found.name for found in store.installed()] == ["tiny"]
    assert store.find("tiny").path == packs_folder / "tiny"
    assert PackStore([]).find(str(packs_folder / "tiny")).name == "tiny"
    assert store.find("tiny").bytes == sum(file.bytes for file in store.find("tiny").manifest.files.values())


@pytest.mark.parametrize("name", ["castle", "", "../tiny", "tiny/..", "/", "a\0b"])
def test_an_unknown_pack_names_those_installed(store: PackStore, name: str) -> None:
    with pytest.raises(WaltError) as error:
        store.find(name)
    assert error.value.code == "pack-not-found"
    assert "tiny" in error.value.hint


def test_a_pack_is_called_as_its_folder(copy: Path) -> None:
    other = copy.rename(copy.with_name("other"))
    with pytest.raises(WaltError, match="called tiny"):
        PackStore([other.parent]).find("other")
    assert PackStore([other.parent]).installed() == []
    assert PackStore([]).find(str(other)).name == "tiny"


def test_a_store_may_be_empty(tmp_path: Path) -> None:
    with pytest.raises(WaltError, match="no pack") as error:
        PackStore([tmp_path / "nowhere"]).find("starter")
    assert error.value.code == "pack-not-found"


def test_default_roots_are_the_shipped_and_the_users() -> None:
    shipped, own = default_roots()
    assert (shipped / "__init__.py").is_file()
    assert own.name == "packs"


def test_a_damaged_pack_does_not_hide_the_others(packs_folder: Path, copy: Path) -> None:
    (copy / MANIFEST).write_text("{")
    packs, errors = PackStore([copy.parent, packs_folder]).scan()
    assert [found.path for found in packs] == [packs_folder / "tiny"]
    assert [error.code for error in errors] == ["pack-damaged"]


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no manifest": lambda p: (p / MANIFEST).unlink(),
    "manifest is no JSON": lambda p: (p / MANIFEST).write_text("{"),
    "manifest is binary": lambda p: (p / MANIFEST).write_bytes(b"\xff\xfe\x00"),
    "manifest is huge": lambda p: (p / MANIFEST).write_bytes(b" " * (5 * 2**20)),
    "unknown field": lambda p: edit(p, lambda m: m.update(surprise=1)),
    "no base": lambda p: edit(p, lambda m: m["stages"].pop("base")),
    "a gap in the cascade": lambda p: edit(p, lambda m: m["stages"].pop("sr1")),
    "unknown sampler": lambda p: edit(p, lambda m: m["stages"]["base"].update(sampler="magic")),
    "guidance interval backwards": lambda p: edit(
        p, lambda m: m["stages"]["base"]["guidance"].update(interval=[0.9, 0.1])
    ),
    "odd size": lambda p: edit(p, lambda m: m["sizes"].update({"16:9": [33, 64]})),
    "size the windows can't cover": lambda p: edit(p, lambda m: m["sizes"].update({"16:9": [40, 72]})),
    "file not listed": lambda p: edit(p, lambda m: m["files"].pop("base.safetensors")),
    "vocabulary not listed": lambda p: edit(p, lambda m: m["files"].pop("vocabulary.json")),
    "file outside": lambda p: edit(p, lambda m: m["files"].update({"../x": m["files"]["card.md"]})),
    "file missing": lambda p: (p / "sr1.safetensors").unlink(),
    "file cut off": lambda p: (p / "sr1.safetensors").write_bytes((p / "sr1.safetensors").read_bytes()[:-9]),
    "one bit turned": lambda p: turn_a_bit(p / "sr2.safetensors"),
    "not safetensors": lambda p: replace(p, "base.safetensors", b"PK\x03\x04 a pickle in a zip"),
    "header too long": lambda p: replace(p, "base.safetensors", b"\xff" * 64),
    "a tensor is missing": lambda p: rewrite(p, "base.safetensors", lambda t: t.pop("head.linear.weight")),
    "a tensor too many": lambda p: rewrite(p, "text.safetensors", lambda t: t.update(more=torch.zeros(1))),
    "a wrong shape": lambda p: rewrite(p, "text.safetensors", lambda t: t.update(null=torch.zeros(17))),
    "not a number": lambda p: rewrite(
        p, "base.safetensors", lambda t: t["head.linear.weight"].fill_(torch.nan)
    ),
    "infinity": lambda p: rewrite(p, "tokenizer.safetensors", lambda t: t["latent_std"].fill_(torch.inf)),
    "integers": lambda p: rewrite(p, "text.safetensors", lambda t: t.update(null=t["null"].to(torch.int32))),
    "vocabulary is no JSON": lambda p: replace(p, "vocabulary.json", b"[]"),
    "vocabulary of another size": lambda p: edit(p, lambda m: m["text"].update(vocabulary_size=7)),
    "unknown config field": lambda p: edit(p, lambda m: m["tokenizer"].update(surprise=1)),
    "config field missing": lambda p: edit(p, lambda m: m["stages"]["base"]["transformer"].pop("width")),
    "config of a wrong type": lambda p: edit(
        p, lambda m: m["stages"]["base"]["transformer"].update(width="32")
    ),
    "config number too large": lambda p: edit(
        p, lambda m: m["stages"]["base"]["transformer"].update(width=2**40)
    ),
    "too many layers": lambda p: edit(p, lambda m: m["stages"]["base"]["transformer"].update(layers=10**5)),
    "negative": lambda p: edit(p, lambda m: m["stages"]["base"]["transformer"].update(layers=-1)),
    "a part above the whole": lambda p: edit(
        p, lambda m: m["stages"]["base"]["transformer"].update(low_res_path=1.5)
    ),
    "no heads": lambda p: edit(p, lambda m: m["stages"]["base"]["transformer"].update(heads=0)),
    "larger than its file": lambda p: edit(p, lambda m: m["stages"]["base"]["transformer"].update(width=64)),
    "other latents": lambda p: edit(
        p, lambda m: m["stages"]["base"]["transformer"].update(latent_channels=8)
    ),
    "other text": lambda p: edit(p, lambda m: m["stages"]["base"]["transformer"].update(text_width=24)),
    "base with low-res input": lambda p: edit(
        p, lambda m: m["stages"]["base"]["transformer"].update(low_res=True)
    ),
    "base with low-res noise": lambda p: edit(p, lambda m: m["stages"]["base"].update(low_res_noise=3)),
}


def turn_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))


def replace(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    sign(folder, name)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_one_plain_error(copy: Path, damage: str) -> None:
    DAMAGES[damage](copy)
    with pytest.raises(WaltError) as error:
        load_pack(copy)
    assert error.value.code == "pack-damaged"
    line = error.value.line()
    assert str(copy) in line
    assert "\n" not in line
    assert len(line) < 400


def test_a_pack_from_the_future_says_so(copy: Path) -> None:
    edit(copy, lambda m: m.update(format=2))
    with pytest.raises(WaltError) as error:
        load_pack(copy)
    assert error.value.code == "pack-too-new"


def test_a_pack_may_end_at_an_earlier_stage(copy: Path) -> None:
    edit(copy, lambda m: (m["stages"].pop("sr2"), m["files"].pop("sr2.safetensors")))
    (copy / "sr2.safetensors").unlink()
    pack = load_pack(copy)
    assert (set(pack.shapes), pack.manifest.last_stage) == ({"base", "sr1"}, "sr1")
    with pytest.raises(UsageError, match="no stage sr2") as error:
        pack.manifest.size("16:9", "sr2")
    assert "sr1" in error.value.hint


def test_sizes_double(pack: LoadedPack) -> None:
    manifest = pack.manifest
    assert [manifest.size("16:9", stage) for stage in manifest.stages] == [(32, 64), (64, 128), (128, 256)]
    with pytest.raises(UsageError, match="9:16") as error:
        manifest.size("9:16", "base")
    assert "1:1" in error.value.hint


def test_a_manifest_survives_its_own_json(pack: LoadedPack) -> None:
    assert WaltManifest.model_validate_json(pack.manifest.model_dump_json()) == pack.manifest
    with pytest.raises(ValidationError):
        WaltManifest.model_validate({**pack.manifest.model_dump(), "name": "../tiny"})


def test_requests_are_checked_at_the_door(store: PackStore) -> None:
    tiny = store.find("tiny")
    ask = ClipRequest.parse
    assert check_request(ask(prompt="a red horse, please", pack="tiny"), tiny).unknown == ()
    heard = check_request(ask(prompt="a hose and a castle", negative="castle", pack="tiny"), tiny)
    unknown = heard.unknown
    assert UnknownWord("hose", "horse") in unknown
    assert [word.word for word in unknown].count("castle") == 1
    with pytest.raises(UsageError) as error:
        check_request(ask(prompt="castle!", pack="tiny"), tiny)
    assert error.value.code == "prompt-not-known"
    assert "horse" in error.value.hint
    with pytest.raises(UsageError, match="9:16"):
        check_request(ask(prompt="a horse", aspect="9:16", pack="tiny"), tiny)
    with pytest.raises(WaltError) as missing:
        check_request(ask(prompt="a horse", image="/nowhere.png", pack="tiny"), tiny)
    assert missing.value.code == "image-not-found"


def test_devices() -> None:
    assert resolve("cpu").torch.type == "cpu"
    assert resolve("auto").dtype in (torch.float32, torch.bfloat16, torch.float16)
    with pytest.raises(UsageError):
        resolve("abacus")
    if not torch.cuda.is_available():
        with pytest.raises(WaltError) as error:
            resolve("cuda")
        assert error.value.code == "device-not-available"
