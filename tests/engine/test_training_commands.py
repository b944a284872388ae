"""All steps of training at toy size, by the command line, from footage to a clip."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api.request import ClipRequest
from engine.cli.main import main
from engine.models.transformer import TransformerConfig
from engine.packs.load import load_pack
from engine.pipeline.cascade import Cascade
from engine.training.checkpoint import save_checkpoint
from engine.training.data.store import ShardStore, write_shard
from engine.training.packing import load_run_tokenizer
from engine.training.runs.starter import read_run, write_run
from engine.worlds.dataset.sampling import sample_spec
from tests.engine.test_training import TINY

LOOP = {"steps": 2, "warmup": 1, "report_steps": 2}


def transformer(scale: int) -> TransformerConfig:
    return TransformerConfig(
        latent_channels=8, grid=(5, 4 * scale, 8 * scale), patch=scale, width=32, layers=2, heads=2,
        spatial_window=(4, 8), spacetime_window=(2, 4), text_width=16, frame_conditioning=True, low_res=scale > 1,
    )  # fmt: skip


def write_json(path: Path, data: object) -> str:
    path.write_text(json.dumps(data))
    return str(path)


def walt(*words: object) -> None:
    assert main([str(word) for word in words]) == 0


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything up to an installable pack, in one folder."""
    home = tmp_path_factory.mktemp("runs")
    rng = np.random.default_rng(0)
    truth = [{"spec": sample_spec(i).to_dict()} for i in range(80)]
    for name, frames, scale in (("clips", 17, 2), ("images", 1, 2), ("moves", 17, 2)):
        small = rng.integers(60, 200, (80, frames, 4, 8, 3), dtype=np.uint8)
        write_shard(home / name, 0, small.repeat(8 * scale, axis=2).repeat(8 * scale, axis=3), truth)
    shapes = [{"weight": 1, "batch": 1, "frames": 17, "height": 32, "width": 32}]
    run = write_json(
        home / "tok.json",
        {
            "kind": "tokenizer",
            "model": asdict(TINY),
            "loop": LOOP | {"report_steps": 99},
            "shapes": shapes,
            "view": [17, 32, 32],
        },
    )
    walt("train", "tokenizer", "--run", run, "--clips", home / "clips", "--out", home / "tok")
    for name in ("clips", "images", "moves"):
        for kind, shrink in (("low", 2), ("high", 1)):
            out = home / f"{name}-{kind}"
            walt(
                "train",
                "encode",
                "--clips",
                home / name,
                "--tokenizer",
                home / "tok",
                "--shrink",
                shrink,
                "--out",
                out,
            )
    base = {
        "kind": "base",
        "model": asdict(transformer(1)),
        "loop": LOOP,
        "text_layers": 1,
        "image_batch": 2,
        "video_batch": 2,
        "prompts": ["a horse"],
    }
    run = write_json(home / "base.json", base)
    walt(
        "train",
        "base",
        "--run",
        run,
        "--tokenizer",
        home / "tok",
        "--images",
        home / "images-low",
        "--videos",
        home / "clips-low",
        "--videos",
        home / "moves-low",
        "--out",
        home / "base",
    )
    run = write_json(
        home / "sr1.json",
        {
            "kind": "superres",
            "model": asdict(transformer(2)),
            "loop": LOOP,
            "text_layers": 1,
            "image_batch": 1,
        },
    )
    walt(
        "train",
        "superres",
        "--run",
        run,
        "--tokenizer",
        home / "tok",
        "--base",
        home / "base",
        "--images",
        home / "images-high",
        home / "images-low",
        "--videos",
        home / "clips-high",
        home / "clips-low",
        "--out",
        home / "sr1",
    )
    about = {
        "title": "Toy", "version": "0", "licence": "Apache-2.0", "description": "toy", "sizes": {"16:9": [32, 64]},
        "sampling": {"base": {"steps": 2}, "sr1": {"steps": 1, "low_res_noise": 50}},
    }  # fmt: skip
    (home / "card.md").write_text("# Toy\n")
    walt(
        "train",
        "pack",
        "--tokenizer",
        home / "tok",
        "--base",
        home / "base",
        "--sr1",
        home / "sr1",
        "--about",
        write_json(home / "about.json", about),
        "--card",
        home / "card.md",
        "--out",
        home / "packs" / "toy",
    )
    return home


@pytest.mark.slow
def test_latents_come_in_the_right_shapes(runs: Path) -> None:
    assert ShardStore(runs / "clips-low")[0].shape == (8, 5, 4, 8)
    assert ShardStore(runs / "clips-high")[0].shape == (8, 5, 8, 16)
    assert ShardStore(runs / "images-low")[0].shape == (8, 1, 4, 8)


def test_runs_log_validate_and_draw(runs: Path) -> None:
    for run, figure in (("base", "val_video"), ("sr1", "psnr_video")):
        assert f"valid,{figure}" in (runs / run / "log.csv").read_text()
        assert (runs / run / "sheet-0000002.png").stat().st_size > 1000


def test_superres_leaves_the_text_encoder_alone(runs: Path) -> None:
    from engine.training.checkpoint import load_tensors

    base, sr1 = load_tensors(runs / "base", "ema"), load_tensors(runs / "sr1", "model")
    names = [name for name in base if name.startswith("text.")]
    assert names
    assert all(torch.equal(base[name], sr1[name]) for name in names)


def test_the_pack_makes_a_clip(runs: Path) -> None:
    pack = load_pack(runs / "packs" / "toy")
    clip = Cascade(pack).generate(
        ClipRequest(prompt="a horse", pack="toy", upto="sr1"), lambda event: None, lambda: False
    )
    assert clip.frames.shape == (17, 64, 128, 3)


def test_what_was_not_trained_again_comes_from_a_pack(runs: Path, tmp_path: Path) -> None:
    toy, out = runs / "packs" / "toy", tmp_path / "again"
    about, card = runs / "about.json", runs / "card.md"
    others = ("--tokenizer", toy, "--sr1", toy, "--about", about, "--card", card, "--out", out)
    walt("train", "pack", "--base", runs / "base", *others)
    before, after = load_pack(toy), load_pack(out)
    assert {name: file.sha256 for name, file in after.manifest.files.items()} == {
        name: file.sha256 for name, file in before.manifest.files.items()
    }


def test_a_stage_of_other_latents_is_refused(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toy, other = runs / "packs" / "toy", tmp_path / "tok"
    other.mkdir()
    write_run(other, read_run(runs / "tok"))
    tokenizer = load_run_tokenizer(toy)
    with torch.no_grad():
        next(tokenizer.parameters()).add_(0.1)
    save_checkpoint(other, 1, {"model": tokenizer.state_dict(), "ema": {}}, {})
    words = ["--base", runs / "base", "--sr1", toy, "--about", runs / "about.json", "--card", runs / "card.md"]
    command = ["train", "pack", "--tokenizer", other, *words, "--out", tmp_path / "out"]
    assert main([str(word) for word in command]) == 2
    assert "another tokenizer" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_run_of_the_wrong_kind_is_refused(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(
        [
            "train",
            "tokenizer",
            "--run",
            str(runs / "base.json"),
            "--clips",
            str(runs / "clips"),
            "--out",
            str(runs / "x"),
        ]
    )
    assert status == 2
    assert "wrong-run" in capsys.readouterr().err


def test_a_few_clips_are_enough_to_train_on(runs: Path, tmp_path: Path) -> None:
    store = ShardStore(runs / "clips-low")
    write_shard(tmp_path / "few", 0, np.stack([store[i] for i in range(3)]), store.truth[:3])
    run = str(runs / "base.json")
    walt(
        "train", "base", "--run", run, "--tokenizer", runs / "tok", "--videos", tmp_path / "few",
        "--out", tmp_path / "base",
    )  # fmt: skip
    log = (tmp_path / "base" / "log.csv").read_text()
    assert "valid,val_video" in log
    assert "nan" not in log


def test_latents_that_do_not_pair_are_refused(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "superres", "--run", runs / "sr1.json", "--tokenizer", runs / "tok", "--base", runs / "base"]
    words += ["--videos", runs / "clips-high", runs / "few", "--out", runs / "x"]
    store = ShardStore(runs / "clips-low")
    write_shard(runs / "few", 0, np.stack([store[i] for i in range(3)]), store.truth[:3])
    assert main([str(word) for word in words]) == 1
    assert "does not pair" in capsys.readouterr().err
    words[words.index(runs / "few")] = runs / "clips-high"
    assert main([str(word) for word in words]) == 1
    assert "not twice as high and wide" in capsys.readouterr().err


def test_clips_that_are_too_small_or_short_are_refused(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = np.zeros((2, 17, 16, 16, 3), np.uint8)
    write_shard(tmp_path / "small", 0, small, [{"captions": ["a"]}] * 2)
    for clips, said in ((tmp_path / "small", "17 x 16 x 16"), (runs / "images", "None of the clips has 17 frames")):
        words = ["train", "tokenizer", "--run", runs / "tok.json", "--clips", clips, "--out", tmp_path / "run"]
        assert main([str(word) for word in words]) == 1
        assert said in capsys.readouterr().err


@pytest.mark.skipif(torch.cuda.is_available(), reason="here it is available")
@pytest.mark.parametrize("step", ["tokenizer", "base", "encode"])
def test_a_device_that_is_not_there_is_refused(
    step: str, runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given: dict[str, list[object]] = {
        "tokenizer": ["--run", runs / "tok.json", "--clips", runs / "clips"],
        "base": ["--run", runs / "base.json", "--tokenizer", runs / "tok", "--videos", runs / "clips-low"],
        "encode": ["--clips", runs / "clips", "--tokenizer", runs / "tok"],
    }
    words = ["train", step, *given[step], "--out", tmp_path / "x", "--device", "cuda"]
    assert main([str(word) for word in words]) == 1
    assert "device-not-available" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
