"""One line under the stages: what is going on, how long it will take, and Cancel."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.core.actions import Actions
from app.core.formatting import clock_text, date_text, seconds_text
from app.core.theme import AROUND, INSIDE, figures
from app.core.widgets import FIELD, ActionButton, note
from app.jobs.state import Done, Failed, Idle, Running, Stopped
from app.library.records import ClipRecord
from app.playback.current_clip import CurrentClip, FilmClip, LibraryClip, Source
from app.playback.stage_bar import NextClip, StageBar

if TYPE_CHECKING:
    from app.jobs.job_runner import JobRunner
    from app.jobs.queue import Queue

TICK_MS = 250
RESUME = "resume"
"""The link that lets the queue go on."""


class StatusPanel(QWidget):
    """The stage bar, the sentence below it, and Cancel while there is something to cancel."""

    def __init__(
        self,
        current: CurrentClip,
        job_runner: JobRunner,
        queue: Queue,
        next_clip: NextClip,
        actions: Actions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._current = current
        self._job_runner = job_runner
        self._queue = queue
        self._next_clip = next_clip
        self._notice = ""
        self._loaded = ""
        """The pack that the engine has in its hands, as far as one can tell."""
        self._library_clip: LibraryClip | None = None
        self.stages = StageBar(current, job_runner, next_clip)
        self.line = note()
        self.line.setFont(figures(self.line.font()))
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.line.setFixedHeight(FIELD)  # room for two lines
        self.line.setWordWrap(True)
        self.line.linkActivated.connect(self._open)
        self.cancel = ActionButton(actions["cancel"], self.tr("Cancel"))
        row = QHBoxLayout()
        row.setSpacing(INSIDE)
        row.addWidget(self.line, 1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(AROUND, 0, AROUND, INSIDE)
        column.setSpacing(0)
        column.addWidget(self.stages)
        column.addLayout(row)
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        for signal in (self._ticker.timeout, job_runner.progress_changed, queue.changed):
            signal.connect(self.refresh)
        self._ticker.timeout.connect(self.stages.refresh)
        job_runner.state_changed.connect(self._new_state)
        current.changed.connect(self._new_source)
        self.refresh()

    def say(self, text: str, file: Path | None = None, error: bool = False) -> None:
        """Say something until the next clip begins; with ``file``, offer to show its folder."""
        words = escape(text)
        if error:
            colour = self.palette().brightText().color().name()
            words = f'<span style="color:{colour}">{words}</span>'
        if file is not None:
            link = QUrl.fromLocalFile(str(file.parent)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
            offer = escape(self.tr("Show in folder"))
            words += f'&nbsp; <a href="{link}">{offer}</a>'
        self._notice = words
        self.refresh()

    @Slot()
    def _new_state(self) -> None:
        self._notice = ""
        self.refresh()

    @Slot()
    def _new_source(self) -> None:
        """Something else is on show; a clip of the library takes the place of what was said."""
        if self._current.library_clip is not self._library_clip:
            self._library_clip = self._current.library_clip
            self._notice = ""
        self.refresh()

    @Slot()
    def next_clip_changed(self) -> None:
        """The composer would ask for another clip, or more is known of its pack."""
        self.stages.refresh()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is going on now."""
        running = isinstance(self._job_runner.state, Running)
        self.cancel.setVisible(running)
        if running and not self._ticker.isActive():
            self._ticker.start()
        elif not running:
            self._ticker.stop()
        notice = "" if running else self._paused() or self._notice
        self.line.setTextFormat(Qt.TextFormat.RichText if notice else Qt.TextFormat.PlainText)
        text = notice or self._sentence(self._current.reported)
        if text != self.line.text():
            self.line.setText(text)

    def _paused(self) -> str:
        """Why nothing happens, when something was asked for."""
        waiting = len(self._queue.waiting)
        if not self._queue.paused or not waiting:
            return ""
        words = escape(self.tr("The queue is paused; %n clip(s) wait.", "", waiting))
        return f'{words}&nbsp; <a href="{RESUME}">{escape(self.tr("Resume"))}</a>'

    def _sentence(self, source: Source) -> str:
        match source:
            case LibraryClip(record, _):
                return self._made_before(self.tr("From the library"), record)
            case FilmClip(segment, record):
                words = self.tr("Part {0} of {1} of the film")
                return self._made_before(words.format(segment.number, segment.count), record)
            case Idle() | Failed():
                return ""  # the page above says it all
            case Running():
                return self._running(source)
            case Done():
                return self._done(source)
            case Stopped(clip, _):
                if clip is None:
                    return self.tr("Stopped")
                width, height = clip.size
                return self.tr("Stopped · kept the last finished stage: {0} × {1}").format(width, height)

    def _done(self, state: Done) -> str:
        parts = [self.tr("Done in {0}").format(seconds_text(state.seconds))]
        if state.preparing >= 1:
            parts.append(self.tr("{0} of it for preparation").format(seconds_text(state.preparing)))
        parts.append(self.tr("seed {0}").format(state.clip.request.seed))
        return " · ".join(parts)

    def _made_before(self, what: str, record: ClipRecord | None) -> str:
        parts = [what]
        if record is not None:
            parts.append(date_text(record.created))
            if record.seconds > 0:
                parts.append(self.tr("made in {0}").format(seconds_text(record.seconds)))
            parts.append(self.tr("seed {0}").format(record.seed))
        return " · ".join(parts)

    def _running(self, state: Running) -> str:
        elapsed = clock_text(self._job_runner.now() - state.began)
        if state.cancelling:
            return self.tr("Stopping after this step…")
        run = state.current
        if run is None:
            return self._waking(state) + " · " + elapsed
        self._loaded = state.request.pack
        if state.request.source is not None and self._next_clip.has_still:
            elapsed += " · " + self.tr("the picture on the left is not used")
        if run.decoding or run.done:
            parts = [self.tr("{0}, decoding its frames").format(self._next_clip.stage_title(run.name))]
        else:
            # A step that is being made counts from one: people don't count from nought.
            step = min(run.step + 1, run.steps)
            parts = [self.tr("{0}, step {1} of {2}").format(self._next_clip.stage_title(run.name), step, run.steps)]
        parts.append(elapsed)
        if state.deadline is not None:
            parts.append(self._left(state.deadline - self._job_runner.now()))
        return " · ".join(parts)

    def _waking(self, state: Running) -> str:
        if not state.started or state.request.pack == self._loaded:
            return self.tr("Getting ready…")
        return self.tr("Loading {0}…").format(self._next_clip.pack_title(state.request.pack))

    def _left(self, seconds: float) -> str:
        if seconds < 1:
            return self.tr("almost there")
        text = f"{round(seconds)} s" if seconds < 59.5 else clock_text(seconds)
        return self.tr("about {0} left").format(text)

    @Slot(str)
    def _open(self, link: str) -> None:
        if link == RESUME:
            self._queue.pause(False)
        else:
            QDesktopServices.openUrl(QUrl(link))
