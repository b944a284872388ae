"""A film has a frame rate of its own: that of its first take. Takes of another rate are fitted to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.export.exporter import _frames as frames_of_source
from app.export.exporter import film_source
from app.film.edits import Edits
from app.film.film import Film, Take
from app.film.project import Project, read_project, write_project
from engine.media.export import write_mp4


def take(name: str, frames: int, fps: float, file: Path | None = None) -> Take:
    return Take(name, frames, (32, 32), fps=fps, file=file)


def test_a_film_takes_on_the_rate_of_its_first_take() -> None:
    film = Film()
    edits = Edits(film)
    edits.insert(take("slow", 17, 8))
    edits.insert(take("fast", 49, 24))
    assert (film.fps, film.total) == (8, 17 + 16)
    assert film.shown(16) == (film.takes["slow"], 16)
    assert film.shown(17) == (film.takes["fast"], 0)
    assert film.shown(18) == (film.takes["fast"], 3)
    assert film.shown(32) == (film.takes["fast"], 45)


def test_slow_takes_last_as_long_in_a_fast_film() -> None:
    film = Film()
    edits = Edits(film)
    edits.insert(take("fast", 48, 24))
    edits.insert(take("slow", 16, 8))
    assert (film.fps, film.total) == (24, 48 + 48)
    assert [film.shown(48 + frame) for frame in (0, 2, 3, 47)] == [(film.takes["slow"], own) for own in (0, 0, 1, 15)]
    second = film.segments[1]
    edits.trim(second, stop=1000)
    assert len(film.segments[1]) == 48
    edits.clear()
    edits.insert(take("slow", 16, 8))
    assert film.fps == 8
    film.history.undo()
    film.history.undo()
    assert (film.fps, film.total) == (24, 96), "undo brings back the film at its own rate"


def test_a_project_keeps_its_rate(tmp_path: Path) -> None:
    film = Film()
    Edits(film).insert(take("fast", 49, 24))
    Edits(film).insert(take("slow", 17, 8))
    file = tmp_path / "film.walt"
    write_project(file, Project(dict(film.takes), film.segments, film.fps))
    again = read_project(file)
    assert again.fps == 24
    assert [len(segment) for segment in again.segments] == [49, 51]
    assert [again.takes[name].fps for name in ("fast", "slow")] == [24, 8]


@pytest.mark.parametrize("first", ["fast", "slow"])
def test_an_exported_film_shows_the_frames_of_its_time(tmp_path: Path, first: str) -> None:
    levels = {"fast": np.linspace(20, 220, 24), "slow": np.linspace(20, 220, 8)}
    film = Film()
    for name in (first, "slow" if first == "fast" else "fast"):
        frames = np.broadcast_to(levels[name][:, None, None, None], (len(levels[name]), 32, 32, 3)).astype(np.uint8)
        file, fps = tmp_path / f"{name}.mp4", 24 if name == "fast" else 8
        write_mp4(file, frames, fps)
        Edits(film).insert(take(name, len(frames), fps, file))
    source = film_source(film, "film")
    assert source is not None
    made = [float(frame.mean()) for frame in frames_of_source(source).frames()]
    assert (len(made), source.fps) == (film.total, film.fps) == ((48, 24) if first == "fast" else (16, 8))
    shown = [film.shown(index) for index in range(film.total)]
    wanted = [levels[found[0].id][found[1]] for found in shown if found is not None]
    assert np.abs(np.array(made) - wanted).max() < 4
