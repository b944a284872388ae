"""Listens to an engine on behalf of a test."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.api.events import Event, JobCancelled, JobDone, JobFailed

End = JobDone | JobFailed | JobCancelled
PATIENCE = 300.0
"""Seconds that nothing healthy takes; no test waits for it unless it fails."""


class Ears:
    """Keeps how jobs ended; ``on`` may act on each event, on the engine's thread."""

    def __init__(self) -> None:
        self.ends: dict[str, list[End]] = {}
        self.events = 0
        self.on: Callable[[Event], object] = lambda event: None
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._news:
            self.events += 1
            if isinstance(event, End):
                self.ends.setdefault(event.job, []).append(event)
            self._news.notify_all()
        self.on(event)

    def wait(self, job: str) -> End:
        """The job's last event; waits for it."""
        with self._news:
            assert self._news.wait_for(lambda: job in self.ends, PATIENCE), "the job did not end"
            return self.ends[job][0]
