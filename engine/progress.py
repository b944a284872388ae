"""How long a job will still take: a running estimate from measured steps; and how a job is stopped."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.clip import Clip
    from engine.models.tokenizer import TokenizerConfig
    from engine.models.transformer import TransformerConfig

FLOPS_GUESS = 3e11
"""Operations a second before anything was measured (two desktop cores); the first step replaces it."""


class Cancelled(Exception):
    """Raised inside the engine when a job was asked to stop; ``clip`` is the last stage that was finished."""

    def __init__(self, clip: Clip | None = None) -> None:
        super().__init__("cancelled")
        self.clip = clip


@dataclass
class Task:
    """Repeated equal pieces of work: ``count`` pieces of about ``cost`` operations each."""

    count: int
    cost: float
    times: list[float] = field(default_factory=list[float])

    def seconds(self) -> float | None:
        """Seconds a piece, as measured; the first, which pays for warming up, counts only while alone."""
        times = self.times[1:] or self.times
        return sum(times) / len(times) if times else None


class Pace:
    """The estimate of one job.

    Args:
        tasks: What there is to do, by name, in order.
        remembered: Seconds a piece by name, as measured in earlier jobs of the same kind; updated here.
    """

    def __init__(self, tasks: dict[str, Task], remembered: dict[str, float]) -> None:
        self._tasks = tasks
        self._remembered = remembered

    def done(self, name: str, seconds: float) -> None:
        """One piece of the task ``name`` took ``seconds``."""
        task = self._tasks[name]
        task.times.append(seconds)
        if len(task.times) > 1 or task.count == 1:
            self._remembered[name] = task.seconds() or seconds

    def left(self, name: str) -> float:
        """Seconds that the task ``name`` still needs."""
        task = self._tasks[name]
        pieces = max(0, task.count - len(task.times))
        each = task.seconds() or self._remembered.get(name)
        return pieces * (task.cost * self._per_operation() if each is None else each)

    def total(self) -> float:
        """Seconds that the whole job still needs."""
        return sum(self.left(name) for name in self._tasks)

    def _per_operation(self) -> float:
        measured = [(task.seconds() or 0.0, task.cost) for task in self._tasks.values() if task.times]
        cost = sum(cost for _, cost in measured)
        return sum(seconds for seconds, _ in measured) / cost if cost else 1 / FLOPS_GUESS


def step_cost(config: TransformerConfig, frames: int, height: int, width: int) -> float:
    """Operations of one pass over latents (frames, height, width): every layer's matrix products."""
    tokens = frames * height * width / config.patch**2
    spatial, spacetime = math.prod(config.spatial_window), frames * math.prod(config.spacetime_window)
    matrices, keys = 12 * config.width, (spatial + spacetime) / 2  # layers alternate
    if config.text_width is not None:
        matrices, keys = matrices + 4 * config.width, keys + spatial
    return config.layers * tokens * config.width * (2.0 * matrices + 4.0 * keys)


def decode_cost(config: TokenizerConfig, height: int, width: int) -> float:
    """Operations to decode one latent frame of (height, width): the convolutions of every resolution."""
    cost, positions = 0.0, float(height * width)
    for level in reversed(range(len(config.widths))):
        blocks = config.blocks[level] + (config.mid_blocks if level == len(config.widths) - 1 else 0)
        cost += positions * blocks * 2 * 2 * 27 * config.widths[level] ** 2
        if level:
            positions *= 4 * config.down_time[level - 1]
    return cost
