"""Puts a spec on the stage: seed to numbers, subject to path, camera to a fit; then any moment can be built."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, radians, sin

import numpy as np

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Array
from engine.worlds.render.body import Axes, Body, Vector, add
from engine.worlds.render.camera import Rig, View, lens
from engine.worlds.render.lighting import environment
from engine.worlds.spec import WorldSpec
from engine.worlds.subjects.cast import CAST
from engine.worlds.subjects.figure import Figure, Moment
from engine.worlds.subjects.space import EARTH_RADIUS, earth_at, impact

FRACTION = {"close": 0.76, "medium": 0.60, "far": 0.44}
SIZE = {"small": 0.84, "normal": 1.0, "large": 1.18}
YAW = {"right": 0.0, "left": 180.0, "towards": -90.0, "away": 90.0}


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything of a clip that does not change with time."""

    spec: WorldSpec
    figure: Figure
    env: Array
    rig: Rig
    axes: Axes
    scale: float
    travel: float
    phase: float
    quirk: tuple[float, ...]

    def origin(self, share: float) -> Vector:
        """Where the subject's local origin is."""
        f = self.figure
        way = (share - 0.5) * self.travel
        rise = f.altitude * self.scale + f.climb * self.scale * (share - 0.5)
        return add((0.0, rise, 0.0), self.axes[0], way - f.centre * self.scale)

    def middle(self, share: float) -> Vector:
        """Where the middle of the subject is."""
        f = self.figure
        p = add(self.origin(share), self.axes[0], f.centre * self.scale)
        return p[0], p[1] + 0.5 * (f.low + f.high) * self.scale, p[2]

    def corners(self, share: float) -> list[Vector]:
        """Points that must stay in the frame: the ends of the body, and a box a little inside them."""
        f, c = self.figure, self.middle(share)
        h, a, w = 0.5 * (f.high - f.low) * self.scale, 0.5 * f.length * self.scale, 0.5 * f.width * self.scale
        x, z = self.axes[0], self.axes[2]
        out = [
            add(c, x, -a),
            add(c, x, a),
            add(c, z, -w),
            add(c, z, w),
            (c[0], c[1] - h, c[2]),
            (c[0], c[1] + h, c[2]),
        ]
        for i in (-0.7 * a, 0.7 * a):
            for j in (-0.7 * w, 0.7 * w):
                p = add(add(c, self.axes[0], i), self.axes[2], j)
                out += [(p[0], p[1] - h, p[2]), (p[0], p[1] + h, p[2])]
        return out

    def view(self, share: float) -> View:
        """The camera."""
        return self.rig.view(share, self.middle(0.5), self.middle(share))

    def widest(self) -> float:
        """How far from the centre of the film the subject ever gets; 1 is the edge."""
        worst = 0.0
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            view = self.view(share)
            for p in self.corners(share):
                u, v = view.project(p)
                worst = max(worst, abs(u), abs(v))
        return worst

    def moment(self, seconds: float, share: float) -> tuple[Array, Array, Array, Array]:
        """Environment, primitives, flames and glows at one moment."""
        now = Moment(seconds, share, self.phase, self.quirk)
        body = Body(self.origin(share), self.axes, self.scale)
        self.figure.pose(body, self.spec, now)
        prims, flames, glows = body.arrays()
        env = self.env.copy()
        env[at.TIME] = seconds
        if len(prims):
            centre = 0.5 * ((prims[:, 3:6] - prims[:, 6:7]).min(0) + (prims[:, 3:6] + prims[:, 6:7]).max(0))
            env[at.REACH : at.REACH + 3] = centre
            env[at.REACH + 3] = float((np.linalg.norm(prims[:, 3:6] - centre, axis=1) + prims[:, 6]).max())
        if self.figure.wake:
            o = self.middle(share)
            env[at.WAKE : at.WAKE + 6] = [
                o[0],
                o[2],
                self.axes[0][0],
                self.axes[0][2],
                self.figure.wake * self.scale,
                0.9,
            ]
        if self.spec.place == "space":
            self._planet(env, now, body)
        return env, prims, flames, glows

    def _planet(self, env: Array, now: Moment, body: Body) -> None:
        env[at.SPIN] = 6.28 * self.quirk[2] + 0.03 * now.seconds
        if self.spec.action == "strike":
            env[at.PLANET : at.PLANET + 4] = [*body.place(earth_at(body)), EARTH_RADIUS * self.scale]
            way, heat, reach = impact(body, now)
            env[at.IMPACT : at.IMPACT + 5] = [*body.turn(way), heat, reach]
            return
        ahead = 1.0 if self.axes[0][0] >= 0.0 else -1.0
        far = self.rig.reach
        tx, ty = self.rig.tan_x, self.rig.tan_y
        depth = 1.6 * far  # behind the subject, so that it slides against it when the camera moves
        x = ahead * tx * (0.62 + 0.25 * self.quirk[3]) * (far + depth)
        y = -ty * (0.42 + 0.3 * self.quirk[4]) * (far + depth)
        env[at.PLANET : at.PLANET + 4] = [x, y, -depth, 0.52 * min(tx, ty) * (far + depth)]


def heading_axes(spec: WorldSpec, figure: Figure, turn: float, side: float) -> Axes:
    """Axes of the subject; side views lean a little, front and rear views are three-quarter."""
    angle = YAW[spec.heading]
    if spec.heading in ("left", "right"):
        low, high = figure.lean
        toward = low + (high - low) * turn
        angle += -toward if spec.heading == "right" else toward
    else:
        angle += side * (24.0 + 16.0 * turn) if spec.action != "strike" else side * 55.0
    a = radians(angle)
    return (cos(a), 0.0, -sin(a)), (0.0, 1.0, 0.0), (sin(a), 0.0, cos(a))


def build_stage(spec: WorldSpec, height: int, width: int, seconds: float) -> Stage:
    """The stage of a spec for pictures of this shape (only the aspect ratio matters) and a clip of so many seconds."""
    rng = np.random.default_rng([spec.seed & 0xFFFFFFFF, 77])
    env = environment(spec, rng)
    turn, phase, lift, az = (float(v) for v in rng.random(4))
    side = 1.0 if rng.random() < 0.5 else -1.0
    quirk = tuple(float(v) for v in rng.random(6))
    figure = CAST[spec.subject](spec)
    axes = heading_axes(spec, figure, turn, side)
    scale = figure.scale * SIZE[spec.size] * (0.97 + 0.06 * quirk[5])
    tall = (figure.high - figure.low) * figure.scale
    wide = (abs(axes[0][0]) * figure.length + abs(axes[2][0]) * figure.width) * figure.scale
    tan_x, tan_y = lens(height, width)
    part = FRACTION[spec.distance]
    if spec.action == "strike":
        part *= 1.25
    reach = (
        max(tall / (2.0 * part * tan_y), wide / (2.0 * min(1.45 * part, 0.90) * tan_x))
        + 0.15 * figure.width * figure.scale
    )
    above = (0.02 + 0.26 * lift) * tall
    if spec.place == "space":
        above = (lift - 0.5) * 0.5 * tall
    elif figure.altitude:
        above = -(0.10 + 0.25 * lift) * tall
    level = spec.place == "space" or bool(figure.altitude) or spec.camera.startswith("tilt")
    floor = -1e9 if spec.place == "space" else 0.55 if spec.place == "sea" else 0.30
    rig = Rig(
        spec.camera,
        reach,
        above,
        radians(10.0) * (2.0 * az - 1.0),
        tan_x,
        tan_y,
        1.0,
        floor,
        0.0 if level else 0.10,
    )
    if spec.weather != "clear":  # air is measured by how far away the subject stands
        env[at.FOG] = (0.15 if spec.weather == "mist" else 0.07) / reach
    env[at.SHORE] = -(0.5 * figure.length * figure.scale + 1.2 + 1.2 * quirk[0])
    travel = figure.speed * figure.scale * seconds
    return _fit(Stage(spec, figure, env, rig, axes, scale, travel, phase, quirk))


def _fit(stage: Stage) -> Stage:
    """Keep the subject in the frame: first shorten its way and the camera's, then step back."""
    limit = 0.985
    full = stage.travel
    for share, amount in (
        (1.0, 1.0),
        (0.8, 1.0),
        (0.62, 1.0),
        (0.48, 0.9),
        (0.36, 0.8),
        (0.26, 0.75),
        (0.2, 0.7),
    ):
        stage = replace(stage, travel=full * share, rig=replace(stage.rig, amount=amount))
        if stage.widest() <= limit:
            return stage
    for _ in range(24):
        stage = replace(stage, rig=replace(stage.rig, reach=stage.rig.reach * 1.035))
        if stage.widest() <= limit:
            break
    return stage
