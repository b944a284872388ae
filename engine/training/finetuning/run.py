"""A fine-tuning run as data, and how it is stopped. No torch here."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from engine.api.errors import UsageError
from engine.packs.base_manifest import Line, PackName
from engine.training.finetuning.dataset import NO_FILES_HINT, Example

Method = Literal["lora", "full"]
MAX_FILES = 500
DEFAULT_MINUTES = 30.0


@dataclass
class StopSignal:
    """Ends a run from another thread.

    Attributes:
        enough: Stop training and make the pack of what was learned.
        discard: When the run is cancelled, delete its checkpoints too.
    """

    enough: threading.Event = field(default_factory=threading.Event)
    discard: threading.Event = field(default_factory=threading.Event)


class FinetuneRun(BaseModel):
    """What is trained on what, for how long; checked here, once.

    Attributes:
        examples: The captioned files.
        name, title: Of the new pack.
        pack: Name of the pack to start from, which is not changed.
        minutes: Training time, without reading and packing; ``steps``, if given, decides instead.
        method: LoRA, or all weights of the base stage.
        rank: Of LoRA's matrices.
        rehearsal: Rendered worlds to train on besides, against forgetting, if the pack knows their words.
        batch: Examples in a step, and as many worlds.
        seed: Of everything random.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    examples: Annotated[tuple[Example, ...], Field(max_length=MAX_FILES)]
    name: PackName
    title: Line
    pack: str = "starter"
    minutes: Annotated[float, Field(gt=0, le=7 * 24 * 60)] = DEFAULT_MINUTES
    steps: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    method: Method = "full"
    rank: Annotated[int, Field(ge=1, le=256)] = 8
    rehearsal: Annotated[int, Field(ge=0, le=10_000)] = 16
    batch: Annotated[int, Field(ge=1, le=64)] = 2
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0

    @field_validator("examples")
    @classmethod
    def _captioned(cls, value: tuple[Example, ...]) -> tuple[Example, ...]:
        bare = [one.file.name for one in value if not any(text.strip() for text in one.captions)]
        if bare:
            others = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
            raise ValueError(f"{bare[0]}{others} has no caption")
        return value

    @classmethod
    def parse(cls, **values: object) -> Self:
        """A run from untrusted values.

        Raises:
            UsageError: ``no-clips``, ``no-captions`` or ``bad-finetuning``.
        """
        if not values.get("examples"):
            raise UsageError("no-clips", "There is nothing to train on.", NO_FILES_HINT)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            message = first["msg"].removeprefix("Value error, ")
            if first["loc"] == ("examples",) and first["type"] == "value_error":
                hint = "Write what each one shows into a .txt of the same name beside it."
                raise UsageError("no-captions", f"{message}.", hint) from None
            where = f"{first['loc'][0]}: " if first["loc"] else ""
            raise UsageError("bad-finetuning", f"{where}{message}.", "See docs/training.md.") from None


def slug(title: str, taken: Iterable[str] = ()) -> str:
    """A pack's name made of its title, none of ``taken``: ``Mon été`` -> ``mon-ete``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48] or "finetuned"
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
