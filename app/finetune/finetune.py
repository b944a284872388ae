"""Fine-tuning in the window: collects captioned clips, runs the engine, follows its progress. No widgets."""

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
    from engine.training.finetuning.dataset import Example
    from engine.training.finetuning.run import FinetuneRun, StopSignal
    from engine.worker import EngineTask


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. ``phase`` is None while it waits for a clip in the making."""

    job: str
    title: str
    phase: FinetunePhase | None = None
    done: int = 0
    total: int = 0
    left: float | None = None
    fewer: float | None = None
    """By which share the error on the examples fell; negative: it rose."""
    stopping: bool = False

    @property
    def can_keep(self) -> bool:
        """Whether there is something learned that could be kept."""
        return self.phase == "learning" and self.done > 0 and not self.stopping


class Finetuning(QObject):
    """One run at a time.

    Signals:
        examples_changed(): other files or captions.
        changed(): the run began, made progress or ended.
        sampled(NDArray): what the pack draws now, (1, height, width, 3).
        finished(str): a pack of this name is installed.
        stopped(): nothing came of it, as was wished.
        failed(WaltError): nothing came of it.
    """

    examples_changed = Signal()
    changed = Signal()
    sampled = Signal(object)
    finished = Signal(str)
    stopped = Signal()
    failed = Signal(object)

    def __init__(self, bridge: EngineBridge, store: PackStore | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._given = store
        self._tasks = BackgroundTasks(self, name="finetune")
        self._stop_signal: StopSignal | None = None
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
                    "no-clips", "This contains no video and no picture.", "Drop videos or pictures."
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

    # The run.

    @property
    def busy(self) -> bool:
        """Whether a run waits or is under way."""
        return self.progress is not None

    def start(self, title: str, pack: str, minutes: float) -> None:
        """Fine-tune ``pack`` on the examples; `finished`, `stopped` or `failed` follows."""
        if self.busy:
            return
        self.progress = Progress("", title)
        self.changed.emit()
        examples, store = self.examples, self._given

        def work() -> FinetuneRun:
            from engine.packs.store import PackStore
            from engine.training.finetuning.run import FinetuneRun, slug, usual_method

            taken = [one.name for one in (store or PackStore()).installed()]
            return FinetuneRun.parse(
                examples=examples, name=slug(title, taken), title=title, pack=pack, minutes=minutes,
                method=usual_method(),
            )  # fmt: skip

        self._tasks.run(work, self._hand_over, self._fail)

    def _hand_over(self, run: FinetuneRun) -> None:
        from engine.training.finetuning.run import StopSignal

        progress = self.progress
        if progress is None or progress.stopping:
            self._end()
            self.stopped.emit()
            return
        self._stop_signal = StopSignal()
        words = [text for one in run.examples for text in (*one.captions, str(one.file.parent))]
        try:
            job = self._bridge.run(_engine_task(run, self._given, self._stop_signal), tuple(words))
        except WaltError as error:
            self._fail(error)
            return
        self._go(replace(progress, job=job))

    def stop(self, *, keep: bool) -> None:
        """End the run within one step: make a pack of what was learned, or discard it."""
        progress = self.progress
        if progress is None or progress.stopping:
            return
        if self._stop_signal is not None and keep:
            self._stop_signal.enough.set()
        elif self._stop_signal is not None:
            self._stop_signal.discard.set()
            self._bridge.cancel(progress.job)
        self._go(replace(progress, stopping=True))

    def close(self) -> None:
        """End the thread; a run that is under way ends with the engine, and can be resumed."""
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
                self.finished.emit(news.pack)
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
        self.progress, self._stop_signal = None, None
        self.changed.emit()

    def _fail(self, error: WaltError) -> None:
        self._end()
        self.failed.emit(error)


def _engine_task(run: FinetuneRun, store: PackStore | None, stop: StopSignal) -> EngineTask:
    def task(job: str, emit: Callable[[Event], None], cancelled: Callable[[], bool], device: str) -> Event:
        from engine.packs.store import PackStore
        from engine.training.finetuning.finetune import finetune  # torch, on the engine's thread

        return finetune(run, store or PackStore(), emit, cancelled, stop, job, device=device)

    return task
