"""Who can stand on the stage."""

from __future__ import annotations

from collections.abc import Callable

from engine.worlds import (
    subjects_bear,
    subjects_bird,
    subjects_dragon,
    subjects_fox,
    subjects_horse,
    subjects_robot,
    subjects_sea,
    subjects_space,
    subjects_things,
)
from engine.worlds.figure import Figure
from engine.worlds.spec import WorldSpec

CAST: dict[str, Callable[[WorldSpec], Figure]] = {
    "dragon": subjects_dragon.figure,
    "polar_bear": subjects_bear.figure,
    "horse": subjects_horse.figure,
    "robot": subjects_robot.figure,
    "asteroid": subjects_space.figure,
    "fox": subjects_fox.figure,
    "whale": subjects_sea.whale_figure,
    "sailboat": subjects_sea.boat_figure,
    "balloon": subjects_things.balloon_figure,
    "car": subjects_things.car_figure,
    "bird": subjects_bird.figure,
}
