"""What a person asks for: one clip. Its JSON is stored with every clip and export.

The class itself checks nothing, so that it is cheap to import and to copy. Untrusted values (command line, file
metadata, database, project) become a request by `ClipRequest.parse` or `ClipRequest.from_json`, and only by these.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Self

from engine.api.errors import UsageError
from engine.api.types import (
    ASPECTS,
    MAX_GUIDANCE,
    MAX_PROMPT,
    MAX_SEED,
    MAX_STEPS,
    MAX_STILL_SIDE,
    OVERLAP,
    STAGES,
    STRENGTHS,
    WINDOW_FRAMES,
    Aspect,
    StageName,
    Strength,
)

DEFAULT_PACK = "starter"
"""The pack that comes with walt."""
MOVES = ("the camera zooms in", "the camera pans left", "the camera zooms out", "the camera pans right")
"""For a still without a prompt."""
_MOST_FRAMES, _MOST_SEEN = 10_000, 1_000
"""Bounds of any request; what a pack makes is in its record (`engine.packs.capabilities`)."""
_HINT = "See `walt generate --help` for what is possible."


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """One clip, as asked for. ``None`` for steps or guidance means: what the pack recommends.

    A still needs no prompt: then the seed chooses a gentle move of the camera.
    """

    prompt: str
    negative: str = ""
    image: str | None = None
    """Path of the still that becomes frame 0 (image-to-video)."""
    source: str | None = None
    """Path of the video that is continued (paper 4.4); the clip is then only what comes after it."""
    source_frame: int | None = None
    """The frame of ``source`` after which the new ones come; None is its last."""
    overlap: int = OVERLAP
    """How many frames of ``source`` the model sees: several show a motion, one a picture."""
    seed: int = 0
    aspect: Aspect = "16:9"
    frames: int = WINDOW_FRAMES
    """Frames that the model handles, those seen of ``source`` included; `new_frames` is the clip's length."""
    upto: StageName = "sr2"
    steps: int | None = None
    """Denoising steps of the base stage; the super-resolution stages scale with it."""
    guidance: float | None = None
    """Guidance scale of the base stage; the super-resolution stages keep the pack's."""
    pack: str = DEFAULT_PACK
    strength: Strength = "normal"
    """How strongly the camera moves over a still whose own pixels are shown."""
    size: int | None = None
    """Pixels of the shorter side of such a clip, where that is to be larger than the last stage's."""

    @property
    def words(self) -> str:
        """What the model is told: the prompt, or for a still without one a move that the seed chooses."""
        return self.prompt or MOVES[self.seed % len(MOVES)]

    @property
    def known(self) -> int:
        """How many frames were there before: those of ``source`` that the model sees."""
        return 0 if self.source is None else self.overlap

    @property
    def new_frames(self) -> int:
        """How many frames the clip will have."""
        return self.frames - self.known

    @classmethod
    def parse(cls, /, **values: object) -> Self:
        """Build a request from untrusted values.

        Raises:
            UsageError: ``bad-request`` with the first problem as one plain sentence.
        """
        try:
            request = cls(**_checked(values))
            _check_together(request)
        except ValueError as error:
            message = str(error)
            raise UsageError("bad-request", f"{message[:1].upper()}{message[1:]}.", _HINT) from None
        return request

    def values(self) -> dict[str, Any]:
        """Every field by its name, in order."""
        return {name: getattr(self, name) for name in _CHECKS}

    def changed(self, **values: object) -> Self:
        """The same request with other values, all of them checked.

        Raises:
            UsageError: see `parse`.
        """
        return self.parse(**(self.values() | values))

    def to_json(self) -> str:
        """The request as it is stored: every field, in order, without spaces; newer ones where they say anything."""
        values = {name: value for name, value in self.values().items() if _NEWER.get(name, ...) != value}
        return json.dumps(values, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote, from a file that may come from anyone.

        Raises:
            UsageError: ``bad-request``, also for the settings of a newer version that this one does not know.
        """
        try:
            values: Any = json.loads(text)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            message = "The settings of this clip cannot be read."
            raise UsageError("bad-request", message, "Enter the prompt again.")
        return cls.parse(**{str(name): value for name, value in values.items()})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("input should be a valid string")
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which no file could hold
        raise ValueError("input should be a valid string") from None
    return value


def _short(text: str) -> str:
    if len(text) > MAX_PROMPT:
        raise ValueError(f"string should have at most {MAX_PROMPT} characters")
    return text


def _number(value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("input should be a valid number")
    if not value >= low:  # NaN too
        raise ValueError(f"input should be greater than or equal to {low}")
    if value > high:
        raise ValueError(f"input should be less than or equal to {high}")
    return value


def _whole(value: object, low: int, high: float) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:
        raise ValueError("input should be a valid integer")
    return int(_number(value, low, high))


def _one_of(value: object, choices: tuple[str, ...]) -> Any:
    if type(value) is not type(choices[0]) or value not in choices:
        *most, last = map(repr, choices)
        raise ValueError(f"input should be {', '.join(most)} or {last}")
    return value


_CHECKS: dict[str, Callable[[object], Any]] = {
    "prompt": lambda value: _short(" ".join(_text(value).split())),
    "negative": lambda value: _short(_text(value)),
    "image": _text,
    "source": _text,
    "source_frame": lambda value: _whole(value, 0, float("inf")),
    "overlap": lambda value: _whole(value, 1, _MOST_SEEN),
    "seed": lambda value: _whole(value, 0, MAX_SEED),
    "aspect": lambda value: _one_of(value, ASPECTS),
    "frames": lambda value: _whole(value, 1, _MOST_FRAMES),
    "upto": lambda value: _one_of(value, STAGES),
    "steps": lambda value: _whole(value, 1, MAX_STEPS),
    "guidance": lambda value: float(_number(value, 0, MAX_GUIDANCE)),
    "pack": _text,
    "strength": lambda value: _one_of(value, tuple(STRENGTHS)),
    "size": lambda value: _whole(value, 1, MAX_STILL_SIDE),
}
"""What each field takes, in the fields' order; raises ValueError with the rest of a sentence."""
_NEWER: dict[str, object] = {"strength": "normal", "size": None}
"""Fields that walt 0.3 does not know, and their defaults, which it need not know."""
_OPTIONAL = {field.name for field in fields(ClipRequest) if field.default is None}
"""Fields that may be None."""


def _checked(values: dict[str, object]) -> dict[str, Any]:
    """The values of all fields that are given, each by itself of the right type and inside its limits.

    Raises:
        ValueError: for the first that is not.
    """
    if "prompt" not in values:
        raise ValueError("prompt: field required")
    made: dict[str, Any] = {}
    for name, check in _CHECKS.items():
        if name not in values or (values[name] is None and name in _OPTIONAL):
            continue
        try:
            made[name] = check(values[name])
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    for name in values:
        if name not in _CHECKS:
            raise ValueError(f"{name}: extra inputs are not permitted")
    return made


def _check_together(request: ClipRequest) -> None:
    """What no field can know by itself.

    Raises:
        ValueError: with a sentence.
    """
    if not request.prompt and request.image is None:
        raise ValueError("the prompt is empty")
    if request.size is not None and request.image is None:
        raise ValueError("only a clip from a still can have a size of its own")
    if request.source is None:
        if request.source_frame is not None:
            raise ValueError("a frame to continue from needs a clip to continue")
    elif request.image is not None:
        raise ValueError("a clip begins with a still or continues another, not both")
    elif request.new_frames < 1:
        raise ValueError(
            f"{request.frames} frames leave no new ones: {request.overlap} of them are those that are continued"
        )
