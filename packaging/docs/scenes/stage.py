"""A window on which scenes are played by hand, event by event, with folders of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QVariantAnimation
from PySide6.QtWidgets import QApplication, QWidget

from app.core.bridge import Listener
from app.core.settings import Settings
from app.core.theme import Theme
from app.jobs.state import Running
from app.library.files import LibraryPaths
from app.window.main import build
from engine.api.errors import WaltError
from engine.api.events import JobCancelled, JobDone, JobFailed, JobStarted, Ready
from engine.api.request import ClipRequest
from engine.api.types import Aspect, MemoryBudget, StageName, WeightFormat
from scenes.recordings import Recording, Source

PROMPT = "A horse running on the beach at sunset"
FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")

READY = Ready(MemoryBudget(WeightFormat(), program=455 * 2**20, room=6000 * 2**20), speed=1.2e12)
"""What the engine says in this window on a computer of two cores, before its first clip."""


class Puppet:
    """An engine that says only what it is told to."""

    def __init__(self, _listener: Listener) -> None:
        pass

    def submit(self, _request: ClipRequest, job_id: str) -> str:
        """Take any request."""
        return job_id

    def cancel(self, job: str) -> None:
        """Wait for the scene to say so."""

    def close(self, _timeout: float = 5.0) -> bool:
        """Nothing to end."""
        return True


class Stage:
    """The window, with the starter's words and sizes, and clips to show."""

    def __init__(
        self, app: QApplication, theme: Theme, source: Source, folder: Path, size: tuple[int, int]
    ) -> None:
        for name in FOLDERS:  # what the person at this machine keeps stays out of the picture, and untouched
            os.environ[name] = str(folder / name)
        self.app = app
        self.source = source
        self.folder = folder
        self.shown: QWidget | None = None
        """What is pictured, if not the window."""
        self.playing: Recording | None = None
        self._now = 0.0
        """Seconds by the clock of what is played: it stands still where the scene does."""
        settings = Settings(folder / "window.ini")
        places = LibraryPaths(folder / "data", folder / "cache")
        self.window, self.bridge = build(app, settings, theme=theme, places=places, clock=lambda: self._now)
        self.window.header.name_device("cpu")
        self.session = self.window.session
        self.bridge.start(Puppet)
        self.bridge.listen(READY)
        self.session.read_pack()
        self.session.library.open()
        self.wait(
            lambda: self.session.library.ready
            and self.session.card is not None
            and self.session.ready is not None
        )
        self.window.resize(*size)
        self.window.show()
        self.settle()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Let threads answer."""
        while not condition():
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)

    def settle(self) -> None:
        """Let signals and timers that are due run."""
        for _ in range(20):
            self.app.processEvents()

    def type(self, prompt: str, aspect: Aspect = "16:9") -> None:
        """Fill the composer."""
        self.session.edit(prompt=prompt, aspect=aspect, seed=7, seed_fixed=True)
        self.window.composer.unknown.judge()
        self.window.composer.estimate.refresh()

    def begin(self, prompt: str = PROMPT, aspect: Aspect = "16:9") -> None:
        """Ask for a clip."""
        self.playing = self.source(prompt, aspect)
        self.type(prompt, aspect)
        self.window.actions_["generate"].trigger()
        self.wait(lambda: isinstance(self.session.state, Running) and self.session.queue.running is not None)
        self.bridge.listen(JobStarted(self.job))

    @property
    def job(self) -> str:
        """The id of the job that runs."""
        running = self.session.queue.running
        assert running is not None
        return running.id

    def play(self, stage: StageName, step: int | None = None) -> None:
        """Make the clip up to a step of a stage, or up to its last frame."""
        assert self.playing is not None
        began = self._now
        for at, event in self.playing.until(stage, step):
            self._now = began + at
            self.bridge.listen(replace(event, job=self.job))
            self.app.processEvents()  # the window reads the clock when it hears of the event
        self.settle()

    def finish(self) -> None:
        """The clip is done."""
        assert self.playing is not None
        self.bridge.listen(JobDone(self.job, self.playing.clip("sr2")))
        self.settle()

    def stop(self, stage: StageName) -> None:
        """The clip was stopped after a stage."""
        assert self.playing is not None
        self.session.cancel()
        self.bridge.listen(JobCancelled(self.job, self.playing.clip(stage)))
        self.settle()

    def wait_kept(self) -> None:
        """Until the clip is in the library, with its thumbnail."""
        kept = self.session.library
        self.wait(lambda: bool(kept.clips) and kept.thumbs.strip(kept.clips[0]) is not None)

    def fail(self, error: WaltError) -> None:
        """The clip could not be made."""
        self.bridge.listen(JobFailed(self.job, error))
        self.settle()

    def rest_at(self, index: int) -> None:
        """Pause on a frame."""
        self.session.player.pause()
        self.session.player.seek(index)
        self.settle()
        fade = self.window.viewer.preview.findChild(QVariantAnimation)
        self.wait(lambda: fade.state() != QVariantAnimation.State.Running)

    def close(self) -> None:
        """Take the window down."""
        self.window.leave()
        self.window.shut_down()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.settle()
