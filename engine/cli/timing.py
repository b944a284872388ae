"""Times a piece of work, and says what else the processor did meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Timing:
    """The quickest of several runs.

    Attributes:
        seconds: By the clock.
        cpu_seconds: Of all this process's threads.
        others: Share of the processor that other programs took during that run, 0 to 1.
    """

    seconds: float
    cpu_seconds: float
    others: float

    def to_json(self) -> dict[str, float]:
        """For ``--json``."""
        return {
            "ms": round(1000 * self.seconds, 3),
            "cpu_ms": round(1000 * self.cpu_seconds, 3),
            "others": round(self.others, 3),
        }


def timed(run: Callable[[], object], repeats: int) -> Timing:
    """Run it once to warm up, where it is repeated, and then ``repeats`` times."""
    if repeats > 1:
        run()
    return min((_once(run) for _ in range(repeats)), key=lambda timing: timing.seconds)


def _once(run: Callable[[], object]) -> Timing:
    busy, wall, own = _busy(), time.perf_counter(), time.process_time()
    run()
    own, wall, busy = time.process_time() - own, time.perf_counter() - wall, _busy() - busy
    cores = psutil.cpu_count() or 1
    return Timing(wall, own, min(1.0, max(0.0, busy - own) / (wall * cores)))


def _busy() -> float:
    """Seconds that the processors have worked since the system started."""
    times = psutil.cpu_times()
    resting = times.idle + getattr(times, "iowait", 0.0)
    counted_twice = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return sum(times) - resting - counted_twice - getattr(times, "steal", 0.0)
