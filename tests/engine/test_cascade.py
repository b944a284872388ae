"""The generating path: what a request makes, what is said on the way, and how it stops."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api.clip import Cancelled, Clip
from engine.api.errors import WaltError
from engine.api.events import Event, FramesReady, StageStarted, StepDone
from engine.api.types import STAGES, StageName
from engine.diffusion.known_frames import clamp_known, frame_condition
from engine.diffusion.schedule import Schedule
from engine.media.clips import provenance
from engine.media.export import write_mp4
from engine.media.images import write_png
from engine.media.pixels import to_frames, to_pixels
from engine.media.reading import read_clip
from engine.media.resize import fit_frames
from engine.packs.load import LoadedPack
from engine.pipeline.cascade import Cascade
from engine.pipeline.conditioning import seeded_noise
from engine.planning.eta import EtaEstimator, Task
from engine.planning.workload import Window, plan_windows
from engine.runtime.memory import retry_without_memory
from tests.tiny_pack import BASE_STEPS

from .conftest import Recorder

Make = Callable[..., Clip]
SIZES = {"base": (32, 64), "sr1": (64, 128), "sr2": (128, 256)}


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture with a bright left and a dark right half."""
    picture = np.full((128, 256, 3), (20, 40, 30), np.uint8)
    picture[:, :128] = (230, 160, 60)
    path = tmp_path_factory.mktemp("still") / "still.png"
    write_png(path, picture)
    return path


@pytest.mark.parametrize("stage", STAGES)
def test_upto_decides_the_size(make: Make, stage: str) -> None:
    clip = make(upto=stage, frames=5)
    assert clip.frames.shape == (5, *SIZES[stage], 3)
    assert (clip.stage, clip.pack, clip.frames.dtype) == (stage, "tiny", np.uint8)


@pytest.mark.slow
def test_same_request_same_frames(make: Make) -> None:
    first, second = make(seed=7), make(seed=7)
    assert np.array_equal(first.frames, second.frames)


@pytest.mark.parametrize(
    "change", [{"seed": 8}, {"prompt": "a robot"}, {"negative": "snow"}, {"guidance": 1}]
)
def test_every_wish_reaches_the_frames(make: Make, change: dict[str, object]) -> None:
    plain = make(upto="base", seed=7)
    assert not np.array_equal(plain.frames, make(**{"upto": "base", "seed": 7, **change}).frames)


def test_a_square_picture(make: Make) -> None:
    assert make(aspect="1:1", frames=5).frames.shape == (5, 128, 128, 3)


@pytest.mark.parametrize("frames", [1, 9, 17, 21, 29, 41])
def test_clips_of_other_lengths(make: Make, frames: int) -> None:
    recorder = Recorder()
    clip = make(recorder, STAGES, frames=frames, upto="sr1", steps=1)
    assert clip.frames.shape == (frames, *SIZES["sr1"], 3)
    for stage in ("base", "sr1"):
        ready = [event for event in recorder.of(FramesReady) if event.stage == stage]
        assert [event.first for event in ready] == list(np.cumsum([0, *(len(e.frames) for e in ready)]))[:-1]
        assert sum(len(event.frames) for event in ready) == frames
    assert np.array_equal(np.concatenate([event.frames for event in ready]), clip.frames)


def test_a_longer_clip_begins_like_the_short_one(make: Make) -> None:
    short, long = make(seed=3, upto="sr1", steps=2), make(seed=3, upto="sr1", steps=2, frames=29)
    assert np.array_equal(short.frames, long.frames[:17])
    assert not np.array_equal(long.frames[16], long.frames[17])


def test_events_tell_the_story_in_order(make: Make) -> None:
    recorder = Recorder()
    clip = make(recorder, STAGES)
    assert {event.job for event in recorder.events} == {"job"}
    story = [type(event).__name__ for event in recorder.events]
    chapters = [index for index, name in enumerate(story) if name == "StageStarted"]
    assert chapters[0] == 0
    for stage, begin, end in zip(STAGES, chapters, [*chapters[1:], len(story)], strict=True):
        started, *rest = recorder.events[begin:end]
        assert isinstance(started, StageStarted)
        assert (started.stage, started.height, started.width) == (stage, *SIZES[stage])
        steps = [event for event in rest if isinstance(event, StepDone)]
        assert [event.step for event in steps] == list(range(1, started.steps + 1))
        assert story[begin + 1 : end] == ["StepDone"] * len(steps) + ["FramesReady"] * (
            len(rest) - len(steps)
        )
        assert all(event.preview is not None and event.preview.shape[0] == 5 for event in steps)
        assert all(0 <= event.eta_stage <= event.eta_total for event in steps)
    assert set(clip.seconds) == {*STAGES, "decode", "total"}
    assert clip.seconds["total"] >= sum(clip.seconds[stage] for stage in STAGES) > 0


def test_only_the_last_stage_is_decoded_unless_somebody_looks(make: Make, pack: LoadedPack) -> None:
    alone, looked = Recorder(), Recorder()
    clip = make(alone, seed=7)
    assert {event.stage for event in alone.of(FramesReady)} == {"sr2"}
    assert set(clip.latents) == {"base", "sr1"}
    same = make(looked, ["base"], seed=7)
    assert {event.stage for event in looked.of(FramesReady)} == {"base", "sr2"}
    assert set(same.latents) == {"sr1"}
    assert np.array_equal(clip.frames, same.frames)
    later = Recorder()
    Cascade(pack).decode(clip.request, "base", clip.latents["base"], later, later.cancelled, "job")
    for one, other in zip(later.of(FramesReady), looked.of(FramesReady), strict=False):
        assert (one.job, one.stage, one.first, one.total) == ("job", "base", other.first, 17)
        assert np.array_equal(one.frames, other.frames)
    assert sum(len(event.frames) for event in later.of(FramesReady)) == 17


def test_who_looks_while_the_next_stage_denoises_gets_frames_after_that_step(make: Make) -> None:
    looked_at: list[StageName] = []

    def look(event: Event) -> bool:
        if isinstance(event, StepDone) and (event.stage, event.step) == ("sr1", 1):
            looked_at.append("base")
        return False

    recorder = Recorder(look)
    clip = make(recorder, looked_at)
    told = [(event.stage, type(event)) for event in recorder.events]
    first = told.index(("base", FramesReady))
    assert told[first - 1] == ("sr1", StepDone)
    assert ("sr1", StepDone) in told[first:]
    assert set(clip.latents) == {"sr1"}


def test_of_a_long_clip_the_windows_that_others_continue_are_decoded(make: Make) -> None:
    recorder = Recorder()
    clip = make(recorder, frames=29, upto="sr1", steps=1)
    ready = [event for event in recorder.of(FramesReady) if event.stage == "base"]
    assert sum(len(event.frames) for event in ready) == 17
    assert [z.shape[2] for z in clip.latents["base"]] == [5, 5]


def test_steps_scale_through_the_stages(make: Make) -> None:
    recorder = Recorder()
    make(recorder, steps=2 * BASE_STEPS, frames=1)
    assert [event.steps for event in recorder.of(StageStarted)] == [2 * BASE_STEPS, 4, 4]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("kind", [StageStarted, StepDone, FramesReady])
def test_cancel_stops_within_a_step_and_keeps_the_stage_before(make: Make, stage: str, kind: type) -> None:
    recorder = Recorder(lambda event: isinstance(event, kind) and event.stage == stage)
    with pytest.raises(Cancelled) as stopped:
        make(recorder, STAGES if kind is FramesReady else (), seed=7)
    at = next(
        i for i, event in enumerate(recorder.events) if isinstance(event, kind) and event.stage == stage
    )
    assert len(recorder.events) - at <= (2 if kind is StageStarted else 1)
    clip = stopped.value.clip
    before = STAGES.index(stage) - 1
    if before < 0:
        assert clip is None
    else:
        assert clip is not None
        assert clip.stage == STAGES[before]
        assert np.array_equal(clip.frames, make(seed=7, upto=STAGES[before]).frames)


def test_a_still_steers_what_follows(make: Make, still: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    write_png(other, np.full((128, 256, 3), 128, np.uint8))
    one, two = make(image=str(still), upto="base"), make(image=str(other), upto="base")
    assert not np.array_equal(one.frames[5:], two.frames[5:])


@pytest.fixture(scope="session")
def earlier(make: Make, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip that was made before, on the disk."""
    path = tmp_path_factory.mktemp("earlier") / "earlier.mp4"
    clip = make(seed=5)
    write_mp4(path, clip.frames, metadata=provenance(clip))
    return path


@pytest.mark.parametrize(("overlap", "frames", "new"), [(5, 17, 12), (5, 9, 4), (5, 29, 24), (1, 17, 16)])
def test_a_continuation_is_what_comes_after(
    make: Make, earlier: Path, overlap: int, frames: int, new: int
) -> None:
    recorder = Recorder()
    clip = make(recorder, STAGES, source=str(earlier), overlap=overlap, frames=frames, upto="sr1", steps=1)
    assert clip.frames.shape == (new, *SIZES["sr1"], 3)
    for stage in ("base", "sr1"):
        ready = [event for event in recorder.of(FramesReady) if event.stage == stage]
        assert [event.first for event in ready] == list(np.cumsum([0, *(len(e.frames) for e in ready)]))[:-1]
        assert {event.total for event in ready} == {new}
    assert np.array_equal(np.concatenate([event.frames for event in ready]), clip.frames)
    assert {event.frames for event in recorder.of(StageStarted)} == {new}


@pytest.mark.slow
@pytest.mark.parametrize("overlap", [1, 5])
def test_the_model_sees_the_source_at_each_stages_size(
    make: Make, pack: LoadedPack, earlier: Path, overlap: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seam: each stage's known latents are the code of the source's last frames, and stay as they are."""
    last = read_clip(earlier).frames[-overlap:]
    expected: list[torch.Tensor] = []
    with torch.inference_mode(), pack.device.autocast():
        for height, width in SIZES.values():
            seen = to_pixels(fit_frames(last, width, height))[None]
            expected.append(pack.tokenizer.encode(seen).float())
    decoded: list[torch.Tensor] = []
    real = pack.tokenizer.stream

    def stream(z: torch.Tensor, tile: int | None = None) -> object:
        decoded.append(z)
        return real(z, tile=tile)

    monkeypatch.setattr(pack.tokenizer, "stream", stream)
    make(looked_at=STAGES, source=str(earlier), overlap=overlap, seed=9)
    assert [z.shape[2] for z in decoded] == [5, 5, 5]
    for known, z in zip(expected, decoded, strict=True):
        assert torch.equal(z[:, :, : known.shape[2]], known)


def test_where_a_clip_is_continued_matters(make: Make, earlier: Path) -> None:
    def after(frame: int | None, **wishes: object) -> np.ndarray:
        return make(source=str(earlier), source_frame=frame, upto="base", seed=3, **wishes).frames

    assert np.array_equal(after(None), after(16))
    assert not np.array_equal(after(None), after(8))
    assert not np.array_equal(after(None), after(None, overlap=1)[:12])
    assert not np.array_equal(after(None), make(upto="base", seed=3).frames[:12])


def test_longer_continuations_begin_like_short_ones(make: Make, earlier: Path) -> None:
    short = make(source=str(earlier), upto="sr1", steps=2)
    long = make(source=str(earlier), upto="sr1", steps=2, frames=29)
    assert np.array_equal(short.frames, long.frames[:12])


def test_cancelling_a_continuation_keeps_the_stage_before(make: Make, earlier: Path) -> None:
    recorder = Recorder(lambda event: isinstance(event, StepDone) and event.stage == "sr1")
    with pytest.raises(Cancelled) as stopped:
        make(recorder, source=str(earlier))
    assert stopped.value.clip is not None
    assert stopped.value.clip.frames.shape == (12, *SIZES["base"], 3)


def test_a_source_that_can_not_be_continued_is_said(make: Make, earlier: Path, tmp_path: Path) -> None:
    for wishes, code in (
        ({"source": str(tmp_path / "no.mp4")}, "clip-not-found"),
        ({"source": str(earlier), "source_frame": 17}, "clip-too-short"),
        ({"source": str(earlier), "source_frame": 3}, "clip-too-short"),
        ({"source": str(earlier), "image": str(earlier)}, "bad-request"),
        ({"source": str(earlier), "frames": 5}, "bad-request"),
        ({"source_frame": 3}, "bad-request"),
    ):
        with pytest.raises(WaltError) as refused:
            make(**wishes)
        assert refused.value.code == code


def test_a_file_names_its_source_without_its_folder(make: Make, earlier: Path) -> None:
    clip = make(source=str(earlier), upto="base", steps=1)
    assert json.loads(provenance(clip)["walt"])["source"] == "earlier.mp4"


def test_windows_overlap_by_five_frames() -> None:
    assert plan_windows(9, 17, 5) == [Window(0, 17, 5)]
    assert plan_windows(29, 17, 1) == [Window(0, 17, 1), Window(12, 17, 5)]
    assert plan_windows(1, 17) == [Window(0, 1, 0)]
    assert plan_windows(17, 17) == [Window(0, 17, 0)]
    assert plan_windows(29, 17) == [Window(0, 17, 0), Window(12, 17, 5)]
    assert plan_windows(33, 17) == [Window(0, 17, 0), Window(12, 17, 5), Window(24, 17, 5)]


def test_noise_depends_on_seed_and_purpose_alone() -> None:
    noise = seeded_noise(5, "base/0", (1000,))
    assert torch.equal(noise, seeded_noise(5, "base/0", (1000,)))
    assert not torch.equal(noise, seeded_noise(6, "base/0", (1000,)))
    assert not torch.equal(noise, seeded_noise(5, "sr1/0", (1000,)))
    assert abs(float(noise.mean())) < 0.1
    assert abs(float(noise.std()) - 1) < 0.1


def test_known_frames_are_told_and_kept() -> None:
    x0 = torch.randn(2, 4, 5, 3, 3)
    condition = frame_condition(x0, torch.tensor([2, 0]))
    assert condition[1].abs().sum() == 0
    known, condition = x0[:1, :, :2], condition[:1]
    assert torch.equal(condition[:, :4, :2], known)
    assert condition[:, 4].unique(dim=1).flatten().unique().tolist() == [0, 1]
    assert condition[:, :, 2:].abs().sum() == 0
    schedule = Schedule.linear()
    for t in (0, 500, 999):
        x, v = torch.randn(1, 4, 5, 3, 3), torch.randn(1, 4, 5, 3, 3)
        clamped = clamp_known(v, x, known, schedule, t)
        assert torch.equal(clamped[:, :, 2:], v[:, :, 2:])
        torch.testing.assert_close(
            schedule.x0_from_velocity(x, clamped, t)[:, :, :2], known, atol=1e-4, rtol=1e-4
        )


def test_frames_and_pixels_are_inverse() -> None:
    clips = np.random.default_rng(0).integers(0, 256, (2, 5, 8, 8, 3), np.uint8)
    pixels = to_pixels(clips)
    assert pixels.shape == (2, 3, 5, 8, 8)
    assert (float(pixels.min()), float(pixels.max())) == (-1, 1)
    assert np.array_equal(to_frames(pixels), clips)
    assert np.array_equal(to_frames(to_pixels(clips[0])), clips[0])
    assert torch.equal(to_pixels(torch.from_numpy(clips)), pixels)
    assert to_frames(torch.full((3, 1, 1, 1), 1.5)).max() == 255


def test_full_memory_is_tried_again_and_then_told() -> None:
    freed: list[int] = []

    def full() -> int:
        raise MemoryError

    assert retry_without_memory([full, lambda: 3], lambda: freed.append(1)) == 3
    assert freed == [1]
    with pytest.raises(Exception, match="not enough memory"):
        retry_without_memory([full, full], lambda: None)


@pytest.mark.slow
def test_a_decode_without_memory_goes_on_in_tiles(
    make: Make, pack: LoadedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make(seed=7, upto="sr2", frames=9)
    real = pack.tokenizer.stream

    def cramped(z: torch.Tensor, chunk: int = 1, tile: int | None = None) -> object:
        for count, pixels in enumerate(real(z, chunk, tile)):
            if tile is None and count == 1:
                raise MemoryError
            yield pixels

    monkeypatch.setattr(pack.tokenizer, "stream", cramped)
    recorder = Recorder()
    tiled = make(recorder, seed=7, upto="sr2", frames=9)
    ready = [event for event in recorder.of(FramesReady) if event.stage == "sr2"]
    assert [event.first for event in ready] == [0, 1, 5]
    assert np.array_equal(tiled.frames[:1], whole.frames[:1])
    assert np.abs(tiled.frames.astype(int) - whole.frames).mean() < 2


def test_estimates_use_what_was_measured() -> None:
    remembered: dict[str, float] = {}
    pace = EtaEstimator({"base": Task(4, 100.0), "sr1": Task(2, 200.0)}, remembered)
    pace.done("base", 5.0)
    assert pace.left("base") == 15.0
    assert pace.left("sr1") == 20.0
    pace.done("base", 1.0)  # the first step paid for warming up
    assert pace.left("base") == 2.0
    assert remembered == {"base": 1.0}
    later = EtaEstimator({"base": Task(4, 100.0), "sr1": Task(2, 200.0)}, remembered)
    assert later.left("base") == 4.0
