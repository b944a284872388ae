"""The teacher: gathers captioned clips, hands the lesson to the engine, and tells how it goes. No widget in sight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.core.background_tasks import BackgroundTasks
from app.core.bridge import Ended, EngineBridge, News
from engine.api.errors import UsageError, WaltError
from engine.api.events import FinetuneDone, FinetunePhase, FinetuneSample, FinetuneStep, JobFailed, JobStarted

if TYPE_CHECKING:
    from engine.api.events import Event
    from engine.packs.store import PackStore
    from engine.training.finetuning.dataset import Example, FinetuneDataset, StopSignal
    from engine.worker import EngineTask


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the lesson is. ``phase`` is None while it waits for a clip in the making."""

    job: str
    title: str
    phase: FinetunePhase | None = None
    done: int = 0
    total: int = 0
    left: float | None = None
    fewer: float | None = None
    """By which share the mistakes on the lesson's clips became fewer; negative: they became more."""
    stopping: bool = False

    @property
    def can_keep(self) -> bool:
        """Whether there is something learned that could be kept."""
        return self.phase == "learning" and self.done > 0 and not self.stopping


class Finetuning(QObject):
    """One lesson at a time.

    Signals:
        examples_changed(): other files or captions.
        changed(): the lesson began, came further or ended.
        sampled(NDArray): what the pack draws now, (1, height, width, 3).
        taught(str): a pack of this name is installed.
        stopped(): nothing came of it, as was wished.
        failed(WaltError): nothing came of it.
    """

    examples_changed = Signal()
    changed = Signal()
    sampled = Signal(object)
    taught = Signal(str)
    stopped = Signal()
    failed = Signal(object)

    def __init__(self, bridge: EngineBridge, store: PackStore | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._given = store
        self._tasks = BackgroundTasks(self, name="lesson")
        self._reins: StopSignal | None = None
        self.examples: tuple[Example, ...] = ()
        self.progress: Progress | None = None
        bridge.news.connect(self._on_news)

    # What is to be learned.

    @property
    def bare(self) -> int:
        """How many examples have no caption."""
        return sum(not one.captions for one in self.examples)

    def gather(self, paths: Sequence[Path]) -> None:
        """Add files, and what folders hold, with the captions beside them."""

        def work() -> tuple[Example, ...]:
            from engine.media.file_types import PICTURE, VIDEO
            from engine.training.finetuning.dataset import example_of, find_examples

            found: list[Example] = []
            for path in paths:
                if path.is_dir():
                    found += find_examples(path)
                elif path.suffix.lower() in VIDEO | PICTURE:
                    found.append(example_of(path))
            if not found:
                raise UsageError(
                    "no-clips", "There is no video or picture in that.", "Drop videos or pictures."
                )
            return tuple(found)

        self._tasks.run(work, self._add, self.failed.emit)

    def _add(self, found: tuple[Example, ...]) -> None:
        known = {one.file for one in self.examples}
        self._set((*self.examples, *(one for one in found if one.file not in known)))

    def describe(self, row: int, text: str) -> None:
        """Caption an example; several ways to say it are set apart by semicolons."""
        captions = tuple(part.strip() for part in text.split(";") if part.strip())
        if captions != self.examples[row].captions:
            one = replace(self.examples[row], captions=captions)
            self._set((*self.examples[:row], one, *self.examples[row + 1 :]))

    def remove(self, rows: Iterable[int]) -> None:
        """Leave examples out; the files stay."""
        gone = {*rows}
        self._set(tuple(one for row, one in enumerate(self.examples) if row not in gone))

    def _set(self, examples: tuple[Example, ...]) -> None:
        self.examples = examples
        self.examples_changed.emit()

    # The lesson.

    @property
    def busy(self) -> bool:
        """Whether a lesson waits or goes on."""
        return self.progress is not None

    def start(self, title: str, pack: str, minutes: float) -> None:
        """Teach ``pack`` the examples; `taught`, `stopped` or `failed` follows."""
        if self.busy:
            return
        self.progress = Progress("", title)
        self.changed.emit()
        examples, store = self.examples, self._given

        def work() -> FinetuneDataset:
            from engine.packs.store import PackStore
            from engine.training.finetuning.dataset import FinetuneDataset, slug, usual_method

            taken = [one.name for one in (store or PackStore()).installed()]
            return FinetuneDataset.parse(
                examples=examples, name=slug(title, taken), title=title, pack=pack, minutes=minutes,
                method=usual_method(),
            )  # fmt: skip

        self._tasks.run(work, self._hand_over, self._fail)

    def _hand_over(self, lesson: FinetuneDataset) -> None:
        from engine.training.finetuning.dataset import StopSignal

        progress = self.progress
        if progress is None or progress.stopping:
            self._end()
            self.stopped.emit()
            return
        self._reins = StopSignal()
        words = [text for one in lesson.examples for text in (*one.captions, str(one.file.parent))]
        try:
            job = self._bridge.run(_errand(lesson, self._given, self._reins), tuple(words))
        except WaltError as error:
            self._fail(error)
            return
        self._go(replace(progress, job=job))

    def stop(self, *, keep: bool) -> None:
        """End the lesson within one step: keep what was learned as a pack, or throw it away."""
        progress = self.progress
        if progress is None or progress.stopping:
            return
        if self._reins is not None and keep:
            self._reins.enough.set()
        elif self._reins is not None:
            self._reins.discard.set()
            self._bridge.cancel(progress.job)
        self._go(replace(progress, stopping=True))

    def close(self) -> None:
        """End the thread; a lesson that goes on ends with the engine, and can be taken up again."""
        self._tasks.close()

    @Slot(object)
    def _on_news(self, news: News) -> None:
        progress = self.progress
        if progress is None or not progress.job or news.job != progress.job:
            return
        match news:
            case JobStarted():
                self._go(replace(progress, phase="reading"))
            case FinetuneStep():
                self._go(
                    replace(progress, phase=news.phase, done=news.done, total=news.total, left=news.left)
                )
            case FinetuneSample():
                fewer = 1 - news.error / news.before if news.before > 0 else None
                self._go(replace(progress, fewer=fewer))
                self.sampled.emit(news.frames)
            case FinetuneDone():
                self._end()
                self._set(())
                self.taught.emit(news.pack)
            case Ended():
                self._end()
                self.stopped.emit()
            case JobFailed():
                self._fail(news.error)
            case _:
                pass

    def _go(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.emit()

    def _end(self) -> None:
        self.progress, self._reins = None, None
        self.changed.emit()

    def _fail(self, error: WaltError) -> None:
        self._end()
        self.failed.emit(error)


def _errand(lesson: FinetuneDataset, store: PackStore | None, reins: StopSignal) -> EngineTask:
    def errand(job: str, emit: Callable[[Event], None], cancelled: Callable[[], bool], device: str) -> Event:
        from engine.packs.store import PackStore
        from engine.training.finetuning.run import teach  # torch, on the engine's thread

        return teach(lesson, store or PackStore(), emit, cancelled, reins, job, device=device)

    return errand
