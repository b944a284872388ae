"""True camera moves in space, and the fit that keeps the subject large and inside the frame."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, radians, sin, sqrt

import numpy as np

from engine.worlds.render.accel import Array
from engine.worlds.render.body import Vector, add, cross, dot, unit

TAN = 0.335  # tangent of half the field of view across the smaller side


@dataclass(frozen=True, slots=True)
class View:
    """A camera at one moment: eye, unit axes, tangents of half the field of view in x and y."""

    eye: Vector
    right: Vector
    up: Vector
    ahead: Vector
    tan_x: float
    tan_y: float

    def project(self, p: Vector) -> tuple[float, float]:
        """Position on the film, -1 to 1 inside the frame; far outside for points behind the eye."""
        d = add(p, self.eye, -1.0)
        depth = dot(d, self.ahead)
        if depth < 0.05:
            return 99.0, 99.0
        return dot(d, self.right) / depth / self.tan_x, dot(d, self.up) / depth / self.tan_y

    def vector(self, height: int) -> Array:
        """The camera vector (CAM,) for a picture of so many rows."""
        return np.array(
            [
                *self.eye,
                *self.right,
                *self.up,
                *self.ahead,
                self.tan_x,
                self.tan_y,
                2.0 * self.tan_y / height,
            ],
            np.float64,
        )


@dataclass(frozen=True, slots=True)
class Rig:
    """How the camera moves: `reach` is the distance from the target, `amount` scales the move."""

    move: str
    reach: float
    height: float  # of the eye above the target
    side: float  # azimuth of the eye round the target at mid-clip, radians
    tan_x: float
    tan_y: float
    amount: float = 1.0
    floor: float = -1e9  # the eye stays above this
    drop: float = 0.0  # the target is moved this far below the centre of the picture, in half heights

    def view(self, share: float, target: Vector, follow: Vector) -> View:
        """The camera at a share of the clip; target is the middle of the subject's path, follow where it is now."""
        s = share * share * (3.0 - 2.0 * share) * 0.4 + share * 0.6
        swing = 2.0 * s - 1.0
        reach, azimuth, yaw, pitch = self.reach, self.side, 0.0, 0.0
        a = self.amount
        aim = target
        if self.move == "zoom_in":
            reach *= 1.0 + a * 0.62 * (1.0 - s)
        elif self.move == "zoom_out":
            reach *= 1.0 + a * 0.62 * s
        elif self.move == "orbit_left":
            azimuth -= a * radians(27.0) * swing
        elif self.move == "orbit_right":
            azimuth += a * radians(27.0) * swing
        elif self.move in ("pan_left", "pan_right"):
            yaw = a * swing * atan2(0.36 * self.tan_x, 1.0) * (1.0 if self.move == "pan_right" else -1.0)
        elif self.move in ("tilt_up", "tilt_down"):
            pitch = a * swing * atan2(0.32 * self.tan_y, 1.0) * (1.0 if self.move == "tilt_up" else -1.0)
        if self.move.startswith(("orbit", "zoom")):
            aim = add(target, add(follow, target, -1.0), 0.6)
        eye = (
            aim[0] + reach * sin(azimuth),
            max(aim[1] + self.height, self.floor),
            aim[2] + reach * cos(azimuth),
        )
        ahead = unit(add(aim, eye, -1.0))
        level = sqrt(ahead[0] ** 2 + ahead[2] ** 2)
        heading = atan2(ahead[0], -ahead[2]) + yaw
        lift = atan2(ahead[1], level) + pitch + atan2(self.drop * self.tan_y, 1.0)
        ahead = (sin(heading) * cos(lift), sin(lift), -cos(heading) * cos(lift))
        right = (cos(heading), 0.0, sin(heading))
        return View(eye, right, cross(right, ahead), ahead, self.tan_x, self.tan_y)


def lens(height: int, width: int) -> tuple[float, float]:
    """Tangents of half the field of view in x and y; the smaller side of the picture always has the same."""
    small = min(height, width)
    return TAN * width / small, TAN * height / small
