"""The window's state: draft, jobs, what is shown. No widgets."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from PySide6.QtCore import QObject, Signal, Slot

from app.compose.draft import Changes, Draft, fitted, last_stage, recalled, requests_of
from app.compose.smaller import smaller
from app.compose.still import Checking, Refused, StillSlot
from app.compose.still import Ready as StillReady
from app.core.background_tasks import BackgroundTasks
from app.core.bridge import EngineBridge, News
from app.core.i18n import window_language
from app.core.stage_titles import stage_title
from app.film.generation import FilmGenerator
from app.jobs.job_runner import JobRunner
from app.jobs.queue import Queue
from app.jobs.state import Failed, JobState, Running
from app.library.library import Library
from app.library.records import ClipRecord, UnreadableRequest
from app.packs.pack_card import PackCard, read_pack
from app.playback.current_clip import CurrentClip
from app.playback.job_frames import JobFrames
from app.playback.monitor import Monitor
from engine.api.errors import WaltError
from engine.api.events import Ready
from engine.api.shapes import nearest_aspect
from engine.api.types import ASPECTS, STAGES, WALT_PROMPT

if TYPE_CHECKING:
    from engine.api.request import ClipRequest
    from engine.api.types import Aspect, StageName
    from engine.packs.capabilities import Capabilities
    from engine.packs.store import PackStore

STARTER = "starter"
NEW_SEEDS = 100_000
"""Seeds that nobody chose are below this: short enough to be read out."""
_SHAPES: dict[Aspect, tuple[int, int]] = {"16:9": (224, 128), "9:16": (128, 224), "1:1": (128, 128)}
"""The paper's base pictures, as long as the pack's own are not known. Its 16:9 is 7:4 in pixels."""


class Session(QObject):
    """The object that all panels share.

    Signals:
        draft_changed(): the composer's content.
        pack_changed(): a pack was read, or could not be.
        state_changed(): another kind of job state.
        progress_changed(): the running job came further.
        asked(str): a clip is asked for with this prompt.
        trouble(WaltError): something went wrong besides a job, and is worth a sentence.
        ready_changed(): the engine said what a clip would be planned on.
    """

    draft_changed = Signal()
    pack_changed = Signal()
    state_changed = Signal()
    progress_changed = Signal()
    asked = Signal(str)
    trouble = Signal(object)
    ready_changed = Signal()

    def __init__(
        self,
        bridge: EngineBridge,
        tasks: BackgroundTasks,
        library: Library,
        queue: Queue,
        store: PackStore | None = None,
        pack: str = STARTER,
        *,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.store = store
        self._random = random.SystemRandom()
        self.pack = pack
        self.card: PackCard | None = None
        self.pack_error: WaltError | None = None
        self.library = library
        self.queue = queue
        self.job_runner = JobRunner(bridge, queue, library, clock, self)
        job_frames = JobFrames(self.job_runner, library, self._first_size, lambda: self.capabilities, self)
        self.film_generator = FilmGenerator(
            queue, job_frames, library, tasks, self._first_size, lambda: self.capabilities, self
        )
        self.monitor = Monitor(self.film_generator.frames, self)
        self.player = self.monitor.player
        self.current_clip = CurrentClip(self.job_runner, job_frames, library, self.monitor, tasks, self)
        self.still = StillSlot(tasks, library.places.cache, self)
        self.still.recalled.connect(self.recall)
        self.still.arrived.connect(self._take_shape)
        self.still.changed.connect(self._make_asked)
        self._asked: list[bool] = []
        """Clips that wait for the picture that they begin with, each whether it goes first."""
        self._draft = Draft(seed=self.new_seed())
        self.ready: Ready | None = None
        """What the next clip would be planned on; None until the engine has looked."""
        bridge.news.connect(self._on_news)
        self.job_runner.state_changed.connect(self.state_changed)
        self.job_runner.progress_changed.connect(self.progress_changed)
        library.opened.connect(queue.restore)
        for failed in (library.failed, queue.failed, self.current_clip.failed, self.film_generator.trouble):
            failed.connect(self.trouble)
        library.not_kept.connect(self._on_not_kept)

    # What is being asked.

    @property
    def draft(self) -> Draft:
        """What the composer holds."""
        return self._draft

    def edit(self, **changes: Unpack[Changes]) -> None:
        """Change the draft."""
        self._take_draft(replace(self._draft, **changes))

    @Slot(object)
    def recall(self, request: ClipRequest) -> None:
        """Put a clip's prompt, settings and seed into the composer; the still is not changed."""
        self._take_draft(recalled(self._draft, request, self.card))

    def restore(self, draft: Draft) -> None:
        """Restore a saved draft, unless something was typed already."""
        if not self._draft.prompt:
            self._take_draft(draft)

    def _take_draft(self, draft: Draft) -> None:
        if draft != self._draft:
            self._draft = draft
            self.still.set_size(*self.shape)
            self.draft_changed.emit()

    def new_seed(self) -> int:
        """Draw a new seed."""
        return self._random.randrange(NEW_SEEDS)

    @property
    def longest_prompt(self) -> int:
        """How many characters a prompt can have."""
        return WALT_PROMPT if self.card is None else self.card.capabilities.longest_prompt

    @property
    def surplus(self) -> int:
        """How many characters the prompt has too many."""
        words = " ".join(self._draft.prompt.split())
        if not words:
            return 0
        return max(0, len(words) - self.longest_prompt)

    @property
    def can_generate(self) -> bool:
        """Whether Generate is possible now; also while a picture is being read. A picture needs no prompt."""
        said = bool(self._draft.prompt.strip()) or isinstance(self.still.state, StillReady | Checking)
        if self.capabilities is not None and self.capabilities.still == "must":
            said = said and self.has_still
        return said and not self.surplus and not isinstance(self.still.state, Refused) and self.pack_error is None

    @property
    def has_still(self) -> bool:
        """Whether the next clip begins with a picture."""
        return self.still.path is not None

    @property
    def moves_still(self) -> bool:
        """Whether the next clip begins with a picture that keeps its own pixels, if the model does not know it."""
        return self.has_still and self.card is not None and self.card.capabilities.moves_stills

    @Slot(int, int)
    def _take_shape(self, width: int, height: int) -> None:
        """A picture was taken: the clip gets the shape that cuts least off it."""
        aspects = self.card.aspects if self.card else ASPECTS
        self.edit(aspect=nearest_aspect(width, height, aspects))

    # What the pack is.

    def read_pack(self) -> None:
        """Read the pack's manifest and words, off the window's thread."""
        store, name = self.store, self.pack
        self._tasks.run(lambda: read_pack(store, name), self._take_card, self._take_pack_error)

    def choose_pack(self, name: str) -> None:
        """Make clips with another pack from now on."""
        if name != self.pack:
            self.pack = name
            self.read_pack()

    def leave_pack(self, name: str) -> None:
        """React to a removed pack; if it was in use, the starter is used instead."""
        if name == self.pack:
            self.choose_pack(STARTER)

    @property
    def capabilities(self) -> Capabilities | None:
        """What the pack in use can make; None as long as it was not read."""
        return self.card.capabilities if self.card else None

    def _take_card(self, card: PackCard) -> None:
        self.card, self.pack_error = card, None
        self._take_draft(fitted(self._draft, card.capabilities))
        self.still.set_size(*self.shape)
        self.pack_changed.emit()

    def _take_pack_error(self, error: WaltError) -> None:
        self.card, self.pack_error = None, error
        self.pack_changed.emit()

    def pack_title(self, pack: str) -> str:
        """The title of a pack, if it is the one in use."""
        return self.card.title if self.card else pack

    def suggest(self, word: str) -> str | None:
        """A suggestion for a word that the pack does not know."""
        return self.card.suggest(word, self._draft.prompt, window_language()) if self.card else None

    @property
    def last_stage(self) -> StageName:
        """The last stage of the next clip."""
        return last_stage(self._draft, self.card)

    def stage_size(self, stage: StageName) -> tuple[int, int] | None:
        """Width and height of a stage's picture in the chosen shape, if known."""
        return self.card.size(self._draft.aspect, stage) if self.card else None

    def stage_title(self, stage: StageName) -> str:
        """What a stage is for, in the window's language; only its number if the pack does not have it."""
        able = self.capabilities
        known = able.stage(stage) if able else None
        return stage_title(known.title) if known else self.tr("Stage {0}").format(STAGES.index(stage) + 1)

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of the clip in the chosen shape, in pixels of its first stage."""
        return self._first_size(self._draft.aspect)

    def _first_size(self, aspect: Aspect) -> tuple[int, int]:
        known = self.card.size(aspect, "base") if self.card else None
        return known or _SHAPES[aspect]

    # What the engine makes of it.

    @property
    def state(self) -> JobState:
        """How far the job has come."""
        return self.job_runner.state

    def now(self) -> float:
        """The time by the session's clock."""
        return self.job_runner.now()

    def requests(self) -> tuple[ClipRequest, ...]:
        """What the composer asks for now, one request a variation; draws a new seed unless it is locked.

        Raises:
            UsageError: ``bad-request``.
        """
        if not self._draft.seed_fixed:
            self.edit(seed=self.new_seed())
        requests = requests_of(self._draft, self.card, image=self.still.path, pack=self.pack)
        self.asked.emit(self._draft.prompt)
        return requests

    def generate(self, *, first: bool = False) -> None:
        """Queue what the composer asks for, last or first; as soon as its picture has been read."""
        if not self.can_generate:
            return
        if not self.still.settled:
            self._asked.append(first)
            return
        try:
            self.ask(self.requests(), first=first)
        except WaltError as error:
            self.trouble.emit(error)

    @Slot()
    def _make_asked(self) -> None:
        """The picture was read: queue the waiting requests; or it was refused: drop them."""
        still, broken = self.still, isinstance(self.still.state, Refused)
        if not self._asked or not (still.settled or broken):
            return
        asked, self._asked = self._asked, []
        if still.refusal is not None:
            self.trouble.emit(still.refusal.error)
        elif isinstance(still.state, StillReady):
            for first in asked:
                self.generate(first=first)

    def ask(self, requests: Sequence[ClipRequest], *, first: bool = False) -> None:
        """Queue requests. If no job is running, the first one is shown."""
        if not isinstance(self.state, Running):
            self.current_clip.watch()
            self.monitor.show("clip")
        self.queue.add(requests, first=first)

    @property
    def smaller(self) -> ClipRequest | None:
        """A smaller request than the one that ran out of memory; None if there is none."""
        return smaller(self.state, self.card) if isinstance(self.state, Failed) else None

    @Slot()
    def make_smaller(self) -> None:
        """Queue the smaller request, and use its size for the next clips too."""
        request = self.smaller
        if request is not None:
            self.edit(upto=request.upto, frames=request.frames)
            self.ask([request], first=True)
            self.queue.pause(False)  # several clips too large may have paused it

    @Slot(object)
    def _on_news(self, news: News) -> None:
        if isinstance(news, Ready):
            self.ready = news
            self.ready_changed.emit()

    def cancel(self) -> None:
        """Stop the running job; it answers within one step."""
        self.job_runner.cancel()

    def close(self) -> None:
        """The window is closing: start no more jobs."""
        self.job_runner.close()
        self.player.pause()

    # Clips that are in the library.

    def open_clip(self, record: ClipRecord, then: Callable[[], None] | None = None) -> None:
        """Show and play a clip of the library; the running job continues."""
        self.current_clip.open(record, then)

    def reuse(self, record: ClipRecord) -> None:
        """Put a clip's request into the composer, its still too."""
        request = self._request_of(record)
        if request is None:
            return
        self.recall(request)
        if request.image:
            self.still.take(Path(request.image), keep_shape=True)
        else:
            self.still.clear()

    def vary(self, record: ClipRecord) -> None:
        """Queue a clip again with another seed."""
        request = self._request_of(record)
        if request is not None:
            self.ask([replace(request, seed=self.new_seed())])

    @Slot(str, object)
    def _on_not_kept(self, _job: str, error: WaltError) -> None:
        self.trouble.emit(error)

    def _request_of(self, record: ClipRecord) -> ClipRequest | None:
        if isinstance(record.request, UnreadableRequest):
            self.trouble.emit(record.request.error)
            return None
        return record.request
