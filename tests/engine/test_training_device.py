"""Training computes where it is told to: here on the meta device, which has no numbers but says who lies where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from engine.diffusion.guidance import Guidance
from engine.diffusion.schedule import Schedule
from engine.models.text_encoder import TextConfig, TextEncoder
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import WindowTransformer
from engine.training.data.store import write_shard
from engine.training.denoiser.base import BaseTrainer, BaseTraining
from engine.training.denoiser.loss import Denoiser, velocity_loss
from engine.training.denoiser.sampling import sample_latents
from engine.training.denoiser.slots import NoiseSource, assemble
from engine.training.denoiser.superres import SuperresTrainer, SuperresTraining
from engine.training.loop import Draw, LoopConfig
from engine.training.precision import training_dtype
from engine.training.runs.full_size import DenoiserRun, GanTokenizerRun
from engine.training.runs.paper import PAPER_RUNS
from engine.training.tokenizer.discriminator import Discriminator
from engine.training.tokenizer.gan_losses import GanModel
from engine.training.tokenizer.trainer import BatchShape, TokenizerTrainer, TokenizerTraining
from engine.worlds.captions.write import vocabulary
from engine.worlds.dataset.sampling import sample_spec
from tests.engine.test_full_size_runs import reduced
from tests.engine.test_training import TINY
from tests.engine.test_training_commands import transformer

META = torch.device("meta")
LOOP = LoopConfig(steps=2, warmup=1)
_MAY_MIX = {"aten._to_copy.default", "aten.copy_.default"}


class OneDevice(TorchDispatchMode):
    """Refuses every operation, of the backward pass too, whose tensors lie on more than one device, as a card would.

    Matrix products of the meta device take whatever they get. Counts what was done on each device.
    """

    def __init__(self) -> None:
        super().__init__()
        self.done: dict[str, int] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = [one for one in tree_leaves((args, kwargs or {})) if isinstance(one, Tensor) and one.dim()]
        places = {one.device.type for one in given}
        if str(func) not in _MAY_MIX:
            assert len(places) < 2, func
            for place in places:
                self.done[place] = self.done.get(place, 0) + 1
        return func(*args, **(kwargs or {}))


@pytest.fixture
def shards(tmp_path: Path) -> dict[str, Path]:
    """Latents of clips at two sizes, and clips."""
    rng = np.random.default_rng(0)
    truth = [{"spec": sample_spec(i).to_dict()} for i in range(70)]
    for name, shape in (("low", (8, 5, 4, 8)), ("high", (8, 5, 8, 16))):
        write_shard(tmp_path / name, 0, rng.standard_normal((70, *shape)).astype(np.float16), truth)
    write_shard(tmp_path / "clips", 0, rng.integers(0, 255, (4, 17, 32, 32, 3), np.uint8), truth[:4])
    return {name: tmp_path / name for name in ("low", "high", "clips")}


def tokenizer_step(shards: dict[str, Path], out: Path) -> Any:
    from engine.training.data.store import ClipStore

    training = TokenizerTraining(replace(TINY, linear_path=True), LOOP, shapes=(BatchShape(1, 1, 5, 16, 16),))
    return TokenizerTrainer(training, {"clips": (ClipStore(shards["clips"]), 1.0)}, out, META)


def base_step(shards: dict[str, Path], out: Path) -> Any:
    training = BaseTraining(transformer(1), LOOP, text_layers=1, image_batch=0, video_batch=2, frame_rate=1.0)
    return BaseTrainer(training, Tokenizer(TINY), vocabulary(), None, [shards["low"]], out, META)


def superres_step(shards: dict[str, Path], out: Path) -> Any:
    model = replace(transformer(2), low_res_path=0.1, shared_noise=0.5)
    training = SuperresTraining(model, LOOP, text_layers=1, frame_rate=1.0, self_conditioning=1.0)
    text = TextEncoder(TextConfig(len(vocabulary()), width=16, layers=1))
    pair = (shards["high"], shards["low"])
    return SuperresTrainer(training, Tokenizer(TINY), text, vocabulary(), None, pair, out, META)


@pytest.mark.slow
@pytest.mark.parametrize("make", [tokenizer_step, base_step, superres_step])
def test_a_step_computes_where_the_run_is(
    make: Callable[[dict[str, Path], Path], Any],
    shards: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer = make(shards, tmp_path / "run")
    monkeypatch.setattr(Tensor, "__float__", lambda _: 0.0)  # there are no numbers to log
    model: nn.Module = trainer.loop.model
    with OneDevice() as seen:
        loss, _ = trainer.loss(Draw.at(0, 0))
        loss.backward()
        trainer.loop.optimizer.step()
        trainer.loop.ema.update(model, 0)
    assert {parameter.device for parameter in model.parameters()} == {META}
    assert loss.device == META
    assert seen.done["meta"] > 10 * seen.done["cpu"]


@pytest.mark.parametrize("name", ["ucf101-l", "k600-l", "t2v-base", "t2v-sr1"])
def test_a_full_size_step_computes_where_the_network_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = reduced(PAPER_RUNS[name])
    assert isinstance(run, DenoiserRun)
    schedule, source, places = Schedule.linear(), NoiseSource(run), range(run.batch)
    batch = assemble(run, schedule, source.slots(0, places), source.null, 0, places).to(META)
    model = WindowTransformer(run.model).to(META)
    monkeypatch.setattr(Tensor, "__bool__", lambda _: True)  # whether there are images in the batch
    with OneDevice():
        loss = velocity_loss(model, schedule, batch.x0, batch.t, batch.eps, True, batch.conditions).mean()
        loss.backward()
    assert loss.device == META


def test_a_step_with_the_discriminator_computes_where_the_networks_are(monkeypatch: pytest.MonkeyPatch) -> None:
    run = reduced(PAPER_RUNS["tokenizer-t2v"])
    assert isinstance(run, GanTokenizerRun)
    model = GanModel(Tokenizer(run.model), Discriminator(run.gan, run.crop), run.gan).to(META)
    monkeypatch.setattr(Tensor, "__float__", lambda _: 0.0)
    with OneDevice():
        loss, _ = model(torch.zeros(1, 3, *run.crop).to(META), True, True)
        loss.backward()
    assert loss.device == META


def test_samples_are_drawn_where_the_network_is() -> None:
    text = TextEncoder(TextConfig(9, width=16, layers=1))
    model = Denoiser(text, WindowTransformer(transformer(2))).to(META)
    noise, low = torch.zeros(2, 8, 5, 8, 16), torch.zeros(2, 8, 5, 4, 8)
    ids = torch.tensor([[3, 4], [5, 0]])
    with OneDevice():
        z = sample_latents(model, Schedule.linear(), noise, ids, 2, Guidance(scale=3.0), low, 30)
    assert z.device == META


@pytest.mark.slow
def test_float16_is_never_trained_in() -> None:
    assert training_dtype("mps") is torch.float32
    assert training_dtype("meta") is torch.float32
    assert training_dtype() in {torch.bfloat16, torch.float32}
