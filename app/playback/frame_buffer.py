"""The frames of one clip: those of each stage, and a preview where nothing is decoded yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.core.frames import to_image
from engine.api.types import FPS, STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

    from app.core.frames import Pixels
    from engine.api.types import StageName


def latent_index(index: int, total: int, latents: int) -> int:
    """Which latent frame stands for frame ``index``: frame 0 has its own, each later one is shared by as many."""
    if latents > 1 and (total - 1) % (latents - 1) == 0:
        shared = (total - 1) // (latents - 1)
        return (index + shared - 1) // shared
    return index * latents // max(total, 1)


class FrameBuffer:
    """Frames of a clip, as far as they are decoded. Plain data: who changes it says so.

    Args:
        total: How many frames the clip has or will have; 0 if there is no clip.
        shape: Width and height, in any unit: the rectangle that the frames of every stage fill.
        fps: Frames a second.
    """

    def __init__(self, total: int = 0, shape: tuple[int, int] = (16, 9), fps: int = FPS) -> None:
        self.total = total
        self.shape = shape
        self.fps = fps
        self._stages: dict[StageName | None, list[Pixels | None]] = {}
        self._thumbs: list[QImage | None] = [None] * total
        self._preview: Pixels | None = None
        self._preview_thumbs: tuple[QImage, ...] = ()

    @classmethod
    def of(cls, frames: Pixels, thumbs: Sequence[QImage], fps: int) -> FrameBuffer:
        """The buffer of a whole clip (T, H, W, 3), of whose stages nothing is known."""
        buffer = cls(len(frames), (frames.shape[2], frames.shape[1]), fps)
        buffer.put(None, 0, frames, thumbs)
        return buffer

    @property
    def empty(self) -> bool:
        """Whether there is no picture at all yet."""
        return self._preview is None and not self._stages

    @property
    def stages(self) -> tuple[StageName, ...]:
        """The stages of which every frame is there, in their order."""
        whole = {name for name, frames in self._stages.items() if all(frame is not None for frame in frames)}
        return tuple(name for name in STAGES if name in whole)

    @property
    def nbytes(self) -> int:
        """How much memory the decoded frames take, in bytes."""
        return sum(f.nbytes for frames in self._stages.values() for f in frames if f is not None)

    def put(self, stage: StageName | None, first: int, frames: Pixels, thumbs: Sequence[QImage]) -> None:
        """Put decoded frames of a stage in place, from ``first`` on; a coarser stage may come after a finer one."""
        kept = self._stages.setdefault(stage, [None] * self.total)
        kept[first : first + len(frames)] = list(frames)
        self._stages = {name: self._stages[name] for name in (None, *STAGES) if name in self._stages}
        for index, thumb in enumerate(thumbs, first):
            if self._decoded(index) is kept[index]:  # no finer stage has it
                self._thumbs[index] = thumb

    def put_preview(self, frames: Pixels) -> tuple[int, int] | None:
        """Show a preview (t, h, w, 3) wherever nothing is decoded yet; from which to which frame that is."""
        missing = [index for index in range(self.total) if self._decoded(index) is None]
        if not missing:
            return None
        self._preview = frames
        self._preview_thumbs = tuple(to_image(frame) for frame in frames)
        return missing[0], missing[-1]

    def finish(self, stage: StageName, frames: Pixels, thumbs: Sequence[QImage], fps: int) -> bool:
        """Keep the clip as it is in the end: its frames, and those of the stages before.

        Returns:
            Whether its length, its shape or its rate is another than was expected.
        """
        total, height, width, _ = frames.shape
        kept = STAGES[: STAGES.index(stage)]
        self._stages = {name: found for name, found in self._stages.items() if name in kept}
        self._preview, self._preview_thumbs = None, ()
        other = (total, fps) != (self.total, self.fps) or width * self.shape[1] != height * self.shape[0]
        if other:
            self.total, self.shape, self.fps = total, (width, height), fps
            self._thumbs = [None] * total
        self.put(stage, 0, frames, thumbs)
        return other

    def drop_earlier_stages(self) -> None:
        """Forget what no frame shows unless one looks back at a stage."""
        finest = [self._decoded(index) for index in range(self.total)]
        if self._stages:
            self._stages = {next(reversed(self._stages)): finest}

    def frame(self, index: int) -> Pixels | None:
        """The finest picture of a frame, if there is one."""
        if not 0 <= index < self.total:
            return None
        decoded = self._decoded(index)
        if decoded is not None or self._preview is None:
            return decoded
        return self._preview[latent_index(index, self.total, len(self._preview))]

    def stage_frame(self, stage: StageName, index: int) -> Pixels | None:
        """A frame as a stage made it."""
        frames = self._stages.get(stage, [])
        return frames[index] if index < len(frames) else None

    def thumb(self, index: int) -> QImage | None:
        """The thumbnail of a frame: of its decode, or of a preview."""
        decoded = self._thumbs[index] if index < self.total else None
        if decoded is not None or not self._preview_thumbs or index >= self.total:
            return decoded
        return self._preview_thumbs[latent_index(index, self.total, len(self._preview_thumbs))]

    def _decoded(self, index: int) -> Pixels | None:
        """The frame as the finest stage made it that has it."""
        found = (frames[index] for frames in reversed(self._stages.values()) if index < len(frames))
        return next((frame for frame in found if frame is not None), None)
