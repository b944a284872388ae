"""The take that is being made, remembered so that one can look at another clip and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.core.bridge import Chunk

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.core.bridge import StepPreview
    from app.playback.frame_buffer import FrameBuffer
    from engine.api.clip import Clip


class LiveTake:
    """What the newest job has shown so far: its glimpse, and the newest decode of each frame."""

    def __init__(self) -> None:
        self._total = 0
        self._shape = (16, 9)
        self._chunks: list[Chunk] = []
        self._glimpse: StepPreview | None = None

    def begin(self, total: int, width: int, height: int) -> None:
        """Another job; or none, with a ``total`` of 0."""
        self._total, self._shape = total, (width, height)
        self._chunks.clear()
        self._glimpse = None

    def put(self, chunk: Chunk) -> None:
        """Decoded frames came; those of the same places that came before are coarser."""
        last = chunk.first + len(chunk.frames)
        self._chunks = [
            old for old in self._chunks if old.first < chunk.first or old.first + len(old.frames) > last
        ]
        self._chunks.append(chunk)

    def look(self, glimpse: StepPreview) -> None:
        """A preview came."""
        self._glimpse = glimpse

    def end(self, clip: Clip, thumbs: tuple[QImage, ...]) -> None:
        """The clip is there, as far as it came."""
        self.begin(len(clip.frames), *clip.size)
        self.put(Chunk("", clip.stage, 0, len(clip.frames), clip.frames, thumbs))

    def show(self, reel: FrameBuffer) -> None:
        """Put all of it on the reel."""
        reel.begin(self._total, *self._shape)
        if self._glimpse is not None:
            reel.look(self._glimpse.frames)
        for chunk in self._chunks:
            reel.put(chunk.first, chunk.frames, chunk.thumbs)
