"""How long a job will still take: a running estimate from measured steps."""

from __future__ import annotations

from dataclasses import dataclass, field

FLOPS_GUESS = 3e11
"""Operations a second before anything was measured (two desktop cores); the first step replaces it."""


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


class EtaEstimator:
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

    def skip(self, name: str) -> None:
        """Of the task ``name`` nothing is left to do."""
        self._tasks[name].count = len(self._tasks[name].times)

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
