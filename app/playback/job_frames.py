"""The frames of the newest job. Nobody else listens to the engine's pictures; whoever shows them reads them here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.library.records import readable
from app.playback.frame_buffer import FrameBuffer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.core.bridge import Chunk, Ended, StepPreview
    from app.jobs.job_runner import JobRunner
    from app.library.library import Library
    from app.library.records import ClipRecord, Job
    from engine.api.types import Aspect
    from engine.packs.capabilities import Capabilities


class JobFrames(QObject):
    """What the job that runs, or ran last, has shown so far: every stage's frames, each kept once.

    Args:
        job_runner: Whose pictures are kept.
        library: Where its clip will be.
        size: Width and height of the first stage's picture for an aspect.
        capabilities: What the pack in use can make; None as long as it was not read.

    Signals:
        began(): another job is under way.
        reset(): `frames` is another buffer, or of another length or shape.
        changed(int, int): frames first..last look different now.
        ended(FrameBuffer, Clip): the job ended with this clip, which the buffer holds; or with None, and the buffer
            holds what had come by then.
        kept(): its clip is in the library.
    """

    began = Signal()
    reset = Signal()
    changed = Signal(int, int)
    ended = Signal(object, object)
    kept = Signal()

    def __init__(
        self,
        job_runner: JobRunner,
        library: Library,
        size: Callable[[Aspect], tuple[int, int]],
        capabilities: Callable[[], Capabilities | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._size = size
        self._capabilities = capabilities
        self.job: str | None = None
        """The id of the newest job."""
        self.frames = FrameBuffer()
        self.record: ClipRecord | None = None
        """The library's record of its clip, once that is there."""
        job_runner.began.connect(self._on_began)
        job_runner.chunk.connect(self._on_chunk)
        job_runner.preview.connect(self._on_preview)
        job_runner.ended.connect(self._on_ended)
        library.kept.connect(self._on_kept)

    def made(self, job: str | None, file: Path | None) -> bool:
        """Whether the newest job makes or made what ``job`` makes, or the clip in ``file`` if that is there already."""
        if job is not None:
            return job == self.job
        return self.record is not None and file == self._library.path(self.record)

    @Slot(object)
    def _on_began(self, job: Job) -> None:
        request = readable(job.request)
        self.job = job.id
        self.record = None
        self.frames.drop_earlier_stages()  # a take of the film may keep it
        able, size = self._capabilities(), self._size(request.aspect)
        self.frames = FrameBuffer(request.new_frames, size, able.fps) if able else FrameBuffer(request.new_frames, size)
        self.began.emit()
        self.reset.emit()

    @Slot(object)
    def _on_chunk(self, chunk: Chunk) -> None:
        self.frames.put(chunk.stage, chunk.first, chunk.frames, chunk.thumbs)
        self.changed.emit(chunk.first, chunk.first + len(chunk.frames) - 1)

    @Slot(object)
    def _on_preview(self, preview: StepPreview) -> None:
        changed = self.frames.put_preview(preview.frames)
        if changed is not None:
            self.changed.emit(*changed)

    @Slot(object)
    def _on_ended(self, news: Ended) -> None:
        frames, clip = self.frames, news.clip
        if clip is None:
            self.frames = FrameBuffer(0, frames.shape)
            self.reset.emit()
        else:
            if frames.finish(clip.stage, clip.frames, news.thumbs, clip.fps):
                self.reset.emit()
            self.changed.emit(0, frames.total - 1)
        self.ended.emit(frames, clip)

    @Slot(str, object)
    def _on_kept(self, job: str, record: ClipRecord) -> None:
        if job == self.job:
            self.record = record
            self.kept.emit()
