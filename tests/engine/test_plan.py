"""Memory before the run: the plan fits what was measured, picks a way to decode, and refuses in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import WaltError
from engine.events import JobDone, JobFailed, StageStarted
from engine.packs.manifest import Manifest
from engine.packs.plan import MB, TILES, best_tile, plan, weights
from engine.packs.store import PackStore
from engine.request import ClipRequest
from engine.worker import Engine
from tests.trust.ears import PATIENCE, Ears

# Starter 0.0.1, 17 frames of 16:9, growth of resident memory in MiB while a part ran (bf16, one thread).
MEASURED_STEP = {"base": 29, "sr1": 62}
MEASURED_DECODE = {"base": 31, "sr1": 146, "sr2": 455}
MEASURED_LOAD = 184


def ask(**wishes: object) -> ClipRequest:
    return ClipRequest.parse(**{"prompt": "a horse", **wishes})


@pytest.fixture(scope="module")
def starter() -> Manifest:
    return PackStore().find("starter").manifest


@pytest.fixture
def tiny(store: PackStore) -> Manifest:
    return store.find("tiny").manifest


def test_the_plan_is_above_what_was_measured_and_not_far(starter: Manifest) -> None:
    if starter.version != "0.0.1":
        pytest.skip("measured with another starter")
    for stage, measured in MEASURED_DECODE.items():
        assert measured <= plan(starter, ask(upto=stage)).decode / MB <= 2 * measured
    for stage, measured in MEASURED_STEP.items():
        assert measured <= plan(starter, ask(upto=stage)).step / MB <= 2 * measured
    assert MEASURED_LOAD <= weights(starter) / MB <= 2 * MEASURED_LOAD


def test_more_takes_more_and_tiles_take_less(starter: Manifest) -> None:
    works = [plan(starter, ask(upto=stage)).work for stage in ("base", "sr1", "sr2")]
    assert works == sorted(works)
    tiled = [plan(starter, ask(), tile).decode for tile in TILES]
    assert tiled == sorted(tiled, reverse=True)
    assert plan(starter, ask(frames=161)).clip > 9 * plan(starter, ask()).clip
    assert plan(starter, ask(frames=161)).decode == plan(starter, ask()).decode, "the length is streamed"
    assert weights(starter, whole=True) > weights(starter)


def test_the_best_way_to_decode_that_fits_is_taken(starter: Manifest) -> None:
    for tile in TILES:
        assert best_tile(starter, ask(), plan(starter, ask(), tile).work) == tile
    enough = plan(starter, ask(upto="sr1"), TILES[-1]).work
    with pytest.raises(WaltError, match=r"about [\d,]+ MB, and [\d,]+ MB are free") as caught:
        best_tile(starter, ask(), enough)
    assert caught.value.code == "out-of-memory"
    assert "--upto sr1" in caught.value.hint
    with pytest.raises(WaltError) as caught:
        best_tile(starter, ask(frames=161, upto="base"), 0)
    assert "fewer frames" in caught.value.hint


@pytest.mark.parametrize("spoilt", [{"grid": []}, {"patch": 0}, {"heads": "many"}, {"spatial_window": None}])
def test_shapes_that_make_no_sense_are_the_packs_fault(tiny: Manifest, spoilt: dict[str, Any]) -> None:
    base = tiny.stages["base"]
    spec = base.model_copy(update={"transformer": base.transformer | spoilt})
    with pytest.raises(WaltError) as caught:
        plan(tiny.model_copy(update={"stages": {**tiny.stages, "base": spec}}), ask())
    assert caught.value.code == "pack-damaged"


def test_an_engine_that_may_take_nothing_says_so_before_it_begins(store: PackStore) -> None:
    ears, begun = Ears(), []
    ears.on = lambda event: begun.append(event) if isinstance(event, StageStarted) else None
    engine = Engine(ears, store, "cpu", memory_mb=1)
    failed = ears.wait(engine.submit(ask(pack="tiny")))
    assert engine.close(PATIENCE)
    assert isinstance(failed, JobFailed)
    assert (failed.error.code, begun) == ("out-of-memory", [])
    assert "MB are free" in failed.error.message


def test_tiles_by_plan_make_a_clip(store: PackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    request = ask(pack="tiny", frames=1, steps=1)
    manifest = store.find("tiny").manifest
    budget = plan(manifest, request, 16).work
    assert best_tile(manifest, request, budget) is not None
    monkeypatch.setattr("engine.devices.free_bytes", lambda *_: max(budget, weights(manifest)))
    monkeypatch.setattr("engine.packs.plan.best_tile", lambda *_: 16)
    ears = Ears()
    engine = Engine(ears, store, "cpu")
    done = ears.wait(engine.submit(request))
    assert engine.close(PATIENCE)
    assert isinstance(done, JobDone)
    assert done.clip.frames.shape == (1, 128, 256, 3)
