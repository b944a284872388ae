"""Adafactor on sharded parameters: torch's numbers, a state that is saved by name and is as small as it should be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor

from engine.training.distributed.process_group import ProcessGroup
from engine.training.runs.cost import _factored  # pyright: ignore[reportPrivateUsage]
from engine.training.torch_optim import ShardedAdafactor, TorchOptimizer


@pytest.fixture(scope="module")
def world() -> Iterator[ProcessGroup]:
    with ProcessGroup() as world:
        yield world


class Small(nn.Module):
    """A matrix, a table of tables, a vector and a single number."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        shapes = {"matrix": (6, 4), "table": (2, 3, 5), "vector": (7,), "number": (1,)}
        for name, shape in shapes.items():
            self.register_parameter(name, nn.Parameter(torch.randn(shape, generator=generator)))


def give_gradients(model: nn.Module, step: int) -> None:
    generator = torch.Generator().manual_seed(step)
    for param in model.parameters():
        grad = torch.randn(param.shape, generator=generator) * 10.0 ** (step % 3 - 1)
        if isinstance(param, DTensor):
            grad = DTensor.from_local(grad, param.device_mesh, param.placements)
        param.grad = grad


def values(model: nn.Module) -> dict[str, Tensor]:
    named = {name: param.detach() for name, param in model.named_parameters()}
    return {name: (p.full_tensor() if isinstance(p, DTensor) else p).clone() for name, p in named.items()}


@pytest.mark.parametrize("floor", [1e-3, 1.0])
@pytest.mark.parametrize("sharded", [False, True])
def test_adafactor_steps_as_torchs_does_sharded_or_not(world: ProcessGroup, sharded: bool, floor: float) -> None:
    ours, theirs = Small(), Small()
    if sharded:
        fully_shard(ours, mesh=world.mesh)
        assert all(isinstance(param, DTensor) for param in ours.parameters())
    optimizer = ShardedAdafactor(ours.parameters(), lr=0.05, eps=(None, floor), weight_decay=0.1)
    reference = torch.optim.Adafactor(theirs.parameters(), lr=0.05, eps=(None, floor), weight_decay=0.1)
    before = values(ours)
    for step in range(12):
        give_gradients(ours, step)
        give_gradients(theirs, step)
        optimizer.step()
        reference.step()
    after = values(ours)
    for name, expected in values(theirs).items():
        assert torch.allclose(after[name], expected, rtol=1e-5, atol=1e-6), name
        assert not torch.equal(after[name], before[name])


@pytest.mark.parametrize("kind", ["adamw", "adafactor"])
def test_a_step_after_resume_is_the_step_that_would_have_come(world: ProcessGroup, kind: str) -> None:
    straight, resumed = Small(), Small()
    one = TorchOptimizer(straight, kind, lr=0.05)  # pyright: ignore[reportArgumentType]
    for step in range(4):
        give_gradients(straight, step)
        one.step()
    resumed.load_state_dict(straight.state_dict())
    two = TorchOptimizer(resumed, kind, lr=0.05)  # pyright: ignore[reportArgumentType]
    two.load_tensors({name: value.clone() for name, value in one.state_tensors().items()})
    for model, optimizer in ((straight, one), (resumed, two)):
        give_gradients(model, 9)
        optimizer.step(0.5)
    for name, value in values(straight).items():
        assert torch.equal(values(resumed)[name], value)


def test_adafactor_keeps_a_row_and_a_column_of_each_matrix_as_the_dry_run_counts() -> None:
    model = Small()
    optimizer = TorchOptimizer(model, "adafactor", lr=0.05)
    state = optimizer.state_tensors()
    kept = {name: 0 for name, _ in model.named_parameters()}
    for key, value in state.items():
        which, name = key.split(".", 1)
        kept[name] += value.numel() if which != "step" else 0
    assert kept == {"matrix": 6 + 4, "table": 2 * 3 + 2 * 5, "vector": 7, "number": 1}
    assert kept == {name: _factored(param) for name, param in model.named_parameters()}
