"""The session: what is being asked, what the engine is making of it, what is on show. No widget in sight."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from PySide6.QtCore import QObject, Signal, Slot

from app.bridge import Chunk, Ended, EngineBridge, Glimpse, News
from app.model.draft import Changes, Draft, recalled, requests_of
from app.model.job import Done, Failed, Idle, JobState, Running, StageRun, Stopped, waiting_stages
from app.model.pack import PackCard, read_pack
from app.model.player import Player
from app.model.reel import Reel
from app.model.still import Checking, Loader, Refused, StillSlot, load_with_engine
from app.tasks import Tasks
from engine.errors import WaltError
from engine.events import STAGES, JobFailed, JobStarted, StageName, StageStarted, StepDone

if TYPE_CHECKING:
    from engine.clip import Clip
    from engine.packs.store import PackStore
    from engine.request import Aspect, ClipRequest

NEW_SEEDS = 100_000
"""Seeds that nobody chose are below this: short enough to be read out."""
_SHAPES: dict[Aspect, tuple[int, int]] = {"16:9": (224, 128), "9:16": (128, 224), "1:1": (128, 128)}
"""The paper's base pictures, as long as the pack's own are not known. Its 16:9 is 7:4 in pixels."""


class Session(QObject):
    """The one object the panels look at and talk to.

    Signals:
        draft_changed(): the composer's content.
        pack_changed(): a pack was read, or could not be.
        state_changed(): another kind of job state.
        progress_changed(): the running job came further.
        asked(str): a clip is asked for with this prompt.
    """

    draft_changed = Signal()
    pack_changed = Signal()
    state_changed = Signal()
    progress_changed = Signal()
    asked = Signal(str)

    def __init__(
        self,
        bridge: EngineBridge,
        tasks: Tasks,
        store: PackStore | None = None,
        pack: str = "starter",
        *,
        loader: Loader = load_with_engine,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._tasks = tasks
        self._store = store
        self._clock = clock
        self._random = random.SystemRandom()
        self.pack = pack
        self.card: PackCard | None = None
        self.pack_error: WaltError | None = None
        self.reel = Reel(self)
        self.player = Player(parent=self)
        self.still = StillSlot(tasks, loader, self)
        self._draft = Draft(seed=self.new_seed())
        self._state: JobState = Idle()
        bridge.news.connect(self._on_news)
        bridge.glimpse.connect(self._on_glimpse)
        self.reel.reset.connect(self._on_reel_reset)

    # What is being asked.

    @property
    def draft(self) -> Draft:
        """What the composer holds."""
        return self._draft

    def edit(self, **changes: Unpack[Changes]) -> None:
        """Change the draft."""
        self._take_draft(replace(self._draft, **changes))

    def recall(self, request: ClipRequest) -> None:
        """Put a clip's words, settings and seed into the composer; the still stays as it is."""
        self._take_draft(recalled(self._draft, request, self.card))

    def restore(self, draft: Draft) -> None:
        """Take up a draft from another day, unless something was typed already."""
        if not self._draft.prompt:
            self._take_draft(draft)

    def _take_draft(self, draft: Draft) -> None:
        if draft != self._draft:
            self._draft = draft
            self.still.set_size(*self.shape)
            self.draft_changed.emit()

    def new_seed(self) -> int:
        """A seed that nobody chose."""
        return self._random.randrange(NEW_SEEDS)

    @property
    def surplus(self) -> int:
        """By how many letters the prompt is too long."""
        words = " ".join(self._draft.prompt.split())
        if not words:
            return 0
        from engine.request import MAX_PROMPT  # pydantic, which the window does not need to be on screen

        return max(0, len(words) - MAX_PROMPT)

    @property
    def can_generate(self) -> bool:
        """Whether Generate makes sense now."""
        said = bool(self._draft.prompt.strip()) and not self.surplus
        settled = not isinstance(self.still.state, Checking | Refused)
        return said and settled and not isinstance(self._state, Running)

    # What the pack is.

    def read_pack(self) -> None:
        """Read the pack's manifest and words, off the window's thread."""
        store, name = self._store, self.pack
        self._tasks.run(lambda: read_pack(store, name), self._take_card, self._take_pack_error)

    def _take_card(self, card: PackCard) -> None:
        self.card, self.pack_error = card, None
        if self._draft.aspect not in card.aspects:
            self.edit(aspect=card.aspects[0])
        self.still.set_size(*self.shape)
        self.pack_changed.emit()

    def _take_pack_error(self, error: WaltError) -> None:
        self.card, self.pack_error = None, error
        self.pack_changed.emit()

    @property
    def last_stage(self) -> StageName:
        """How far the pack goes."""
        return self.card.stages[-1] if self.card else STAGES[-1]

    def stage_size(self, stage: StageName) -> tuple[int, int] | None:
        """Width and height of a stage's picture in the chosen shape, if known."""
        return self.card.size(self._draft.aspect, stage) if self.card else None

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of the clip in the chosen shape, in pixels of its first stage."""
        return self.stage_size("base") or _SHAPES[self._draft.aspect]

    # What the engine makes of it.

    @property
    def state(self) -> JobState:
        """How far the job has come."""
        return self._state

    @property
    def clip(self) -> Clip | None:
        """The clip that can be exported now."""
        return self._state.clip if isinstance(self._state, Done | Stopped) else None

    def now(self) -> float:
        """The time by the session's clock."""
        return self._clock()

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

    def generate(self) -> None:
        """Ask the engine for a clip."""
        if not self.can_generate:
            return
        request: ClipRequest | None = None
        try:
            request = self.requests()[0]
            job = self._bridge.submit(request)
        except WaltError as error:
            self._set_state(Failed(request, error, ""))
            return
        self._set_state(Running(job, request, self._clock(), waiting_stages(request.upto)))
        self.reel.begin(request.frames, *self.shape)

    def cancel(self) -> None:
        """Stop the running job; it answers within one step."""
        if isinstance(self._state, Running) and not self._state.cancelling:
            self._state = replace(self._state, cancelling=True)
            self._bridge.cancel(self._state.job)
            self.progress_changed.emit()

    @Slot(object)
    def _on_news(self, news: News) -> None:
        running = self._state
        if not isinstance(running, Running) or news.job != running.job:
            return
        now = self._clock()
        match news:
            case JobStarted():
                self._set_running(replace(running, started=True))
            case StageStarted():
                self._set_running(running.on_stage(news, now))
            case StepDone():
                self._set_running(running.on_step(news, now))
            case Chunk():
                self._show(lambda: self.reel.put(news.first, news.frames, news.thumbs))
                self._set_running(running.on_chunk(news, now))
            case Ended():
                self._end(running, news, now)
            case JobFailed():
                self.reel.clear()
                self._set_state(Failed(running.request, news.error, news.details, running.stages))

    @Slot(object)
    def _on_glimpse(self, glimpse: Glimpse) -> None:
        if isinstance(self._state, Running) and glimpse.job == self._state.job:
            self._show(lambda: self.reel.look(glimpse.frames))

    def _end(self, running: Running, news: Ended, now: float) -> None:
        clip = news.clip
        if clip is None:
            self.reel.clear()
            self._set_state(Stopped(None, running.stages))
            return
        self._show(lambda: self.reel.show(clip, news.thumbs))
        stages = tuple(_timed(stage, clip) for stage in running.stages)
        if news.complete:
            self._set_state(Done(clip, stages, clip.seconds.get("total", now - running.began)))
        else:
            self._set_state(Stopped(clip, stages))

    def _show(self, change: Callable[[], None]) -> None:
        first = self.reel.empty
        change()
        if first and not self.reel.empty:
            self.player.play()

    def _set_running(self, running: Running) -> None:
        self._state = running
        self.progress_changed.emit()

    def _set_state(self, state: JobState) -> None:
        self._state = state
        self.state_changed.emit()
        self.progress_changed.emit()

    @Slot()
    def _on_reel_reset(self) -> None:
        self.player.load(self.reel.total)


def _timed(stage: StageRun, clip: Clip) -> StageRun:
    """The engine's own seconds for a finished stage, in place of the window's estimate."""
    finished = STAGES.index(stage.name) <= STAGES.index(clip.stage)
    seconds = clip.seconds.get(stage.name, stage.seconds) if finished else None
    return replace(stage, seconds=seconds)
