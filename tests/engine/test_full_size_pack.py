"""From runs of `walt train full` and a T5, all reduced by the command line alone, to a pack that makes clips."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.api.types import ResidencyMode
from engine.cli.main import main
from engine.kinds.check import check_request
from engine.media.reading import read_clip
from engine.models.t5 import T5Source
from engine.packs.load import load_pack
from engine.packs.manifest import PIECES
from engine.packs.store import InstalledPack, PackStore
from engine.pipeline.cascade import Cascade
from engine.runtime.devices import Device, resolve
from tests.tiny_t5 import write_tiny_t5

LOOP = ["numbers=fp32", "batch=2", "loop.steps=2", "loop.warmup=1", "loop.log_steps=1", "loop.report_steps=99"]
DENOISER = [*LOOP, "model.width=32", "model.layers=2", "model.heads=2", "model.text_width=16", "text_length=5",
            "model.spatial_window=[4,4]", "model.spacetime_window=[2,2]"]  # fmt: skip
RUNS = {
    "tokenizer": ("tokenizer-t2v", [*LOOP, "crop=[17,32,32]", "model.channels=8", "model.blocks=[1,1,1,1]",
                                    "model.mid_blocks=0", "gan.channels=8"]),
    "base": ("t2v-base", [*DENOISER, "model.grid=[5,4,4]"]),
    "sr1": ("t2v-sr1", [*DENOISER, "model.grid=[5,8,8]"]),
}  # fmt: skip
ABOUT = {
    "title": "Full", "version": "1", "licence": "Apache-2.0", "description": "Noise.", "sizes": {"1:1": [32, 32]},
    "sampling": {"base": {"steps": 2, "guidance": {"scale": 3.0}}, "sr1": {"steps": 1, "low_res_noise": 100}},
}  # fmt: skip


def train(home: Path, name: str, *more: str) -> Path:
    """A run of `RUNS` on noise; ``more`` settings."""
    run, settings = RUNS[name]
    words = [word for setting in [*settings, *more] for word in ("--set", setting)]
    assert main(["train", "full", run, "--noise", "--out", str(home / name), *words]) == 0
    return home / name


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs, the T5, and the pack ``full`` that the command line makes of them."""
    home = tmp_path_factory.mktemp("full")
    (home / "t5").mkdir()
    write_tiny_t5(home / "t5")
    for name in RUNS:
        train(home, name)
    (home / "about.json").write_text(json.dumps(ABOUT))
    (home / "card.md").write_text("# Full\n")
    assert main(pack_command(home, "--t5", str(home / "t5"))) == 0
    return home


def pack_command(home: Path, *more: str, **instead: Path) -> list[str]:
    """Of the runs in ``home``, or others by name."""
    folders = {name: home / name for name in RUNS} | instead
    runs = [word for name, folder in folders.items() for word in (f"--{name}", str(folder))]
    described = ["--about", str(home / "about.json"), "--card", str(home / "card.md")]
    return ["train", "pack", *runs, *described, "--out", str(home / "full"), *more]


def found(home: Path) -> InstalledPack:
    return PackStore([home]).find("full")


@pytest.mark.slow
def test_a_clip_is_made_from_the_command_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = home / "clip.mp4"
    command = ["generate", "a purple zebra on the beach", "--pack", str(home / "full"), "--aspect", "1:1"]
    assert main([*command, "--upto", "sr1", "--frames", "5", "--seed", "3", "--json", "--out", str(out)]) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert (report["width"], report["height"], report["frames"]) == (64, 64, 5)
    assert report["unknown_words"] == []  # T5 reads any word
    assert "plan: networks in memory" in said.err
    assert read_clip(out).frames.shape == (5, 64, 64, 3)


def test_the_packs_t5_says_what_the_folders_does(home: Path) -> None:
    pack = load_pack(home / "full", Device(torch.device("cpu"), torch.float32))
    texts = ["", "a horse on the beach at sunset"]  # the second is longer than what is read
    ours, theirs = pack.text_source.encode(texts), T5Source(home / "t5", length=5).encode(texts)
    assert torch.equal(ours.mask, theirs.mask)
    assert torch.allclose(ours.tokens, theirs.tokens, atol=0.02)  # its matrices are stored in bfloat16
    assert pack.text_source.width == 16
    with pytest.raises(WaltError) as caught:
        _ = pack.text
    assert caught.value.code == "pack-not-teachable"


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["staged", "streamed"])
def test_it_is_the_same_however_networks_are_kept(home: Path, kept: ResidencyMode) -> None:
    request = ClipRequest.parse(prompt="a horse", pack="full", aspect="1:1", upto="sr1", frames=5, seed=3)
    assert check_request(request, found(home)).unknown == ()
    clips = [
        Cascade(load_pack(home / "full", resolve("cpu"), way)).generate(request, lambda _: None, lambda: False)
        for way in ("resident", kept)
    ]
    assert np.array_equal(clips[0].frames, clips[1].frames)


@pytest.mark.parametrize("text", ["{}", None])
def test_pieces_that_are_damaged_or_missing_are_the_packs_fault(
    home: Path, tmp_path: Path, text: str | None
) -> None:
    folder = Path(shutil.copytree(home / "full", tmp_path / "full"))
    manifest = json.loads((folder / "manifest.json").read_text())
    if text is None:
        del manifest["files"][PIECES]
    else:
        import hashlib

        (folder / PIECES).write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        manifest["files"][PIECES] = {"sha256": digest, "bytes": len(text)}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(WaltError) as caught:
        load_pack(folder)
    assert caught.value.code == "pack-damaged"


def test_runs_that_are_no_stage_are_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(pack_command(home)) == 2
    assert "--t5" in capsys.readouterr().err


def test_stages_trained_without_latent_normalisation_get_a_tokenizer_without(home: Path, tmp_path: Path) -> None:
    raw = {name: train(tmp_path, name, "latent_norm=false") for name in ("base", "sr1")}
    assert main(pack_command(home, "--t5", str(home / "t5"), "--out", str(tmp_path / "raw"), **raw)) == 0
    plain, other = (load_pack(folder).tokenizer.float() for folder in (tmp_path / "raw", home / "full"))
    assert plain.latent_mean.tolist() == [0.0] * 8
    assert plain.latent_std.tolist() == [1.0] * 8
    assert not torch.allclose(other.latent_std, torch.ones(8))
    x = torch.rand(1, 3, 5, 16, 16) * 2 - 1
    z, normalised = plain.encode(x), other.encode(x)
    assert torch.equal(z, plain.encoder(x))
    assert torch.allclose(plain.decode(z), other.decode(normalised), atol=1e-4)
    assert torch.allclose(plain.preview(z), other.preview(normalised), atol=1e-4)


def test_stages_that_were_normalised_differently_make_no_pack(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = train(tmp_path, "sr1", "latent_norm=false")
    assert main(pack_command(home, "--t5", str(home / "t5"), sr1=raw)) == 2
    assert "normalised differently" in capsys.readouterr().err
