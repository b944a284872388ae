"""The film without a window: segments, edits and their undo, and projects that come back as they were."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.film.edits import Edits
from app.film.film import Film, Segment, Take, moved, placed, split
from app.film.project import Project, read_project, write_project
from engine.api.errors import WaltError
from engine.api.request import ClipRequest


def take(name: str, frames: int = 17, **more: object) -> Take:
    return Take(name, frames, (112, 64), **more)  # pyright: ignore[reportArgumentType]


def shown(film: Film) -> list[tuple[str, int, int]]:
    return [(segment.take, segment.start, segment.stop) for segment in film.segments]


@pytest.fixture
def film(qtbot: QtBot) -> Film:
    return Film()


@pytest.fixture
def edits(film: Film) -> Edits:
    edits = Edits(film)
    for name in "abc":
        edits.insert(take(name))
    return edits


def test_clips_become_a_film(film: Film, edits: Edits) -> None:
    assert (film.total, [first for _, first in placed(film.segments)]) == (51, [0, 17, 34])
    assert film.selected == film.segments[2]
    assert film.at(20) == (film.segments[1], 3)
    assert film.at(51) is None


def test_splitting_keeps_every_frame(film: Film, edits: Edits) -> None:
    edits.split(20)
    assert shown(film) == [("a", 0, 17), ("b", 0, 3), ("b", 3, 17), ("c", 0, 17)]
    assert film.selected == film.segments[2]
    edits.split(20)
    edits.split(17)
    assert len(film.segments) == 4, "there was a cut already"
    assert film.history.count() == 4


def test_trimming_stays_inside_the_take_and_leaves_a_frame(film: Film, edits: Edits) -> None:
    middle = film.segments[1]
    edits.trim(middle, start=4)
    edits.begin_drag()
    edits.trim(film.segments[1], stop=99)
    assert shown(film)[1] == ("b", 4, 17)
    edits.trim(film.segments[1], stop=0)
    assert shown(film)[1] == ("b", 4, 5)
    assert film.total == 35


def test_a_drag_is_one_step(film: Film, edits: Edits) -> None:
    before = film.history.count()
    edits.begin_drag()
    for stop in (15, 13, 11):
        edits.trim(film.segments[0], stop=stop)
    edits.begin_drag()
    edits.trim(film.segments[0], stop=9)
    assert film.history.count() == before + 2
    film.history.undo()
    assert shown(film)[0] == ("a", 0, 11)
    film.history.undo()
    assert shown(film)[0] == ("a", 0, 17)


def test_moving_and_deleting(film: Film, edits: Edits) -> None:
    edits.move(film.segments[0], 2)
    assert [name for name, _, _ in shown(film)] == ["b", "c", "a"]
    edits.delete(film.segments[1])
    assert [name for name, _, _ in shown(film)] == ["b", "a"]
    assert film.selected == film.segments[1]
    edits.move(film.segments[0], 0)
    assert film.history.undoText() == "Delete Segment", "nothing changed, so it is no step"


def test_undo_and_redo_go_all_the_way_through_anything(film: Film, edits: Edits) -> None:
    dice = random.Random(7)
    states = [film.segments]
    for number in range(60):
        segment = dice.choice(film.segments) if film.segments else None
        match dice.randrange(6) if segment else 0:
            case 0:
                edits.insert(take(f"t{number}"), dice.randrange(len(film.segments) + 1))
            case 1 if segment:
                edits.begin_drag()
                edits.trim(segment, start=dice.randrange(20))
            case 2 if segment:
                edits.begin_drag()
                edits.trim(segment, stop=dice.randrange(20))
            case 3:
                edits.split(dice.randrange(max(1, film.total)))
            case 4 if segment:
                edits.move(segment, dice.randrange(len(film.segments)))
            case _ if segment:
                edits.delete(segment)
        if film.segments != states[-1]:
            states.append(film.segments)
    assert len(states) > 30
    for state in reversed(states):
        assert film.segments == state
        film.history.undo()
    for state in states[-1:]:
        while film.history.canRedo():
            film.history.redo()
        assert film.segments == state


def test_a_take_that_came_shorter_cuts_its_segment(film: Film, edits: Edits) -> None:
    made = edits.continue_with(take("d", 12, job="job-1"), after=film.segments[0].id)
    assert [name for name, _, _ in shown(film)] == ["a", "d", "b", "c"]
    assert film.take_of(made).pending
    film.put_take(take("d", 8, file=Path("d.mp4")))
    assert shown(film)[1] == ("d", 0, 8)
    film.history.undo()
    film.history.redo()
    assert shown(film)[1] == ("d", 0, 8)


def test_another_take_and_back(film: Film, edits: Edits) -> None:
    edits.trim(film.segments[1], start=5)
    edits.retake(film.segments[1], take("b2", job="job-2"))
    assert shown(film)[1] == ("b2", 0, 17)
    film.history.undo()
    assert shown(film)[1] == ("b", 5, 17)


def test_pure_changes_leave_the_old_segments_alone() -> None:
    segments = (Segment("a", 0, 17, "1"), Segment("b", 0, 17, "2"))
    assert [part.id for part in moved(segments, "1", 9)] == ["2", "1"]
    assert split(segments, 0) == segments
    assert split(segments, 34) == segments
    assert [part.id for part in segments] == ["1", "2"]


# Projects.


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "clips").mkdir()
    files = {name: tmp_path / "clips" / f"{name}.mp4" for name in "ab"}
    for file in files.values():
        file.write_bytes(b"clip")
    request = ClipRequest("Ein Pferd läuft", seed=7)
    takes = {name: take(name, request=request, file=file) for name, file in files.items()}
    segments = (Segment("b", 2, 9, "s1"), Segment("a", 0, 17, "s2"), Segment("b", 9, 17, "s3"))
    return Project(takes, segments, marks=(3, None), playhead=11)


def test_a_project_comes_back_as_it_was(tmp_path: Path, project: Project) -> None:
    write_project(tmp_path / "film.walt", project)
    assert read_project(tmp_path / "film.walt") == project
    text = (tmp_path / "film.walt").read_text("utf-8")
    assert str(tmp_path) not in text
    assert '"clips/a.mp4"' in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clips", "film.walt"]


def test_a_project_moves_with_its_clips(tmp_path: Path, project: Project) -> None:
    (tmp_path / "films").mkdir()
    write_project(tmp_path / "films" / "film.walt", project)
    assert '"../clips/a.mp4"' in (tmp_path / "films" / "film.walt").read_text("utf-8")
    moved_to = tmp_path / "elsewhere"
    moved_to.mkdir()
    (tmp_path / "films").rename(moved_to / "films")
    (tmp_path / "clips").rename(moved_to / "clips")
    back = read_project(moved_to / "films" / "film.walt")
    assert back.takes["a"].file == moved_to / "clips" / "a.mp4"
    assert back.takes["a"].trouble == ""


def test_a_clip_is_looked_for_in_the_library(tmp_path: Path, project: Project) -> None:
    write_project(tmp_path / "film.walt", project)
    (tmp_path / "clips" / "a.mp4").rename(tmp_path / "a.mp4")
    back = read_project(tmp_path / "film.walt", [tmp_path / "no", tmp_path])
    assert back.takes["a"].file == tmp_path / "a.mp4"
    lost = read_project(tmp_path / "film.walt")
    assert "a.mp4 is no longer there" in lost.takes["a"].trouble
    assert lost.segments == project.segments


def test_what_was_not_made_yet_says_so(tmp_path: Path) -> None:
    takes = {"a": take("a", request=ClipRequest("a horse"), job="job-1"), "unused": take("unused")}
    write_project(tmp_path / "film.walt", Project(takes, (Segment("a", 0, 17, "s"),)))
    back = read_project(tmp_path / "film.walt")
    assert list(back.takes) == ["a"]
    assert not back.takes["a"].pending
    assert back.takes["a"].trouble


GOOD = {
    "walt_project": 1,
    "takes": [{"id": "a", "file": "a.mp4", "frames": 17, "size": [112, 64]}],
    "segments": [{"id": "s", "take": "a", "start": 0, "stop": 17}],
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"walt_project": 2}, "project-too-new"),
        ({"walt_project": "1"}, "project-damaged"),
        ({"takes": []}, "project-damaged"),
        ({"segments": [{"id": "s", "take": "a", "start": 0, "stop": 18}]}, "project-damaged"),
        ({"segments": [{"id": "s", "take": "a", "start": 5, "stop": 5}]}, "project-damaged"),
        ({"segments": [{"id": "s", "take": "a", "start": -1, "stop": 5}]}, "project-damaged"),
        ({"segments": GOOD["segments"] * 2}, "project-damaged"),
        ({"takes": GOOD["takes"] * 2}, "project-damaged"),
        ({"fps": 0}, "project-damaged"),
        ({"marks": [1]}, "project-damaged"),
    ],
)
def test_a_project_that_makes_no_sense_is_refused(
    tmp_path: Path, change: dict[str, object], code: str
) -> None:
    path = tmp_path / "film.walt"
    path.write_text(json.dumps(GOOD))
    assert read_project(path).segments[0].stop == 17
    path.write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(WaltError) as refused:
        read_project(path)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "project-damaged"),
        (b"{", "project-damaged"),
        (b"\xff\xfe\x00", "project-damaged"),
        (b"[" * 100_000, "project-damaged"),
        (b"[]", "project-damaged"),
        (b'{"a": 1}', "project-unreadable"),
    ],
)
def test_a_damaged_project_is_told(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "film.walt"
    path.write_bytes(data)
    with pytest.raises(WaltError) as refused:
        read_project(path)
    assert refused.value.code == code


def test_a_missing_project_or_a_folder_is_told(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "no.walt", "project-not-found"), (tmp_path, "project-unreadable")):
        with pytest.raises(WaltError) as refused:
            read_project(path)
        assert refused.value.code == code
