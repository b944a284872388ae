"""What a clip can be exported as: presets are data, one JSON file each in ``resources/presets``."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["video", "gif", "webp", "frames", "still"]
Quality = Literal["small", "good", "best"]
QUALITIES: tuple[Quality, ...] = ("small", "good", "best")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Encoder(_Data):
    """One of FFmpeg's encoders: what it is given for each quality, as options or as bits for each pixel."""

    name: str
    pixels: str = "yuv420p"
    options: dict[str, str] = Field(default_factory=dict[str, str])
    qualities: dict[Quality, dict[str, str]] = Field(default_factory=dict[Quality, dict[str, str]])
    bits_per_pixel: dict[Quality, float] = Field(default_factory=dict[Quality, float])


class Preset(_Data):
    """One thing to export as. ``encoders`` are tried in turn; pictures need none."""

    name: str
    order: int
    title: str
    about: str
    kind: Kind
    suffix: str
    """With its dot; empty for a folder."""
    container: str = ""
    muxer: dict[str, str] = Field(default_factory=dict[str, str])
    encoders: tuple[Encoder, ...] = ()
    matrix: Literal["bt709", "bt601"] = "bt709"
    """How RGB becomes YUV; WebP knows only BT.601."""
    loops: bool = False
    """Whether the file says how often it plays."""
    metadata: bool = True
    """Whether the file can carry prompt, seed and settings."""


@lru_cache(maxsize=1)
def load_presets() -> tuple[Preset, ...]:
    """All presets that ship with walt, in the order to show them."""
    folder = files("resources") / "presets"
    texts = [file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".json")]
    return tuple(sorted(map(Preset.model_validate_json, texts), key=lambda preset: preset.order))


def preset_named(name: str) -> Preset:
    """A preset by its name.

    Raises:
        KeyError: if there is none.
    """
    return {preset.name: preset for preset in load_presets()}[name]


def preset_for(suffix: str) -> Preset | None:
    """The first preset that writes files with this suffix."""
    return next((preset for preset in load_presets() if preset.suffix == suffix.lower() != ""), None)
