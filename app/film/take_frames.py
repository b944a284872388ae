"""The frames behind a film: read from the takes' files when they are needed, or put in while one is made."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.frames import to_image, to_thumbs
from app.library.files import read_whole
from app.playback.frame_buffer import latent_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

    from app.core.background_tasks import BackgroundTasks
    from app.core.frames import Pixels
    from app.film.film import Take
    from engine.api.errors import WaltError

MAX_BYTES = 2**30
"""Decoded frames kept in memory; those shown longest ago go first, and are read again when needed."""


class Footage(QObject):
    """Frames and thumbnails of takes.

    Signals:
        changed(str): a take looks different now.
        failed(str, WaltError): a take's file could not be read.
    """

    changed = Signal(str)
    failed = Signal(str, object)

    def __init__(self, tasks: BackgroundTasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._frames: OrderedDict[str, list[Pixels | None]] = OrderedDict()
        self._thumbs: dict[str, list[QImage | None]] = {}
        self._glimpses: dict[str, tuple[Pixels, tuple[QImage, ...]]] = {}
        self._reading: set[str] = set()
        self._unreadable: set[str] = set()

    def frame(self, take: Take, index: int) -> Pixels | None:
        """The finest picture of a frame that is in memory; reads nothing."""
        frames = self._frames.get(take.id)
        if frames is not None:
            self._frames.move_to_end(take.id)
            found = frames[index] if index < len(frames) else None
            if found is not None:
                return found
        glimpse = self._glimpses.get(take.id)
        return glimpse[0][latent_index(index, take.frames, len(glimpse[0]))] if glimpse else None

    def thumb(self, take: Take, index: int) -> QImage | None:
        """The thumbnail of a frame, if it was read; thumbnails stay in memory."""
        thumbs = self._thumbs.get(take.id)
        found = thumbs[index] if thumbs and index < len(thumbs) else None
        glimpse = self._glimpses.get(take.id)
        if found is None and glimpse:
            return glimpse[1][latent_index(index, take.frames, len(glimpse[1]))]
        return found

    def need_frames(self, take: Take) -> None:
        """See to it that a take's frames are in memory; `changed` or `failed` follows if they were not."""
        if take.id not in self._frames:
            self._read(take)

    def need_thumbs(self, take: Take) -> None:
        """The same for its thumbnails."""
        if take.id not in self._thumbs:
            self._read(take)

    def _read(self, take: Take) -> None:
        """Read a take's file, unless that is being done, or was tried in vain."""
        if take.file is None or take.id in self._reading | self._unreadable:
            return
        self._reading.add(take.id)
        file = take.file

        def work() -> tuple[Pixels, tuple[QImage, ...]]:
            frames, _fps = read_whole(file)
            return frames, to_thumbs(frames)

        def done(read: tuple[Pixels, tuple[QImage, ...]]) -> None:
            self._reading.discard(take.id)
            self.forget(take.id)
            self.put(take, 0, *read)

        def failed(error: WaltError) -> None:
            self._reading.discard(take.id)
            self._unreadable.add(take.id)
            self.failed.emit(take.id, error)

        self._tasks.run(work, done, failed)

    def look(self, take: Take, frames: Pixels) -> None:
        """A glimpse (t, h, w, 3) of a take that is being made."""
        self._glimpses[take.id] = frames, tuple(to_image(frame) for frame in frames)
        self.changed.emit(take.id)

    def put(self, take: Take, first: int, frames: Pixels, thumbs: Sequence[QImage]) -> None:
        """Decoded frames of a take, from frame ``first`` on."""
        total = max(take.frames, first + len(frames))
        kept = self._frames.setdefault(take.id, [])
        small = self._thumbs.setdefault(take.id, [])
        kept += [None] * (total - len(kept))
        small += [None] * (total - len(small))
        for offset, (frame, thumb) in enumerate(zip(frames, thumbs, strict=True)):
            kept[first + offset], small[first + offset] = frame, thumb
        self._frames.move_to_end(take.id)
        self._make_room()
        self.changed.emit(take.id)

    def forget(self, take: str) -> None:
        """Drop what is known of a take; it may be read again."""
        self._frames.pop(take, None)
        self._thumbs.pop(take, None)
        self._glimpses.pop(take, None)
        self._unreadable.discard(take)

    def _make_room(self) -> None:
        sizes = {
            name: sum(f.nbytes for f in frames if f is not None) for name, frames in self._frames.items()
        }
        over = sum(sizes.values()) - MAX_BYTES
        for name in list(self._frames)[:-1]:
            if over <= 0:
                return
            over -= sizes[name]
            del self._frames[name]
