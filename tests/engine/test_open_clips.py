"""Clips of tiny open models of several families: made, begun with pictures, stopped, repeated, short of memory."""

from __future__ import annotations

import gc
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.api.clip import Cancelled, Clip
from engine.api.errors import WaltError
from engine.api.events import Event, FramesReady, JobDone, StageStarted, StepDone
from engine.api.request import ClipRequest
from engine.cli.main import main
from engine.kinds.registry import capabilities_of
from engine.media.export import write_mp4
from engine.packs.store import PackStore
from engine.runtime.fault_injection import Operation, watched
from engine.worker import Engine
from tests.engine.conftest import Recorder
from tests.trust.ears import PATIENCE, Ears

pytest.importorskip("diffusers")
pytest.importorskip("accelerate")

import torch

from engine.open_models.link import link
from engine.open_models.loading import load_pipeline
from engine.open_models.maker import OpenMaker
from engine.runtime.devices import Device
from tests.tiny_models import write_tiny_model

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the libraries warn of one another
CPU = Device(torch.device("cpu"), torch.float32)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PackStore:
    return PackStore([tmp_path_factory.mktemp("packs")])


@pytest.fixture(scope="module")
def maker(store: PackStore, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], OpenMaker]:
    """The maker of a tiny model of a family, made once."""
    makers: dict[str, OpenMaker] = {}

    def of(family: str) -> OpenMaker:
        if family not in makers:
            pack = link(write_tiny_model(tmp_path_factory.mktemp("models"), family), store.roots[0])
            makers[family] = OpenMaker(pack, CPU, "resident")
        return makers[family]

    return of


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where latents are kept; and no test here reaches out of this machine."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr("engine.open_models.saved.known_folder", lambda _: tmp_path)
    return tmp_path / "latents"


@pytest.fixture
def picture(tmp_path: Path) -> str:
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "still.png")
    return str(tmp_path / "still.png")


def make(maker: OpenMaker, recorder: Recorder | None = None, **wishes: Any) -> Clip:
    ears = recorder or Recorder()
    usual = maker.manifest.model.lengths.usual
    values = {"prompt": "a horse", "pack": maker.manifest.name, "frames": usual, "upto": "base", **wishes}
    return maker.generate(ClipRequest.parse(**values), ears, ears.cancelled, "job")


@pytest.mark.parametrize("family", ["wan", "wan-two", "wan-both", "ltx", "ltx-condition", "cogvideo"])
def test_text_to_video(maker: Callable[[str], OpenMaker], recorder: Recorder, family: str) -> None:
    made = make(maker(family), recorder)
    model = maker(family).manifest.model
    height, width = model.sizes["16:9"]
    assert made.frames.shape == (model.lengths.usual, height, width, 3)
    assert made.fps == model.fps
    assert recorder.events[0] == StageStarted("job", "base", width, height, len(made.frames), 3)
    steps = [event for event in recorder.events if isinstance(event, StepDone)]
    assert [step.step for step in steps] == [1, 2, 3]
    for step in steps:
        assert step.preview is not None
        assert step.preview.shape[1] * width == step.preview.shape[2] * height
        assert step.eta_total >= 0
    chunks = [event for event in recorder.events if isinstance(event, FramesReady)]
    assert [chunk.first for chunk in chunks] == list(np.cumsum([0, *[len(chunk.frames) for chunk in chunks[:-1]]]))
    assert np.array_equal(np.concatenate([chunk.frames for chunk in chunks]), made.frames)
    assert made.provenance is not None
    assert "diffusers" in made.provenance.libraries
    assert made.provenance.residency == "resident"


@pytest.mark.parametrize(("family", "chunks"), [("wan", [1, 4, 4]), ("wan-both", [1, 4, 4])])
def test_frames_come_while_they_are_decoded(
    maker: Callable[[str], OpenMaker], recorder: Recorder, family: str, chunks: list[int]
) -> None:
    make(maker(family), recorder)
    assert [len(event.frames) for event in recorder.events if isinstance(event, FramesReady)] == chunks


@pytest.mark.parametrize("family", ["wan-both", "wan-still", "ltx", "ltx-condition"])
def test_image_to_video(maker: Callable[[str], OpenMaker], picture: str, family: str) -> None:
    if family.startswith("wan"):
        pytest.importorskip("ftfy")
    made = make(maker(family), image=picture)
    assert made.frames.shape[0] == maker(family).manifest.model.lengths.usual
    assert made.provenance is not None
    assert made.provenance.still
    if family != "wan-still":
        assert not np.array_equal(made.frames, make(maker(family)).frames)


@pytest.mark.parametrize("overlap", [9, 1])
def test_a_clip_is_continued(maker: Callable[[str], OpenMaker], tmp_path: Path, overlap: int) -> None:
    one = maker("ltx-condition")
    recorder = Recorder()
    write_mp4(tmp_path / "a.mp4", make(one).frames, 24)
    made = make(one, recorder, source=str(tmp_path / "a.mp4"), overlap=overlap)
    assert len(made.frames) == 17 - overlap
    chunks = [event for event in recorder.events if isinstance(event, FramesReady)]
    assert sum(len(chunk.frames) for chunk in chunks) == 17 - overlap


def test_same_seed_same_frames_and_another_is_another(maker: Callable[[str], OpenMaker]) -> None:
    one = maker("wan")
    first = make(one, seed=3).frames
    assert np.array_equal(make(one, seed=3).frames, first)
    assert not np.array_equal(make(one, seed=4).frames, first)
    assert not np.array_equal(make(one, seed=3, negative="a dog").frames, first)


class StopAt:
    """Says after so many questions that the job is cancelled."""

    def __init__(self, count: int) -> None:
        self.left = count

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_it_stops_within_one_layer_and_is_as_before(maker: Callable[[str], OpenMaker], cache: Path) -> None:
    one = maker("wan")
    whole = make(one, seed=5).frames
    request = ClipRequest.parse(prompt="a horse", frames=9, upto="base", seed=5, pack=one.manifest.name)
    asked = StopAt(10**9)
    one.generate(request, Recorder(), asked, "job")
    everything = 10**9 - asked.left
    assert everything > 40, "it is asked before every layer"
    for share in (0.02, 0.3, 0.95):  # in the text encoder, in a step, while frames are decoded
        stop = StopAt(int(everything * share))
        with pytest.raises(Cancelled):
            one.generate(request, Recorder(), stop, "job")
        assert stop.left == -1, "it went on after it was told to stop"
    assert list(cache.glob("*")) == [], "the latents of a clip that nobody wants are gone"
    assert np.array_equal(make(one, seed=5).frames, whole)


def full_at(times: int, operation: Operation = "decode") -> Callable[[Operation], None]:
    left = times

    def watch(found: Operation) -> None:
        nonlocal left
        if found == operation and left:
            left -= 1
            raise MemoryError

    return watch


def test_where_memory_is_full_it_decodes_once_more_and_then_in_tiles(maker: Callable[[str], OpenMaker]) -> None:
    one = maker("wan")
    whole = make(one, seed=6).frames
    recorder = Recorder()
    with watched(full_at(2)):
        tiled = make(one, recorder, seed=6).frames
    assert tiled.shape == whole.shape
    assert len([event for event in recorder.events if isinstance(event, StepDone)]) == 3, "nothing is denoised again"
    assert one.pipe.vae.use_tiling
    make(one, seed=7)
    assert not one.pipe.vae.use_tiling


def test_what_was_denoised_is_not_lost(maker: Callable[[str], OpenMaker], cache: Path) -> None:
    one = maker("ltx-condition")
    whole = make(one, seed=8).frames
    with watched(full_at(9)), pytest.raises(WaltError) as full:
        make(one, seed=8)
    assert full.value.code == "out-of-memory"
    [kept] = cache.glob("*.safetensors")
    assert kept.stat().st_size < 200_000
    other = Recorder()
    make(one, other, seed=9)
    assert [event for event in other.events if isinstance(event, StepDone)], "another clip has latents of its own"
    again = Recorder()
    assert np.array_equal(make(one, again, seed=8).frames, whole)
    assert [event for event in again.events if isinstance(event, StepDone)] == []
    assert list(cache.glob("*")) == []


@pytest.fixture
def wan(maker: Callable[[str], OpenMaker]) -> Iterator[OpenMaker]:
    """A maker whose weights a test may change."""
    one = maker("wan")
    parts = {name: getattr(one.pipe, name) for name in ("vae", "transformer")}
    before = {name: {k: v.clone() for k, v in part.state_dict().items()} for name, part in parts.items()}
    yield one
    for name, part in parts.items():
        part.load_state_dict(before[name])


def test_numbers_that_overflow_end_the_clip_at_once(wan: OpenMaker, recorder: Recorder, cache: Path) -> None:
    next(wan.pipe.transformer.parameters()).fill_(float("nan"))
    with pytest.raises(WaltError, match=r"overflowed in step 1 of 3\.") as bad:
        make(wan, recorder)
    assert bad.value.code == "numbers-overflowed"
    assert recorder.of(FramesReady) == []


def test_frames_that_overflow_end_the_clip_at_once(wan: OpenMaker, cache: Path) -> None:
    next(wan.pipe.vae.decoder.parameters()).fill_(float("inf"))
    with pytest.raises(WaltError, match="overflowed while frames were decoded"):
        make(wan)
    assert list(cache.glob("*")) == []


def test_a_clip_of_one_colour_is_no_clip(wan: OpenMaker) -> None:
    for parameter in wan.pipe.vae.decoder.conv_out.parameters():
        parameter.zero_()
    with pytest.raises(WaltError, match="single colour") as bad:
        make(wan)
    assert bad.value.code == "one-colour"


@pytest.mark.parametrize("residency", ["staged", "streamed"])
def test_parts_in_turns_make_the_same_frames(
    maker: Callable[[str], OpenMaker], store: PackStore, residency: Any
) -> None:
    whole = make(maker("wan"), seed=2)
    turns = OpenMaker(store.find("tiny-wan"), CPU, residency)
    other = make(turns, seed=2)
    assert np.abs(other.frames.astype(int) - whole.frames).max() <= 1
    with pytest.raises(Cancelled):
        turns.generate(whole.request, Recorder(), StopAt(30), "job")
    assert np.array_equal(make(turns, seed=2).frames, other.frames)
    assert other.provenance is not None
    assert other.provenance.residency == residency


def test_eight_bits_make_a_clip(maker: Callable[[str], OpenMaker], store: PackStore) -> None:
    whole = make(maker("wan"), seed=2)
    small = make(OpenMaker(store.find("tiny-wan"), CPU, "resident", int8=True), seed=2)
    assert small.provenance is not None
    assert small.provenance.device == "cpu float32 float8"
    assert not np.array_equal(small.frames, whole.frames)



def test_a_part_that_does_not_fit_its_settings_is_refused(store: PackStore, tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path, "wan")
    config = json.loads((folder / "transformer" / "config.json").read_text())
    for changes, sentence in (({"num_layers": 3}, "lacks the tensor blocks.2."), ({"ffn_dim": 64}, "blocks.0.ffn")):
        (folder / "transformer" / "config.json").write_text(json.dumps(config | changes))
        pack = link(folder, store.roots[0], name="other", replace=True)
        with pytest.raises(WaltError) as refused:
            load_pipeline(pack, CPU, "resident", int8=False)
        assert refused.value.code == "model-damaged"
        assert sentence in refused.value.message


def test_a_pipeline_that_this_diffusers_does_not_have(store: PackStore, tmp_path: Path) -> None:
    for name in ("NoSuchPipeline", "AutoencoderKLWan"):
        pack = link(write_tiny_model(tmp_path / name, "wan", pipeline=name), store.roots[0], name="other", replace=True)
        with pytest.raises(WaltError, match=f"has no {name}") as refused:
            load_pipeline(pack, CPU, "resident", int8=False)
        assert refused.value.code == "open-too-old"


def test_the_engine_makes_its_clips(maker: Callable[[str], OpenMaker], store: PackStore) -> None:
    pack = maker("wan").manifest.name
    ears = Ears()
    engine = Engine(ears, store, "cpu")
    request = ClipRequest.parse(prompt="a horse", pack=pack, frames=9, upto="base", seed=2)
    last: Event = ears.wait(engine.submit(request))
    assert engine.close(PATIENCE)
    assert isinstance(last, JobDone)
    assert last.clip.fps == capabilities_of(store.find(pack)).fps == 16


def test_the_command_line_makes_a_clip_and_makes_it_again(
    maker: Callable[[str], OpenMaker],
    store: PackStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pack = maker("wan").manifest.name
    monkeypatch.setattr("engine.packs.store.default_roots", lambda: store.roots)
    first, second = tmp_path / "a.mp4", tmp_path / "b.mp4"
    assert main(["generate", "a dog", "--pack", pack, "--device", "cpu", "--out", str(first), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["frames"], report["fps"], report["width"]) == (9, 16, 64)
    assert main(["generate", "--from", str(first), "--device", "cpu", "--out", str(second)]) == 0
    assert "not as it was" not in capsys.readouterr().err
    assert second.read_bytes() == first.read_bytes()
    assert main(["generate", "a dog", "--pack", pack, "--frames", "10", "--out", str(second)]) == 2
    assert "Ask for 9" in capsys.readouterr().err


@pytest.mark.parametrize("family", ["wan", "wan-still"])
def test_the_doctor_measures_a_pack(
    maker: Callable[[str], OpenMaker],
    store: PackStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    family: str,
) -> None:
    if family == "wan-still":
        pytest.importorskip("ftfy")
    pack = maker(family).manifest.name
    monkeypatch.setattr("engine.packs.store.default_roots", lambda: store.roots)
    assert main(["doctor", "--pack", pack]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["pack"], report["frames"], report["size"]) == (pack, 5, [64, 32])
    assert report["plan"]["networks"] == "resident"
    assert all(seconds >= 0 for seconds in report["seconds"].values())
    assert report["memory_mb"]["peak_of_the_process"] > 100
    assert "diffusers" in report["origin"]["libraries"]


def test_many_clips_leave_nothing_behind(maker: Callable[[str], OpenMaker]) -> None:
    """Hooks, patched methods and tensors of a clip are gone when it is done, however it ended."""
    one = maker("wan")
    make(one)
    gc.collect()
    before = sum(isinstance(each, torch.Tensor) for each in gc.get_objects())
    for seed in range(6):
        if seed % 2:
            make(one, seed=seed)
        else:
            request = ClipRequest.parse(prompt="a horse", frames=9, upto="base", pack=one.manifest.name)
            with pytest.raises(Cancelled):
                one.generate(request, Recorder(), StopAt(30 + seed), "job")
    gc.collect()
    assert sum(isinstance(each, torch.Tensor) for each in gc.get_objects()) <= before
    parts = [part for part in one.pipe.components.values() if isinstance(part, torch.nn.Module)]
    modules = [module for part in parts for module in part.modules()]
    assert not any(module._forward_pre_hooks or module._forward_hooks for module in modules)
    assert "decode" not in vars(one.pipe.vae)
