"""What each network gets of the time, and what the cores draw meanwhile: from nothing, or going on from a pack."""

from __future__ import annotations

from dataclasses import dataclass

Part = tuple[float, dict[str, float]]
"""Share of the time from which on these kinds of jobs are drawn, each so many times."""


@dataclass(frozen=True)
class Course:
    """A course of training.

    Attributes:
        ends: Share of the time by which each network is done; one that is missing is kept as it is.
        parts: As `farm.Plan` wants them, but those that begin together in the order in which they are drawn.
        lr, muon_lr: Peak rates of the denoisers.
    """

    ends: dict[str, float]
    parts: list[Part]
    lr: float
    muon_lr: float


FROM_NOTHING = Course(
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
MIDDLE: dict[str, float] = {
    "clip256": 600, "photo256": 300, "image256": 150, "clip512": 330, "photo512": 200, "image512": 300,
    "moves128": 500, "clip128": 250,
}  # fmt: skip
KEEPING = Course(
    {"base": 0.73, "sr1": 0.82, "sr2": 0.985},
    [
        (0.0, {"photo128": 60, "moves128": 80, "clip128": 40, "image128": 12}),
        (
            0.0,
            {
                "moves128": 1000,
                "clip128": 700,
                "photo128": 800,
                "image128": 100,
                "clip512": 70,
                "image512": 100,
            },
        ),
        (0.0, {"moves128": 2e9, "clip128": 1e9}),
        (0.3, MIDDLE),
        (0.3, {"clip512": float("inf")}),
    ],
    1e-3,
    2e-3,
)
"""Onward from a pack with its tokenizer as it is."""
LARGE: dict[str, float] = {
    "clip512": 170, "photo512": 60, "image512": 30, "clip256": 120, "photo256": 60, "image256": 20,
    "clip128": 120, "photo128": 80, "image128": 40,
}  # fmt: skip
ONWARD = Course(
    {"tokenizer": 0.22, "base": 0.72, "sr1": 0.815, "sr2": 0.985},
    [
        (0.0, {"photo128": 16, "clip128": 28, "image128": 4}),
        (0.0, LARGE),
        (0.0, {"moves128": 1000, "clip128": 450, "photo128": 600, "image128": 80}),
        (0.0, {"moves128": 2e9, "clip128": 1e9}),
        (0.4, {name: count * (1.0 if name.endswith("128") else 0.6) for name, count in MIDDLE.items()}),
        (0.4, {"clip512": float("inf")}),
    ],
    1e-3,
    2e-3,
)
"""Onward from a pack, all networks: what moves is shown to the tokenizer at the sizes at which it is used."""


def ordered(parts: list[Part]) -> list[Part]:
    """For `farm.Plan`, which asks the last part first: those that begin together in the order written."""
    begins = sorted({begin for begin, _ in parts})
    return [part for begin in begins for part in reversed([p for p in parts if p[0] == begin])]
