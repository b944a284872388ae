"""A second kind of pack, with no network at all: nothing on the way to its clip assumes walt's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.api.clip import Clip
from engine.api.errors import UsageError, WaltError
from engine.api.events import Event, FramesReady, JobDone, JobFailed, Planned, StageStarted
from engine.api.request import ClipRequest
from engine.api.types import ResidencyMode, WeightFormat
from engine.cli.main import main
from engine.kinds.kind import ClipMaker
from engine.kinds.registry import KINDS, capabilities_of
from engine.packs.base_manifest import Manifest
from engine.packs.capabilities import Capabilities, Lengths, Setting, Stage
from engine.packs.install import install
from engine.packs.load import load_pack
from engine.packs.manifest import MANIFEST, MANIFESTS
from engine.packs.sizes import Weight, Weights
from engine.packs.store import InstalledPack, PackStore
from engine.planning.memory import Decoding, ExecutionPlan
from engine.planning.workload import Workload
from engine.runtime.devices import Device
from engine.text.vocabulary import Vocabulary
from engine.worker import Engine
from tests.trust.ears import PATIENCE, Ears

FPS = 16


class FlatManifest(Manifest):
    """One colour, which is all there is to know of such a pack."""

    colour: int


class FlatMaker:
    """Frames of one colour."""

    def __init__(self, colour: int) -> None:
        self._colour = colour

    def generate(
        self,
        request: ClipRequest,
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        job: str,
        *,
        tile: int | None,
        picture: NDArray[np.uint8] | None,
        **_more: object,
    ) -> Clip:
        assert not cancelled()
        assert tile is None
        assert picture is None
        frames = np.full((request.frames, 32, 48, 3), self._colour, np.uint8)
        emit(StageStarted(job, "base", 48, 32, request.frames, 1))
        emit(FramesReady(job, "base", 0, request.frames, frames))
        return Clip(frames, request, "base", request.pack, {"base": 0.1, "total": 0.1}, FPS)


class FlatKind:
    """A kind of pack that needs nothing."""

    modules = ()

    def capabilities(self, pack: InstalledPack) -> Capabilities:
        return Capabilities(
            fps=FPS,
            lengths=Lengths(usual=9, longest=33, step=8),
            stages=(Stage("base", "finish", {"16:9": (48, 32)}),),
            still="no",
            seen=(),
            any_word=True,
            longest_prompt=50,
            negative=False,
            steps=Setting(1, fixed=True),
            guidance=None,
            still_guidance=None,
            teachable=False,
        )

    def vocabulary(self, pack: InstalledPack) -> Vocabulary:
        return Vocabulary((), any_word=True)

    def words_read(self, pack: InstalledPack) -> int | None:
        return None

    def verify(self, pack: InstalledPack, cancelled: Callable[[], bool]) -> None:
        assert isinstance(pack.manifest, FlatManifest)
        if pack.manifest.colour > 255:
            raise WaltError("pack-damaged", "There is no such colour.")

    def workload(self, pack: InstalledPack, request: ClipRequest) -> Workload:
        return Workload(1.0, 1.0)

    def weights(self, pack: InstalledPack, weight_format: WeightFormat) -> Weights:
        return {"colour": Weight(rest=1)}

    def execution_plans(
        self, pack: InstalledPack, request: ClipRequest, weights: Weights, weight_format: WeightFormat
    ) -> Iterator[ExecutionPlan]:
        yield ExecutionPlan("resident", Decoding(), request.frames * 2**20, weights["colour"].whole)

    def open(self, pack: InstalledPack, device: Device, residency: ResidencyMode, *, int8: bool) -> ClipMaker:
        assert isinstance(pack.manifest, FlatManifest)
        return FlatMaker(pack.manifest.colour)


@pytest.fixture
def flat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackStore:
    """A store with the packs ``flat``, of the second kind, and ``loud``, which is damaged."""
    monkeypatch.setitem(MANIFESTS, "flat", FlatManifest)
    monkeypatch.setitem(KINDS, "flat", FlatKind())
    for name, colour in (("flat", 40), ("loud", 400)):
        about = {"title": name, "version": "1", "licence": "CC0", "description": "", "colour": colour}
        (tmp_path / name).mkdir()
        (tmp_path / name / MANIFEST).write_text(json.dumps({"kind": "flat", "name": name, **about}))
    return PackStore([tmp_path])


def made(store: PackStore, memory_mb: int | None = None, **wishes: Any) -> tuple[Event, list[Event]]:
    """The last event of a job, and what was planned for it."""
    ears, planned = Ears(), list[Event]()
    ears.on = lambda event: planned.append(event) if isinstance(event, Planned) else None
    engine = Engine(ears, store, "cpu", memory_mb=memory_mb)
    request = ClipRequest.parse(**{"prompt": "any words", "pack": "flat", "frames": 9, "upto": "base", **wishes})
    last = ears.wait(engine.submit(request))
    assert engine.close(PATIENCE)
    return last, planned


def test_the_engine_makes_its_clips(flat: PackStore) -> None:
    done, [planned] = made(flat)
    assert isinstance(done, JobDone)
    assert isinstance(planned, Planned)
    assert (done.clip.frames.shape, done.clip.frames.max(), done.clip.fps) == ((9, 32, 48, 3), 40, 16)
    assert planned.residency == "resident"


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"frames": 13}, "bad-request"),
        ({"aspect": "1:1"}, "aspect-not-in-pack"),
        ({"upto": "sr2"}, "stage-not-in-pack"),
        ({"negative": "night"}, "not-in-pack"),
        ({"image": "still.png"}, "not-in-pack"),
        ({"steps": 4}, "not-in-pack"),
        ({"guidance": 2.0}, "not-in-pack"),
    ],
)
def test_what_it_cannot_do_is_refused(flat: PackStore, wishes: dict[str, Any], code: str) -> None:
    failed, planned = made(flat, **wishes)
    assert isinstance(failed, JobFailed)
    assert (failed.error.code, planned) == (code, [])


def test_its_memory_is_planned(flat: PackStore) -> None:
    failed, _ = made(flat, memory_mb=1, frames=33)
    assert isinstance(failed, JobFailed)
    assert failed.error.code == "out-of-memory"
    assert "fewer frames" in failed.error.hint


@pytest.fixture
def walt(flat: PackStore, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command line over the store."""
    monkeypatch.setattr("engine.packs.store.default_roots", lambda: flat.roots)
    return lambda *words: main([str(word) for word in words])


def test_the_command_line_plans_lists_verifies_and_makes(
    walt: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert walt("packs", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert next((one["name"], one["stages"], one["sizes"]) for one in listed) == (
        "flat", ["base"], {"16:9": {"height": 32, "width": 48}},
    )  # fmt: skip
    assert walt("packs", "--verify", "flat") == 0
    assert walt("packs", "--verify", "loud") == 1
    capsys.readouterr()
    assert walt("plan", "flat", "--cards", "8", "--json") == 0
    planned = json.loads(capsys.readouterr().out)
    assert (planned["networks_mb"], planned["plans"][0]["peak_mb"]) == ({"colour": 0}, 9)
    capsys.readouterr()
    asked = ("any words", "--pack", "flat", "--device", "cpu", "--out", tmp_path / "a.mp4", "--json")
    assert walt("generate", *asked) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["frames"], report["fps"], report["stage"]) == (9, 16, "base")


def test_packs_of_unknown_kinds_are_for_a_newer_walt(flat: PackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(MANIFESTS, "flat")
    packs, errors = flat.scan()
    assert (packs, [error.code for error in errors]) == ([], ["pack-too-new"] * 2)


def test_it_is_installed_like_others(flat: PackStore, tmp_path: Path) -> None:
    pack = install(flat.find("flat").path, tmp_path / "other")
    assert isinstance(pack.manifest, FlatManifest)
    assert capabilities_of(pack).lengths.usual == 9


def test_what_needs_walts_own_networks_says_so(flat: PackStore) -> None:
    with pytest.raises(UsageError) as refused:
        load_pack(flat.find("flat").path)
    assert refused.value.code == "not-in-pack"
