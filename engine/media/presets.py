"""What a clip can be exported as: presets are data, one JSON file each in ``resources/presets``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal

Kind = Literal["video", "gif", "webp", "frames", "still"]
Quality = Literal["small", "good", "best"]
QUALITIES: tuple[Quality, ...] = ("small", "good", "best")


@dataclass(frozen=True, slots=True)
class Encoder:
    """One of FFmpeg's encoders: what it is given for each quality, as options or as bits for each pixel."""

    name: str
    pixels: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict[str, str])
    qualities: dict[Quality, dict[str, str]] = field(default_factory=dict[Quality, dict[str, str]])
    bits_per_pixel: dict[Quality, float] = field(default_factory=dict[Quality, float])


@dataclass(frozen=True, slots=True)
class Preset:
    """One format to export to. ``encoders`` are tried in turn; pictures need none."""

    name: str
    order: int
    title: str
    about: str
    kind: Kind
    suffix: str
    """With its dot; empty for a folder."""
    container: str = ""
    muxer: dict[str, str] = field(default_factory=dict[str, str])
    encoders: tuple[Encoder, ...] = ()
    matrix: Literal["bt709", "bt601"] = "bt709"
    """How RGB becomes YUV; WebP knows only BT.601."""
    loops: bool = False
    """Whether the file says how often it plays."""


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """How a clip is exported.

    Attributes:
        preset: The format.
        quality: Small files, or little loss.
        scale: 2 doubles width and height by resampling; no detail is added.
        times: Frames written for each frame of the clip: the frame rate is so many times the clip's own.
        smooth: Frames in between are estimated by optical flow; otherwise frames are repeated.
        plays: How often a GIF or WebP plays; 0 without end.
        metadata: What the file carries; empty for nothing.
    """

    preset: Preset
    quality: Quality = "good"
    scale: Literal[1, 2] = 1
    times: Literal[1, 2, 3] = 1
    smooth: bool = False
    plays: int = 0
    metadata: dict[str, str] = field(default_factory=dict[str, str])


@lru_cache(maxsize=1)
def load_presets() -> tuple[Preset, ...]:
    """All presets that ship with walt, in the order to show them."""
    folder = files("resources") / "presets"
    texts = [file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".json")]
    return tuple(sorted(map(_parse, texts), key=lambda preset: preset.order))


def _parse(text: str) -> Preset:
    values = json.loads(text)
    encoders = tuple(Encoder(**encoder) for encoder in values.pop("encoders", ()))
    return Preset(encoders=encoders, **values)


def preset_named(name: str) -> Preset:
    """A preset by its name.

    Raises:
        KeyError: if there is none.
    """
    return {preset.name: preset for preset in load_presets()}[name]


def preset_for(suffix: str) -> Preset | None:
    """The first preset that writes files with this suffix."""
    return next((preset for preset in load_presets() if preset.suffix == suffix.lower() != ""), None)
