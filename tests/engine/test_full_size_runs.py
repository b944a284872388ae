"""The paper's runs as data, what they cost, and one step of each of them at a reduced size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch.distributed.tensor import DTensor

from engine.api.errors import UsageError
from engine.cli.main import main
from engine.models.transformer import Block, WindowTransformer
from engine.training.denoiser.full_size import DenoiserTrainer
from engine.training.denoiser.slots import NoiseSource, is_image
from engine.training.distributed.process_group import ProcessGroup
from engine.training.runs.cost import estimate
from engine.training.runs.find import read_full_run
from engine.training.runs.full_size import (
    DenoiserRun,
    FullRun,
    GanTokenizerRun,
    run_from_json,
    run_to_json,
    with_overrides,
)
from engine.training.runs.paper import PAPER_RUNS
from engine.training.tokenizer.gan_trainer import GanTrainer, NoiseClips

LOOP = ["numbers=fp32", "batch=2", "loop.steps=1", "loop.warmup=1", "loop.log_steps=1", "loop.report_steps=99"]
DENOISER = [*LOOP, "model.width=32", "model.layers=2", "model.heads=2", "text_length=4", "self_conditioning=1.0"]
TOKENIZER = [*LOOP, "model.channels=8", "model.blocks=[1,1,1,1]", "model.mid_blocks=0", "gan.channels=8"]


def reduced(run: FullRun) -> FullRun:
    """The run with width and depth reduced, by its configuration alone (and tokenizers' clips smaller)."""
    if isinstance(run, DenoiserRun):
        return with_overrides(run, DENOISER)
    crop = [run.crop[0], 32, 32] if run.crop[0] > 1 else [1, 64, 64]
    return with_overrides(run, [*TOKENIZER, f"crop={crop}"])


@pytest.fixture(scope="module")
def world() -> Iterator[ProcessGroup]:
    with ProcessGroup() as world:
        yield world


def flat(run: FullRun) -> set[str]:
    data = run_to_json(run)
    inner = {f"{name}.{key}" for name, value in data.items() if isinstance(value, dict) for key in value}
    return set(data) | inner


@pytest.mark.parametrize("name", PAPER_RUNS)
def test_a_run_is_data_and_its_assumptions_name_its_fields(name: str) -> None:
    run = PAPER_RUNS[name]
    assert run_from_json(json.dumps(run_to_json(run))) == run
    assert run.assumed
    assert set(run.assumed) <= flat(run)
    assert run.source.startswith("table")
    started = run.start or name
    assert started in PAPER_RUNS
    if isinstance(run, DenoiserRun):
        tokenizer = PAPER_RUNS[run.tokenizer]
        assert isinstance(tokenizer, GanTokenizerRun)
        assert tokenizer.model.latent_channels == run.model.latent_channels
        assert tokenizer.crop[0] == (4 * run.model.grid[0] - 3 if run.image_share < 1 else 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAPER_RUNS)
def test_one_step_of_every_run(name: str, world: ProcessGroup, tmp_path: Path) -> None:
    run = reduced(PAPER_RUNS[name])
    if isinstance(run, DenoiserRun):
        trainer = DenoiserTrainer(run, NoiseSource(run), world, tmp_path)
    else:
        trainer = GanTrainer(run, NoiseClips(run.crop), world, tmp_path)
    before = weights(trainer.loop.model)
    assert trainer.loop.run() == 1
    log = (tmp_path / "log.csv").read_text()
    assert "loss" in log
    assert "nan" not in log
    after = weights(trainer.loop.model)
    # In a transformer everything stands behind the output, which starts at zero: the rest moves from step two on.
    moved = {key for key, value in after.items() if not torch.equal(before[key], value)}
    assert moved
    assert moved == {"head.linear.weight", "head.linear.bias"} or len(moved) > len(after) / 2


def weights(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """All parameters, whole and copied."""
    named = {name: p.detach() for name, p in model.named_parameters()}
    return {name: (p.full_tensor() if isinstance(p, DTensor) else p).clone() for name, p in named.items()}


@pytest.mark.slow
def test_the_three_billion_build_without_memory_and_one_layer_of_it_runs() -> None:
    run = PAPER_RUNS["t2v-base"]
    assert isinstance(run, DenoiserRun)
    with torch.device("meta"):
        model = WindowTransformer(run.model)
    assert sum(p.numel() for p in model.parameters()) == pytest.approx(3.1e9, rel=0.01)
    block = Block(run.model)
    width = run.model.width
    x = torch.randn(1, 1, 2, 4, width, requires_grad=True)
    text = (torch.randn(1, 1, 3, width), torch.zeros(1, 1, 3))
    modulation = 0.1 * torch.randn(1, 1, 6 * width)
    results: list[torch.Tensor] = []
    for dtype in (torch.float32, torch.bfloat16):
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype is torch.bfloat16):
            y = block(x, modulation, ((1, 2, 4), (1, 2, 4)), None, text, False)
        y.float().square().mean().backward()
        results.append(y.detach())
    assert x.grad is not None
    assert bool(x.grad.isfinite().all())
    assert float((results[1].float() - results[0]).abs().max()) < 0.05 * float(results[0].abs().max())


def test_operations_are_those_that_the_shape_asks_for() -> None:
    run = PAPER_RUNS["t2v-l-video"]
    assert isinstance(run, DenoiserRun)
    cost = estimate(run, 64, 125.0, 80.0)
    d, layers, tokens = 1024, 24, 1280
    weights = (12 + 4) * d * d * layers
    scores = 2 * 2 * d * layers * tokens * (256 + 320) / 2 + 2 * 2 * d * layers * tokens * (256 + 128)
    expected = (2 * weights * tokens + scores) * (3 + 0.9) * 512
    assert cost.flops_per_step == pytest.approx(expected, rel=0.03)


def test_more_gpus_need_less_memory_each_and_as_much_time_together() -> None:
    run = PAPER_RUNS["t2v-base"]
    few, many = estimate(run, 8, 100.0, 80.0), estimate(run, 64, 100.0, 80.0)
    assert few.state_gb == pytest.approx(8 * many.state_gb)
    assert few.days * 8 == pytest.approx(many.days * 64)
    assert few.per_gpu * few.parts == 64
    assert many.per_gpu * many.parts == 8
    assert few.memory_gb <= 80
    with pytest.raises(UsageError) as caught:
        estimate(run, 7, 100.0, 80.0)
    assert caught.value.code == "bad-batch"


@pytest.mark.slow
@pytest.mark.parametrize("name", PAPER_RUNS)
def test_the_cost_of_every_run_adds_up(name: str) -> None:
    run = PAPER_RUNS[name]
    cost = estimate(run, 64, 125.0, 80.0)
    assert cost.parameters > 3e8
    assert cost.memory_gb == pytest.approx(cost.state_gb + cost.gathered_gb + cost.activations_gb)
    assert cost.per_gpu * cost.parts * 64 == run.batch
    work = cost.flops_per_step + cost.recompute_flops_per_step
    assert cost.days == pytest.approx(work / (64 * 125e12) * run.loop.steps / 86_400)
    # One run does not fit an 80 GB card as it stands: docs/training.md says what to do.
    assert (cost.memory_gb <= 80) == (name != "tokenizer-t2v-512")


@pytest.mark.slow
def test_running_layers_again_trades_operations_for_memory() -> None:
    run = PAPER_RUNS["tokenizer-t2v-256"]
    spared = estimate(run, 64, 100.0, 80.0)
    kept = estimate(with_overrides(run, ["recompute=false"]), 64, 100.0, 80.0)
    assert spared.activations_gb / spared.per_gpu < 0.6 * kept.activations_gb / kept.per_gpu
    assert spared.recompute_flops_per_step > 0 == kept.recompute_flops_per_step


def test_the_dry_run_prints_what_is_assumed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--dry-run", "t2v-sr2", "--gpus", "32"]) == 0
    text = capsys.readouterr().out
    for word in ("420.6 M", "PFLOP", "GB", "days", "max_low_res_t = 400", "model.patch = 4"):
        assert word in text
    assert main(["train", "--dry-run", "k600-l", "--json", "--set", "model.layers=2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["run"]["model"]["layers"] == 2
    assert told["cost"]["parameters"] < 60e6


def test_a_run_that_is_wrong_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for setting, code in (("model.with=3", "bad-setting"), ("model.width=33", "bad-run"), ("batch", "bad-setting")):
        with pytest.raises(UsageError) as caught:
            with_overrides(PAPER_RUNS["ucf101-l"], [setting])
        assert caught.value.code == code
    with pytest.raises(UsageError, match="no run"):
        read_full_run("t2v-bas")
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(run_to_json(PAPER_RUNS["k600-l"])))
    assert read_full_run(file) == PAPER_RUNS["k600-l"]


def test_images_are_spread_evenly_over_a_batch() -> None:
    kinds = [is_image(i, 0.2) for i in range(40)]
    assert sum(kinds) == 8
    assert all(sum(kinds[i : i + 10]) == 2 for i in range(0, 40, 10))
    assert all(is_image(i, 1.0) for i in range(9))
    assert not any(is_image(i, 0.0) for i in range(9))
