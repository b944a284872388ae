"""What packs of every kind say about themselves, and the fields that their manifests are made of. No torch here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.api.errors import WaltError

VERSION = 1
MAX_FILE_BYTES = 64 * 2**30

# What a stranger's pack says is shown to people and printed on terminals: no line breaks where a line is
# expected, no control characters anywhere, nothing that turns the direction of the text around it.
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
Line = Annotated[str, Field(max_length=200, pattern=rf"^[^{_CONTROLS}\t\n]*$")]
Prose = Annotated[str, Field(max_length=4000, pattern=rf"^[^{_CONTROLS}]*$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""No separator, no drive, no leading dot: it stays inside the pack on every system."""
KindName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
DEFAULT_KIND, OPEN_KIND = "walt", "diffusers"
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PackName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


class Strict(BaseModel):
    """A part of a manifest: never changed, and with no field that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Strict):
    """Words for display, in the two languages the starter's captions speak."""

    en: Annotated[tuple[Line, ...], Field(max_length=1000)] = ()
    fr: Annotated[tuple[Line, ...], Field(max_length=1000)] = ()


class Knows(Strict):
    """What the pack has seen enough of to draw; shown when a prompt asks for something else."""

    subjects: Words = Words()
    actions: Words = Words()
    places: Words = Words()
    lights: Words = Words()
    colours: Words = Words()
    cameras: Words = Words()


class FileSpec(Strict):
    """Size and hash of one file of the pack."""

    sha256: Sha256
    bytes: Annotated[int, Field(ge=1, le=MAX_FILE_BYTES)]


class Manifest(Strict):
    """What a pack of any kind says about itself.

    ``kind`` says which of `MANIFESTS` describes the pack, and which of `engine.kinds.registry.KINDS` makes its clips.
    """

    format: Literal[1] = VERSION
    kind: KindName = DEFAULT_KIND
    name: PackName
    title: Line
    version: Line
    licence: Line
    description: Prose
    knows: Knows = Knows()
    files: Annotated[dict[FileName, FileSpec], Field(max_length=64)] = {}

    @property
    def needed_files(self) -> frozenset[str]:
        """Names of the files that the pack must have; besides these only a card belongs in it."""
        return frozenset(self.files)

    @property
    def stored(self) -> dict[str, int]:
        """Bytes of every file that is read to make a clip, by its name."""
        return {name: spec.bytes for name, spec in self.files.items()}


def damaged(folder: Path, why: str) -> WaltError:
    """The one error for a pack that is not what it says it is."""
    return WaltError("pack-damaged", f"The pack in {folder} is damaged: {shown(why)}.", "Install it again.")


def shown(text: str) -> str:
    """A stranger's words on one short line, with nothing in them that a terminal would obey."""
    plain = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return plain if len(plain) <= 200 else f"{plain[:200]}…"
