"""The pass before: it makes the first latent frame, and the clip grows from that as from a still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.api.clip import Clip
from engine.api.events import StageStarted, StepDone
from engine.api.request import ClipRequest
from engine.media.images import write_png
from engine.packs.load import LoadedPack
from engine.packs.manifest import WaltManifest
from engine.pipeline.cascade import Cascade
from tests.tiny_pack import BASE_STEPS

from .conftest import Recorder

Make = Callable[..., Clip]


def with_first_pass(pack: LoadedPack, steps: int) -> LoadedPack:
    base = pack.manifest.stages["base"].model_copy(update={"first_pass": steps})
    return replace(pack, manifest=pack.manifest.model_copy(update={"stages": {**pack.manifest.stages, "base": base}}))


@pytest.fixture
def twice(pack: LoadedPack) -> Make:
    """Make clips with a tiny pack that has a first pass of two steps."""
    cascade = Cascade(with_first_pass(pack, 2))

    def run(listener: Recorder, **wishes: object) -> Clip:
        request = ClipRequest.parse(**{"prompt": "a horse", "pack": "tiny", **wishes})
        return cascade.generate(request, listener, listener.cancelled, "job")

    return run


def test_the_first_frame_is_that_of_the_first_pass(make: Make, twice: Make, recorder: Recorder) -> None:
    whole = make(seed=5, steps=2, upto="base")
    grown = twice(recorder, seed=5, upto="base")
    assert np.array_equal(grown.frames[0], whole.frames[0])
    assert not np.array_equal(grown.frames[-1], whole.frames[-1])
    once = make(seed=5, upto="base")
    assert not np.array_equal(grown.frames[0], once.frames[0])


def test_its_steps_are_counted(twice: Make, recorder: Recorder) -> None:
    twice(recorder, upto="sr1", frames=29)
    base = [event for event in recorder.events if isinstance(event, StepDone) and event.stage == "base"]
    total = 2 + 2 * BASE_STEPS  # two windows; only the first one begins with nothing known
    assert [event.step for event in base] == list(range(1, total + 1))
    assert {event.steps for event in base} == {total}
    started = [event for event in recorder.events if isinstance(event, StageStarted)]
    assert [event.steps for event in started] == [total, 4]


def test_more_steps_are_more_of_both(twice: Make, recorder: Recorder) -> None:
    twice(recorder, upto="base", steps=2 * BASE_STEPS, frames=5)
    assert len(recorder.of(StepDone)) == 4 + 2 * BASE_STEPS


def test_what_is_known_needs_no_first_pass(twice: Make, tmp_path: Path) -> None:
    write_png(tmp_path / "still.png", np.full((64, 128, 3), 90, np.uint8))
    for wishes in ({"image": str(tmp_path / "still.png"), "frames": 5}, {"frames": 1}):
        recorder = Recorder()
        twice(recorder, upto="base", **wishes)
        assert len(recorder.of(StepDone)) == BASE_STEPS


def test_only_the_base_has_one(pack: LoadedPack) -> None:
    fields = pack.manifest.model_dump()
    fields["stages"]["sr1"]["first_pass"] = 1
    with pytest.raises(ValueError, match="only the base"):
        WaltManifest.model_validate(fields)


def test_a_still_is_guided_by_its_own_scale(pack: LoadedPack, make: Make, tmp_path: Path, recorder: Recorder) -> None:
    still = str(tmp_path / "still.png")
    write_png(Path(still), np.full((64, 128, 3), 90, np.uint8))
    base = pack.manifest.stages["base"].model_copy(update={"still_guidance": 1.5})
    manifest = pack.manifest.model_copy(update={"stages": {**pack.manifest.stages, "base": base}})
    cascade = Cascade(replace(pack, manifest=manifest))

    def gentle(**wishes: object) -> Clip:
        request = ClipRequest.parse(prompt="a horse", pack="tiny", upto="base", frames=5, seed=1, **wishes)
        return cascade.generate(request, recorder, recorder.cancelled, "job")

    def usual(**wishes: object) -> Clip:
        return make(upto="base", frames=5, seed=1, **wishes)

    assert np.array_equal(gentle(image=still).frames, usual(image=still, guidance=1.5).frames)
    assert not np.array_equal(gentle(image=still).frames, usual(image=still).frames)
    assert np.array_equal(gentle(image=still, guidance=4.0).frames, usual(image=still, guidance=4.0).frames)
    assert np.array_equal(gentle().frames, usual().frames)
