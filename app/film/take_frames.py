"""The frames of a film's takes: those of the job that makes one, or read from its file when they are needed."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.frames import to_thumbs
from app.library.files import read_whole
from app.playback.frame_buffer import FrameBuffer

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.core.background_tasks import BackgroundTasks
    from app.core.frames import Pixels
    from app.film.film import Take
    from app.playback.job_frames import JobFrames
    from engine.api.errors import WaltError

MAX_BYTES = 2**30
"""Decoded frames kept in memory; those shown longest ago go first, and are read again when needed."""


class TakeFrames(QObject):
    """Frames and thumbnails of takes.

    Signals:
        changed(str): a take looks different now.
        failed(str, WaltError): a take's file could not be read.
    """

    changed = Signal(str)
    failed = Signal(str, object)

    def __init__(self, tasks: BackgroundTasks, job_frames: JobFrames, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._job_frames = job_frames
        self._buffers: OrderedDict[str, FrameBuffer] = OrderedDict()
        self._thumbs: dict[str, tuple[QImage | None, ...]] = {}
        self._reading: set[str] = set()
        self._unreadable: set[str] = set()

    def frame(self, take: Take, index: int) -> Pixels | None:
        """The finest picture of a frame that is in memory; reads nothing."""
        buffer = self._being_made(take) or self._buffers.get(take.id)
        if take.id in self._buffers:
            self._buffers.move_to_end(take.id)
        return buffer.frame(index) if buffer is not None else None

    def thumb(self, take: Take, index: int) -> QImage | None:
        """The thumbnail of a frame, if it was read; thumbnails stay in memory."""
        buffer = self._being_made(take)
        if buffer is not None:
            return buffer.thumb(index)
        thumbs = self._thumbs.get(take.id, ())
        return thumbs[index] if index < len(thumbs) else None

    def need_frames(self, take: Take) -> None:
        """See to it that a take's frames are in memory; `changed` or `failed` follows if they were not."""
        if take.id not in self._buffers:
            self._read(take)

    def need_thumbs(self, take: Take) -> None:
        """The same for its thumbnails."""
        if take.id not in self._thumbs:
            self._read(take)

    def put(self, take: str, frames: FrameBuffer) -> None:
        """Keep frames for a take: its job has ended, or its file was read."""
        self._buffers[take] = frames
        self._buffers.move_to_end(take)
        self._thumbs[take] = tuple(frames.thumb(index) for index in range(frames.total))
        self._make_room()
        self.changed.emit(take)

    def forget(self, take: str) -> None:
        """Drop what is known of a take; it may be read again."""
        self._buffers.pop(take, None)
        self._thumbs.pop(take, None)
        self._unreadable.discard(take)

    def _being_made(self, take: Take) -> FrameBuffer | None:
        """The frames of the newest job, if it makes this take."""
        making = take.job is not None and take.job == self._job_frames.job
        return self._job_frames.frames if making and self._job_frames.frames.total else None

    def _read(self, take: Take) -> None:
        """Read a take's file, unless that is being done, or was tried in vain."""
        if take.file is None or take.id in self._reading | self._unreadable:
            return
        self._reading.add(take.id)
        file = take.file

        def work() -> FrameBuffer:
            frames, fps = read_whole(file)
            return FrameBuffer.of(frames, to_thumbs(frames), round(fps))

        def done(read: FrameBuffer) -> None:
            self._reading.discard(take.id)
            self.put(take.id, read)

        def failed(error: WaltError) -> None:
            self._reading.discard(take.id)
            self._unreadable.add(take.id)
            self.failed.emit(take.id, error)

        self._tasks.run(work, done, failed)

    def _make_room(self) -> None:
        """Drop the frames shown longest ago, but those of the newest take never."""
        over = sum(buffer.nbytes for buffer in self._buffers.values()) - MAX_BYTES
        for name in list(self._buffers)[:-1]:
            if over <= 0:
                return
            over -= self._buffers.pop(name).nbytes
