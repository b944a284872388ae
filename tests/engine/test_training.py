"""Training: exact resume, checkpoints that survive a kill, the optimizer, data on disk, footage of one's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.api.errors import WaltError
from engine.media.export import write_mp4
from engine.media.pixels import psnr, to_pixels
from engine.models.tokenizer import TokenizerConfig
from engine.training.checkpoint import latest, load_tensors, save_checkpoint
from engine.training.data.photos import CAMERAS, move
from engine.training.data.prepare import prepare_folder
from engine.training.data.store import ClipStore, ShardStore, write_shard
from engine.training.loop import Draw, Loop, LoopConfig
from engine.training.optim import Optimizer, orthogonalise, split_parameters
from engine.training.packing import load_run_tokenizer
from engine.training.runs.starter import write_run
from engine.training.tokenizer.trainer import BatchShape, TokenizerTrainer, TokenizerTraining

TINY = TokenizerConfig(
    channels=8, multipliers=(1, 2, 2), down_time=(2, 2), blocks=(1, 1, 1), mid_blocks=0, patch=2, norm="layer",
    shortcut=True, linear_path=True,
)  # fmt: skip


def fit(folder: Path, steps: int, stop: int | None = None, checkpoint_minutes: float = 60.0) -> Loop:
    """A small regression; ``stop`` ends the process's share early, as a time limit would."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(16, 32), nn.SiLU(), nn.Linear(32, 16))
    target = torch.randn(16, 16, generator=torch.Generator().manual_seed(7))
    config = LoopConfig(steps=steps, warmup=2, report_steps=10_000, checkpoint_minutes=checkpoint_minutes)

    def loss(draw: Draw) -> tuple[Tensor, dict[str, float]]:
        x = torch.randn(8, 16, generator=draw.torch) * float(draw.numpy.uniform(0.5, 2))
        return (model(x) - x @ target).square().mean(), {}

    loop = Loop(model, loss, lambda step: {}, config, folder)
    if stop is not None:
        loop.config = replace(config, steps=steps)
        while loop.step < stop:
            loop.train_step(Draw.at(config.seed, loop.step))
            loop.step += 1
        loop.save()
    else:
        loop.run()
    return loop


def test_a_resumed_run_is_the_uninterrupted_run_bit_for_bit(tmp_path: Path) -> None:
    whole = fit(tmp_path / "whole", 12)
    fit(tmp_path / "parts", 12, stop=5)
    parts = fit(tmp_path / "parts", 12)
    assert parts.step == whole.step == 12
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, parts.model.state_dict()[name])
        assert torch.equal(whole.ema.slow[name], parts.ema.slow[name])
    for name, value in whole.optimizer.state_tensors().items():
        assert torch.equal(value, parts.optimizer.state_tensors()[name])


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.engine.test_training import fit
fit(Path({folder!r}), 100000, checkpoint_minutes=0.0)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_kill_9_leaves_a_whole_checkpoint_that_goes_on_exactly(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    code = KILLED.format(root=root, folder=str(tmp_path / "run"))
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None and ((facts := latest(tmp_path / "run")) is None or facts["step"] < 3):
            time.sleep(0.05)
        assert process.poll() is None
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    facts = latest(tmp_path / "run")
    assert facts is not None
    killed = load_tensors(tmp_path / "run", "model")
    reference = fit(tmp_path / "reference", 100_000, stop=facts["step"]).model.state_dict()
    assert all(torch.equal(value, reference[name]) for name, value in killed.items())


def test_a_second_checkpoint_of_the_same_step_never_writes_over_the_valid_one(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, 3, {"model": {"w": torch.ones(2)}}, {})
    with pytest.raises(AttributeError):
        save_checkpoint(tmp_path, 3, {"model": {"w": None}}, {})  # type: ignore[dict-item]  # breaks half way
    assert load_tensors(tmp_path, "model")["w"].tolist() == [1, 1]
    for value in (2.0, 3.0):
        save_checkpoint(tmp_path, 3, {"model": {"w": torch.full((2,), value)}}, {})
        assert load_tensors(tmp_path, "model")["w"].tolist() == [value, value]
        assert len(list(tmp_path.glob("step-*"))) == 1


def test_a_checkpoint_that_was_not_finished_does_not_count(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, 1, {"model": {"w": torch.ones(2)}}, {})
    (tmp_path / "step-00000002").mkdir()
    (tmp_path / "step-00000002" / "model.safetensors").write_bytes(b"half")
    assert torch.equal(load_tensors(tmp_path, "model")["w"], torch.ones(2))


def test_orthogonalise_brings_singular_values_near_one() -> None:
    for shape in ((3, 24, 80), (3, 80, 24)):
        stack = torch.randn(shape, generator=torch.Generator().manual_seed(1))
        values = torch.linalg.svdvals(orthogonalise(stack).float())
        assert 0.5 < values.min() < values.max() < 1.5
        for matrix, found in zip(stack, orthogonalise(stack), strict=True):
            alone = orthogonalise(matrix[None])[0]
            assert nn.functional.cosine_similarity(found.float().flatten(), alone.float().flatten(), 0) > 0.999


def test_the_optimizer_treats_matrices_and_vectors_apart_and_learns() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(8, 16, 3, padding=1), nn.SiLU(), nn.Conv2d(16, 8, 1))
    muon, adamw = split_parameters(model)
    assert set(muon) == {"0.weight", "2.weight"}
    assert set(adamw) == {"0.bias", "2.bias"}
    optimizer = Optimizer(model, lr=0.03, muon_lr=0.03)
    x = torch.randn(4, 8, 6, 6)
    first = last = 0.0
    for step in range(60):
        optimizer.zero_grad()
        loss = (model(x) - x.flip(1)).square().mean()
        loss.backward()
        optimizer.step()
        last = float(loss.detach())
        first = last if step == 0 else first
    assert last < 0.3 * first


def test_a_parameter_without_a_gradient_is_left_as_it_is() -> None:
    model = nn.ModuleList(nn.Linear(8, 8) for _ in range(3))  # matrices of one shape, which are updated together
    optimizer = Optimizer(model, lr=0.1, muon_lr=0.1)
    before = {name: param.detach().clone() for name, param in model.named_parameters()}
    for step in range(2):
        optimizer.zero_grad()
        for used in (model[0], model[2]) if step else model:
            used(torch.ones(1, 8)).sum().backward()
        kept = {name: param.detach().clone() for name, param in model[1].named_parameters()}
        optimizer.step()
    assert all(torch.equal(param, kept[name]) for name, param in model[1].named_parameters())
    assert not any(torch.equal(param, before[name]) for name, param in model.named_parameters())


def test_a_run_by_the_clock_ends_with_it_and_its_rate_is_a_trapezoid(tmp_path: Path) -> None:
    model = nn.Linear(8, 8)
    config = LoopConfig(
        steps=0, warmup=2, schedule="trapezoid", decay=0.5, final=0.1, optimizer="adamw", lr=1.0, weight_decay=0.0
    )
    rates: list[float] = []

    def loss(draw: Draw) -> tuple[Tensor, dict[str, float]]:
        rates.append(loop._rate(draw.step))  # pyright: ignore[reportPrivateUsage]
        return model(torch.ones(1, 8)).sum(), {}

    loop = Loop(model, loss, None, config, tmp_path, progress=lambda: loop.step / 8)
    assert loop.run() == 8
    assert rates == pytest.approx([0.5, 1, 1, 1, 1, 0.75, 0.5, 0.25])


def test_a_bad_batch_does_not_poison_the_weights(tmp_path: Path) -> None:
    model = nn.Linear(16, 16)

    def loss(draw: Draw) -> tuple[Tensor, dict[str, float]]:
        value = model(torch.ones(1, 16)).sum()
        return (value * float("nan") if draw.step == 1 else value), {}

    Loop(model, loss, lambda step: {}, LoopConfig(steps=3), tmp_path).run()
    assert all(bool(p.isfinite().all()) for p in model.parameters())


def test_shards_come_back_with_their_truth(tmp_path: Path) -> None:
    clips = np.random.default_rng(0).integers(0, 256, (5, 17, 16, 24, 3), dtype=np.uint8)
    write_shard(tmp_path, 0, clips[:3], [{"captions": [str(i)]} for i in range(3)])
    write_shard(tmp_path, 1, clips[3:], [{"captions": [str(i)]} for i in range(3, 5)])
    store = ClipStore(tmp_path)
    assert len(store) == 5
    assert all(np.array_equal(store[i], clips[i]) for i in range(5))
    assert [line["captions"][0] for line in store.truth] == list("01234")
    assert store.crop(np.random.default_rng(0), 17, 8, 8).shape == (17, 8, 8, 3)
    with pytest.raises(WaltError, match="no training data"):
        ShardStore(tmp_path / "nothing")


def test_own_footage_becomes_shards_and_broken_files_are_skipped(tmp_path: Path) -> None:
    frames = np.zeros((40, 64, 96, 3), np.uint8)
    frames[:, :, :48] = np.linspace(0, 250, 40, dtype=np.uint8)[:, None, None, None]
    (tmp_path / "in").mkdir()
    write_mp4(tmp_path / "in" / "a.mp4", frames, fps=16, metadata={})
    (tmp_path / "in" / "a.txt").write_text("something grows bright\nquelque chose s'éclaire\n")
    (tmp_path / "in" / "broken.mp4").write_bytes(b"not a video")
    count = prepare_folder(tmp_path / "in", tmp_path / "out", 32, 32, 9, 8, lambda done, total: None)
    store = ClipStore(tmp_path / "out")
    assert count == len(store) == 2  # 40 frames at 16 a second are 20 at 8
    assert store[0].shape == (9, 32, 32, 3)
    assert store.truth[0]["captions"] == ["something grows bright", "quelque chose s'éclaire"]
    left = store[0][:, :, :8].mean((1, 2, 3))
    assert (np.diff(left) > 5).all()
    with pytest.raises(WaltError) as caught:
        prepare_folder(tmp_path / "out", tmp_path / "out2", 32, 32, 9, 8, lambda done, total: None)
    assert caught.value.code == "no-training-data"


@pytest.mark.parametrize("camera", CAMERAS)
def test_the_virtual_camera_moves_as_its_name_says(camera: str) -> None:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:400, 0:600]
    picture = np.stack([x / 3, y / 2, np.zeros_like(x)], -1).astype(np.uint8)
    clip = move(picture, camera, rng, 9, 64, 96, 2.0).astype(float)
    dx = clip[-1, :, :, 0].mean() - clip[0, :, :, 0].mean()
    dy = clip[-1, :, :, 1].mean() - clip[0, :, :, 1].mean()
    spread = np.ptp(clip[-1, 32, :, 0]) - np.ptp(clip[0, 32, :, 0])
    expected = {
        "still": abs(dx) + abs(dy) + abs(spread) < 1,
        "pan_right": dx > 2,
        "pan_left": dx < -2,
        "tilt_down": dy > 2,
        "tilt_up": dy < -2,
        "zoom_in": spread < -2,
        "zoom_out": spread > 2,
    }
    assert expected[camera]


def test_a_tokenizer_run_ends_with_latents_of_unit_spread(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:32, 0:32]
    waves = [np.sin(x * a + b) * np.cos(y * c) for a, b, c in rng.uniform(0.05, 0.4, (6, 3))]
    clips = np.stack([np.broadcast_to((w * 90 + 120)[None, ..., None], (17, 32, 32, 3)) for w in waves])
    write_shard(tmp_path / "clips", 0, clips.astype(np.uint8), [{"captions": [""]}] * 6)
    training = TokenizerTraining(
        model=TINY,
        loop=LoopConfig(steps=4, warmup=2, report_steps=10_000),
        shapes=(BatchShape(0.5, 1, 17, 32, 32), BatchShape(0.5, 2, 1, 32, 32)),
        view=(17, 32, 32),
    )
    trainer = TokenizerTrainer(training, {"clips": (ClipStore(tmp_path / "clips"), 1.0)}, tmp_path / "run")
    trainer.loop.run()
    trainer.finish(clips=48)
    write_run(tmp_path / "run", training)
    tokenizer = load_run_tokenizer(tmp_path / "run")
    with torch.inference_mode():
        z = torch.cat([tokenizer.encode(to_pixels(clip[None])) for clip in clips.astype(np.uint8)])
        decoded = tokenizer.decode(z)
    assert float(z.square().mean().sqrt()) == pytest.approx(1.0, rel=0.1)
    assert z.mean((0, 2, 3, 4)).abs().max() < 0.2
    assert psnr(decoded, to_pixels(clips.astype(np.uint8))) > 20
