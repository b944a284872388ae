"""The starter's training on one graphics card: what of it a CPU can show."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engine.models.text_encoder import TextConfig, TextEncoder
from engine.models.transformer import WindowTransformer
from engine.training.checkpoint import latest, load_tensors
from engine.training.denoiser.loss import Denoiser, noise_levels
from engine.training.loop import LoopConfig
from engine.training.on_gpu.denoiser import Mix, StageTrainer
from engine.training.on_gpu.latent_buffer import LatentBuffer
from engine.training.packing import load_averaged
from engine.training.runs.starter import read_run
from engine.worlds.dataset.sampling import twin
from tests.engine.test_house_rules import imports
from tests.engine.test_training_commands import transformer
from tests.tiny_pack import lively

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("on_gpu_worker.py")


def test_rendering_goes_by_time_and_then_by_turns() -> None:
    from engine.training.on_gpu.render_workers import RenderSchedule

    plan = RenderSchedule([(0.0, {"clip128": float("inf")}), (0.0, {"image128": 2, "photo128": 1})], seconds=1e9)
    assert [plan() for _ in range(5)] == ["image128", "photo128", "image128", "clip128", "clip128"]
    later = RenderSchedule([(0.0, {"clip128": 1}), (0.5, {"clip256": 1})], seconds=1e-9)
    assert [later(), later(), later()] == ["clip256", "clip128", None]


def test_plans_render_kinds_that_there_are_and_end_in_order() -> None:
    from engine.training.on_gpu.render_workers import KINDS, RenderSchedule
    from engine.training.on_gpu.training_plans import CONTINUE, FROM_SCRATCH, KEEP_TOKENIZER, scheduled

    for plan in (FROM_SCRATCH, KEEP_TOKENIZER, CONTINUE):
        assert list(plan.ends.values()) == sorted(plan.ends.values())
        assert max(plan.ends.values()) < 1
        assert {name for _, jobs in plan.phases for name in jobs} <= set(KINDS)
        schedule = RenderSchedule(scheduled(plan.phases), seconds=1e9)
        first = [schedule() for _ in range(int(sum(plan.phases[0][1].values())))]
        assert {name: first.count(name) for name in plan.phases[0][1]} == plan.phases[0][1]
    assert "tokenizer" not in KEEP_TOKENIZER.ends  # what goes on keeps its latents


def test_moving_worlds_come_in_pairs_that_differ_in_where_they_move() -> None:
    from engine.training.on_gpu.render_workers import KINDS, MOVES, job_worlds

    headings = []
    for seed in range(0, 80, 4):
        specs = job_worlds(KINDS["moves128"], seed)
        for one, other in zip(specs[::2], specs[1::2], strict=True):
            assert one.camera in MOVES
            assert other.camera == twin(one).camera
            assert replace(other, camera=one.camera, heading=one.heading) == one
            headings.append(one.heading == other.heading)
    assert 0 < sum(headings) < len(headings)


def test_noisier_levels_come_more_often_and_none_is_left_out() -> None:
    found = noise_levels(torch.linspace(0, 1, 100_001), 0.6, 1000)
    assert (int(found[0]), int(found[-1])) == (0, 999)
    assert set(found.tolist()) == set(range(1000))
    assert abs(float((found >= 500).float().mean()) - 0.6) < 1e-3


WORKERS = """
import sys, time
from pathlib import Path
import numpy as np
from engine.training.on_gpu.render_workers import LENGTH, WORDINGS, RenderSchedule, RenderWorkers
from engine.worlds.captions.write import vocabulary
from engine.worlds.render.clip import render_clip
from engine.worlds.dataset.sampling import sample_spec

wanted = render_clip(sample_spec(7))  # and so compiled before the worker is forked
schedule = RenderSchedule([(0.0, {"clip128": 1, "photo128": 1})], seconds=1e9)
workers = RenderWorkers(schedule, 1, Path(sys.argv[1]), vocabulary(), seed=7, slots=(4, 1))
jobs = []
while len(jobs) < 2:
    jobs += list(workers.poll())
    time.sleep(0.01)
workers.close()
worlds = next(job for job in jobs if not job.kind.photos)
assert workers.frames(worlds).shape == (4, 17, 128, 224, 3)
assert np.array_equal(workers.frames(worlds)[0], wanted)
assert worlds.ids.shape == (4, WORDINGS, LENGTH)
assert (worlds.ids[:, :, 0] > 0).all()
print("rendered")
"""


@pytest.mark.slow
def test_workers_render_the_worlds_of_their_seeds(tmp_path: Path) -> None:
    """In a process of its own, as it is used: it forks, which a process with threads should not."""
    cv2.imwrite(str(tmp_path / "photo.png"), np.random.default_rng(1).integers(0, 255, (300, 400, 3)))
    paths = str(ROOT)
    done = subprocess.run(
        [sys.executable, "-c", WORKERS, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.stdout == "rendered\n", done.stderr


def test_levels_are_uniform_unless_more_are_to_be_noisy() -> None:
    even = torch.rand(10_000, generator=torch.Generator().manual_seed(0))
    assert torch.equal(noise_levels(even, 0.5, 1000), (even * 1000).long().clamp(max=999))


def test_a_buffer_gives_what_was_added() -> None:
    buffer = LatentBuffer(5, (2, 1, 4, 4), low_res=True, device=torch.device("cpu"))
    high, low = torch.arange(3.0).view(3, 1, 1, 1, 1).expand(3, 2, 1, 4, 4), torch.ones(3, 2, 1, 2, 2)
    ids = torch.arange(3)[:, None, None].expand(3, 8, 32)
    buffer.add(high, low, ids)
    buffer.add(high, low, ids)  # one more than there is room for
    assert buffer.count == 5
    drawn, small, words = buffer.draw(40, torch.Generator().manual_seed(0))
    assert small is not None
    assert torch.equal(drawn[:, 0, 0, 0, 0].long(), words[:, 0])
    assert set(words[:, 0].tolist()) == {0, 1, 2}


def test_a_stage_trains_from_buffers_and_is_a_run_like_any_other(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = transformer(2)
    model = Denoiser(TextEncoder(TextConfig(9, width=16, layers=1)), WindowTransformer(config))
    lively(model)
    device = torch.device("cpu")
    clips, images = (LatentBuffer(4, (8, frames, 8, 16), low_res=True, device=device) for frames in (5, 1))
    mixes = [
        Mix("clip", ((0.5, clips), (0.5, clips)), 3, moved_photos=(False, True)),
        Mix("image", ((1.0, images),), 2),
    ]

    def render() -> None:
        """Images never come: the stage goes on with what there is."""
        if not clips.count:
            clips.add(torch.randn(4, 8, 5, 8, 16), torch.randn(4, 8, 5, 4, 8), torch.full((4, 8, 32), 3))

    trainer = StageTrainer(
        model, mixes, LoopConfig(steps=2), tmp_path, device, False, lambda: trainer.loop.step / 2, render
    )
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert trainer.loop.run() == 2
    assert trainer.samples == 6
    after = model.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before if name.startswith("text."))
    assert not all(torch.equal(after[name], before[name]) for name in before)
    again = Denoiser(TextEncoder(TextConfig(9, width=16, layers=1)), WindowTransformer(config))
    load_averaged(tmp_path, again)
    trainer.loop.ema.swap(model)
    assert all(torch.equal(value, model.state_dict()[name]) for name, value in again.state_dict().items())


@pytest.mark.slow
def test_all_networks_are_trained_one_after_the_other(tmp_path: Path, packs_folder: Path) -> None:
    cv2.imwrite(str(tmp_path / "photo.png"), np.random.default_rng(1).integers(0, 255, (300, 400, 3)))
    out = tmp_path / "runs"
    done = subprocess.run(
        [sys.executable, str(WORKER), str(packs_folder / "tiny"), str(tmp_path), str(out)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for name in ("tokenizer", "base", "sr1", "sr2"):
        facts = latest(out / name)
        assert facts is not None
        assert facts["step"] == 4, name
        assert read_run(out / name).loop.schedule == "trapezoid"
    # The tokenizer's statistics are saved with it, and the later stages have the base's averaged text encoder.
    assert not torch.equal(load_tensors(out / "tokenizer", "model")["latent_mean"], torch.zeros(4))
    base, sr1 = load_tensors(out / "base", "ema"), load_tensors(out / "sr1", "model")
    assert torch.equal(base["text.words.weight"], sr1["text.words.weight"])


def test_no_module_but_the_kernels_needs_triton() -> None:
    folder = ROOT / "engine" / "training" / "on_gpu"
    needing = [path.name for path in folder.glob("*.py") if "triton" in {*map(top_level, imports(path))}]
    assert needing == ["norms.py"]
    program = ast.parse((folder / "__main__.py").read_text("utf-8"))
    at_import = {node.module for node in program.body if isinstance(node, ast.ImportFrom)}
    assert "engine.training.on_gpu.norms" not in at_import


def top_level(module: str) -> str:
    return module.partition(".")[0]
