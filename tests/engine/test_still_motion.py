"""The camera's motion from frames whose motion is known, and a still that is moved by it."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.stills.motion import CameraMotion, Map, strengthened
from engine.stills.painting import canvas_of, composed, matched
from engine.stills.patchwork import completed
from engine.stills.warp import Placed, painted, placed, view_of

WIDTH, HEIGHT, FRAMES = 224, 128, 17
ASPECT = WIDTH / HEIGHT


def step(growth: float = 1.0, roll: float = 0.0, x: float = 0.0, y: float = 0.0) -> Map:
    """From a frame's points to those of the frame before."""
    cosine, sine = growth * np.cos(roll), growth * np.sin(roll)
    return np.array([[cosine, -sine, x], [sine, cosine, y], [0, 0, 1]])


MOVES = {
    "pan": step(x=0.014),
    "tilt": step(y=-0.01),
    "zoom in": step(growth=0.985),
    "zoom out": step(growth=1.012),
    "roll": step(roll=0.008),
    "all": step(0.99, -0.004, 0.006, 0.004),
}


def texture(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """Blobs of all sizes, in colour."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3), np.float32)
    for size in (6, 20, 60):
        coarse = rng.standard_normal((height // size + 2, width // size + 2, 3)).astype(np.float32)
        picture += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(128 + 35 * picture, 0, 255).astype(np.uint8)


@cache
def world() -> Placed:
    """A picture of which frame 0 shows the middle ninth."""
    return placed(texture(3 * 448, 3 * 256), (448, 256, 448, 256))


def maps(move: Map) -> list[Map]:
    return [np.linalg.matrix_power(move, t) for t in range(FRAMES)]


def apart(found: Map, true: Map) -> float:
    """The largest distance of where two maps put the corners of a frame, in pixels."""
    corners = np.array([[x * ASPECT / 2, y / 2, 1] for x in (-1, 1) for y in (-1, 1)]).T
    return float(np.linalg.norm(((found - true) @ corners)[:2], axis=0).max() * HEIGHT)


@pytest.mark.parametrize("name", MOVES)
def test_a_known_move_is_found(name: str) -> None:
    true = maps(MOVES[name])
    frames = [world().seen(camera, WIDTH, HEIGHT) for camera in true]
    camera = CameraMotion(frames[0])
    found = [camera.follow(frame) for frame in frames[1:]]
    assert max(apart(one, two) for one, two in zip(found, true[1:], strict=True)) < 1.0


def test_what_moves_by_itself_does_not_carry_the_camera_away() -> None:
    frames = [world().seen(camera, WIDTH, HEIGHT) for camera in maps(MOVES["pan"])]
    thing = texture(40, 60, seed=1)
    for t, frame in enumerate(frames):
        frame[40:100, 20 + 8 * t : 60 + 8 * t] = thing
    camera = CameraMotion(frames[0])
    for frame in frames[1:]:
        camera.follow(frame)
    assert apart(camera.map, maps(MOVES["pan"])[-1]) < 3.0


def test_the_same_frames_give_the_same_map_whatever_the_threads() -> None:
    frames = [world().seen(camera, WIDTH, HEIGHT) for camera in maps(MOVES["all"])[:3]]
    before, found = cv2.getNumThreads(), list[Map]()
    try:
        for threads in (1, 3):
            cv2.setNumThreads(threads)
            camera = CameraMotion(frames[0])
            found.append([camera.follow(frame) for frame in frames[1:]][-1])
    finally:
        cv2.setNumThreads(before)
    assert np.array_equal(found[0], found[1])


def test_a_frame_without_anything_in_it_does_not_move() -> None:
    grey = np.full((HEIGHT, WIDTH, 3), 77, np.uint8)
    np.testing.assert_allclose(CameraMotion(grey).follow(grey), np.eye(3), atol=1e-9)


@pytest.mark.parametrize("name", MOVES)
def test_strength_goes_along_the_same_path(name: str) -> None:
    move = maps(MOVES[name])[-1]
    np.testing.assert_allclose(strengthened(move, 2), move @ move, atol=1e-6)
    half = strengthened(move, 0.5)
    np.testing.assert_allclose(half @ half, move, atol=1e-6)
    assert strengthened(move, 1) is move


def test_a_still_is_seen_from_its_own_pixels() -> None:
    picture = texture(448, 256)
    still = placed(picture, (0, 0, 448, 256))
    assert np.array_equal(still.seen(np.eye(3), 448, 256), picture)
    half = still.seen(np.eye(3), 224, 128)
    area = cv2.resize(picture, (224, 128), interpolation=cv2.INTER_AREA)
    assert np.abs(half.astype(int) - area).mean() < 2
    moved = still.seen(step(x=32 / 256), 448, 256)  # the frame's points are 32 pixels further right in frame 0
    assert np.array_equal(moved[:, :400], picture[:, 32:432])


def test_what_the_crop_cut_away_is_known() -> None:
    picture = texture(448, 448)
    still = placed(picture, (0, 96, 448, 256))
    down = step(y=0.25)
    assert still.share(down, 448, 256).min() == 1
    assert still.share(step(x=0.25), 448, 256).min() == 0
    assert np.array_equal(still.seen(down, 448, 256), picture[160:416])


def test_a_view_holds_all_frames() -> None:
    cameras = maps(MOVES["pan"])
    view = view_of(cameras, ASPECT)
    assert view[0, 0] == pytest.approx(1 + 16 * 0.014 / ASPECT)
    corners = np.array([[x * ASPECT / 2, y / 2, 1] for x in (-1, 1) for y in (-1, 1)]).T
    seen = np.linalg.inv(view) @ cameras[-1] @ corners
    assert np.abs(seen[0]).max() <= ASPECT / 2 + 1e-9


def test_what_the_still_does_not_show_is_painted_without_a_step() -> None:
    """The model's frames are darker than the still: at its edge there is no step in colour all the same."""
    scene = world()
    still = placed(scene.picture[256:512, 448:896], (0, 0, 448, 256))
    cameras = maps(MOVES["pan"])
    frames = [(scene.seen(camera, WIDTH, HEIGHT) * 0.8).astype(np.uint8) for camera in cameras]
    view = view_of(cameras, ASPECT)
    canvas = painted(matched(canvas_of(frames, cameras, still, view), still, view), view)
    last = composed(still, canvas, cameras[-1], 448, 256)
    true = scene.seen(cameras[-1], 448, 256)
    edge = 448 - round(16 * 0.014 * 256)
    assert np.array_equal(last[4:-4, : edge - 4], true[4:-4, : edge - 4])
    beside = last[:, edge + 4 : edge + 24].astype(float).mean() - true[:, edge + 4 : edge + 24].mean()
    assert abs(beside) < 6
    assert abs(true.astype(float).mean() * 0.2) > 20


def test_a_picture_is_completed_from_its_own_pieces() -> None:
    """Stripes go on where only their blurred colours were painted; what is known or not wanted stays."""
    rows, columns = np.mgrid[:128, :192]
    stripes = np.where((rows // 4 % 2)[..., None] > 0, (220, 200, 40), (20, 60, 160)).astype(np.uint8)
    known, wanted = columns < 144, rows >= 16
    painting = np.where(known[..., None], stripes, cv2.GaussianBlur(stripes, (0, 0), 6))
    done = completed(painting, known, wanted)
    assert np.array_equal(done[:, :144], stripes[:, :144])
    assert np.array_equal(done[:16], painting[:16])
    assert done[16:, 144:].std() > 0.6 * stripes.std() > 2 * painting[16:, 144:].std()
    assert np.array_equal(done, completed(painting, known, wanted))
    nothing = np.zeros_like(known)
    assert np.array_equal(completed(painting, nothing, wanted), painting)
    assert np.array_equal(completed(painting, known, nothing), painting)
