"""A person at the real window who never rests, until the process is killed: ``python -m tests.trust.person SEED``.

It is `app.window.main.main` with the folders that its environment names. What is done, what is seen and what must
be on the disk by now is said on stdout, a line of JSON each; `tests.trust.kill_window` holds the next start to it.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.window.main import main as walt
from app.window.main_window import MainWindow
from engine.api.errors import WaltError

TICK_MS = 15
CALM = 12
"""Ticks between what was found and the first act: time in which something could start by itself."""
FINISH = "finish"
PROMPTS = ("a horse on a beach", "a red robot", "a horse in the snow")


def say(kind: str, **words: object) -> None:
    """One line, at once."""
    sys.stdout.write(json.dumps({"kind": kind, **words}) + "\n")
    sys.stdout.flush()


def refused(error: WaltError) -> None:
    """Nothing here should be."""
    raise AssertionError(error.line())


class Person(QObject):
    """Waits for the window, says what it found, then does one thing after the other."""

    def __init__(self, app: QApplication, seed: int, *, finish: bool) -> None:
        super().__init__(app)
        self._app, self._finish = app, finish
        self._dice = random.Random(seed)
        self._ticks = self._texts = self._acts = self._ended = 0
        self._do: Callable[[MainWindow], None] = self._look
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        windows = [widget for widget in self._app.topLevelWidgets() if isinstance(widget, MainWindow)]
        if windows and windows[0].session.library.ready and windows[0].session.library.whole:
            self._do(windows[0])

    def _look(self, window: MainWindow) -> None:
        self._ticks += 1
        if self._ticks == CALM:
            self._do = lambda window: None
            self._settle(window, 3)

    def _settle(self, window: MainWindow, turns: int) -> None:
        """Turns of the other threads: the film, and clips that the database did not know, are in after some."""
        if turns == 0:
            self._begin(window)
            return
        then = partial(self._after, window, lambda: self._settle(window, turns - 1))
        window._tasks.run(lambda: None, lambda _: then(), refused)

    def _begin(self, window: MainWindow) -> None:
        say("found", **self._state(window))
        self._do = self._end if self._finish else self._act
        if self._finish:
            queue = window.session.queue
            for job in [job for job in queue.ended if job.state in ("interrupted", "failed")]:
                queue.retry(job.id)
            queue.pause(False)

    def _end(self, window: MainWindow) -> None:
        queue = window.session.queue
        if len(queue.ended) != self._ended:
            self._ended = len(queue.ended)
            say("going on")
        if queue.running is None and not queue.waiting:
            self._do = lambda window: None
            self._after(window, lambda: self._close(window))

    def _close(self, window: MainWindow) -> None:
        say("ended", **self._state(window))
        window.leave()

    def _act(self, window: MainWindow) -> None:
        acts = (
            (3, self._ask), (2, self._type), (1, self._shift), (1, self._remove), (1, self._pause), (1, self._cancel),
            (1, self._retry), (1, self._like), (1, self._cut),
        )  # fmt: skip
        chosen = self._dice.choices([act for _, act in acts], [weight for weight, _ in acts])[0]
        if self._dice.random() < 0.5:
            chosen(window)
        state = self._state(window)
        self._after(window, lambda: say("kept", **state))
        prompt_history = window.prompt_history
        if not prompt_history._timer.isActive() and prompt_history.draft == window.session.draft:
            say("noted", text=window.session.draft.prompt)

    def _after(self, window: MainWindow, then: Callable[[], object]) -> None:
        """What was asked of the store so far is on the disk when ``then`` is called."""
        window.session.library._worker.run(lambda: None, lambda _: then(), refused)

    def _state(self, window: MainWindow) -> dict[str, Any]:
        queue, library = window.session.queue, window.session.library
        return {
            "running": queue.running.id if queue.running else None,
            "waiting": [job.id for job in queue.waiting],
            "ended": {job.id: [job.state, job.clip] for job in queue.ended},
            "clips": {clip.id: clip.file for clip in library.clips},
            "liked": [clip.id for clip in library.clips if clip.favourite],
            "text": window.session.draft.prompt,
            "film": len(window.session.film_generator.film.segments),
            "acts": self._acts,
        }

    def _announce(self, **words: object) -> None:
        """An act is said before it is done, and counted."""
        self._acts += 1
        say("act", **words)

    # What a person does.

    def _ask(self, window: MainWindow) -> None:
        if len(window.session.queue.waiting) > 6:
            return
        self._announce()
        self._type(window)
        window.session.edit(variations=self._dice.choice((1, 1, 4)), quality="draft")
        window.actions_["generate_first" if self._dice.random() < 0.3 else "generate"].trigger()

    def _type(self, window: MainWindow) -> None:
        self._texts += 1
        text = f"{self._dice.choice(PROMPTS)} {self._texts}"
        say("typed", text=text)
        window.composer.prompt.replace_all(text)

    def _shift(self, window: MainWindow) -> None:
        waiting = window.session.queue.waiting
        if waiting:
            self._announce()
            window.session.queue.shift([self._dice.choice(waiting).id], self._dice.choice((-1, 1)))

    def _remove(self, window: MainWindow) -> None:
        queue = window.session.queue
        jobs = [*queue.waiting, *queue.ended]
        if len(jobs) > 4:
            job = self._dice.choice(jobs).id
            self._announce(gone=job)
            queue.remove([job])

    def _pause(self, window: MainWindow) -> None:
        self._announce()
        window.session.queue.pause(not window.session.queue.left_over and self._dice.random() < 0.2)

    def _cancel(self, window: MainWindow) -> None:
        if self._dice.random() < 0.3:
            self._announce()
            window.session.cancel()

    def _retry(self, window: MainWindow) -> None:
        again = [job.id for job in window.session.queue.ended if job.can_retry]
        if again:
            self._announce()
            window.session.queue.retry(self._dice.choice(again))

    def _like(self, window: MainWindow) -> None:
        clips = window.session.library.clips
        if clips:
            self._announce()
            window.session.library.set_favourite([self._dice.choice(clips).id], True)

    def _cut(self, window: MainWindow) -> None:
        clips = window.session.library.clips
        if clips and len(window.session.film_generator.film.segments) < 20:
            say("cut", film=len(window.session.film_generator.film.segments) + 1)
            window.session.film_generator.add(self._dice.choice(clips))


def main() -> int:
    """walt's own, with a person at it."""
    seed, *wishes = sys.argv[1:]
    app = QApplication(["walt"])
    person = Person(app, int(seed), finish=FINISH in wishes)
    try:
        return walt(["--pack", "tiny", "--device", "cpu"])
    finally:
        person.deleteLater()


if __name__ == "__main__":
    sys.exit(main())
