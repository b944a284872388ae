"""Real data at full size: latents in shards, every item once an epoch, and the way from clips to a text model."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.cli.main import main
from engine.media.pixels import to_frames
from engine.models.transformer import WindowTransformer
from engine.text.batch import TextBatch
from engine.training.data.captions import WORDINGS, fixed_captions
from engine.training.data.embeddings import EmbeddingCache, embed
from engine.training.data.latents import EpochOrder, LatentSource
from engine.training.data.store import CAMERA, read_statistics, write_shard, write_statistics
from engine.training.denoiser.slots import RAW_MEAN, RAW_STD, NoiseSource
from engine.training.distributed.gathered import gathered
from engine.training.packing import load_run_tokenizer
from engine.training.runs.full_size import DenoiserRun, with_overrides
from engine.training.runs.paper import PAPER_RUNS
from engine.worlds.captions.write import canonical_caption
from engine.worlds.dataset.sampling import sample_spec
from tests.engine.full_size_worker import SMALL, TOKENIZER


class Letters:
    """A `TextSource` of one token a letter, in place of T5."""

    width = 8

    def encode(self, texts: list[str]) -> TextBatch:
        longest = max(len(text) for text in texts) + 1
        tokens, mask = torch.zeros(len(texts), 1, longest, 8), torch.zeros(len(texts), 1, longest, dtype=torch.bool)
        for i, text in enumerate(texts):
            for j, letter in enumerate(text + "."):
                tokens[i, 0, j, ord(letter) % 8], mask[i, 0, j] = 1.0, True
        return TextBatch(tokens, mask)

    def unknown(self, text: str) -> list[str]:
        return []


TEXT = [*SMALL, "model.text_width=8", "loop.steps=2", "batch=5"]


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for name, frames, count in (("videos", 5, 11), ("images", 1, 17)):
        z = rng.standard_normal((count, 8, frames, 8, 8)).astype(np.float16)
        z[:, 0, 0, 0, 0] = np.arange(count)
        write_shard(tmp_path / name, 0, z, [{"captions": [f"{name} {i}"], "label": i % 3} for i in range(count)])
    embed(
        [f"{name} {i}" for name in ("videos", "images") for i in range(17)],
        Letters(), tmp_path / "words", lambda done, total: None,
    )  # fmt: skip
    return tmp_path


def test_an_epoch_has_every_item_once_in_an_order_of_its_own() -> None:
    order = EpochOrder(7, seed=1)
    epochs = [[order[place] for place in range(7 * e, 7 * e + 7)] for e in range(3)]
    assert all(sorted(epoch) == list(range(7)) for epoch in epochs)
    assert epochs[0] != epochs[1]
    assert [EpochOrder(7, seed=1)[place] for place in range(9, 12)] == epochs[1][2:5]  # nothing has to be saved


def test_slots_pair_latents_with_their_captions_and_never_show_what_is_held(shards: Path) -> None:
    run = with_overrides(PAPER_RUNS["t2v-base"], [*TEXT, "image_share=0.4"])
    assert isinstance(run, DenoiserRun)
    source = LatentSource(run, [shards / "videos"], [shards / "images"], shards / "words")
    cache = EmbeddingCache(shards / "words")
    seen: list[int] = []
    for step in range(4):
        for slot in source.slots(step, range(5)):
            name = "images" if slot.image else "videos"
            items = [int(v) for v in (slot.x0[0, :, 0, 0] if slot.image else slot.x0[0, :1, 0, 0])]
            assert [text.tolist() for text in slot.texts] == [cache[f"{name} {i}"].tolist() for i in items]
            seen += [i for i in items if not slot.image]
    assert sorted(seen[:10]) == list(range(10))  # the eleventh is held
    held = [int(slot.x0[0, 0, 0, 0]) for slot in source.slots(-1, range(5)) if not slot.image]
    assert set(held) == {10}
    again = LatentSource(run, [shards / "videos"], [shards / "images"], shards / "words")
    assert torch.equal(again.slots(3, [4])[0].x0, source.slots(3, [4])[0].x0)


def test_what_is_missing_is_asked_for(shards: Path) -> None:
    run = with_overrides(PAPER_RUNS["t2v-base"], TEXT)
    assert isinstance(run, DenoiserRun)
    for arguments, code in (
        (([shards / "videos"], [], shards / "words"), "no-training-data"),
        (([shards / "videos"], [shards / "images"], None), "no-embeddings"),
    ):
        with pytest.raises(WaltError) as caught:
            LatentSource(run, *arguments)
        assert caught.value.code == code
    wide = with_overrides(run, ["model.grid=[5,8,16]"])
    assert isinstance(wide, DenoiserRun)
    source = LatentSource(wide, [shards / "videos"], [shards / "images"], shards / "words")
    with pytest.raises(WaltError) as caught:
        source.slots(0, [0])
    assert caught.value.code == "wrong-latents"


def test_worlds_and_moved_photographs_have_captions_that_can_be_encoded_once() -> None:
    world = {"spec": sample_spec(3).to_dict()}
    told = fixed_captions(world)
    assert told == fixed_captions(json.loads(json.dumps(world)))
    assert 2 <= len(set(told)) == len(told) <= 1 + WORDINGS
    assert told[0] == canonical_caption(sample_spec(3))
    assert told != fixed_captions({"spec": sample_spec(4).to_dict()})
    assert all(fixed_captions({CAMERA: "pan_left"}))
    assert fixed_captions({"captions": ["one", "two"]}) == ["one", "two"]
    assert fixed_captions({"label": 3}) == [""]


def test_without_latent_normalisation_a_run_sees_what_the_encoder_gave(shards: Path) -> None:
    run = with_overrides(PAPER_RUNS["ucf101-l/no-latent-norm"], SMALL)
    assert isinstance(run, DenoiserRun)
    with pytest.raises(WaltError) as caught:
        LatentSource(run, [shards / "videos"], [], None)
    assert caught.value.code == "no-statistics"
    mean, std = [float(c) for c in range(8)], [1.0 + c for c in range(8)]
    write_statistics(shards / "videos", mean, std)
    raw = LatentSource(run, [shards / "videos"], [], None).slots(0, range(4))
    default = with_overrides(PAPER_RUNS["ucf101-l"], SMALL)
    assert isinstance(default, DenoiserRun)
    normal = LatentSource(default, [shards / "videos"], [], None).slots(0, range(4))
    shape = (8, 1, 1, 1)
    for a, b in zip(raw, normal, strict=True):
        assert torch.allclose(a.x0, b.x0 * torch.tensor(std).view(shape) + torch.tensor(mean).view(shape))
        assert a.label == b.label
    made_up = torch.stack([slot.x0 for slot in NoiseSource(run).slots(0, range(4))])
    assert float(made_up.std()) == pytest.approx(RAW_STD, rel=0.1)
    assert float(made_up.mean()) == pytest.approx(RAW_MEAN, abs=0.2)


@pytest.mark.slow
def test_train_full_from_the_command_line_and_a_wider_run_starts_from_it(shards: Path) -> None:
    data = ["--videos", shards / "videos", "--images", shards / "images", "--embeddings", shards / "words"]
    settings = [word for setting in TEXT for word in ("--set", setting)]
    command = ["train", "full", "t2v-base", "--out", shards / "run", *data, *settings]
    assert main([str(word) for word in command]) == 0
    log = (shards / "run" / "log.csv").read_text()
    assert "loss" in log
    kept = json.loads((shards / "run" / "run.json").read_text())
    assert (kept["kind"], kept["model"]["width"]) == ("denoiser", 16)
    run = with_overrides(PAPER_RUNS["t2v-base"], TEXT)
    assert isinstance(run, DenoiserRun)
    model = gathered(shards / "run", WindowTransformer(run.model))
    assert float(model.get_parameter("head.linear.bias").detach().abs().max()) > 0
    shape = ("model.grid=[5,8,16]", "model.spatial_window=[8,16]", "model.spacetime_window=[4,8]")
    wide = [word for setting in shape for word in ("--set", setting)]
    command = ["train", "full", "t2v-base-9x16", "--out", shards / "wide", "--start", shards / "run", "--noise"]
    assert main([str(word) for word in [*command, *settings, *wide]]) == 0


@pytest.mark.slow
def test_a_tokenizer_run_can_code(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    clips = rng.integers(0, 256, (16, 5, 24, 24, 3), dtype=np.uint8)
    write_shard(tmp_path / "clips", 0, clips, [{"captions": [str(i)]} for i in range(16)])
    settings = [word for setting in [*TOKENIZER, "loop.steps=1"] for word in ("--set", setting)]
    command = ["train", "full", "tokenizer-t2v", "--out", tmp_path / "run", "--clips", tmp_path / "clips", *settings]
    assert main([str(word) for word in command]) == 0
    tokenizer = load_run_tokenizer(tmp_path / "run")
    assert float(tokenizer.latent_std.mean()) != 1.0  # measured
    z = tokenizer.encode(torch.zeros(1, 3, 5, 16, 16))
    assert z.shape == (1, 8, 2, 2, 2)
    assert bool(z.isfinite().all())
    words = ["train", "encode", "--clips", tmp_path / "clips", "--tokenizer", tmp_path / "run", "--out", tmp_path / "z"]
    assert main([str(word) for word in words]) == 0
    kept_mean, kept_std = read_statistics(tmp_path / "z")
    assert np.allclose(kept_mean, tokenizer.latent_mean)
    assert np.allclose(kept_std, tokenizer.latent_std)


@pytest.mark.slow
def test_a_tokenizer_of_larger_pictures_starts_from_the_weights_of_the_smaller_ones(tmp_path: Path) -> None:
    settings = [word for setting in TOKENIZER for word in ("--set", setting)]
    words = ["train", "full", "tokenizer-t2v", "--out", tmp_path / "a", "--noise", *settings, "--set", "loop.steps=1"]
    assert main([str(word) for word in words]) == 0
    words = ["train", "full", "tokenizer-t2v-256", "--out", tmp_path / "b", "--start", tmp_path / "a", "--noise"]
    frozen = ["--set", "crop=[5,32,48]", "--set", "loop.lr=0", "--set", "loop.steps=1"]
    assert main([str(word) for word in [*words, *settings, *frozen]]) == 0
    before, after = load_run_tokenizer(tmp_path / "a"), load_run_tokenizer(tmp_path / "b")
    for name, value in before.named_parameters():
        assert torch.equal(after.get_parameter(name), value)
    other = [*words[:4], tmp_path / "c", *words[5:], *settings, "--set", "model.channels=16"]
    assert main([str(word) for word in other]) == 2


def flags(settings: list[str]) -> list[str]:
    return [word for setting in settings for word in ("--set", setting)]


def picture(path: Path) -> NDArray[np.int32]:
    return cv2.imread(str(path))[..., ::-1].astype(np.int32)


@pytest.mark.slow
def test_reports_draw_what_was_held_over_what_is_made(shards: Path) -> None:
    words = ["train", "full", "tokenizer-t2v", "--out", shards / "tok", "--noise"]
    words += flags([*TOKENIZER, "loop.steps=1", "loop.report_steps=1"])
    assert main([str(word) for word in words]) == 0
    assert picture(shards / "tok" / "sheet-0000001.png").shape == (2 * 16, 3 * 16, 3)
    settings = [*TEXT, "loop.report_steps=2", "image_share=0.4", "latent_norm=false"]
    for name in ("videos", "images"):
        write_statistics(shards / name, [0.0] * 8, [1.0] * 8)
    words = ["train", "full", "t2v-base", "--out", shards / "run", "--tokenizer", shards / "tok"]
    words += ["--videos", shards / "videos", "--images", shards / "images", "--embeddings", shards / "words"]
    assert main([str(word) for word in [*words, *flags(settings)]]) == 0
    sheet = picture(shards / "run" / "sheet-0000002.png")
    assert sheet.shape == (2 * 64, 4 * 3 * 64, 3)
    tokenizer = load_run_tokenizer(shards / "tok")
    tokenizer.fold_out_normalisation()
    run = with_overrides(PAPER_RUNS["t2v-base"], settings)
    assert isinstance(run, DenoiserRun)
    source = LatentSource(run, [shards / "videos"], [shards / "images"], shards / "words")
    slots = source.slots(-1, range(4))
    assert {slot.image for slot in slots} == {False, True}
    for i, slot in enumerate(slots):
        parts = slot.x0.split(1, dim=1) if slot.image else [slot.x0]
        frames = to_frames(torch.cat([tokenizer.decode(part[None])[0].detach() for part in parts], dim=1))
        shown = np.concatenate([frames[k] for k in (0, len(frames) // 2, len(frames) - 1)], axis=1)
        column = sheet[:, 192 * i : 192 * (i + 1)]
        assert np.abs(column[:64] - shown).max() <= 1
        assert np.abs(column[64:] - shown).mean() > 1
