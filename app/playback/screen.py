"""The screen: which frames are on show. Those that are being made, or a clip of the library."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot

from app.core.bridge import Chunk, Ended, StepPreview
from app.core.frames import to_thumbs
from app.library.records import ClipRecord, parse_request
from app.playback.frame_buffer import FrameBuffer
from app.playback.live import LiveTake

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage

    from app.core.background_tasks import BackgroundTasks
    from app.jobs.job_runner import JobRunner
    from engine.api.clip import Clip
    from engine.api.errors import WaltError
    from engine.api.request import ClipRequest
    from engine.api.types import Aspect, StageName


@dataclass(frozen=True, slots=True)
class Stored:
    """A clip of the library in memory, and what the library knows of it."""

    record: ClipRecord
    clip: Clip


def read_stored(path: Path, record: ClipRecord) -> tuple[Clip, tuple[QImage, ...]]:
    """Decode a clip of the library, with its thumbnails; for a worker thread.

    Raises:
        WaltError: as `engine.media.reading.read_clip`, or ``bad-request``.
    """
    from engine.api.clip import Clip
    from engine.api.provenance import KEY, Provenance
    from engine.media.reading import read_clip

    frames, fps, metadata = read_clip(path)
    stage = cast("StageName", record.stage)
    origin: Provenance | None = None
    with suppress(KeyError, ValueError):  # a clip of an older walt's has none
        origin = Provenance.from_json(metadata[KEY])
    clip = Clip(frames, parse_request(record.request), stage, record.pack, {}, round(fps), origin)
    return clip, to_thumbs(frames)


class Screen(QObject):
    """Feeds the reel. While a stored clip is on show, the one being made is remembered and can be returned to.

    Args:
        maker: Whose pictures are shown.
        tasks: Where files are read.
        shape: Width and height of the first stage's picture for an aspect.

    Signals:
        changed(): a stored clip is on show now, or no longer.
        fresh(): there is something to look at that was not there before.
        failed(WaltError): a stored clip could not be read.
    """

    changed = Signal()
    fresh = Signal()
    failed = Signal(object)

    def __init__(
        self,
        maker: JobRunner,
        tasks: BackgroundTasks,
        shape: Callable[[Aspect], tuple[int, int]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.reel = FrameBuffer(self)
        self._tasks = tasks
        self._shape = shape
        self._live = LiveTake()
        self._stored: Stored | None = None
        self._turn = 0
        maker.began.connect(self._on_began)
        maker.chunk.connect(self._on_chunk)
        maker.preview.connect(self._on_glimpse)
        maker.ended.connect(self._on_ended)

    @property
    def stored(self) -> Stored | None:
        """The clip of the library that is on show, if it is not what the engine makes or made last."""
        return self._stored

    def open(self, path: Path, record: ClipRecord, then: Callable[[], None] | None = None) -> None:
        """Show and play a clip of the library; then call ``then``. The last one asked for is shown."""
        self._turn += 1
        turn = self._turn

        def opened(read: tuple[Clip, tuple[QImage, ...]]) -> None:
            if turn != self._turn:
                return
            clip, thumbs = read
            self._stored = Stored(record, clip)
            self.reel.show(clip, thumbs)
            self.changed.emit()
            self.fresh.emit()
            if then is not None:
                then()

        def failed(error: WaltError) -> None:
            self.failed.emit(error)

        self._tasks.run(lambda: read_stored(path, record), opened, failed)

    def watch(self) -> None:
        """Show what the engine makes, or made last."""
        self._turn += 1
        if self._stored is not None:
            self._stored = None
            self._live.show(self.reel)
            self.changed.emit()
            self.fresh.emit()

    @Slot(object)
    def _on_began(self, request: ClipRequest) -> None:
        self._live.begin(request.new_frames, *self._shape(request.aspect))
        if self._stored is None:
            self._live.show(self.reel)

    @Slot(object)
    def _on_chunk(self, chunk: Chunk) -> None:
        self._live.put(chunk)
        self._show(lambda: self.reel.put(chunk.first, chunk.frames, chunk.thumbs))

    @Slot(object)
    def _on_glimpse(self, glimpse: StepPreview) -> None:
        self._live.look(glimpse)
        self._show(lambda: self.reel.look(glimpse.frames))

    @Slot(object)
    def _on_ended(self, news: Ended) -> None:
        clip = news.clip
        if clip is None:
            self._live.begin(0, *self.reel.shape)
            self._show(self.reel.clear)
        else:
            self._live.end(clip, news.thumbs)
            self._show(lambda: self.reel.show(clip, news.thumbs))

    def _show(self, change: Callable[[], None]) -> None:
        if self._stored is not None:
            return
        first = self.reel.empty
        change()
        if first and not self.reel.empty:
            self.fresh.emit()
