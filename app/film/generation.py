"""Makes the takes of a film: asks the queue for them, and follows each by the id of its job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from app.core.error_messages import sentence
from app.film.edits import Edits
from app.film.film import Film, Segment, Take, new_id
from app.film.film_frames import FilmFrames
from app.film.take_frames import TakeFrames
from app.library.records import ClipRecord, Job, readable
from engine.api.errors import UsageError, WaltError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.core.background_tasks import BackgroundTasks
    from app.jobs.queue import Queue
    from app.library.library import Library
    from app.playback.frame_buffer import FrameBuffer
    from app.playback.job_frames import JobFrames
    from engine.api.clip import Clip
    from engine.api.request import ClipRequest
    from engine.api.types import Aspect
    from engine.packs.capabilities import Capabilities

translate = QCoreApplication.translate


class FilmGenerator(QObject):
    """Continues, regenerates and adds takes by way of the queue.

    Args:
        queue: Where jobs are asked for.
        job_frames: The frames that fill the segment that is being made.
        library: Where finished clips are.
        tasks: Where files are read.
        size: Width and height of the first stage's picture for an aspect.
        capabilities: What the pack in use can make; None as long as it was not read.

    Signals:
        trouble(WaltError): something could not be done, and is worth a sentence.
    """

    trouble = Signal(object)

    def __init__(
        self,
        queue: Queue,
        job_frames: JobFrames,
        library: Library,
        tasks: BackgroundTasks,
        size: Callable[[Aspect], tuple[int, int]],
        capabilities: Callable[[], Capabilities | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._queue = queue
        self._library = library
        self._size = size
        self._capabilities = capabilities
        self.film = Film(self)
        self.edits = Edits(self.film)
        self.take_frames = TakeFrames(tasks, job_frames, self)
        self.frames = FilmFrames(self.film, self.take_frames, job_frames, self)
        self._job_frames = job_frames
        job_frames.ended.connect(self._on_ended)
        library.kept.connect(self._on_kept)
        queue.changed.connect(self.refresh)
        self.take_frames.failed.connect(self._on_unreadable)

    # What can be done.

    def can_continue(self, segment: Segment | None) -> bool:
        """Whether a segment's clip is there, so that something can come after it."""
        if segment is None:
            return False
        take = self.film.take_of(segment)
        return take.file is not None and not take.trouble

    def add(self, record: ClipRecord, at: int | None = None, part: range | None = None) -> Segment:
        """Put a clip of the library into the film, or a part of it."""
        path = self._library.path(record)
        known = next((take for take in self.film.takes.values() if take.file == path), None)
        size = (record.width, record.height)
        take = known or Take(new_id(), record.frames, size, record.request, path, fps=record.fps)
        if part is not None:
            whole = take.length(self.film.fps) / take.frames if self.film.segments else 1
            part = range(round(part.start * whole), round(part.stop * whole))
        return self.edits.insert(take, at, part)

    def continue_clip(self, record: ClipRecord, wish: ClipRequest, part: range | None = None) -> None:
        """Begin with a clip of the library, or a part of it, after whatever the film has, and make what comes after."""
        film = self.film
        last = film.segments[-1] if film.segments else None
        path = self._library.path(record)
        if last is None or film.take_of(last).file != path:
            film.history.beginMacro(translate("Edits", "Continue"))
            try:
                self.continue_segment(self.add(record, part=part), wish)
            finally:
                film.history.endMacro()
        else:
            self.continue_segment(last, wish)

    def continue_segment(self, segment: Segment, wish: ClipRequest) -> None:
        """Make what comes after a segment: the words and settings of ``wish``, in the shape of the film.

        Raises:
            UsageError: ``bad-request``, ``not-yet`` when the segment is still being made, or ``cannot-continue`` when
                the pack can't.
        """
        take = self.film.take_of(segment)
        if take.file is None:
            raise UsageError("not-yet", "This part is still being made.", "Continue it when it is done.")
        last, able = take.index(segment.stop - 1, self.film.fps), self._capabilities()
        seen = able.seen if able is not None else (1,)
        overlap = next((frames for frames in seen if frames <= last + 1), None)
        if overlap is None:
            raise UsageError(
                "cannot-continue", "This pack cannot continue clips.", "Choose another one in Help > Packs."
            )
        changes = {
            "image": None, "source": str(take.file), "source_frame": last, "overlap": overlap,
            "aspect": self._aspect(take, wish.aspect),
            "frames": max(wish.frames, able.lengths.usual if able is not None else 1),
        }  # fmt: skip
        request = wish.changed(**changes)
        self.edits.continue_with(self._ask(request), segment.id)

    def retake(self, segment: Segment, seed: int) -> None:
        """Make a segment again with another seed.

        Raises:
            UsageError: ``no-recipe`` when the clip does not contain the settings it was made with.
        """
        take = self.film.take_of(segment)
        if take.request is None:
            raise UsageError(
                "no-recipe",
                "This clip does not contain the settings it was made with.",
                "Only clips made by walt can be generated again.",
            )
        request = replace(readable(take.request), seed=seed)
        self.edits.retake(segment, self._ask(request))

    def begin_with(self, request: ClipRequest, at: int | None = None) -> None:
        """Make a clip as a new segment."""
        self.edits.insert(self._ask(request), at)

    def _ask(self, request: ClipRequest) -> Take:
        (job,) = self._queue.add([request])
        size = self._size(request.aspect)
        able = self._capabilities()
        fps = able.fps if able is not None else self.film.fps
        return Take(new_id(), request.new_frames, size, request, job=job.id, fps=fps)

    def _aspect(self, take: Take, otherwise: Aspect) -> Aspect:
        return readable(take.request).aspect if take.request is not None else otherwise

    # What becomes of it.

    @Slot(object, object)
    def _on_ended(self, frames: FrameBuffer, clip: Clip | None) -> None:
        take = self.film.take_by(self._job_frames.job)
        if take is None:
            return
        if clip is not None:
            self.film.put_take(replace(take, frames=len(clip.frames), size=clip.size, fps=clip.fps))
        self.take_frames.put(take.id, frames)

    @Slot(str, object)
    def _on_kept(self, job: str, record: ClipRecord) -> None:
        take = self.film.take_by(job)
        if take is not None:
            self.film.put_take(_filed(take, record, self._library.path(record)))

    @Slot()
    def refresh(self) -> None:
        """Look what became of the jobs of takes that are not there yet."""
        known = {job.id: job for job in (*self._queue.waiting, *self._queue.ended)}
        running = self._queue.running.id if self._queue.running else None
        for take in [take for take in self.film.takes.values() if take.job is not None]:
            job = known.get(take.job or "")
            words = ""
            if job is not None and not job.open:
                record = self._library.get(job.clip) if job.clip else None
                if record is not None:
                    self.film.put_take(_filed(take, record, self._library.path(record)))
                    continue
                words = "" if job.state == "done" else self._trouble_of(job)
            elif job is None and take.job != running:
                words = translate("FilmGenerator", "This part was removed from the queue.")
            self.film.put_take(replace(take, trouble=words))

    def _trouble_of(self, job: Job) -> str:
        if job.state == "cancelled":
            return translate("FilmGenerator", "This part was stopped before it was done.")
        if job.state == "interrupted":
            return translate("FilmGenerator", "This part was interrupted.")
        return sentence(job.error).message

    @Slot(str, object)
    def _on_unreadable(self, name: str, error: WaltError) -> None:
        take = self.film.takes.get(name)
        if take is not None:
            self.film.put_take(replace(take, trouble=sentence(error).message))
        self.trouble.emit(error)


def _filed(take: Take, record: ClipRecord, path: Path) -> Take:
    return replace(
        take,
        file=path,
        frames=record.frames,
        fps=record.fps,
        size=(record.width, record.height),
        request=record.request,
        job=None,
        trouble="",
    )
