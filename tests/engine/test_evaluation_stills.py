"""The rulers of stills: how a still moved, how sharp and how like itself it stayed, and whether a seam shows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.evaluation.appearance import ideal_likeness, likeness, moved, seam, sharpness
from engine.evaluation.generated_upscaling import liveliest
from engine.evaluation.global_fit import bending, global_fit, refine
from engine.evaluation.likeness import clip_distance, summaries
from engine.evaluation.photo_features import PhotoFeatures
from engine.evaluation.stills_at_full_size import judge, pairs
from tests.photo_network import small_state

Frames = NDArray[np.uint8]
HEIGHT, WIDTH = 128, 224


def _texture(height: int, width: int) -> Frames:
    noise = np.random.default_rng(0).normal(0, 1, (height, width, 3))
    soft = sum(cv2.GaussianBlur(noise, (0, 0), sigma) * sigma for sigma in (1.0, 2.5, 8.0))
    return np.asarray((np.asarray(soft) * 60 + 128).clip(0, 255), np.uint8)


LARGE = _texture(2 * HEIGHT, 2 * WIDTH)
STILL = np.asarray(cv2.resize(LARGE, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def _pan(frame: int) -> NDArray[np.float64]:
    return np.array([[1, 0, 2.3 * frame], [0, 1, 0.2 * frame], [0, 0, 1]])


def _clip() -> Frames:
    """The still moves to the right; what it uncovers is its mirror image."""
    return np.stack(
        [
            cv2.warpPerspective(
                STILL, _pan(t), (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
            )
            for t in range(17)
        ]
    ).astype(np.uint8)


CLIP = _clip()


def test_the_fit_is_the_move_and_nothing_bends() -> None:
    fit = global_fit(STILL, CLIP)
    assert np.allclose(fit / fit[2, 2], _pan(16), atol=0.3)
    left = bending(STILL, CLIP[-1], fit)
    assert left is not None
    assert left < 0.3


def test_a_frame_that_bends_is_seen() -> None:
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    bent = cv2.remap(CLIP[-1], xs + 3 * np.sin(ys / 12), ys, cv2.INTER_LINEAR).astype(np.uint8)
    left = bending(STILL, bent, refine(STILL, bent, _pan(16)))
    assert left is not None
    assert left > 4  # of a picture 896 wide: 3 pixels here are 12 there


def test_nothing_is_tracked_in_an_empty_picture() -> None:
    empty = np.full((17, HEIGHT, WIDTH, 3), 90, np.uint8)
    fit = global_fit(empty[0], empty)
    assert np.array_equal(fit, np.eye(3))
    assert bending(empty[0], empty[-1], fit) is None


def test_sharpness_and_likeness_tell_the_still_from_its_smear() -> None:
    features = PhotoFeatures(small_state())
    still = moved(STILL, LARGE, _pan(16))
    smear = cv2.GaussianBlur(CLIP[-1], (0, 0), 2).astype(np.uint8)
    sharp, soft = sharpness(CLIP[-1], still), sharpness(smear, still)
    near, far = likeness(CLIP[-1], still, features), likeness(smear, still, features)
    ideal = ideal_likeness(STILL, LARGE, still, features)
    assert sharp is not None and soft is not None and near is not None  # noqa: PT018
    assert far is not None and ideal is not None  # noqa: PT018
    assert sharp == pytest.approx(1, abs=0.3)
    assert soft < 0.2
    assert near < 1.2 * ideal
    assert far > 3 * near


def test_what_is_not_visible_does_not_count() -> None:
    still = moved(STILL, LARGE, _pan(16))
    changed = CLIP[-1].copy()
    changed[:, :30] = 0  # 37 pixels were uncovered
    assert sharpness(changed, still) == sharpness(CLIP[-1], still)
    assert not still.visible[:, :40].any()
    assert still.visible[20:-20, 60:].all()
    gone = moved(STILL, LARGE, _pan(1000))
    assert sharpness(changed, gone) is None


def test_a_seam_shows_where_colour_or_sharpness_change() -> None:
    fit = _pan(16)
    uncovered = np.arange(WIDTH)[None, :, None] < fit[0, 2]
    dark, soft = CLIP[-1] // 2, cv2.GaussianBlur(CLIP[-1], (0, 0), 3)
    good, darker, softer = (
        seam(np.where(uncovered, fill, CLIP[-1]).astype(np.uint8), fit) for fill in (CLIP[-1], dark, soft)
    )
    assert good is not None
    assert darker is not None
    assert softer is not None
    assert max(good.values()) < 1.5
    assert darker["colour"] > 2 * good["colour"]
    assert softer["sharpness"] > 2 * good["sharpness"]
    assert seam(STILL, np.eye(3)) is None  # nothing was uncovered


def test_a_clip_is_judged_with_and_without_the_image_network() -> None:
    plain = judge(STILL, LARGE, CLIP, None)
    assert plain["visible"] == pytest.approx(0.75, abs=0.1)
    assert "likeness" not in plain
    whole = judge(STILL, LARGE, CLIP, PhotoFeatures(small_state()))
    assert 0 < whole["likeness"] < 1.2 * whole["likeness_of_ideal"]
    assert whole["sharpness"] == plain["sharpness"]


def test_any_number_of_clips_has_every_still_and_no_pair_twice() -> None:
    found = list(pairs(10, 5, 6))
    assert len(set(found)) == 10
    assert sorted(still for still, _ in found) == sorted([0, 1, 2, 3, 4] * 2)
    assert len({camera for _, camera in found}) == 6
    assert len(set(pairs(100, 5, 6))) == 30


def test_clips_are_compared_frame_by_frame_in_features() -> None:
    features = PhotoFeatures(small_state())
    assert clip_distance(features, CLIP[:5], CLIP[:5]) == 0
    assert clip_distance(features, CLIP[:5], CLIP[5:10]) > 0
    assert summaries(features, CLIP[:5]).shape == (5, 9)


def test_the_liveliest_crop_is_where_most_changes() -> None:
    frames = np.zeros((3, 64, 96, 3), np.uint8)
    frames[1, 40:60, 70:90] = 255
    assert liveliest(frames, (32, 48)) == (32, 48)
