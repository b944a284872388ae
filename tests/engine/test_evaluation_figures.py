"""Each figure of an evaluation on cases whose answer is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.evaluation.attributes import Tally, asked, choices
from engine.evaluation.coding import code_figures
from engine.evaluation.distances import frechet, spread
from engine.evaluation.flow import GlobalMotion, flicker, flows, global_motion, magnitude, obeys
from engine.evaluation.linear import LinearCode
from engine.evaluation.pictures import BEST_PSNR, detail, psnr, ssim
from engine.evaluation.prompts import prompts
from engine.evaluation.stills import seam
from engine.training.data.photos import move
from engine.worlds.dataset.heldout import is_heldout
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.spec import WorldSpec

Frames = NDArray[np.uint8]


def texture(height: int, width: int, seed: int = 0) -> Frames:
    """Smooth blobs: something that optical flow can follow."""
    noise = np.random.default_rng(seed).uniform(0, 255, (height, width, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.clip((soft - soft.mean()) / soft.std() * 50 + 128, 0, 255).astype(np.uint8)


def shifted(pixels: int, frames: int = 5) -> Frames:
    """A texture whose picture moves ``pixels`` to the right each frame."""
    wide = texture(64, 112 + 60)
    return np.stack([wide[:, 30 - i * pixels :][:, :112] for i in range(frames)])


def test_flow_of_a_shifted_texture_is_the_shift() -> None:
    field = flows(shifted(2))
    assert np.median(field[..., 0]) == pytest.approx(2, abs=0.1)
    assert np.median(field[..., 1]) == pytest.approx(0, abs=0.1)
    assert magnitude(field) == pytest.approx(2 * 224 / 112, rel=0.15)  # as if the picture were 224 wide
    motion = global_motion(field)
    assert motion.x == pytest.approx(4 * 2 / 112, rel=0.1)
    assert motion.growth == pytest.approx(0, abs=0.01)


def test_a_picture_that_stands_still_neither_moves_nor_flickers() -> None:
    still = shifted(0)
    field = flows(still)
    assert magnitude(field) == pytest.approx(0, abs=0.05)
    assert flicker(still, field) == pytest.approx(0, abs=0.5)


def test_flicker_is_what_motion_does_not_explain() -> None:
    moving = shifted(2)
    blinking = moving.copy()
    blinking[1::2] -= np.minimum(blinking[1::2], 20)
    assert flicker(moving, flows(moving)) < 3
    assert flicker(blinking, flows(moving)) == pytest.approx(20, rel=0.2)


@pytest.mark.parametrize(
    "camera", ["pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out", "still"]
)
def test_each_camera_over_a_picture_obeys_itself_and_no_opposite(camera: str) -> None:
    opposite = {"left": "right", "right": "left", "up": "down", "down": "up", "in": "out", "out": "in"}
    clip = move(texture(400, 700), camera, np.random.default_rng(3), 17, 64, 112, 2.0)
    motion = global_motion(flows(clip))
    assert obeys(camera, motion), motion
    if camera != "still":
        kind, _, way = camera.partition("_")
        assert not obeys(f"{kind}_{opposite[way]}", motion)
        assert not obeys("still", motion)


def test_no_motion_obeys_no_camera_that_moves() -> None:
    for camera in ("pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out"):
        assert not obeys(camera, GlobalMotion(0, 0, 0))
    with pytest.raises(ValueError, match="orbit_left"):
        obeys("orbit_left", GlobalMotion(0, 0, 0))


def test_frechet_distance_of_known_normals() -> None:
    rng = np.random.default_rng(0)
    a = rng.standard_normal((4000, 3))
    assert frechet(a, a) == pytest.approx(0, abs=1e-9)
    assert frechet(a, a + np.array([2, 0, 0])) == pytest.approx(4)  # only the means differ
    assert frechet(a, 3 * a) == pytest.approx(
        np.square(2 * a.std(0, ddof=1)).sum() + np.square(2 * a.mean(0)).sum()
    )
    assert frechet(a, rng.standard_normal((4000, 3))) < 0.02
    with pytest.raises(ValueError, match="two clips"):
        frechet(a[:1], a)


def test_frechet_distance_does_not_ask_for_more_clips_than_features() -> None:
    rng = np.random.default_rng(0)
    few = rng.standard_normal((8, 32))
    assert frechet(few, few) == pytest.approx(0, abs=1e-6)
    assert frechet(few, few + 1) == pytest.approx(32)


def test_spread_is_the_mean_distance_within_groups_only() -> None:
    near, far = np.zeros((2, 4)), np.stack([np.zeros(4), np.full(4, 3.0)])
    assert spread([near]) == 0
    assert spread([far]) == pytest.approx(3)
    assert spread([near, far + 1000]) == pytest.approx(1.5)
    with pytest.raises(ValueError, match="same prompt"):
        spread([near[:1]])


def test_psnr_and_ssim_of_known_pictures() -> None:
    a = np.full((32, 32, 3), 100, np.uint8)
    assert psnr(a, a) == BEST_PSNR
    assert psnr(a, a + np.uint8(10)) == pytest.approx(10 * np.log10(255**2 / 100))
    assert ssim(a, a) == pytest.approx(1)
    busy = texture(64, 64)
    assert ssim(busy, busy) == pytest.approx(1, abs=1e-4)
    assert ssim(busy, texture(64, 64, seed=1)) < 0.3


def test_detail_falls_with_blur_and_does_not_see_flat_colour() -> None:
    sharp = np.random.default_rng(0).integers(0, 255, (2, 32, 32, 3), dtype=np.uint8)
    soft = np.stack([cv2.GaussianBlur(frame, (0, 0), 1.0) for frame in sharp])
    assert detail(soft) < 0.5 * detail(sharp)
    assert detail(np.full((2, 32, 32, 3), 90, np.uint8)) == pytest.approx(0, abs=1e-3)


def test_an_error_that_stands_still_does_not_flicker() -> None:
    true = np.full((5, 16, 16, 3), 100, np.uint8)
    steady, blinking = true + np.uint8(10), true.copy()
    blinking[::2] += 10
    assert code_figures(true, steady)["flicker"] == 0
    assert code_figures(true, blinking)["flicker"] == 10
    assert len(code_figures(true, steady)["psnr_by_frame"]) == 5


def test_a_linear_code_is_exact_on_what_is_linear_and_better_than_the_mean() -> None:
    rng = np.random.default_rng(0)
    flat = rng.integers(30, 220, (2, 5, 4, 4, 3), dtype=np.uint8).repeat(8, 2).repeat(8, 3)
    flat[:, 1:] = flat[:, 1:2]  # a block is one colour: three numbers
    assert all(psnr(clip, LinearCode.fit(list(flat), 3).through(clip)) > 50 for clip in flat)
    moving = np.stack([texture(32, 32, seed=i) for i in range(5)])
    errors = [psnr(moving, LinearCode.fit([moving], c).through(moving)) for c in (1, 4, 16)]
    assert errors == sorted(errors)
    mean = np.broadcast_to(moving.mean((0, 1, 2)), moving.shape)
    assert errors[0] > psnr(moving, mean)


def test_the_seam_is_measured_against_the_other_steps() -> None:
    ramp = np.arange(29, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8)
    assert seam(ramp, 17) == pytest.approx(1)
    jump = ramp.copy()
    jump[17:] += 4
    assert seam(jump, 17) == pytest.approx(5)


def horse(**other: str) -> WorldSpec:
    values = {"subject": "horse", "action": "walk", "place": "beach", "light": "day", "colour": "brown"}
    return WorldSpec(seed=1, **{**values, **other})


def test_only_what_can_be_wrong_is_asked() -> None:
    assert asked(horse()) == ("subject", "action", "place", "light", "colour", "camera")
    whale = WorldSpec(1, "whale", "swim", "sea", "day", "blue")
    assert "action" not in asked(whale)
    bear = WorldSpec(1, "polar_bear", "walk", "snow", "day", "white")
    assert "colour" not in asked(bear)
    space = WorldSpec(1, "asteroid", "fly", "space", "night", "grey")
    assert "light" not in asked(space)
    assert choices(horse(), "colour") == ("white", "brown", "black", "grey", "golden")


def test_accuracy_counts_what_was_asked() -> None:
    tally = Tally()
    right = {
        "subject": "horse",
        "action": "walk",
        "place": "beach",
        "light": "day",
        "colour": "brown",
        "camera": "still",
    }
    tally.add(horse(), right)
    tally.add(horse(), {**right, "subject": "fox", "light": "night"})
    tally.add(horse(), {**right, "camera": "zoom_in"}, about=["subject"])
    assert tally.accuracy("subject") == pytest.approx(2 / 3)
    assert tally.accuracy("light") == 0.5
    assert tally.accuracy("camera") == 1  # the third clip was not asked about its camera
    report = tally.report()
    assert report["subject"] == {
        "accuracy": pytest.approx(2 / 3), "right": 2, "asked": 3, "by_chance": pytest.approx(1 / 11),
        "mistakes": {"horse read as fox": 1},
    }  # fmt: skip
    assert Tally().accuracy("subject") is None


def test_prompts_are_told_by_their_own_words_and_from_unseen_worlds() -> None:
    asked_for = prompts(60, seed=0)
    assert asked_for == prompts(60, seed=0)
    assert not set(asked_for) & set(prompts(60, seed=1))
    assert all(prompt.spec.seed > 900_000_000 for prompt in asked_for)
    assert not any(is_heldout(prompt.spec) for prompt in asked_for)
    assert all(is_heldout(prompt.spec) for prompt in prompts(20, seed=0, heldout=True))
    words = {"place": {"beach": "beach", "meadow": "meadow", "desert": "desert"}, "light": {"sunset": "sunset"},
             "colour": {"red": "red", "purple": "purple"}, "camera": {"zoom_in": "zoom"}}  # fmt: skip
    plain = prompts(60, seed=0, plain=True)
    for name, table in words.items():
        for prompt in plain:
            value = getattr(prompt.spec, name)
            if value in table and name in asked(prompt.spec):
                assert (name in prompt.named) == (table[value] in prompt.text.lower()), (prompt, name)


def test_a_prompt_that_leaves_something_out_is_not_asked_about_it() -> None:
    free = [prompt for i, prompt in enumerate(prompts(200, seed=0)) if i % 2]
    left_out = {name for prompt in free for name in asked(prompt.spec) if name not in prompt.named}
    assert {"place", "light", "colour", "camera"} <= left_out
    assert all({"subject"} <= set(prompt.named) for prompt in free)
    bare = [p for p in free if "colour" not in p.named and p.spec.subject == "dragon"]
    assert bare
    assert not any(p.spec.colour in p.text.lower().split() for p in bare)


def test_the_still_camera_counts_only_where_it_is_told() -> None:
    specs = [replace(sample_spec(960_000_000 + i), camera="still") for i in range(5)]
    assert all(spec.camera == "still" for spec in specs)
    for prompt in prompts(120, seed=3):
        if prompt.spec.camera == "still" and "camera" in prompt.named:
            assert any(
                word in prompt.text.lower()
                for word in ("still", "static", "fix", "camera", "steady", "tripod", "caméra")
            )


def test_no_folder_no_videos(tmp_path: Path) -> None:
    from engine.api.errors import WaltError
    from engine.evaluation.coding import footage

    with pytest.raises(WaltError, match="no video"):
        list(footage(tmp_path, 2, 32, 64))
