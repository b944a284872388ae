"""The part of a picture that is used: a rectangle of the clip's shape, moved and scaled within it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.api.shapes import crop_box

MOST = 8.0
"""The smallest part is an eighth of the largest: closer, there is nothing left to see."""
UNSEEN = 0.02
"""A share of the picture that may be cut away unsaid: 16:9 is not quite the ratio of whole latents."""


@dataclass(frozen=True, slots=True)
class Crop:
    """The centre as fractions of the picture's width and height; ``zoom`` 1 is the largest part there is."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0

    @property
    def centred(self) -> bool:
        """Whether it is what the engine would take by itself."""
        return self == Crop()

    def box(self, size: tuple[int, int], shape: tuple[int, int]) -> tuple[float, float, float, float]:
        """Left, top, width and height in pixels of a picture of ``size``, in the ratio of ``shape``."""
        if self.centred:
            left, top, wide, high = crop_box(size, *shape)
            return float(left), float(top), float(wide), float(high)
        width, height = size
        ratio = shape[0] / shape[1]
        wide = min(width, height * ratio) / self.zoom
        high = wide / ratio
        left = min(max(self.x * width - wide / 2, 0), width - wide)
        top = min(max(self.y * height - high / 2, 0), height - high)
        return left, top, wide, high

    def takes_all(self, size: tuple[int, int], shape: tuple[int, int]) -> bool:
        """Whether no more is cut away than anyone would see."""
        _, _, wide, high = self.box(size, shape)
        return wide * high >= (1 - UNSEEN) * size[0] * size[1]

    def moved(self, dx: float, dy: float, size: tuple[int, int], shape: tuple[int, int]) -> Crop:
        """Moved by some of the picture's pixels, as far as there is picture."""
        left, top, wide, high = self.box(size, shape)
        centre = replace(self, x=(left + wide / 2 + dx) / size[0], y=(top + high / 2 + dy) / size[1])
        left, top, wide, high = centre.box(size, shape)
        return replace(self, x=(left + wide / 2) / size[0], y=(top + high / 2) / size[1])

    def scaled(self, factor: float, size: tuple[int, int], shape: tuple[int, int]) -> Crop:
        """Closer (above 1) or farther (below), around its centre."""
        zoom = min(max(self.zoom * factor, 1.0), MOST)
        return replace(self.moved(0, 0, size, shape), zoom=zoom).moved(0, 0, size, shape)
