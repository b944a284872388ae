"""The starter's road on one graphics card: what of it a CPU can show."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from engine.training.optim import orthogonalise
from engine.worlds.dataset.sampling import twin

ROOT = Path(__file__).parents[2]


def test_plan_goes_by_time_and_then_by_turns() -> None:
    from engine.training.on_gpu.farm import Plan

    plan = Plan([(0.0, {"clip128": float("inf")}), (0.0, {"image128": 2, "photo128": 1})], seconds=1e9)
    assert [plan() for _ in range(5)] == ["image128", "photo128", "image128", "clip128", "clip128"]
    later = Plan([(0.0, {"clip128": 1}), (0.5, {"clip256": 1})], seconds=1e-9)
    assert [later(), later(), later()] == ["clip256", "clip128", None]


def test_courses_draw_what_the_farm_knows_and_end_in_order() -> None:
    from engine.training.on_gpu.farm import KINDS, Plan
    from engine.training.on_gpu.plans import FROM_NOTHING, KEEPING, ONWARD, ordered

    for course in (FROM_NOTHING, KEEPING, ONWARD):
        assert list(course.ends.values()) == sorted(course.ends.values())
        assert max(course.ends.values()) < 1
        assert {name for _, jobs in course.parts for name in jobs} <= set(KINDS)
        plan = Plan(ordered(course.parts), seconds=1e9)
        first = [plan() for _ in range(int(sum(course.parts[0][1].values())))]
        assert {name: first.count(name) for name in course.parts[0][1]} == course.parts[0][1]
    assert "tokenizer" not in KEEPING.ends  # what goes on keeps its latents


def test_moving_worlds_come_in_pairs_that_differ_in_where_they_move() -> None:
    from engine.training.on_gpu.farm import KINDS, MOVES, worlds

    headings = []
    for seed in range(0, 80, 4):
        specs = worlds(KINDS["moves128"], seed)
        for one, other in zip(specs[::2], specs[1::2], strict=True):
            assert one.camera in MOVES
            assert other.camera == twin(one).camera
            assert replace(other, camera=one.camera, heading=one.heading) == one
            headings.append(one.heading == other.heading)
    assert 0 < sum(headings) < len(headings)


def test_noisier_levels_come_oftener_and_none_is_left_out() -> None:
    from engine.training.on_gpu.denoise import levels

    found = levels(torch.linspace(0, 1, 100_001), noisy=0.6)
    assert (int(found[0]), int(found[-1])) == (0, 999)
    assert set(found.tolist()) == set(range(1000))
    assert abs(float((found >= 500).float().mean()) - 0.6) < 1e-3


FARM = """
import sys, time
from pathlib import Path
import numpy as np
from engine.training.on_gpu.farm import LENGTH, WORDINGS, Farm, Plan
from engine.worlds.captions.write import vocabulary
from engine.worlds.render.clip import render_clip
from engine.worlds.dataset.sampling import sample_spec

wanted = render_clip(sample_spec(7))  # and so compiled before the farm's process parts
plan = Plan([(0.0, {"clip128": 1, "photo128": 1})], seconds=1e9)
farm = Farm(plan, 1, Path(sys.argv[1]), vocabulary(), seed=7, slots=(4, 1))
jobs = []
while len(jobs) < 2:
    jobs += list(farm.poll())
    time.sleep(0.01)
farm.close()
worlds = next(job for job in jobs if not job.kind.photos)
assert farm.pixels(worlds).shape == (4, 17, 128, 224, 3)
assert np.array_equal(farm.pixels(worlds)[0], wanted)
assert worlds.ids.shape == (4, WORDINGS, LENGTH)
assert (worlds.ids[:, :, 0] > 0).all()
print("drawn")
"""


@pytest.mark.slow
def test_farm_draws_the_worlds_of_its_seeds(tmp_path: Path) -> None:
    """In a process of its own, as it is used: it forks, which a process with threads should not."""
    cv2.imwrite(str(tmp_path / "photo.png"), np.random.default_rng(1).integers(0, 255, (300, 400, 3)))
    paths = str(ROOT)
    done = subprocess.run(
        [sys.executable, "-c", FARM, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.stdout == "drawn\n", done.stderr


def test_stacked_matrices_are_orthogonalised_like_single_ones() -> None:
    from engine.training.on_gpu import optim

    stack = torch.randn(3, 12, 20, generator=torch.Generator().manual_seed(0))
    together = optim.orthogonalise(stack, steps=4)
    for matrix, found in zip(stack, together, strict=True):
        spread = torch.linalg.svdvals(found.float())
        assert spread.min() > 0.5
        assert spread.max() < 1.4
        cosine = nn.functional.cosine_similarity(
            found.float().flatten(), orthogonalise(matrix).float().flatten(), 0
        )
        assert cosine > 0.99


def test_optimizer_learns_and_leaves_the_average() -> None:
    from engine.training.on_gpu import optim

    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 16))
    x = torch.randn(64, 16)
    target = x.flip(1)
    optimizer = optim.Optimizer(model, 1e-2, 1e-2, ema=0.9)

    def loss() -> torch.Tensor:
        return (model(x) - target).square().mean()

    first = loss().detach()
    for _ in range(400):
        optimizer.step(loss(), 1.0)
    optimizer.finish()
    assert loss().detach() < 0.5 * first
    assert all(torch.equal(p, a) for p, a in zip(optimizer.params, optimizer.average, strict=True))


def test_a_gradient_that_is_not_finite_changes_nothing() -> None:
    from engine.training.on_gpu import optim

    model = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8))
    optimizer = optim.Optimizer(model, 1e-2, 1e-2, ema=0.9)
    optimizer.step(model(torch.ones(2, 8)).square().mean(), 1.0)
    before = [p.detach().clone() for p in optimizer.params]
    norm = optimizer.step(model(torch.full((2, 8), float("nan"))).mean(), 1.0)
    assert not torch.isfinite(norm)
    assert all(torch.equal(p, q) for p, q in zip(optimizer.params, before, strict=True))
    optimizer.step(model(torch.ones(2, 8)).square().mean(), 1.0)  # and it goes on
    assert not torch.equal(optimizer.params[0], before[0])


def test_bank_draws_what_was_put_in() -> None:
    from engine.training.on_gpu.bank import Bank

    bank = Bank(5, (2, 1, 4, 4), low=True, device=torch.device("cpu"))
    high, low = torch.arange(3.0).view(3, 1, 1, 1, 1).expand(3, 2, 1, 4, 4), torch.ones(3, 2, 1, 2, 2)
    ids = torch.arange(3)[:, None, None].expand(3, 8, 32)
    bank.add(high, low, ids)
    bank.add(high, low, ids)  # one more than there is room for
    assert bank.count == 5
    drawn, small, words = bank.draw(40)
    assert small is not None
    assert torch.equal(drawn[:, 0, 0, 0, 0].long(), words[:, 0])
    assert set(words[:, 0].tolist()) == {0, 1, 2}
