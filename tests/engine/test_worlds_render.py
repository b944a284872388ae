"""The worlds' renderer: same bits twice, same scene at any size, subjects that fill the frame, cameras that move."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise, product

import cv2
import numpy as np
import pytest

from engine.worlds.dataset.sheet import contact_sheet
from engine.worlds.render.clip import render_clip, render_frame, render_mask
from engine.worlds.spec import CAMERAS, COLOURS, DISTANCES, HEADINGS, SUBJECTS, WorldSpec

SCENES = [(s, a, p) for s, actions in SUBJECTS.items() for a, places in actions.items() for p in places]


def spec(subject: str, action: str, place: str, seed: int = 5, **more: str) -> WorldSpec:
    light = "night" if place == "space" else more.pop("light", "day")
    more.setdefault("colour", COLOURS[subject][0])
    return WorldSpec(seed, subject, action, place, light, **more).check()


def test_same_spec_same_bits_and_a_frame_is_the_clips_frame():
    scene = spec("dragon", "breathe_fire", "beach", camera="orbit_left")
    clip = render_clip(scene, height=64, width=112, samples=2)
    assert clip.shape == (17, 64, 112, 3)
    assert clip.dtype == np.uint8
    np.testing.assert_array_equal(clip, render_clip(scene, height=64, width=112, samples=2))
    for i in (0, 9, 16):
        np.testing.assert_array_equal(clip[i], render_frame(scene, i, height=64, width=112, samples=2))


@pytest.mark.slow
def test_another_process_draws_the_same_bits():
    code = (
        "import hashlib; from engine.worlds.render.clip import render_frame; from engine.worlds.spec import WorldSpec;"
        "f = render_frame(WorldSpec(3, 'horse', 'run', 'snow', 'night', 'brown', 'snowfall'), 4, height=64, width=64);"
        "print(hashlib.sha256(f.tobytes()).hexdigest())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1
    assert len(runs.pop().strip()) == 64


def test_another_seed_is_another_picture():
    frames = [render_frame(spec("fox", "walk", "meadow", seed=s), 3, height=64, width=112) for s in (1, 2)]
    assert np.abs(frames[0].astype(int) - frames[1]).mean() > 2


@pytest.mark.parametrize(
    ("subject", "action", "place"),
    [("horse", "walk", "beach"), ("robot", "fly", "space"), ("sailboat", "sail", "sea")],
)
def test_the_same_scene_at_two_sizes(subject: str, action: str, place: str):
    scene = spec(subject, action, place)
    small = render_frame(scene, 6, height=64, width=112, samples=8)
    large = render_frame(scene, 6, height=256, width=448)
    shrunk = cv2.resize(large, (112, 64), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - shrunk).mean() < 5


def test_a_crop_is_a_window_of_the_whole():
    scene = spec("bird", "fly", "meadow")
    whole = render_frame(scene, 2, height=96, width=160)
    np.testing.assert_array_equal(
        render_frame(scene, 2, height=96, width=160, crop=(16, 40, 48, 64)), whole[16:64, 40:104]
    )


@pytest.mark.parametrize(("subject", "action", "place"), SCENES)
def test_every_scene_shows_its_subject_large(subject: str, action: str, place: str):
    scene = spec(subject, action, place)
    frame = render_frame(scene, 4, height=64, width=112)
    assert frame.std() > 12
    rows, columns = np.nonzero(render_mask(scene, 4, height=64, width=112))
    assert max(np.ptp(rows) / 64, np.ptp(columns) / 112) > (0.12 if action == "strike" else 0.33)


@pytest.mark.parametrize(("camera", "heading"), list(product(CAMERAS, HEADINGS)))
def test_the_subject_stays_in_the_frame(camera: str, heading: str):
    for subject, action, place in (
        ("horse", "run", "beach"),
        ("robot", "walk", "snow"),
        ("polar_bear", "swim", "sea"),
    ):
        scene = spec(subject, action, place, camera=camera, heading=heading, distance="close")
        for i in (0, 8, 16):
            mask = render_mask(scene, i, height=64, width=112)
            assert mask.mean() > 0.02
            edge = mask[:, [0, -1]].sum() + mask[[0, -1]].sum()
            assert edge < 0.10 * mask.sum()


@pytest.mark.parametrize(("height", "width"), [(112, 64), (80, 80)])
def test_other_shapes_of_picture_hold_the_subject(height: int, width: int):
    for subject, action, place in (
        ("dragon", "fly", "sea"),
        ("horse", "walk", "meadow"),
        ("car", "drive", "desert"),
    ):
        mask = render_mask(spec(subject, action, place), 8, height=height, width=width)
        assert mask.mean() > 0.03
        assert mask[:, [0, -1]].sum() < 0.1 * mask.sum()


def test_distance_orders_the_subjects_size():
    sizes = [
        render_mask(spec("robot", "walk", "meadow", distance=d), 8, height=96, width=168).mean()
        for d in DISTANCES
    ]
    assert sizes[0] > 1.2 * sizes[1] > 1.2 * 1.2 * sizes[2]


def shift(camera: str) -> tuple[float, float]:
    """How the picture moves over the clip, in pixels, right and down positive."""
    scene = spec("balloon", "fly", "meadow", camera=camera, seed=11, light="sunset")
    grey = [
        cv2.cvtColor(render_frame(scene, i, height=96, width=168), cv2.COLOR_RGB2GRAY).astype(np.float32)
        for i in range(17)
    ]
    steps = [
        cv2.phaseCorrelate(a, b, cv2.createHanningWindow((168, 96), cv2.CV_32F))[0]
        for a, b in pairwise(grey)
    ]
    total = np.sum(steps, axis=0)
    return float(total[0]), float(total[1])


def test_pans_and_tilts_move_the_background_the_other_way():
    drift = shift("still")  # of clouds and subject alone
    assert shift("pan_right")[0] < drift[0] - 20
    assert shift("pan_left")[0] > drift[0] + 20
    assert shift("tilt_up")[1] > drift[1] + 6
    assert shift("tilt_down")[1] < drift[1] - 6


def test_zooms_change_the_subjects_size():
    for camera, grows in (("zoom_in", True), ("zoom_out", False)):
        scene = spec("sailboat", "sail", "sea", camera=camera)
        first, last = (render_mask(scene, i, height=96, width=168).sum() for i in (0, 16))
        assert (last > 1.5 * first) if grows else (first > 1.5 * last)


def test_orbits_turn_round_the_subject():
    """From opposite sides of a car heading right, an orbit to the right ends at its front, to the left at its rear."""
    ends = {}
    for camera in ("orbit_left", "orbit_right"):
        scene = spec("car", "drive", "desert", camera=camera, colour="blue")
        ends[camera] = [render_frame(scene, i, height=64, width=112).astype(int) for i in (0, 16)]
    assert (
        np.abs(ends["orbit_left"][0] - ends["orbit_right"][1]).mean()
        < np.abs(ends["orbit_left"][0] - ends["orbit_left"][1]).mean()
    )


def test_the_strike_lights_up_the_earth():
    scene = spec("asteroid", "strike", "space")
    clip = render_clip(scene, height=64, width=112).astype(int)
    before, after = clip[:8], clip[9:]
    assert after[0].mean() > 1.2 * before[-1].mean()
    red = [(frame[..., 0] > 200).mean() - (frame[..., 2] > 200).mean() for frame in (before[0], after[-1])]
    assert red[1] > red[0] + 0.005


def test_legs_move_and_fire_flickers():
    for subject, action, place in (
        ("horse", "walk", "meadow"),
        ("dragon", "breathe_fire", "desert"),
        ("polar_bear", "swim", "sea"),
    ):
        scene = spec(subject, action, place)
        a, b = (render_frame(scene, i, height=64, width=112).astype(int) for i in (4, 6))
        assert (np.abs(a - b).max(axis=-1) > 25).mean() > 0.01


@pytest.mark.parametrize(
    ("subject", "action", "place", "channel", "colour"),
    [
        ("car", "drive", "snow", 0, "red"),
        ("robot", "walk", "desert", 1, "green"),
        ("dragon", "fly", "beach", 2, "blue"),
    ],
)
@pytest.mark.parametrize("light", ["day", "sunset", "night"])
def test_a_colour_word_is_seen_in_every_light(
    subject: str, action: str, place: str, channel: int, colour: str, light: str
):
    scene = spec(subject, action, place, colour=colour, light=light)
    frame, mask = (
        render_frame(scene, 8, height=96, width=168).astype(float),
        render_mask(scene, 8, height=96, width=168),
    )
    pixels = frame[mask]
    others = np.delete(pixels, channel, axis=1).max(axis=1)
    assert (pixels[:, channel] > 1.15 * others).mean() > 0.35


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="cannot"):
        render_frame(WorldSpec(1, "whale", "swim", "desert", "day", "blue"), 0)
    with pytest.raises(ValueError, match="at least"):
        render_clip(spec("horse", "walk", "beach"), height=4, width=4)


def test_contact_sheet():
    clip = np.zeros((17, 32, 56, 3), np.uint8)
    clip[8] = 200
    sheet = contact_sheet([clip, clip[:, :, :28]], ["a", "b"], 5)
    assert sheet.shape == (2 * (32 + 16), 5 * 56, 3)
    assert sheet[20, 56 * 2 + 5, 0] == 200
