"""Memory before the run: the plan fits what was measured, picks a way to decode, and refuses in plain words."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.api.errors import WaltError
from engine.api.events import JobDone, JobFailed, Planned, StageStarted
from engine.api.request import ClipRequest
from engine.api.types import MemoryBudget, ResidencyMode, WeightFormat
from engine.kinds.planning import plan_clip
from engine.kinds.registry import KINDS
from engine.packs.manifest import WaltManifest, walt_manifest
from engine.packs.sizes import weigh
from engine.packs.store import InstalledPack, PackStore
from engine.planning.activations import DECODINGS, work_memory
from engine.planning.memory import Decoding, ExecutionPlan
from engine.planning.residency import execution_plans, peak, resident_bytes
from engine.worker import Engine
from tests.trust.ears import PATIENCE, Ears
from tests.trust.memory import ABOVE, FIGURES, planned, shapes

ROOT = Path(__file__).parents[2]


def ask(**wishes: object) -> ClipRequest:
    return ClipRequest.parse(**{"prompt": "a horse", **wishes})


@pytest.fixture(scope="module")
def shipped() -> InstalledPack:
    return PackStore().find("starter")


@pytest.fixture(scope="module")
def starter(shipped: InstalledPack) -> WaltManifest:
    return walt_manifest(shipped.manifest)


@pytest.fixture
def tiny(store: PackStore) -> WaltManifest:
    return walt_manifest(store.find("tiny").manifest)


def test_the_plan_is_above_what_was_measured_and_not_far(shipped: InstalledPack) -> None:
    """The peaks of whole processes with networks of these shapes, in bfloat16; other weights take the same."""
    figures = json.loads(FIGURES.read_text())
    found = shapes(walt_manifest(shipped.manifest))
    assert found == figures["shapes"], "measure anew: python -m tests.trust memory --keep"
    assert len(figures["peaks"]) == 9
    for name, measured in figures["peaks"].items():
        stage, aspect = name.split()
        request = ask(upto=stage, aspect=aspect)
        assert measured <= figures["program"] + planned(shipped, request) <= ABOVE * measured, name


def test_more_takes_more_and_tiles_take_less(starter: WaltManifest) -> None:
    works = [work_memory(starter, ask(upto=stage)).work for stage in ("base", "sr1", "sr2")]
    assert works == sorted(works)
    decoded = [work_memory(starter, ask(), decoding).decode for decoding in DECODINGS]
    assert decoded == sorted(decoded, reverse=True)
    assert work_memory(starter, ask(frames=161)).clip > 9 * work_memory(starter, ask()).clip
    assert work_memory(starter, ask(frames=161)).decode == work_memory(starter, ask()).decode, "the length is streamed"


def test_the_fastest_way_that_fits_is_taken(shipped: InstalledPack) -> None:
    starter = walt_manifest(shipped.manifest)
    weights = weigh(shipped.path, starter, WeightFormat())

    def choose(request: ClipRequest, room: float) -> ExecutionPlan:
        return plan_clip(shipped, request, weights, MemoryBudget(WeightFormat(), 0, room)).plan

    every = list(execution_plans(weights, starter, ask()))
    resident = peak("resident", weights, starter, ask())
    assert every[0] == ExecutionPlan("resident", Decoding(), resident, resident_bytes("resident", weights))
    for way in every:
        chosen = choose(ask(), way.peak)
        assert every.index(chosen) <= every.index(way)
        assert chosen.peak <= way.peak
    least = min(way.peak for way in every)
    with pytest.raises(WaltError, match=r"about [\d,]+ MB, and [\d,]+ MB may be taken") as caught:
        choose(ask(), least - 1)
    assert caught.value.code == "out-of-memory"
    assert "--upto sr1" in caught.value.hint
    with pytest.raises(WaltError) as caught:
        choose(ask(frames=161, upto="base"), 0)
    assert "fewer frames" in caught.value.hint


def test_each_way_of_keeping_networks_takes_less_than_the_one_before(shipped: InstalledPack) -> None:
    for numbers in (WeightFormat(2), WeightFormat(4), WeightFormat(2, mapped=False)):
        weights = weigh(shipped.path, walt_manifest(shipped.manifest), numbers)
        kept: tuple[ResidencyMode, ...] = ("resident", "staged", "streamed")
        peaks = [peak(one, weights, walt_manifest(shipped.manifest), ask(), DECODINGS[-1]) for one in kept]
        assert peaks == sorted(peaks, reverse=True)
    manifest = walt_manifest(shipped.manifest)
    half, eighth = (weigh(shipped.path, manifest, WeightFormat(2, int8=int8)) for int8 in (False, True))
    assert 0.5 < eighth["base"].layers / half["base"].layers < 0.55
    assert eighth["tokenizer"].rest == half["tokenizer"].rest


@pytest.mark.parametrize("spoilt", [{"grid": []}, {"patch": 0}, {"heads": "many"}, {"spatial_window": None}])
def test_shapes_that_make_no_sense_are_the_packs_fault(tiny: WaltManifest, spoilt: dict[str, Any]) -> None:
    base = tiny.stages["base"]
    spec = base.model_copy(update={"transformer": base.transformer | spoilt})
    with pytest.raises(WaltError) as caught:
        work_memory(tiny.model_copy(update={"stages": {**tiny.stages, "base": spec}}), ask())
    assert caught.value.code == "pack-damaged"


def test_an_engine_that_may_take_nothing_says_so_before_it_begins(store: PackStore) -> None:
    ears, begun = Ears(), []
    ears.on = lambda event: begun.append(event) if isinstance(event, StageStarted) else None
    engine = Engine(ears, store, "cpu", memory_mb=1)
    failed = ears.wait(engine.submit(ask(pack="tiny")))
    assert engine.close(PATIENCE)
    assert isinstance(failed, JobFailed)
    assert (failed.error.code, begun) == ("out-of-memory", [])
    assert "MB may be taken" in failed.error.message


@pytest.mark.slow
def test_tiles_by_plan_make_a_clip(store: PackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    request = ask(pack="tiny", frames=1, steps=1)
    ears, planned = Ears(), []
    ears.on = lambda event: planned.append(event) if isinstance(event, Planned) else None
    plan = ExecutionPlan("staged", Decoding(16, True), 0, 0)

    def only(*_: object) -> Iterator[ExecutionPlan]:
        return iter([plan])

    monkeypatch.setattr(KINDS["walt"], "execution_plans", only)
    engine = Engine(ears, store, "cpu")
    done = ears.wait(engine.submit(request))
    assert engine.close(PATIENCE)
    assert isinstance(done, JobDone)
    assert [(plan.residency, plan.tile) for plan in planned] == [("staged", 16)]
    assert done.clip.frames.shape == (1, 128, 256, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="only there the system says what counts towards them")
@pytest.mark.parametrize(("limit", "counted"), [("RLIMIT_AS", "VmSize:"), ("RLIMIT_DATA", "VmData:")])
def test_a_process_of_limited_memory_has_no_more_than_is_left_to_it(limit: str, counted: str) -> None:
    code = f"""
import resource
from pathlib import Path
from engine.runtime.memory import available_mb
before = available_mb()
taken = int(Path("/proc/self/status").read_text().split("{counted}")[1].split()[0]) // 1024
resource.setrlimit(resource.{limit}, ((taken + 64) * 2**20, resource.RLIM_INFINITY))
print(before, available_mb(), available_mb(mapped_mb=20), available_mb(mapped_mb=1000))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    before, left, mapped, none = map(float, done.stdout.split())
    assert left <= 65 < before
    assert mapped == pytest.approx(left - 20, abs=4)
    assert none == 0
