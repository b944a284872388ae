"""How networks are kept: the same clip all in memory, one at a time, or layer by layer; the plan is kept to."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.api.clip import Clip
from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.api.types import ResidencyMode, WeightFormat
from engine.packs.load import load_pack
from engine.packs.manifest import Network, walt_manifest
from engine.packs.network_cache import NetworkCache
from engine.packs.sizes import weigh
from engine.packs.store import PackStore
from engine.packs.streaming import StreamedLayer
from engine.pipeline.cascade import Cascade
from engine.planning.memory import MB
from engine.planning.residency import RESIDENCY_MODES, peak
from engine.runtime.devices import FIRST_USE, resolve
from tests.tiny_pack import transformer, write_tiny_pack

REQUEST = ClipRequest.parse(prompt="a horse", pack="tiny", frames=17, steps=1, seed=3)
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("kept", RESIDENCY_MODES)
def test_however_networks_are_kept_the_clip_is_the_same(
    kept: ResidencyMode, make: Callable[..., Clip], packs_folder: Path
) -> None:
    pack = load_pack(packs_folder / "tiny", resolve("cpu"), kept)
    clip = Cascade(pack).generate(REQUEST, lambda _event: None, lambda: False)
    assert np.array_equal(clip.frames, make(frames=17, steps=1, seed=3).frames)


@pytest.mark.slow
def test_networks_in_turns_are_let_go_before_the_next_is_read(packs_folder: Path) -> None:
    pack = load_pack(packs_folder / "tiny", resolve("cpu"), "staged")
    for one, other in (("text", "base"), ("base", "sr1"), ("sr1", "base")):
        before = weakref.ref(pack.networks.get(one))  # pyright: ignore[reportArgumentType]
        assert before() is pack.networks.get(one)  # pyright: ignore[reportArgumentType]
        pack.networks.get(other)  # pyright: ignore[reportArgumentType]
        assert before() is None
    last = weakref.ref(pack.transformer("sr2"))
    pack.networks.release()
    assert last() is None


@pytest.mark.slow
def test_a_cascade_in_turns_never_holds_two_denoisers(
    packs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = load_pack(packs_folder / "tiny", resolve("cpu"), "staged")
    read: list[weakref.ref[Any]] = []
    held: list[int] = []

    def take(stage: str, take: Callable[[Any], Any] = pack.networks.get) -> Any:
        network = take(stage)
        if network not in [ref() for ref in read]:
            read.append(weakref.ref(network))
        held.append(sum(ref() is not None for ref in read))
        return network

    def get(_cache: NetworkCache, stage: Network) -> Any:
        return take(stage)

    monkeypatch.setattr(NetworkCache, "get", get)
    Cascade(pack).generate(REQUEST, lambda _event: None, lambda: False)
    assert len(read) == 4  # the text encoder too
    assert set(held) == {1}
    assert all(ref() is None for ref in read)


def test_streamed_layers_are_not_in_memory(packs_folder: Path) -> None:
    base = load_pack(packs_folder / "tiny", resolve("cpu"), "streamed").transformer("base")
    assert all(isinstance(layer, StreamedLayer) for layer in base.blocks)
    assert not any(name.startswith("blocks.") for name in base.state_dict())


@pytest.mark.parametrize("kept", ["staged", "streamed"])
def test_a_file_that_goes_away_is_said_plainly(kept: ResidencyMode, packs_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(packs_folder / "tiny", tmp_path / "tiny"))
    pack = load_pack(folder, resolve("cpu"), kept)
    (folder / "base.safetensors").unlink()
    with pytest.raises(WaltError) as caught:
        Cascade(pack).generate(REQUEST, lambda _event: None, lambda: False)
    assert caught.value.code == "pack-damaged"


def wide(stage: str) -> Any:
    """A denoiser of about 90 MB: nearly all of it layers, as at full size."""
    return replace(transformer(stage), width=768, heads=6, layers=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pack ``mid``, of 270 MB."""
    return write_tiny_pack(tmp_path_factory.mktemp("mid"), "mid", wide).parent


def made(folder: Path, room_mb: float = 0, int8: bool = False) -> dict[str, Any]:
    """A clip made in a process of its own, which may take so much memory besides the program; 0 is no limit."""
    command = [
        sys.executable,
        "-m",
        "tests.engine.memory_worker",
        str(folder),
        str(int(room_mb)),
        "int8" * int8,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit and the high-water mark are Linux's")
def test_under_an_enforced_limit_what_was_planned_is_taken_and_the_clip_is_the_same(folder: Path) -> None:
    pack = PackStore([folder]).find("mid")
    request = replace(REQUEST, pack="mid")
    weights = weigh(pack.path, walt_manifest(pack.manifest), WeightFormat(resolve("cpu").dtype.itemsize))
    whole = made(folder)
    assert not whole["refused"]
    taken = {"resident": whole}
    # A file that is mapped counts towards the limit, though it takes no memory that could not be had back.
    also = (FIRST_USE + max(file.bytes for file in pack.manifest.files.values())) / MB + 10
    for kept in ("staged", "streamed"):
        need = peak(kept, weights, walt_manifest(pack.manifest), request) / MB
        taken[kept] = made(folder, need + also)
        assert taken[kept]["refused"]  # what goes beyond the limit
    for kept, figures in taken.items():
        assert figures["kept"] == kept
        assert figures["frames"] == whole["frames"]
        assert abs(figures["measured"] / figures["planned"] - 1) < 0.1
    measured = [figures["measured"] for figures in taken.values()]
    assert measured == sorted(measured, reverse=True)
