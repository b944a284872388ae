"""A clip whose frames are a still, moved: follows the model's clip as it is made, and shows it at any size."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from engine.stills.motion import CameraMotion, Map, strengthened
from engine.stills.painting import canvas_of, composed, matched
from engine.stills.patchwork import completed
from engine.stills.warp import Pixels, Placed, painted, view_of


class MovingStill:
    """Knows the camera of every frame that the model made, and what it painted where the still ends.

    Args:
        still: The still.
        begins: The first new frame of each of the model's windows, 0 among them: there it goes on from frames that
            were shown, not from its own.
        strength: How strongly the camera moves, 1 as in the model's clip.
    """

    def __init__(self, still: Placed, begins: Collection[int], strength: float = 1.0) -> None:
        self._still, self._begins, self._strength = still, frozenset(begins), strength
        self._motion: CameraMotion | None = None
        self._origin: Map = np.eye(3)
        self._made: list[Pixels] = []
        self._made_from: list[Map] = []
        self._canvas: Placed | None = None
        self.cameras: list[Map] = []
        """The map of each frame to frame 0."""

    def follow(self, frames: Pixels, first: int, end: int) -> None:
        """Replace the model's new frames ``first`` to ``end`` of (T, H, W, 3) by those of the clip."""
        for index in range(first, end):
            made = frames[index].copy()
            self._look(made, frames, index)
            frames[index] = self._shown(index, painted(made, self._made_from[-1]), made.shape[1], made.shape[0])

    def _look(self, made: Pixels, frames: Pixels, index: int) -> None:
        if index == 0:
            self._motion, camera = CameraMotion(made), np.eye(3)
        else:
            if index in self._begins or self._motion is None:
                self._motion, self._origin = CameraMotion(frames[index - 1]), self.cameras[index - 1]
            camera = self._motion.follow(made)
        self._made.append(made)
        self._made_from.append(self._origin @ camera)
        self.cameras.append(self._origin @ strengthened(camera, self._strength))

    @property
    def uncovered(self) -> bool:
        """Whether any frame shows what the still does not."""
        height, width = self._made[0].shape[:2]
        return any(float(self._still.share(camera, width, height).min()) < 1 for camera in self.cameras)

    @property
    def view(self) -> Map:
        """What all frames together show."""
        height, width = self._made[0].shape[:2]
        return view_of(self.cameras, width / height)

    def laid_out(self) -> Pixels:
        """The view as the model made it, in the size of its frames, with the still where that is known."""
        return canvas_of(self._made, self._made_from, self._still, self.view)

    def known(self, width: int, height: int) -> tuple[Pixels, Pixels]:
        """The view (height, width, 3) with the still in it, and (height, width, 1) 255 where that is the still."""
        view = self.view
        share = self._still.share(view, width, height)[..., None]
        return self._still.seen(view, width, height), (255 * (share >= 1)).astype(np.uint8)

    def paint(self, picture: Pixels) -> None:
        """Show this picture (H, W, 3) of the view beside the still from now on."""
        height, width = picture.shape[:2]
        view = self.view
        wanted = np.zeros((height, width), bool)
        for camera in self.cameras:
            wanted |= painted(picture, camera).share(view, width, height) > 0
        known = self._still.share(view, width, height) >= 1
        self._canvas = painted(completed(matched(picture, self._still, view), known, wanted), view)

    def show(self, frames: Pixels, first: int, end: int) -> None:
        """Write the clip's frames ``first`` to ``end`` into (T, H, W, 3), at its size."""
        for index in range(first, end):
            frames[index] = self._shown(index, self._canvas, frames.shape[2], frames.shape[1])

    def _shown(self, index: int, canvas: Placed | None, width: int, height: int) -> Pixels:
        return composed(self._still, canvas, self.cameras[index], width, height)
