"""Where a frame is on the timeline, and which frame is where: zoom and scroll, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

CLOSEST = 96.0
"""Pixels a frame at the closest zoom."""


@dataclass(frozen=True, slots=True)
class Scale:
    """``total`` frames over ``width`` pixels at zoom 1; a higher zoom scrolls by ``scroll`` pixels."""

    width: float = 1.0
    total: int = 0
    zoom: float = 1.0
    scroll: float = 0.0

    @property
    def pitch(self) -> float:
        """Pixels a frame."""
        return self.width * self.zoom / max(self.total, 1)

    @property
    def most(self) -> float:
        """The highest zoom that makes sense."""
        return max(1.0, CLOSEST * max(self.total, 1) / max(self.width, 1.0))

    @property
    def overflow(self) -> float:
        """How far it can be scrolled."""
        return max(0.0, self.width * (self.zoom - 1))

    def x(self, frame: float) -> float:
        """Where a frame begins."""
        return frame * self.pitch - self.scroll

    def frame_at(self, x: float) -> int:
        """The frame under a horizontal position; the first or the last beyond the ends."""
        return max(0, min(self.total - 1, int((x + self.scroll) / max(self.pitch, 1e-9))))

    def zoomed(self, factor: float, about: float) -> Scale:
        """Closer or farther, with what is at ``about`` (pixels) staying there."""
        zoom = max(1.0, min(self.zoom * factor, self.most))
        kept = (about + self.scroll) * zoom / self.zoom - about
        return replace(self, zoom=zoom).scrolled(kept)

    def scrolled(self, to: float) -> Scale:
        """Scrolled to a place, as far as there is anything."""
        return replace(self, scroll=max(0.0, min(to, self.overflow)))

    def following(self, frame: int) -> Scale:
        """Scrolled no more than is needed to see a frame."""
        left, right = self.x(frame), self.x(frame + 1)
        if left < 0:
            return self.scrolled(self.scroll + left)
        return self.scrolled(self.scroll + right - self.width) if right > self.width else self

    def fitted(self, width: float, total: int) -> Scale:
        """For another width or another number of frames; what is seen begins where it did."""
        zoom = 1.0 if self.zoom <= 1 or not total else max(1.0, self.pitch * total / max(width, 1.0))
        fitted = Scale(width, total, zoom)
        return replace(fitted, zoom=min(zoom, fitted.most)).scrolled(self.scroll)
