"""What a pack is to be taught: files with their captions, read from a folder or chosen one by one. No torch here."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from engine.api.errors import UsageError
from engine.media.file_types import PICTURE, VIDEO
from engine.packs.manifest import Line, PackName

Method = Literal["lora", "full"]
MAX_CAPTION = 500
MAX_FILES = 500
DEFAULT_MINUTES = 30.0


@dataclass(frozen=True, slots=True)
class Example:
    """A video or a picture, and what is said about it, one or more ways."""

    file: Path
    captions: tuple[str, ...] = ()


@dataclass
class StopSignal:
    """How a lesson is ended from another thread: keep what was learned so far, or throw it away."""

    enough: threading.Event = field(default_factory=threading.Event)
    discard: threading.Event = field(default_factory=threading.Event)


class FinetuneDataset(BaseModel):
    """One lesson, checked once, here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    examples: Annotated[tuple[Example, ...], Field(max_length=MAX_FILES)]
    name: PackName
    """Of the pack that comes of it."""
    title: Line
    pack: str = "starter"
    """Of the pack that is taught; it stays as it is."""
    minutes: Annotated[float, Field(gt=0, le=7 * 24 * 60)] = DEFAULT_MINUTES
    """How long to learn, besides reading and packing; ``steps`` says it in another way."""
    steps: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    method: Method = "full"
    rank: Annotated[int, Field(ge=1, le=256)] = 8
    """Of LoRA's matrices."""
    rehearsal: Annotated[int, Field(ge=0, le=10_000)] = 16
    """Rendered worlds that are shown in between, if the pack knows their words."""
    batch: Annotated[int, Field(ge=1, le=64)] = 2
    """Examples in a step, and as many rehearsed worlds."""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0

    @field_validator("examples")
    @classmethod
    def _something_with_words(cls, value: tuple[Example, ...]) -> tuple[Example, ...]:
        bare = [one.file.name for one in value if not any(text.strip() for text in one.captions)]
        if bare:
            others = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
            raise ValueError(f"{bare[0]}{others} has no caption")
        return value

    @classmethod
    def parse(cls, **values: object) -> Self:
        """A lesson from untrusted values.

        Raises:
            UsageError: ``no-clips``, ``no-captions`` or ``bad-lesson``.
        """
        if not values.get("examples"):
            raise UsageError("no-clips", "There is nothing to learn from.", _WHAT)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            message = first["msg"].removeprefix("Value error, ")
            if first["loc"] == ("examples",) and first["type"] == "value_error":
                raise UsageError("no-captions", f"{message}.", _HOW) from None
            where = f"{first['loc'][0]}: " if first["loc"] else ""
            raise UsageError("bad-lesson", f"{where}{message}.", "See docs/training.md.") from None


_WHAT = (
    "Give videos of two seconds or more, or pictures: .mp4 .mov .webm .mkv .avi .m4v .jpg .png .webp .bmp."
)
_HOW = "Say what each one shows, in a .txt of the same name beside it."


def find_examples(folder: Path) -> tuple[Example, ...]:
    """The videos and pictures of a folder and those below it, captioned by ``name.txt``, one caption a line.

    Raises:
        UsageError: ``no-clips``.
    """
    try:
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in VIDEO | PICTURE)
    except OSError:
        files = []
    if not files:
        raise UsageError("no-clips", f"{folder} holds no video and no picture.", _WHAT)
    return tuple(example_of(file) for file in files)


def example_of(file: Path) -> Example:
    """A file with the captions that lie beside it, if any."""
    try:
        lines = file.with_suffix(".txt").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    return Example(file, tuple(line.strip()[:MAX_CAPTION] for line in lines if line.strip()))


def slug(title: str, taken: Iterable[str] = ()) -> str:
    """A pack's name made of its title that is none of ``taken``: ``Mon été`` -> ``mon-ete``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48] or "taught"
    names, number = {*taken}, 2
    if name not in names:
        return name
    while f"{name}-{number}" in names:
        number += 1
    return f"{name}-{number}"


def usual_method() -> Method:
    """LoRA where `peft` is installed, all weights otherwise."""
    from importlib.util import find_spec

    return "lora" if find_spec("peft") is not None else "full"
