"""Matrices in 8 bits: the memory falls as planned, the clip stays close, however networks are kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from torch import nn

from engine.api.clip import Clip
from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.api.types import STAGES, ResidencyMode, WeightFormat
from engine.packs.load import LoadedPack, load_pack
from engine.packs.sizes import weigh
from engine.pipeline.cascade import Cascade
from engine.runtime.devices import resolve

REQUEST = ClipRequest.parse(prompt="a horse", pack="tiny", frames=17, steps=2, seed=3)


@pytest.fixture(scope="module")
def small(packs_folder: Path) -> LoadedPack:
    pytest.importorskip("torchao")
    return load_pack(packs_folder / "tiny", resolve("cpu"), int8=True)


def frames(pack: LoadedPack) -> np.ndarray:
    return Cascade(pack).generate(REQUEST, lambda _event: None, lambda: False).frames


def size(network: nn.Module) -> int:
    """Bytes of a network's tensors; those in 8 bits are made of several."""
    total = 0
    for tensor in network.state_dict().values():
        inner = [getattr(tensor, name) for name in ("qdata", "scale", "zero_point") if hasattr(tensor, name)]
        total += sum(part.nbytes for part in inner or [tensor] if part is not None)
    return total


def test_the_matrices_of_layers_take_half_and_nothing_else_changes(
    small: LoadedPack, pack: LoadedPack, packs_folder: Path
) -> None:
    numbers = WeightFormat(small.device.dtype.itemsize, int8=True)
    planned = weigh(packs_folder / "tiny", small.manifest, numbers)
    for stage in STAGES:
        taken, before = size(small.transformer(stage)), size(pack.transformer(stage))
        assert taken < before
        assert abs(taken / planned[stage].whole - 1) < 0.1
    assert size(small.tokenizer) == size(pack.tokenizer)
    assert size(small.text) == size(pack.text)


@pytest.mark.slow
def test_the_clip_is_close_and_its_origin_says_so(small: LoadedPack, make: Callable[..., Clip]) -> None:
    clip = Cascade(small).generate(REQUEST, lambda _event: None, lambda: False)
    whole = make(frames=17, steps=2, seed=3)
    apart = np.abs(clip.frames.astype(int) - whole.frames)
    assert 0 < apart.mean() < 0.02 * whole.frames.std()
    assert clip.provenance is not None
    assert whole.provenance is not None
    assert clip.provenance.device.endswith(" int8")
    assert [line for line in whole.provenance.differences(clip.provenance) if line.startswith("device")]


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["staged", "streamed"])
def test_the_clip_is_the_same_however_networks_are_kept(
    kept: ResidencyMode, small: LoadedPack, packs_folder: Path
) -> None:
    other = load_pack(packs_folder / "tiny", resolve("cpu"), kept, int8=True)
    assert np.array_equal(frames(other), frames(small))


def test_without_the_package_it_says_what_to_install(
    packs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torchao.quantization", None)
    with pytest.raises(WaltError) as caught:
        load_pack(packs_folder / "tiny", resolve("cpu"), int8=True)
    assert caught.value.code == "int8-not-installed"
    assert "walt[int8]" in caught.value.hint
