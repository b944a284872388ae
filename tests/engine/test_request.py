"""A request: what it accepts from outside, how it says no, and how it is stored."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from engine.api.errors import UsageError
from engine.api.request import ClipRequest
from engine.api.types import MAX_PROMPT, MAX_SEED, is_frame_count

FULL = (
    '{"prompt":"un cheval à la plage","negative":"night","image":null,"source":"/a b/c.mp4","source_frame":8,'
    '"overlap":5,"seed":4294967295,"aspect":"9:16","frames":29,"upto":"sr1","steps":24,"guidance":7.0,'
    '"pack":"starter"}'
)
"""As an earlier version wrote it."""

BAD: dict[str, tuple[dict[str, object], str]] = {
    "no prompt": ({}, "Prompt: field required."),
    "empty prompt": ({"prompt": " \n "}, "The prompt is empty."),
    "long prompt": (
        {"prompt": "a" * (MAX_PROMPT + 1)},
        f"Prompt: string should have at most {MAX_PROMPT} characters.",
    ),
    "a number for a prompt": ({"prompt": 3}, "Prompt: input should be a valid string."),
    "half a character": ({"prompt": "a \ud800"}, "Prompt: input should be a valid string."),
    "negative seed": ({"prompt": "a", "seed": -1}, "Seed: input should be greater than or equal to 0."),
    "large seed": ({"prompt": "a", "seed": MAX_SEED + 1}, f"Seed: input should be less than or equal to {MAX_SEED}."),
    "half a seed": ({"prompt": "a", "seed": 1.5}, "Seed: input should be a valid integer."),
    "true for a seed": ({"prompt": "a", "seed": True}, "Seed: input should be a valid integer."),
    "nothing for a seed": ({"prompt": "a", "seed": None}, "Seed: input should be a valid integer."),
    "shape": ({"prompt": "a", "aspect": "4:3"}, "Aspect: input should be '16:9', '9:16' or '1:1'."),
    "overlap": ({"prompt": "a", "overlap": 0}, "Overlap: input should be greater than or equal to 1."),
    "stage": ({"prompt": "a", "upto": "sr3"}, "Upto: input should be 'base', 'sr1' or 'sr2'."),
    "no steps": ({"prompt": "a", "steps": 0}, "Steps: input should be greater than or equal to 1."),
    "guidance": ({"prompt": "a", "guidance": float("nan")}, "Guidance: input should be greater than or equal to 0."),
    "no frames": ({"prompt": "a", "frames": 0}, "Frames: input should be greater than or equal to 1."),
    "endless": ({"prompt": "a", "frames": 10**9}, "Frames: input should be less than or equal to 10000."),
    "two beginnings": (
        {"prompt": "a", "image": "a.png", "source": "a.mp4"},
        "A clip begins with a still or continues another, not both.",
    ),
    "nothing new": (
        {"prompt": "a", "source": "a.mp4", "frames": 5},
        "5 frames leave no new ones: 5 of them are those that are continued.",
    ),
    "nothing to continue": (
        {"prompt": "a", "source_frame": 3},
        "A frame to continue from needs a clip to continue.",
    ),
    "strength": ({"prompt": "a", "strength": "wild"}, "Strength: input should be 'gentle', 'normal' or 'strong'."),
    "huge": ({"prompt": "a", "image": "a.png", "size": 4096}, "Size: input should be less than or equal to 1024."),
    "a size without a still": ({"prompt": "a", "size": 1024}, "Only a clip from a still can have a size of its own."),
    "unknown": ({"prompt": "a", "colour": "red"}, "Colour: extra inputs are not permitted."),
    "a name of Python's": ({"prompt": "a", "cls": 1}, "Cls: extra inputs are not permitted."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_refused_with_one_sentence(name: str) -> None:
    values, sentence = BAD[name]
    with pytest.raises(UsageError) as refused:
        ClipRequest.parse(**values)
    assert (refused.value.code, refused.value.message) == ("bad-request", sentence)


def test_what_an_earlier_version_stored_is_read_and_written_the_same() -> None:
    request = ClipRequest.from_json(FULL)
    assert (request.prompt, request.new_frames, request.guidance) == ("un cheval à la plage", 24, 7.0)
    assert request.to_json() == FULL
    strong = ClipRequest("", image="a.png", strength="strong", size=1024)
    assert ClipRequest.from_json(strong.to_json()) == strong


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "3", "[" * 100_000, '{"prompt": ""}', "{}"])
def test_text_that_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        ClipRequest.from_json(text)
    assert refused.value.code == "bad-request"


def test_spaces_do_not_count_in_a_prompt() -> None:
    assert ClipRequest.parse(prompt="  a \n  horse " + " " * MAX_PROMPT).prompt == "a horse"


def test_whole_numbers_may_be_written_with_a_point() -> None:
    request = ClipRequest.from_json('{"prompt": "a", "frames": 29.0, "guidance": 3}')
    assert json.loads(request.to_json())["frames"] == 29
    assert '"guidance":3.0' in request.to_json()


def test_every_field_is_checked_and_stored() -> None:
    names = [field.name for field in fields(ClipRequest)]
    assert list(ClipRequest("a horse").values()) == names
    assert list(json.loads(ClipRequest("", image="a.png", strength="strong", size=1024).to_json())) == names


def test_changes_are_checked() -> None:
    request = ClipRequest.parse(prompt="a horse", image="a.png")
    assert request.changed(image=None, source="a.mp4", frames=9).new_frames == 4
    with pytest.raises(UsageError, match="not both"):
        request.changed(source="a.mp4")
    assert request.image == "a.png"


def test_clips_have_one_frame_and_whole_groups_of_four() -> None:
    assert [frames for frames in range(-3, 14) if is_frame_count(frames)] == [1, 5, 9, 13]
