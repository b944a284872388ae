"""Layers that stay on disk: the same clip in less memory, chosen when the whole pack would not fit."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.cascade import Cascade
from engine.clip import Clip
from engine.devices import resolve
from engine.errors import WaltError
from engine.events import JobDone
from engine.packs.load import load_pack
from engine.packs.plan import streamed, weights
from engine.packs.store import PackStore
from engine.packs.streaming import StreamedLayer
from engine.request import ClipRequest
from engine.worker import Engine
from tests.trust.ears import PATIENCE, Ears

REQUEST = ClipRequest.parse(prompt="a horse", pack="tiny", frames=17, steps=1, seed=3, upto="base")


def test_a_streamed_pack_makes_the_same_clip(make: Callable[..., Clip], packs_folder: Path) -> None:
    pack = load_pack(packs_folder / "tiny", resolve("cpu"), stream=True)
    assert all(isinstance(layer, StreamedLayer) for layer in pack.base.blocks)
    assert not any(name.startswith("blocks.") for name in pack.base.state_dict())
    clip = Cascade(pack).generate(REQUEST, lambda _event: None, lambda: False)
    assert np.array_equal(clip.frames, make(frames=17, steps=1, seed=3, upto="base").frames)


def test_the_starter_streamed_takes_less_than_whole() -> None:
    pack = PackStore().find("starter")
    assert streamed(pack.path, pack.manifest).total < weights(pack.manifest)


def test_an_engine_streams_what_does_not_fit(store: PackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = store.find("tiny")
    free = iter([weights(pack.manifest) - 1, 2**40])  # before the networks are there, and beside them
    monkeypatch.setattr("engine.devices.free_bytes", lambda *_: next(free))
    monkeypatch.setattr("engine.packs.plan._IN_FLIGHT", 0)  # a layer is no small part of so tiny a pack
    asked: list[bool] = []

    def listen(path: Path, device: object, *, stream: bool) -> object:
        asked.append(stream)
        return load_pack(path, resolve("cpu"), stream=stream)

    monkeypatch.setattr("engine.packs.load.load_pack", listen)
    ears = Ears()
    engine = Engine(ears, store, "cpu")
    done = ears.wait(engine.submit(REQUEST))
    assert engine.close(PATIENCE)
    assert isinstance(done, JobDone)
    assert asked == [True]


def test_a_file_that_goes_away_is_said_plainly(packs_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(packs_folder / "tiny", tmp_path / "tiny"))
    pack = load_pack(folder, resolve("cpu"), stream=True)
    (folder / "base.safetensors").unlink()
    with pytest.raises(WaltError) as caught:
        Cascade(pack).generate(REQUEST, lambda _event: None, lambda: False)
    assert caught.value.code == "pack-damaged"
