"""A job's progress as text: one line that is redrawn on a terminal, a few lines elsewhere."""

from __future__ import annotations

import math
from typing import Any, TextIO

from engine.api.events import Event, FramesReady, JobStarted, Planned, StageStarted, StepDone
from engine.api.types import ResidencyMode

RESIDENCY_WORDS: dict[ResidencyMode, str] = {
    "resident": "in memory",
    "staged": "one at a time",
    "streamed": "layer by layer",
}


class ProgressLines:
    """Writes what a job does to ``stream``."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self.plan: Planned | None = None

    def show(self, event: Event) -> None:
        """Take notice of an event."""
        match event:
            case JobStarted():
                self._line("loading the model")
            case Planned():
                self.plan = event
                self._note(plan_line(event))
            case StageStarted():
                size = f"{event.width}x{event.height}"
                self._line(f"{event.stage}: {event.frames} frames of {size}, {event.steps} steps")
            case StepDone() if self._live or _worth_a_line(event):
                stage, total = duration(event.eta_stage), duration(event.eta_total)
                left = f"{stage} left in this stage, {total} in all"
                self._line(f"{event.stage}: step {event.step}/{event.steps}, {left}")
            case FramesReady() if self._live:
                self._line(f"{event.stage}: frame {event.first + len(event.frames)}/{event.total}")
            case _:
                pass

    def end(self) -> None:
        """Leave the terminal's line free again."""
        if self._live:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _note(self, text: str) -> None:
        """A line that stays, on a terminal too."""
        self._line(f"{text}\n" if self._live else text)

    def _line(self, text: str) -> None:
        self._stream.write(f"\r\x1b[K{text}" if self._live else f"{text}\n")
        self._stream.flush()


def _worth_a_line(event: StepDone) -> bool:
    """The first step and each quarter."""
    return event.step in {1, *(event.steps * quarter // 4 for quarter in (1, 2, 3, 4))}


def plan_line(plan: Planned) -> str:
    """How the networks are kept and what memory that takes: ``plan: networks in memory, 400 of 9,000 MiB``."""
    kept = RESIDENCY_WORDS[plan.residency] + (", in 8 bits" if plan.int8 else "")
    decoded = "" if plan.tile is None else ", decoded in tiles"
    budget = "no known limit" if math.isinf(plan.budget_mb) else f"{plan.budget_mb:,.0f} MiB allowed"
    return f"plan: networks {kept}{decoded}, peak {plan.peak_mb:,.0f} MiB, {budget}"


def plan_json(plan: Planned) -> dict[str, Any]:
    """The same for ``--json``; the budget is null where the system does not say."""
    return {
        "networks": plan.residency,
        "int8": plan.int8,
        "tile": plan.tile,
        "peak_mb": round(plan.peak_mb, 1),
        "budget_mb": None if math.isinf(plan.budget_mb) else round(plan.budget_mb, 1),
    }


def duration(seconds: float) -> str:
    """Seconds for people: ``8 s``, ``1 min 20 s``, ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
