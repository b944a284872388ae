"""The mix of world specs and what is held out of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from engine.worlds.dataset.heldout import HELDOUT, Combination, is_heldout
from engine.worlds.dataset.sampling import HEADLINE_SCENES, SCENES, sample_spec, twin
from engine.worlds.spec import SUBJECTS, WorldSpec

N = 4000


@cache
def specs() -> list[WorldSpec]:
    return [sample_spec(seed) for seed in range(N)]


def share(**wanted: str) -> float:
    return sum(all(getattr(spec, key) == value for key, value in wanted.items()) for spec in specs()) / N


def test_the_same_seed_gives_the_same_spec() -> None:
    assert [sample_spec(seed) for seed in range(50)] == specs()[:50]
    assert sample_spec(3, heldout=True) == sample_spec(3, heldout=True)
    assert sample_spec(7).seed == 7


def test_every_spec_makes_sense() -> None:
    for spec in specs():
        spec.check()


def test_the_five_scenes_have_two_thirds_of_the_mass() -> None:
    assert sum(HEADLINE_SCENES.values()) == pytest.approx(65)
    assert sum(SCENES.values()) == pytest.approx(100)
    drawn = sum((spec.subject, spec.action, spec.place) in HEADLINE_SCENES for spec in specs()) / N
    assert 0.61 < drawn < 0.70


def test_every_scene_is_drawn() -> None:
    possible = {(s, a, p) for s, actions in SUBJECTS.items() for a, places in actions.items() for p in places}
    whole = {(c.subject, c.action, c.place) for c in HELDOUT if c.light is None and c.colour is None}
    drawn = {(spec.subject, spec.action, spec.place) for spec in specs()}
    assert drawn == possible - whole


def test_usual_values_are_usual() -> None:
    assert 0.70 < share(weather="clear") < 0.82
    assert 0.26 < share(camera="still") < 0.34
    assert 0.76 < share(heading="left") + share(heading="right") < 0.88
    assert share(distance="far") < 0.12
    assert share(size="normal") > 0.7
    assert min(Counter(spec.camera for spec in specs()).values()) > 0.05 * N


def test_training_never_sees_a_held_out_combination() -> None:
    assert not any(is_heldout(spec) for spec in specs())


def test_held_out_specs_always_are_and_reach_every_combination() -> None:
    held = [sample_spec(seed, heldout=True) for seed in range(400)]
    assert all(is_heldout(spec.check()) for spec in held)
    assert all(any(combination.matches(spec) for spec in held) for combination in HELDOUT)


@pytest.mark.parametrize("combination", HELDOUT, ids=str)
def test_every_part_of_a_held_out_combination_is_trained(combination: Combination) -> None:
    parts = combination.parts()
    assert len(parts) >= 3
    for name, value in parts.items():
        assert share(subject=combination.subject, **({name: value} if name != "subject" else {})) > 0


def test_twins_differ_in_where_they_and_their_cameras_go() -> None:
    for spec in specs()[:500]:
        other = twin(spec)
        assert twin(other) == spec != other
        assert replace(other, camera=spec.camera, heading=spec.heading) == spec
        assert (other.camera == spec.camera) == (spec.camera == "still")
        assert not is_heldout(other)


def test_held_out_combinations_are_spread_and_spare_the_headline_prompts() -> None:
    assert {combination.subject for combination in HELDOUT} == set(SUBJECTS)
    prompts = [
        ("dragon", "breathe_fire", "sea"),
        ("polar_bear", "walk", "snow"),
        ("polar_bear", "swim", "sea"),
        ("horse", "walk", "beach"),
        ("horse", "run", "beach"),
        ("robot", "walk", "beach"),
        ("asteroid", "fly", "space"),
    ]
    kept = {(c.subject, c.action, c.place) for c in HELDOUT}
    assert not kept & set(prompts)


def test_the_documented_list_is_the_held_out_list() -> None:
    text = (Path(__file__).parents[2] / "docs" / "worlds.md").read_text(encoding="utf-8")
    values = [(c.subject, c.action, c.place, c.light, c.colour) for c in HELDOUT]
    rows = ["| " + " | ".join((value or "").replace("_", " ") for value in row) + " |" for row in values]
    assert text.endswith("\n".join(rows) + "\n")


def test_a_subject_on_the_stage_for_a_demonstration_is_never_drawn() -> None:
    from engine.worlds import spec
    from engine.worlds.subjects import cast
    from tests.long import snowman

    assert snowman.NAME not in SUBJECTS
    snowman.come_on_stage()
    assert all(scene[0] != snowman.NAME for scene in SCENES)
    assert [sample_spec(seed) for seed in range(200)] == specs()[:200]
    for table in (cast.CAST, spec.SUBJECTS, spec.COLOURS):
        del table[snowman.NAME]
