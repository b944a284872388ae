"""The files that a pack is fine-tuned on, with their captions. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.api.errors import UsageError
from engine.media.file_types import PICTURE, VIDEO, files_below
from engine.runtime.text_file import read_lines

MAX_CAPTION = 500
NO_FILES_HINT = (
    "Give videos of two seconds or more, or pictures: .mp4 .mov .webm .mkv .avi .m4v .jpg .png .webp .avif .heic .bmp."
)


@dataclass(frozen=True, slots=True)
class Example:
    """A video or a picture, with one caption or several."""

    file: Path
    captions: tuple[str, ...] = ()


def find_examples(folder: Path) -> tuple[Example, ...]:
    """The videos and pictures of a folder and those below it, captioned by ``name.txt``, one caption a line.

    Raises:
        UsageError: ``no-clips``.
    """
    try:
        files = files_below(folder, VIDEO | PICTURE)
    except OSError:
        files = []
    if not files:
        raise UsageError("no-clips", f"{folder} holds no video and no picture.", NO_FILES_HINT)
    return tuple(example_of(file) for file in files)


def example_of(file: Path) -> Example:
    """A file with the captions of the ``.txt`` file beside it, if there is one."""
    return Example(file, tuple(line[:MAX_CAPTION] for line in read_lines(file.with_suffix(".txt"))))
