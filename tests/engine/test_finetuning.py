"""Fine-tuning a pack: from a folder of captioned clips to a pack that draws, and everything that can go wrong."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api.clip import Cancelled
from engine.api.errors import UsageError, WaltError
from engine.api.events import Event, FinetuneDone, FinetuneSample, FinetuneStep, JobCancelled, JobFailed
from engine.api.request import ClipRequest
from engine.cli.main import main
from engine.media.export import write_mp4
from engine.media.images import write_png
from engine.models.transformer import WindowTransformer
from engine.packs.load import load_pack
from engine.packs.store import PackStore
from engine.pipeline.cascade import Cascade
from engine.text.batch import TextBatch
from engine.training.finetuning import finetune as finetune_module
from engine.training.finetuning.adapters import add_adapters, merge_adapters
from engine.training.finetuning.dataset import Example, example_of, find_examples
from engine.training.finetuning.finetune import finetune
from engine.training.finetuning.new_words import extended_encoder, extended_vocabulary
from engine.training.finetuning.run import FinetuneRun, StopSignal, slug
from engine.worker import Engine
from tests.engine.test_worker import Listener
from tests.tiny_pack import transformer

WORDS = "a snowman on the snow"


def footage(folder: Path, frames: int = 17) -> Path:
    """A video and a picture, captioned."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    moving = rng.integers(0, 255, (frames, 4, 8, 3), dtype=np.uint8).repeat(8, 1).repeat(8, 2)
    write_mp4(folder / "one.mp4", moving)
    (folder / "one.txt").write_text(f"{WORDS}\nun bonhomme\n", "utf-8")
    write_png(folder / "two.png", moving[0])
    (folder / "two.txt").write_text("please a red snowman", "utf-8")
    return folder


@pytest.fixture
def own(packs_folder: Path, tmp_path: Path) -> PackStore:
    """The tiny pack ships; packs of one's own go beside."""
    return PackStore([packs_folder, tmp_path / "data" / "packs"])


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., FinetuneRun]:
    folder = footage(tmp_path / "clips")

    def make(**wishes: object) -> FinetuneRun:
        usual = {"name": "snow", "title": "Snow", "pack": "tiny", "steps": 4}
        return FinetuneRun.parse(examples=find_examples(folder), **{**usual, **wishes})

    return make


def weights(path: Path) -> dict[str, torch.Tensor]:
    return dict(load_pack(path).transformer("base").state_dict())


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_run_becomes_a_pack_that_knows_the_new_words(
    own: PackStore, run: Callable[..., FinetuneRun], method: str
) -> None:
    if method == "lora":
        pytest.importorskip("peft")
    events: list[Event] = []
    done = finetune(run(method=method), own, events.append)
    assert done.pack == "snow"
    old, new = own.find("tiny"), own.find("snow")
    tuned = load_pack(new.path)
    assert {"snowman", "bonhomme"} <= set(tuned.vocabulary.words)
    assert "please" not in tuned.vocabulary.words
    for stage in ("tokenizer", "sr1", "sr2"):
        file = f"{stage}.safetensors"
        assert new.manifest.files[file] == old.manifest.files[file]
    before, after = weights(old.path), weights(new.path)
    assert before.keys() == after.keys()
    moved = [name for name in before if not torch.equal(before[name], after[name])]
    assert any("attention" in name for name in moved)
    clip = Cascade(tuned).generate(
        ClipRequest(prompt="a snowman", pack="snow", upto="sr1"), events.append, lambda: False
    )
    assert clip.frames.shape == (17, 64, 128, 3)
    phases = [event.phase for event in events if isinstance(event, FinetuneStep)]
    assert [*dict.fromkeys(phases)] == ["reading", "learning", "packing"]
    samples = [event for event in events if isinstance(event, FinetuneSample)]
    assert samples[-1].frames.shape == (1, 32, 64, 3)
    assert samples[-1].error != samples[-1].before
    assert not any((own.roots[-1].parent / "lessons").iterdir())


def test_known_words_mean_what_they_meant(own: PackStore) -> None:
    loaded = load_pack(own.find("tiny").path)
    vocabulary, new = extended_vocabulary(loaded.vocabulary, ["a zebra, please", "the Zebra"])
    assert new == ("zebra",)
    encoder, fresh = extended_encoder(loaded.text, loaded.vocabulary, vocabulary)
    assert int(fresh.sum()) == 1
    for text in ("a red robot", "the horses"):
        old, _ = loaded.text(torch.tensor([loaded.vocabulary.encode(text, 8)]))
        now, _ = encoder(torch.tensor([vocabulary.encode(text, 8)]))
        assert torch.equal(old, now)


def test_only_the_rows_of_new_words_are_learned(own: PackStore, run: Callable[..., FinetuneRun]) -> None:
    finetune(run(method="full"), own, lambda event: None)
    old, new = load_pack(own.find("tiny").path), load_pack(own.find("snow").path)
    for word in old.vocabulary.words:
        before = old.text.words.weight[old.vocabulary.id(word)]
        assert torch.equal(before, new.text.words.weight[new.vocabulary.id(word)])
    vocabulary, _ = extended_vocabulary(old.vocabulary, [WORDS, "un bonhomme", "a red snowman"])
    begun, _ = extended_encoder(old.text, old.vocabulary, vocabulary)
    row = vocabulary.id("snowman")
    assert not torch.equal(begun.words.weight[row].bfloat16(), new.text.words.weight[row].bfloat16())


def test_a_merged_adapter_computes_what_it_did_beside_the_matrix() -> None:
    pytest.importorskip("peft")
    torch.manual_seed(0)
    config = transformer("base")
    network = WindowTransformer(config)
    names = network.state_dict().keys()
    add_adapters(network, 2)
    learning = [name for name, value in network.named_parameters() if value.requires_grad]
    assert learning
    assert all("lora_" in name for name in learning)
    for name, value in network.named_parameters():
        if "lora_B" in name or "head" in name:
            torch.nn.init.normal_(value, std=0.1)
    x, t = torch.randn(1, 4, 5, 4, 8), torch.tensor([500])
    text = TextBatch(torch.randn(1, 1, 3, 16), torch.ones(1, 1, 3, dtype=torch.bool))
    with torch.no_grad():
        beside = network(x, t, text=text)
        merge_adapters(network)
        merged = network(x, t, text=text)
    assert network.state_dict().keys() == names
    assert torch.allclose(beside, merged, atol=1e-5)


def test_a_stopped_run_installs_nothing_and_goes_on(own: PackStore, run: Callable[..., FinetuneRun]) -> None:
    seen: list[int] = []

    def stop_at(step: int) -> tuple[Callable[[Event], None], Callable[[], bool]]:
        now: list[int] = [0]

        def hear(event: Event) -> None:
            if isinstance(event, FinetuneStep) and event.phase == "learning":
                now[0] = event.done
                seen.append(event.done)

        return hear, lambda: now[0] >= step

    hear, stop = stop_at(2)
    with pytest.raises(Cancelled):
        finetune(run(), own, hear, stop)
    assert not (own.roots[-1] / "snow").exists()
    hear, _ = stop_at(99)
    finetune(run(), own, hear)
    assert seen == [0, 1, 2, 2, 3]


def test_what_was_thrown_away_leaves_nothing(own: PackStore, run: Callable[..., FinetuneRun]) -> None:
    signal = StopSignal()
    signal.discard.set()
    with pytest.raises(Cancelled):
        finetune(run(), own, lambda event: None, lambda: True, signal)
    assert [*own.roots[-1].parent.rglob("*.safetensors")] == []
    assert [*(own.roots[-1].parent / "lessons").iterdir()] == []


def test_enough_keeps_what_was_learned(own: PackStore, run: Callable[..., FinetuneRun]) -> None:
    signal = StopSignal()

    def hear(event: Event) -> None:
        if isinstance(event, FinetuneStep) and event.phase == "learning" and event.done == 2:
            signal.enough.set()

    assert finetune(run(steps=1000), own, hear, stop=signal).pack == "snow"
    assert "in 2 steps" in (own.find("snow").path / "card.md").read_text("utf-8")


def test_minutes_become_steps(own: PackStore, run: Callable[..., FinetuneRun]) -> None:
    steps: list[int] = []

    def hear(event: Event) -> None:
        if isinstance(event, FinetuneStep) and event.phase == "learning":
            steps.append(event.total)

    finetune(run(steps=None, minutes=0.001), own, hear)
    assert steps[0] >= 1


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(WaltError) as caught:
        call()
    assert caught.value.message.endswith(".")
    return caught.value.code


def test_what_cannot_be_learned_is_refused_in_words(
    own: PackStore, run: Callable[..., FinetuneRun], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    assert code_of(lambda: find_examples(tmp_path / "empty")) == "no-clips"
    assert code_of(lambda: find_examples(tmp_path / "nowhere")) == "no-clips"
    bare = Example(tmp_path / "clips" / "one.mp4")
    assert code_of(lambda: FinetuneRun.parse(examples=(bare,), name="x", title="X")) == "no-captions"
    assert code_of(lambda: FinetuneRun.parse(examples=(), name="x", title="X")) == "no-clips"
    assert code_of(lambda: run(minutes=-1)) == "bad-finetuning"
    assert code_of(lambda: finetune(run(pack="nothing"), own, lambda e: None)) == "pack-not-found"
    assert code_of(lambda: finetune(run(name="tiny"), own, lambda e: None)) == "pack-exists"
    short = footage(tmp_path / "short", frames=5)
    (short / "two.png").unlink()
    examples = find_examples(short)
    assert code_of(lambda: finetune(run_of(examples), own, lambda e: None)) == "no-clips"
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 0))  # pyright: ignore
    assert code_of(lambda: finetune(run(), own, lambda e: None)) == "output-not-writable"


def run_of(examples: tuple[Example, ...]) -> FinetuneRun:
    return FinetuneRun.parse(examples=examples, name="snow", title="Snow", pack="tiny", steps=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("error", "code"),
    [(OSError(errno.ENOSPC, "full"), "output-not-writable"), (MemoryError(), "out-of-memory")],
)
def test_a_full_disk_or_memory_in_the_middle_is_told(
    own: PackStore,
    run: Callable[..., FinetuneRun],
    error: Exception,
    code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(finetune_module, "save_pack", fail)
    assert code_of(lambda: finetune(run(), own, lambda e: None)) == code
    monkeypatch.undo()
    assert finetune(run(), own, lambda e: None).pack == "snow"  # it goes on where it was


def test_names_and_captions(tmp_path: Path) -> None:
    assert slug("Mon été à la mer!") == "mon-ete-a-la-mer"
    assert slug("Snow", ["snow", "snow-2"]) == "snow-3"
    assert slug("雪") == "finetuned"
    (tmp_path / "a.txt").write_text("  one \n\ntwo\n", "utf-8")
    assert example_of(tmp_path / "a.mp4").captions == ("one", "two")


def test_the_engine_finetunes_between_two_clips(own: PackStore, run: Callable[..., FinetuneRun]) -> None:
    ears = Listener()
    engine = Engine(ears, own, "cpu")
    asked = run()

    def task(name: str, emit: Callable[[Event], None], stop: Callable[[], bool], device: str) -> Event:
        return finetune(asked, own, emit, stop, job=name, device=device)

    job = engine.run(task)
    clip = engine.submit(ClipRequest(prompt="a snowman", pack="snow", upto="base"))
    ears.wait(clip)
    assert [event.pack for event in ears.events if isinstance(event, FinetuneDone)] == ["snow"]
    gone = engine.run(task)
    assert isinstance(failed := ears.wait(gone), JobFailed)
    assert failed.error.code == "pack-exists"
    other = asked.model_copy(update={"name": "other"})
    stopped = engine.run(lambda _name, emit, _stop, device: finetune(other, own, emit, lambda: True, device=device))
    assert isinstance(ears.wait(stopped), JobCancelled)
    assert engine.close(60)
    assert job != clip


def test_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own: PackStore
) -> None:
    monkeypatch.setattr("engine.packs.store.default_roots", lambda: own.roots)
    folder = footage(tmp_path / "My clips")
    words = ["train", "finetune", "--clips", str(folder), "--pack", "tiny", "--steps", "2", "--full"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert "Installed my-clips" in out
    assert "training 0/2" in err
    assert main(words) == 2
    assert "pack-exists" in capsys.readouterr().err
    assert main([*words, "--replace"]) == 0
    (folder / "one.txt").unlink()
    assert main([*words, "--out", "other"]) == 2
    assert "no-captions" in capsys.readouterr().err


def test_usage_errors_are_usage_errors() -> None:
    with pytest.raises(UsageError):
        FinetuneRun.parse(examples=(), name="x", title="X")
