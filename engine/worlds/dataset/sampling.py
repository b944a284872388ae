"""Draws world specs from the mix that training sees: the five scenes that made W.A.L.T. known come first.

The weights below are per cent of all clips. Held-out combinations are drawn again until something else comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np

from engine.worlds.dataset.heldout import HELDOUT, Combination, is_heldout
from engine.worlds.spec import CAMERAS, COLOURS, SUBJECTS, WorldSpec

T = TypeVar("T")
Scene = tuple[str, str, str]
"""Subject, action, place."""

HEADLINE_SCENES: dict[Scene, float] = {
    ("dragon", "breathe_fire", "sea"): 4.0,
    ("dragon", "breathe_fire", "beach"): 2.0,
    ("dragon", "breathe_fire", "snow"): 1.5,
    ("dragon", "breathe_fire", "meadow"): 1.5,
    ("dragon", "breathe_fire", "desert"): 1.5,
    ("dragon", "fly", "sea"): 2.0,
    ("dragon", "fly", "beach"): 1.0,
    ("dragon", "fly", "meadow"): 1.0,
    ("polar_bear", "walk", "snow"): 7.0,
    ("polar_bear", "swim", "sea"): 6.5,
    ("horse", "walk", "beach"): 7.5,
    ("horse", "run", "beach"): 6.0,
    ("robot", "walk", "beach"): 4.5,
    ("robot", "walk", "meadow"): 4.0,
    ("robot", "walk", "snow"): 4.0,
    ("asteroid", "fly", "space"): 5.0,
    ("asteroid", "strike", "space"): 6.0,
}
OTHER_SUBJECTS: dict[str, float] = {
    "dragon": 2.0, "polar_bear": 1.5, "horse": 4.0, "robot": 2.5, "fox": 5.0, "whale": 3.5, "sailboat": 4.0,
    "balloon": 4.0, "car": 4.5, "bird": 4.0,
}
"""Shared equally by every scene of that subject which is not a headline scene."""

_LIGHT = {"day": 0.45, "sunset": 0.35, "night": 0.20}
_EVENING_LIGHT = {"day": 0.30, "sunset": 0.55, "night": 0.15}
_EVENING_SCENES = {("horse", "beach"), ("polar_bear", "sea")}
_WEATHER = {"clear": 0.78, "mist": 0.22}
_SNOW_WEATHER = {"clear": 0.52, "snowfall": 0.38, "mist": 0.10}
_CAMERA = {name: 0.3 if name == "still" else 0.7 / (len(CAMERAS) - 1) for name in CAMERAS}
_HEADING = {"left": 0.4, "right": 0.4, "towards": 0.12, "away": 0.08}
_SIDEWAYS = {"left": 0.5, "right": 0.5}
_SIZE = {"small": 0.1, "normal": 0.78, "large": 0.12}
_DISTANCE = {"close": 0.42, "medium": 0.5, "far": 0.08}


_OPPOSITE = {
    one: other
    for pair in (
        ("left", "right"), ("towards", "away"), ("pan_left", "pan_right"), ("tilt_up", "tilt_down"),
        ("orbit_left", "orbit_right"), ("zoom_in", "zoom_out"),
    )
    for one, other in (pair, pair[::-1])
}  # fmt: skip


def _all_scenes() -> Iterator[Scene]:
    for subject, actions in SUBJECTS.items():
        for action, places in actions.items():
            for place in places:
                yield subject, action, place


def _scene_weights() -> dict[Scene, float]:
    weights = dict(HEADLINE_SCENES)
    for subject, mass in OTHER_SUBJECTS.items():
        others = [scene for scene in _all_scenes() if scene[0] == subject and scene not in HEADLINE_SCENES]
        weights.update(dict.fromkeys(others, mass / len(others)))
    return weights


SCENES: dict[Scene, float] = _scene_weights()


def _draw(rng: np.random.Generator, weights: Mapping[T, float]) -> T:
    mark = rng.random() * sum(weights.values())
    for value, weight in weights.items():
        mark -= weight
        if mark < 0:
            return value
    return next(reversed(list(weights)))


def _light(rng: np.random.Generator, subject: str, place: str) -> str:
    if place == "space":
        return "night"
    return _draw(rng, _EVENING_LIGHT if (subject, place) in _EVENING_SCENES else _LIGHT)


def _weather(rng: np.random.Generator, place: str) -> str:
    if place == "space":
        return "clear"
    return _draw(rng, _SNOW_WEATHER if place == "snow" else _WEATHER)


def _fill(rng: np.random.Generator, seed: int, scene: Scene, fixed: Combination | None) -> WorldSpec:
    subject, action, place = scene
    light = _light(rng, subject, place)
    colours = COLOURS[subject]
    colour = colours[int(rng.integers(len(colours)))]
    return WorldSpec(
        seed=seed, subject=subject, action=action, place=place,
        light=(fixed and fixed.light) or light,
        colour=(fixed and fixed.colour) or colour,
        weather=_weather(rng, place),
        camera=_draw(rng, _CAMERA),
        heading=_draw(rng, _SIDEWAYS if subject == "asteroid" else _HEADING),
        size=_draw(rng, _SIZE),
        distance=_draw(rng, _DISTANCE),
    ).check()


def sample_spec(seed: int, heldout: bool = False) -> WorldSpec:
    """Draw the spec of one clip; the same seed always gives the same spec.

    Args:
        seed: Not negative; also becomes the spec's own seed.
        heldout: True draws one of the held-out combinations, False never does.
    """
    rng = np.random.default_rng([seed, int(heldout)])
    if heldout:
        combination = HELDOUT[int(rng.integers(len(HELDOUT)))]
        places = SUBJECTS[combination.subject][combination.action]
        place = combination.place or places[int(rng.integers(len(places)))]
        return _fill(rng, seed, (combination.subject, combination.action, place), combination)
    while True:
        spec = _fill(rng, seed, _draw(rng, SCENES), None)
        if not is_heldout(spec):
            return spec


def twin(spec: WorldSpec) -> WorldSpec:
    """The same world, where camera and subject move the other way: what tells the two apart is those words alone.

    An asteroid that comes from the left or the right has the other side too; a camera that stands still stays.
    """
    return replace(spec, camera=_OPPOSITE.get(spec.camera, spec.camera), heading=_OPPOSITE[spec.heading]).check()
