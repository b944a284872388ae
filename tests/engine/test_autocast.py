"""Mixed precision in training: every pass of a step in bfloat16 leaves each weight its gradient."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from engine.diffusion.guidance import Guidance
from engine.diffusion.schedule import Schedule
from engine.models.text_encoder import TextConfig, TextEncoder
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.runtime import devices
from engine.runtime.devices import Device
from engine.training import precision
from engine.training.denoiser.full_size import DenoiserTrainer
from engine.training.denoiser.loss import Denoiser, DenoisingBatch, denoising_loss
from engine.training.denoiser.sampling import sample_latents
from engine.training.denoiser.slots import NoiseSource
from engine.training.distributed.process_group import ProcessGroup
from engine.training.loop import Draw, LoopConfig
from engine.training.on_gpu.denoiser import Mix, StageTrainer
from engine.training.on_gpu.latent_buffer import LatentBuffer, encode
from engine.training.runs.full_size import DenoiserRun, GanTokenizerRun, with_overrides
from engine.training.runs.paper import PAPER_RUNS
from engine.training.tokenizer.gan_trainer import GanTrainer, NoiseClips
from tests.engine.test_full_size_runs import reduced
from tests.engine.test_training import TINY
from tests.engine.test_training_commands import transformer
from tests.tiny_pack import lively

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def passes() -> Iterator[dict[bool, int]]:
    """Whether a module's pass had gradients -> how many ran in bfloat16; none of them where weights are kept."""
    counted = {True: 0, False: 0}

    def look(module: nn.Module, given: Any) -> None:
        del given
        if torch.is_autocast_enabled("cpu"):
            assert not torch.is_autocast_cache_enabled(), type(module).__name__
            counted[torch.is_grad_enabled()] += 1

    handle = register_module_forward_pre_hook(look)
    yield counted
    handle.remove()


@pytest.fixture
def half(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training in bfloat16, whether it is faster here or not."""
    monkeypatch.setattr(precision, "training_dtype", lambda kind="cpu": torch.bfloat16)


def denoiser(config: TransformerConfig) -> Denoiser:
    torch.manual_seed(0)
    model = Denoiser(TextEncoder(TextConfig(9, width=16, layers=1)), WindowTransformer(config))
    lively(model)
    return model


def without_gradient(model: nn.Module) -> list[str]:
    return [name for name, p in model.named_parameters() if p.requires_grad and p.grad is None]


def test_autocast_computes_in_the_format_and_keeps_nothing() -> None:
    x, layer = torch.randn(2, 3), nn.Linear(3, 3)
    with devices.autocast(CPU, torch.bfloat16):
        assert not torch.is_autocast_cache_enabled()
        assert layer(x).dtype is torch.bfloat16
    for context in (devices.autocast(CPU, torch.float32), Device(CPU, torch.float32).autocast()):
        with context:
            assert layer(x).dtype is torch.float32


@pytest.mark.usefixtures("half")
def test_a_pass_without_gradients_costs_the_next_one_none(passes: dict[bool, int]) -> None:
    """A caption of no words and one of two, so that the null token is used too; frames are given."""
    model = denoiser(transformer(1))
    batch = DenoisingBatch(torch.randn(2, 8, 5, 4, 8), torch.tensor([[3, 4], [0, 0]]), torch.randn(2, 9, 5, 4, 8))
    loss = denoising_loss(model, Schedule.linear(), batch, torch.Generator().manual_seed(0), True)
    loss.mean().backward()
    assert passes[False]
    assert passes[True]
    assert without_gradient(model) == []


@pytest.mark.usefixtures("half")
def test_samples_between_steps_keep_nothing(passes: dict[bool, int]) -> None:
    model = denoiser(transformer(1))
    ids = torch.tensor([[3, 4]])
    sample_latents(model, Schedule.linear(), torch.randn(1, 8, 5, 4, 8), ids, 2, Guidance(scale=3.0))
    assert passes[False]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ucf101-l", "k600-l", "t2v-base", "t2v-sr1"])
def test_a_full_size_step_reaches_every_weight(name: str, tmp_path: Path, passes: dict[bool, int]) -> None:
    run = with_overrides(reduced(PAPER_RUNS[name]), ["numbers=bf16"])
    assert isinstance(run, DenoiserRun)
    with ProcessGroup() as world:
        trainer = DenoiserTrainer(run, NoiseSource(run), world, tmp_path)
        loss, _ = trainer.loss(Draw.at(0, 0))
        loss.backward()
    assert passes[False]
    assert passes[True]
    assert without_gradient(trainer.loop.model) == []


@pytest.mark.slow
def test_a_step_with_the_discriminator_reaches_every_weight(tmp_path: Path, passes: dict[bool, int]) -> None:
    run = with_overrides(reduced(PAPER_RUNS["tokenizer-t2v"]), ["numbers=bf16"])
    assert isinstance(run, GanTokenizerRun)
    with ProcessGroup() as world:
        trainer = GanTrainer(run, NoiseClips(run.crop), world, tmp_path)
        loss, _ = trainer.loss(Draw.at(0, 0))
        loss.backward()
    assert passes[True]
    assert without_gradient(trainer.loop.model) == []


@pytest.mark.usefixtures("half")
@pytest.mark.parametrize("train_text", [True, False])
def test_the_starters_step_on_a_card_reaches_every_weight(
    train_text: bool, tmp_path: Path, passes: dict[bool, int]
) -> None:
    buffer = LatentBuffer(2, (8, 5, 4, 8), low_res=False, device=CPU)
    buffer.add(torch.randn(2, 8, 5, 4, 8), None, torch.full_like(buffer.ids, 3))
    mixes = [Mix("clip", ((1.0, buffer),), 32)]  # so many that captions are dropped and frames given
    trainer = StageTrainer(denoiser(transformer(1)), mixes, LoopConfig(), tmp_path, CPU, train_text)
    loss, _ = trainer.loss(Draw.at(0, 0))
    loss.backward()
    assert passes[True]
    assert not passes[False]  # both passes have gradients on, so that compiled layers serve both
    assert without_gradient(trainer.model) == []
    encode(Tokenizer(TINY), torch.zeros(1, 3, 5, 16, 16))
    assert passes[False]


@pytest.mark.parametrize(
    ("limit", "fast"),
    [({}, True), ({"ONEDNN_MAX_CPU_ISA": "AVX2"}, False), ({"DNNL_MAX_CPU_ISA": "avx512_core"}, False),
     ({"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_AMX"}, True), ({"ONEDNN_MAX_CPU_ISA": "ALL"}, True)],
)  # fmt: skip
def test_bfloat16_is_for_processors_that_onednn_may_use_it_on(
    monkeypatch: pytest.MonkeyPatch, limit: dict[str, str], fast: bool
) -> None:
    for name in ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in limit.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False)
    assert devices.resolve("cpu").dtype == (torch.bfloat16 if fast else torch.float32)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False, raising=False)
    assert devices.resolve("cpu").dtype == torch.float32
