"""Who can stand on the stage."""

from __future__ import annotations

from collections.abc import Callable

from engine.worlds.spec import WorldSpec
from engine.worlds.subjects import bear as subjects_bear
from engine.worlds.subjects import bird as subjects_bird
from engine.worlds.subjects import dragon as subjects_dragon
from engine.worlds.subjects import fox as subjects_fox
from engine.worlds.subjects import horse as subjects_horse
from engine.worlds.subjects import robot as subjects_robot
from engine.worlds.subjects import sea as subjects_sea
from engine.worlds.subjects import space as subjects_space
from engine.worlds.subjects import things as subjects_things
from engine.worlds.subjects.figure import Figure

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
