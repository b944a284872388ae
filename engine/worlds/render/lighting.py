"""Sun, moon, sky and air of a spec, written into the environment vector."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

from engine.worlds.render import layout as at
from engine.worlds.render.accel import Array, Colour
from engine.worlds.spec import LIGHTS, PLACES, WEATHERS, WorldSpec


@dataclass(frozen=True, slots=True)
class Mood:
    """Colours of one light."""

    key: Colour
    sky: Colour
    ground: Colour
    fill: Colour
    zenith: Colour
    horizon: Colour
    disc: Colour
    cloud_lit: Colour
    cloud_dark: Colour
    exposure: float


MOODS: dict[str, Mood] = {
    "day": Mood(
        (2.05, 1.92, 1.68),
        (0.46, 0.56, 0.72),
        (0.34, 0.31, 0.26),
        (0.34, 0.34, 0.34),
        (0.11, 0.34, 0.98),
        (0.70, 0.95, 1.20),
        (1.6, 1.45, 1.15),
        (1.25, 1.23, 1.20),
        (0.70, 0.78, 0.90),
        0.56,
    ),
    "sunset": Mood(
        (2.00, 1.10, 0.55),
        (0.42, 0.35, 0.46),
        (0.30, 0.21, 0.18),
        (0.60, 0.48, 0.43),
        (0.13, 0.12, 0.44),
        (1.15, 0.42, 0.17),
        (2.4, 1.20, 0.42),
        (1.45, 0.50, 0.30),
        (0.34, 0.18, 0.36),
        0.56,
    ),
    "night": Mood(
        (0.52, 0.62, 0.90),
        (0.105, 0.145, 0.27),
        (0.05, 0.065, 0.11),
        (0.17, 0.19, 0.26),
        (0.008, 0.014, 0.055),
        (0.045, 0.075, 0.19),
        (0.95, 0.97, 1.05),
        (0.13, 0.16, 0.27),
        (0.025, 0.035, 0.085),
        0.95,
    ),
}
SPACE_MOOD = Mood(
    (2.0, 1.9, 1.75),
    (0.10, 0.12, 0.18),
    (0.05, 0.06, 0.09),
    (0.16, 0.18, 0.24),
    (0.0, 0.0, 0.0),
    (0.0, 0.0, 0.0),
    (0.0, 0.0, 0.0),
    (0.0, 0.0, 0.0),
    (0.0, 0.0, 0.0),
    0.66,
)


def towards(azimuth: float, height: float) -> tuple[float, float, float]:
    """Unit vector; azimuth in degrees from straight ahead of the first camera, positive to the right."""
    a, h = radians(azimuth), radians(height)
    return sin(a) * cos(h), sin(h), -cos(a) * cos(h)


def environment(spec: WorldSpec, rng: np.random.Generator) -> Array:
    """The environment vector (ENV,) of a clip, time and subject still unset."""
    env = np.zeros(at.ENV, np.float64)
    mood = SPACE_MOOD if spec.place == "space" else MOODS[spec.light]
    side = 1.0 if rng.random() < 0.5 else -1.0
    spread, height, swing = float(rng.random()), float(rng.random()), float(rng.random())
    if spec.place == "space":
        key = towards(side * (105.0 + 35.0 * spread), 18.0 + 25.0 * height)
        visible = key
    elif spec.light == "day":
        key = towards(side * (105.0 + 45.0 * spread), 38.0 + 20.0 * height)
        visible = key
    elif spec.light == "sunset":
        key = towards(side * (16.0 + 62.0 * spread), 4.0 + 6.0 * height)
        visible = key
        key = towards(side * (58.0 + 40.0 * spread), 17.0 + 7.0 * height)
    else:
        visible = towards(side * (5.0 + 30.0 * spread), 7.5 + 5.0 * height)
        key = towards(side * (80.0 + 40.0 * spread), 38.0 + 12.0 * height)
    env[at.PLACE] = PLACES.index(spec.place)
    env[at.LIGHT] = LIGHTS.index(spec.light)
    env[at.WEATHER] = WEATHERS.index(spec.weather)
    env[at.SALT] = float(rng.integers(1, 100000))
    env[at.KEY : at.KEY + 3], env[at.KEY_RGB : at.KEY_RGB + 3] = key, mood.key
    env[at.SKY_AMB : at.SKY_AMB + 3], env[at.GROUND_AMB : at.GROUND_AMB + 3] = mood.sky, mood.ground
    if spec.place == "snow":
        env[at.GROUND_AMB : at.GROUND_AMB + 3] = np.array(mood.sky) * 0.8
    env[at.FILL : at.FILL + 3], env[at.FILL_RGB : at.FILL_RGB + 3] = (
        towards(180.0 - side * 35.0, 25.0),
        mood.fill,
    )
    env[at.ZENITH : at.ZENITH + 3], env[at.HORIZON : at.HORIZON + 3] = mood.zenith, mood.horizon
    env[at.DISC : at.DISC + 3], env[at.DISC_RGB : at.DISC_RGB + 3] = visible, mood.disc
    env[at.CLOUD_LIT : at.CLOUD_LIT + 3], env[at.CLOUD_DARK : at.CLOUD_DARK + 3] = (
        mood.cloud_lit,
        mood.cloud_dark,
    )
    env[at.CLOUDS] = {"day": 0.35, "sunset": 0.45, "night": 0.12}[spec.light] + 0.45 * swing
    env[at.STARS] = 1.0 if spec.light == "night" else 0.0
    env[at.EXPOSURE] = mood.exposure
    fog = np.array(mood.horizon) * 0.9
    env[at.FOG] = 0.0035
    if spec.weather == "mist":
        env[at.FOG], env[at.CLOUDS], env[at.STARS] = 0.075, 0.0, 0.0
        fog = 0.55 * np.array(mood.horizon) + 0.45 * np.mean(mood.horizon) * np.array([1.0, 1.02, 1.05])
        env[at.HORIZON : at.HORIZON + 3] = fog
        env[at.KEY_RGB : at.KEY_RGB + 3] *= 0.72
        env[at.SKY_AMB : at.SKY_AMB + 3] *= 1.2
    elif spec.weather == "snowfall":
        env[at.FOG], env[at.CLOUDS], env[at.STARS] = 0.022, 1.0, 0.3 * env[at.STARS]
        fog = 0.4 * np.array(mood.horizon) + 0.6 * np.mean(mood.horizon)
        env[at.KEY_RGB : at.KEY_RGB + 3] *= 0.7
        env[at.SKY_AMB : at.SKY_AMB + 3] *= 1.25
    env[at.FOG_RGB : at.FOG_RGB + 3] = fog
    env[at.OFF_X], env[at.OFF_Z] = float(rng.random()) * 60.0, float(rng.random()) * 60.0
    env[at.WAVES] = 1.0 + 0.6 * float(rng.random()) if spec.place == "sea" else 0.45
    return env
