"""Clips from stills: whose pixels they show, how they are made stage by stage, and how they stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.api.clip import Cancelled, Clip
from engine.api.events import Event, FramesReady, StageStarted, StepDone
from engine.api.request import ClipRequest
from engine.api.types import STAGES, STRENGTHS
from engine.diffusion.known_frames import clamp_part
from engine.diffusion.schedule import Schedule
from engine.media.images import load_still, write_png
from engine.media.pixels import to_frames, to_pixels
from engine.packs.load import LoadedPack
from engine.pipeline import still_stages
from engine.pipeline.cascade import Cascade
from engine.pipeline.recognition import DRAWN, texture

from .conftest import Recorder

Make = Callable[..., Clip]
SIZES = {"base": (32, 64), "sr1": (64, 128), "sr2": (128, 256)}


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blobs, taller than a clip: a network with random weights knows no picture at all."""
    rng = np.random.default_rng(4)
    coarse = rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)
    picture = np.kron(coarse, np.ones((8, 8, 1), np.uint8))
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    write_png(path, picture)
    return path


def energy(frame: NDArray[np.uint8]) -> float:
    return float(np.abs(np.diff(frame.astype(float), axis=1)).mean())


@pytest.mark.parametrize("upto", STAGES)
def test_a_photograph_is_itself_in_every_frame(make: Make, photo: Path, upto: str) -> None:
    clip = make(image=str(photo), upto=upto)
    height, width = SIZES[upto]
    assert clip.frames.shape == (17, height, width, 3)
    still = load_still(photo, width, height)
    assert np.corrcoef(clip.frames[0].ravel(), still.ravel())[0, 1] > 0.97
    assert min(energy(frame) for frame in clip.frames[:5]) > 0.5 * energy(still)


def test_a_still_that_the_model_knows_is_its_own_to_move(
    make: Make, pack: LoadedPack, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(still_stages, "KNOWN", np.inf)
    monkeypatch.setattr(still_stages, "DRAWN", np.inf)
    clip = make(image=str(photo), upto="sr1")
    with torch.inference_mode(), pack.device.autocast():
        code = pack.tokenizer.encode(to_pixels(load_still(photo, 128, 64)[None])[None]).float()
        through = to_frames(pack.tokenizer.decode(code)[0])
    assert np.abs(clip.frames[:1].astype(int) - through).mean() < 1.0


def test_grain_between_the_edges_tells_a_photograph_from_a_drawing() -> None:
    drawn = np.zeros((128, 224, 3), np.uint8)
    drawn[40:90, 60:160] = (200, 40, 90)
    grain = np.random.default_rng(0).normal(0, 2, drawn.shape)
    assert texture(drawn) < 0.1
    assert texture(np.clip(drawn + 128 + grain, 0, 255).astype(np.uint8)) > DRAWN


def test_what_is_told_on_the_way(make: Make, photo: Path) -> None:
    recorder = Recorder()
    clip = make(recorder, image=str(photo))
    for stage in STAGES:
        [started] = [event for event in recorder.of(StageStarted) if event.stage == stage]
        steps = [event for event in recorder.of(StepDone) if event.stage == stage]
        assert steps[-1].step == started.steps
        assert all(0 <= event.eta_stage <= event.eta_total for event in steps)
        ready = [event for event in recorder.of(FramesReady) if event.stage == stage]
        assert [event.first for event in ready] == list(np.cumsum([0, *(len(e.frames) for e in ready)]))[:-1]
        assert sum(len(event.frames) for event in ready) == 17
    assert np.array_equal(np.concatenate([event.frames for event in ready]), clip.frames)
    last = recorder.of(StepDone)[-1]
    assert isinstance(last, StepDone)
    assert last.eta_stage == 0


@pytest.mark.parametrize("wish", [{"frames": 29}, {"frames": 41}, {"frames": 1}, {"aspect": "1:1"}])
def test_lengths_and_shapes_again_bit_for_bit(make: Make, photo: Path, wish: dict[str, object]) -> None:
    clips = [make(**{"image": str(photo), "upto": "sr1", **wish}) for _ in range(2)]
    assert len(clips[0].frames) == wish.get("frames", 17)
    assert np.array_equal(clips[0].frames, clips[1].frames)


@pytest.mark.parametrize("tile", [None, 16])
def test_tiles_change_next_to_nothing(pack: LoadedPack, photo: Path, tile: int | None) -> None:
    request = ClipRequest.parse(prompt="a horse", pack="tiny", image=str(photo), upto="sr1")
    recorder = Recorder()
    clip = Cascade(pack).generate(request, recorder, recorder.cancelled, tile=tile)
    assert clip.frames.shape == (17, 64, 128, 3)


@pytest.mark.parametrize("kind", [StageStarted, StepDone, FramesReady])
@pytest.mark.parametrize("stage", STAGES)
def test_it_stops_within_a_step(make: Make, photo: Path, stage: str, kind: type[Event]) -> None:
    recorder = Recorder(lambda event: isinstance(event, kind) and getattr(event, "stage", "") == stage)
    with pytest.raises(Cancelled) as stopped:
        make(recorder, image=str(photo))
    at = next(i for i, e in enumerate(recorder.events) if isinstance(e, kind) and getattr(e, "stage", "") == stage)
    assert len(recorder.events) - at <= 2
    clip = stopped.value.clip
    assert (clip.stage if clip else None) == ({"base": None, "sr1": "base", "sr2": "sr1"}[stage])


def test_a_known_part_is_kept_and_the_rest_is_not_touched() -> None:
    schedule = Schedule.linear()
    x, v, known = torch.randn(3, 1, 4, 2, 4, 8, generator=torch.Generator().manual_seed(0)).double()
    share = torch.zeros(1, 1, 2, 4, 8)
    share[..., :3], share[..., 3] = 1, 0.5
    clean = schedule.x0_from_velocity(x, clamp_part(v, x, known, share, schedule, 400), 400)
    free = schedule.x0_from_velocity(x, v, 400)
    torch.testing.assert_close(clean[..., :3], known[..., :3])
    torch.testing.assert_close(clean[..., 3], (known[..., 3] + free[..., 3]) / 2)
    torch.testing.assert_close(clean[..., 4:], free[..., 4:])


def test_a_still_can_be_larger_than_the_last_stage(make: Make, photo: Path) -> None:
    recorder = Recorder()
    clip = make(recorder, image=str(photo), size=192, frames=5)
    assert clip.frames.shape == (5, 192, 384, 3)
    started = [(event.width, event.height) for event in recorder.of(StageStarted)]
    assert started == [(64, 32), (128, 64), (384, 192)]
    assert recorder.of(FramesReady)[-1].frames.shape[1:] == (192, 384, 3)
    assert make(image=str(photo), size=64, frames=5).frames.shape == (5, 128, 256, 3)


def test_strength_and_words_decide_how_far_it_moves(make: Make, photo: Path) -> None:
    clips = {strength: make(image=str(photo), upto="base", strength=strength) for strength in STRENGTHS}
    still = clips["normal"].frames[0].astype(int)
    moved = [float(np.abs(clips[name].frames[3] - still).mean()) for name in ("gentle", "normal", "strong")]
    assert moved[0] < moved[1]
    assert not np.array_equal(clips["strong"].frames, clips["normal"].frames)


def test_no_words_are_needed(make: Make, photo: Path) -> None:
    clip = make(prompt="", image=str(photo), upto="base")
    assert clip.frames.shape == (17, 32, 64, 3)
    moves = {ClipRequest(prompt="", image="a.png", seed=seed).words for seed in range(8)}
    assert len(moves) == 4
    assert ClipRequest(prompt="a horse", image="a.png").words == "a horse"
