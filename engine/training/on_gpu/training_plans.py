"""How a run's time is divided among the networks, and what the worker processes render meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

Phase = tuple[float, dict[str, float]]
"""Share of the time at which a phase of rendering begins, and its number of jobs by kind."""


@dataclass(frozen=True)
class TrainingPlan:
    """One way to train the starter.

    Attributes:
        ends: Share of the time at which each network is finished; a network that is missing is not trained.
        phases: What is rendered; those that begin together are worked on in this order.
        lr, muon_lr: Peak learning rates of the denoisers.
    """

    ends: dict[str, float]
    phases: list[Phase]
    lr: float
    muon_lr: float


FROM_SCRATCH = TrainingPlan(
    {"tokenizer": 0.22, "base": 0.77, "sr1": 0.89, "sr2": 0.985},
    [
        (0.0, {"photo128": 40, "clip128": 80, "image256": 4, "image512": 8, "image128": 20}),
        (0.0, {"clip128": 1500, "image128": 160, "photo128": 700, "image256": 16, "image512": 30}),
        (0.0, {"clip128": float("inf")}),
        (0.59, {"clip256": 500, "image256": 160, "photo256": 260}),
        (0.59, {"clip512": 110, "image512": 420, "photo512": 140}),
        (0.59, {"clip128": float("inf")}),
    ],
    1.5e-3,
    2.5e-3,
)
_MIDDLE: dict[str, float] = {
    "clip256": 600, "photo256": 300, "image256": 150, "clip512": 330, "photo512": 200, "image512": 300,
    "moves128": 500, "clip128": 250,
}  # fmt: skip
_MOVES_FIRST: dict[str, float] = {
    "moves128": 1000, "clip128": 700, "photo128": 800, "image128": 100, "clip512": 70, "image512": 100,
}  # fmt: skip
KEEP_TOKENIZER = TrainingPlan(
    {"base": 0.73, "sr1": 0.82, "sr2": 0.985},
    [
        (0.0, {"photo128": 60, "moves128": 80, "clip128": 40, "image128": 12}),
        (0.0, _MOVES_FIRST),
        (0.0, {"moves128": 2e9, "clip128": 1e9}),
        (0.3, _MIDDLE),
        (0.3, {"clip512": float("inf")}),
    ],
    1e-3,
    2e-3,
)
"""Continues from a pack, whose tokenizer is not trained."""
_LARGE: dict[str, float] = {
    "clip512": 170, "photo512": 60, "image512": 30, "clip256": 120, "photo256": 60, "image256": 20,
    "clip128": 120, "photo128": 80, "image128": 40,
}  # fmt: skip
CONTINUE = TrainingPlan(
    {"tokenizer": 0.22, "base": 0.72, "sr1": 0.815, "sr2": 0.985},
    [
        (0.0, {"photo128": 16, "clip128": 28, "image128": 4}),
        (0.0, _LARGE),
        (0.0, {"moves128": 1000, "clip128": 450, "photo128": 600, "image128": 80}),
        (0.0, {"moves128": 2e9, "clip128": 1e9}),
        (0.4, {name: count * (1.0 if name.endswith("128") else 0.6) for name, count in _MIDDLE.items()}),
        (0.4, {"clip512": float("inf")}),
    ],
    1e-3,
    2e-3,
)
"""Continues from a pack with all networks; the tokenizer sees clips at every size that it is used at."""


def scheduled(phases: list[Phase]) -> list[Phase]:
    """Phases as `RenderSchedule` takes them, which works on the last one first."""
    begins = sorted({begin for begin, _ in phases})
    return [phase for begin in begins for phase in reversed([p for p in phases if p[0] == begin])]
