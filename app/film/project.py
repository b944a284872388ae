"""The project file: one film as JSON (``.walt``), one versioned format, written whole, checked when read.

Imported only when a project is read or written: pydantic is not needed to show the window.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.film.film import Segment, Segments, Take
from app.library.records import read_request
from engine.api.errors import WaltError
from engine.api.types import FPS
from engine.runtime.json_file import read_object, write_object

VERSION = 1
MAX_BYTES = 16 * 2**20
_Id = Annotated[str, Field(min_length=1, max_length=64)]
_Frame = Annotated[int, Field(ge=0, le=10_000_000)]
_Side = Annotated[int, Field(ge=1, le=65_536)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Take(_Data):
    id: _Id
    file: str | None = None
    frames: Annotated[int, Field(ge=1, le=10_000_000)]
    fps: Annotated[float, Field(ge=0.1, le=1000)] = FPS
    size: tuple[_Side, _Side]
    request: dict[str, Any] | None = None
    job: _Id | None = None
    trouble: str = ""


class _Segment(_Data):
    id: _Id
    take: _Id
    start: _Frame
    stop: _Frame


class _Project(_Data):
    walt_project: Literal[1]
    fps: Annotated[int, Field(ge=1, le=1000)] = FPS
    takes: list[_Take]
    segments: list[_Segment]
    marks: tuple[_Frame | None, _Frame | None] = (None, None)
    playhead: _Frame = 0
    saved_as: str | None = None
    modified: bool = False
    running: bool = False

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        frames = {
            take.id: Take(take.id, take.frames, take.size, fps=take.fps).length(self.fps)
            for take in self.takes
        }
        names = [segment.id for segment in self.segments]
        if len(frames) != len(self.takes) or len(set(names)) != len(names):
            raise ValueError("two of its parts have the same name")
        for segment in self.segments:
            if not segment.start < segment.stop <= frames.get(segment.take, 0):
                raise ValueError("a segment shows frames that its clip does not have")
        return self


@dataclass(frozen=True, slots=True)
class Project:
    """A film with everything that is to be the same when it is opened again.

    The last three are of the copy that walt keeps by itself: the file the film was saved as, whether it was
    changed since, and whether the window that wrote it is, or was when it died, still open.
    """

    takes: dict[str, Take]
    segments: Segments
    fps: int = FPS
    marks: tuple[int | None, int | None] = (None, None)
    playhead: int = 0
    saved_as: Path | None = None
    modified: bool = False
    running: bool = False


def write_project(path: Path, project: Project) -> None:
    """Write a project, whole or not at all. Takes that no segment shows are left out.

    Clip files are named relative to the project's folder where there is such a way.

    Raises:
        WaltError: ``output-not-writable``.
    """
    used = dict.fromkeys(segment.take for segment in project.segments)
    takes = [_to_take(project.takes[name], path.parent) for name in used]
    segments = [
        _Segment(id=segment.id, take=segment.take, start=segment.start, stop=segment.stop)
        for segment in project.segments
    ]
    data = _Project(
        walt_project=VERSION,
        fps=project.fps,
        takes=takes,
        segments=segments,
        marks=project.marks,
        playhead=project.playhead,
        saved_as=None if project.saved_as is None else str(project.saved_as),
        modified=project.modified,
        running=project.running,
    )
    plain = data.model_dump(exclude_defaults=True) | {"walt_project": VERSION, "fps": project.fps}
    write_object(path, plain)


def read_project(path: Path, clips: Sequence[Path] = ()) -> Project:
    """Read a project. A clip that is not where it was is looked for by its name in the folders ``clips``.

    A take whose file is gone, or that was never made, comes with its trouble; it can be made anew.

    Raises:
        WaltError: ``project-not-found``, ``project-unreadable``, ``project-too-new`` or ``project-damaged``.
    """
    values = _parsed(path)
    version = values.get("walt_project")
    if isinstance(version, int) and version > VERSION:
        raise WaltError(
            "project-too-new",
            f"{path.name} was made by a newer walt.",
            "Open it with that one, or update walt.",
        )
    try:
        data = _Project.model_validate(values)
    except ValidationError as error:
        raise _damaged(path) from error
    folders = (path.parent, *clips)
    takes = {take.id: _from_take(take, folders) for take in data.takes}
    segments = tuple(Segment(part.take, part.start, part.stop, part.id) for part in data.segments)
    saved_as = None if data.saved_as is None else Path(data.saved_as)
    return Project(
        takes, segments, data.fps, data.marks, data.playhead, saved_as, data.modified, data.running
    )


def _parsed(path: Path) -> dict[str, Any]:
    try:
        values = read_object(path, MAX_BYTES)
    except FileNotFoundError:
        raise WaltError("project-not-found", f"There is no project at {path}.", "Check the path.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WaltError(
            "project-unreadable", f"{path} cannot be read: {reason}.", "Choose another file."
        ) from error
    if values is None:
        raise _damaged(path)
    if "walt_project" not in values:
        raise WaltError(
            "project-unreadable",
            f"{path.name} is not a walt project.",
            "Choose a file that ends in .walt.",
        )
    return values


def _damaged(path: Path) -> WaltError:
    return WaltError(
        "project-damaged",
        f"{path.name} is damaged and cannot be opened.",
        "Its clips are still in the library.",
    )


def _to_take(take: Take, folder: Path) -> _Take:
    return _Take(
        id=take.id,
        file=None if take.file is None else _named(take.file, folder),
        frames=take.frames,
        fps=take.fps,
        size=take.size,
        request=json.loads(take.request.to_json()) if take.request is not None else None,
        job=take.job,
        trouble=take.trouble,
    )


def _named(file: Path, folder: Path) -> str:
    """The way from ``folder`` to ``file``, with slashes; the whole path where there is none (another drive)."""
    try:
        return PurePosixPath(*Path(os.path.relpath(file, folder)).parts).as_posix()
    except ValueError:
        return file.as_posix()


def _from_take(data: _Take, folders: Sequence[Path]) -> Take:
    request = read_request(json.dumps(data.request, ensure_ascii=False)) if data.request else None
    take = Take(data.id, data.frames, data.size, request, job=data.job, trouble=data.trouble, fps=data.fps)
    if data.file is None:
        return _with(take, None, data.trouble or "This clip was not made yet.")
    project, *others = folders
    named = Path(data.file)
    places = [project / named, *(folder / named.name for folder in others)]
    found = next((place for place in places if place.is_file()), None)
    if found is not None:
        return _with(take, Path(os.path.normpath(found)), "")
    return _with(take, Path(os.path.normpath(places[0])), f"{named.name} is no longer there.")


def _with(take: Take, file: Path | None, trouble: str) -> Take:
    return replace(take, file=file, job=take.job if file is None else None, trouble=trouble)
