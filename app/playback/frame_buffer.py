"""The frames on show: each place of the clip holds the finest picture of it that exists so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.frames import to_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

    from app.core.frames import Pixels
    from engine.api.clip import Clip


def latent_index(index: int, total: int, latents: int) -> int:
    """Which latent frame stands for frame ``index``: frame 0 has its own, later ones share one by fours."""
    if total > 1 and (total - 1) % 4 == 0 and latents == 1 + (total - 1) // 4:
        return (index + 3) // 4
    return index * latents // max(total, 1)


class FrameBuffer(QObject):
    """Frames of the clip on show.

    True decodes replace what was there; a cheap glimpse shows only where nothing was decoded yet, so the
    picture never gets coarser.

    Signals:
        reset(): another clip, or none; the length or the shape may have changed.
        changed(int, int): frames first..last look different now.
    """

    reset = Signal()
    changed = Signal(int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frames: list[Pixels | None] = []
        self._thumbs: list[QImage | None] = []
        self._glimpse: Pixels | None = None
        self._small: tuple[QImage, ...] = ()
        self._shape = (16, 9)

    @property
    def total(self) -> int:
        """How many frames the clip has or will have; 0 if there is none."""
        return len(self._frames)

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of the clip, in any unit: the rectangle that every stage fills."""
        return self._shape

    @property
    def empty(self) -> bool:
        """Whether there is no picture at all yet."""
        return self._glimpse is None and all(frame is None for frame in self._frames)

    def clear(self) -> None:
        """Show nothing."""
        self.begin(0, *self._shape)

    def begin(self, total: int, width: int, height: int) -> None:
        """Make room for a clip of ``total`` frames."""
        self._frames = [None] * total
        self._thumbs = [None] * total
        self._glimpse = None
        self._small = ()
        self._shape = (width, height)
        self.reset.emit()

    def look(self, frames: Pixels) -> None:
        """Show a glimpse (t, h, w, 3) wherever nothing is decoded yet."""
        self._glimpse = frames
        self._small = tuple(to_image(frame) for frame in frames)
        missing = [index for index, frame in enumerate(self._frames) if frame is None]
        if missing:
            self.changed.emit(missing[0], missing[-1])

    def put(self, first: int, frames: Pixels, thumbs: Sequence[QImage]) -> None:
        """Put decoded frames in place, from index ``first`` on."""
        for offset, (frame, thumb) in enumerate(zip(frames, thumbs, strict=True)):
            self._frames[first + offset] = frame
            self._thumbs[first + offset] = thumb
        self.changed.emit(first, first + len(frames) - 1)

    def show(self, clip: Clip, thumbs: Sequence[QImage]) -> None:
        """Show exactly a clip's frames; in place, if it is the clip being made."""
        width, height = clip.size
        if len(clip.frames) != self.total or width * self._shape[1] != height * self._shape[0]:
            self.begin(len(clip.frames), width, height)
        self._glimpse = None
        self._small = ()
        self.put(0, clip.frames, thumbs)

    def frame(self, index: int) -> Pixels | None:
        """The finest picture of a frame, if there is one."""
        if not 0 <= index < self.total:
            return None
        decoded = self._frames[index]
        if decoded is not None or self._glimpse is None:
            return decoded
        return self._glimpse[latent_index(index, self.total, len(self._glimpse))]

    def thumb(self, index: int) -> QImage | None:
        """The thumbnail of a frame: of its decode, or of a glimpse."""
        decoded = self._thumbs[index]
        if decoded is not None or not self._small:
            return decoded
        return self._small[latent_index(index, self.total, len(self._small))]
