"""What a pack can make, in its record; and that what the record does not allow is refused in plain words."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from engine.api.errors import UsageError
from engine.api.request import ClipRequest
from engine.api.types import STAGES
from engine.kinds.check import require_capable
from engine.kinds.registry import capabilities_of
from engine.packs.capabilities import Capabilities, Lengths, Setting
from engine.packs.manifest import walt_manifest
from engine.packs.store import PackStore


@pytest.fixture
def starter() -> Capabilities:
    return capabilities_of(PackStore().find("starter"))


def ask(**wishes: Any) -> ClipRequest:
    return ClipRequest.parse(**{"prompt": "a horse", **wishes})


def test_the_starter_says_what_it_can(starter: Capabilities) -> None:
    assert (starter.fps, starter.lengths) == (8, Lengths(usual=17, longest=161, step=4))
    assert [(stage.name, stage.title) for stage in starter.stages] == [
        ("base", "sketch"), ("sr1", "detail"), ("sr2", "finish"),
    ]  # fmt: skip
    assert [stage.sizes["16:9"] for stage in starter.stages] == [(224, 128), (448, 256), (896, 512)]
    assert starter.stages[0].sizes["9:16"] == (128, 224)
    assert (starter.still, starter.seen, starter.any_word, starter.teachable) == ("may", (5, 1), False, True)
    assert starter.steps == Setting(12)
    assert (starter.guidance, starter.still_guidance) == (Setting(3.0), Setting(1.5))


def test_a_pack_of_one_stage_says_one_stage(store: PackStore) -> None:
    pack = store.find("tiny")
    [whole, *_] = capabilities_of(pack).stages
    manifest = walt_manifest(pack.manifest)
    base = manifest.model_copy(update={"stages": {"base": manifest.stages["base"]}})
    record = capabilities_of(replace(pack, manifest=base))
    assert (record.stages, record.last_stage, record.aspects) == ((whole,), "base", ("16:9", "1:1"))
    assert record.stage("sr1") is None
    assert capabilities_of(pack).last_stage == STAGES[-1]
    assert not capabilities_of(pack).teachable or manifest.stages["base"].transformer["frame_conditioning"]


def test_lengths() -> None:
    stepped, fixed, free = Lengths(17, 161, 4), Lengths(81, 81, fixed=(49, 81)), Lengths(25, 50)
    assert [n for n in range(-3, 30) if stepped.possible(n)] == [1, 5, 9, 13, 17, 21, 25, 29]
    assert (stepped.possible(161), stepped.possible(165)) == (True, False)
    assert [n for n in range(200) if fixed.possible(n)] == [49, 81]
    assert [n for n in range(200) if free.possible(n)] == list(range(1, 51))
    assert [lengths.rule for lengths in (stepped, fixed, free)] == [
        "1 + 4k frames", "49 or 81 frames", "1 to 50 frames",
    ]  # fmt: skip


LIMITS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "length": ({"frames": 17}, {"lengths": Lengths(49, 81, 12)}, "bad-request"),
    "fixed length": ({"frames": 17}, {"lengths": Lengths(49, 49, fixed=(49,))}, "bad-request"),
    "no stills": ({"image": "a.png"}, {"still": "no"}, "not-in-pack"),
    "no still": ({}, {"still": "must"}, "not-in-pack"),
    "motion": ({"source": "a.mp4", "overlap": 5}, {"seen": (1,)}, "not-in-pack"),
    "continues nothing": ({"source": "a.mp4", "overlap": 1}, {"seen": ()}, "not-in-pack"),
    "negative": ({"negative": "snow"}, {"negative": False}, "not-in-pack"),
    "long prompt": ({"prompt": "horse " * 9}, {"longest_prompt": 50}, "not-in-pack"),
    "fixed steps": ({"steps": 9}, {"steps": Setting(8, fixed=True)}, "not-in-pack"),
    "fixed guidance": ({"guidance": 2.0}, {"guidance": Setting(1.0, fixed=True)}, "not-in-pack"),
    "no guidance": ({"guidance": 2.0}, {"guidance": None}, "not-in-pack"),
    "shape": ({"aspect": "1:1"}, {"stages": "wide"}, "aspect-not-in-pack"),
    "stage": ({"upto": "sr1"}, {"stages": "base"}, "stage-not-in-pack"),
}


@pytest.mark.parametrize(("wishes", "limits", "code"), LIMITS.values(), ids=LIMITS)
def test_what_the_record_does_not_allow_is_refused(
    starter: Capabilities, wishes: dict[str, Any], limits: dict[str, Any], code: str
) -> None:
    request = ask(**{"upto": "base", **wishes})
    if "still" not in limits or limits["still"] == "no":
        assert require_capable(request, starter, "starter")[0] in (224, 128, 448)
    match limits.get("stages"):
        case "wide":
            limits = {"stages": (replace(starter.stages[0], sizes={"16:9": (64, 32)}),)}
        case "base":
            limits = {"stages": starter.stages[:1]}
        case _:
            pass
    with pytest.raises(UsageError) as refused:
        require_capable(request, replace(starter, **limits), "starter")
    assert refused.value.code == code
    assert "starter" in refused.value.message


@pytest.mark.parametrize("frames", [16, 165, 9999])
def test_walts_own_packs_make_groups_of_four_after_the_first_frame(starter: Capabilities, frames: int) -> None:
    with pytest.raises(UsageError, match=rf"^{frames} frames are not possible: .*1 \+ 4k frames") as refused:
        require_capable(ask(frames=frames), starter, "starter")
    assert refused.value.code == "bad-request"


def test_three_frames_of_a_clip_are_not_seen(starter: Capabilities) -> None:
    with pytest.raises(UsageError, match="sees 5 or 1 frames of what it continues, not 3"):
        require_capable(ask(source="a.mp4", overlap=3), starter, "starter")


def test_what_is_fixed_may_be_asked_for(starter: Capabilities) -> None:
    fixed = replace(starter, steps=Setting(8, fixed=True), guidance=None, still="must")
    assert require_capable(ask(steps=8, image="a.png", upto="sr2"), fixed, "starter") == (896, 512)
    assert require_capable(ask(source="a.mp4"), fixed, "starter") == (896, 512), "a clip to continue is a beginning too"


def test_the_record_costs_no_pydantic() -> None:
    code = "import engine.packs.capabilities, sys; sys.exit('pydantic' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
