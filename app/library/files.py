"""The library's files: the clips themselves, the stills they began with, and the strips for thumbnails.

The clip files alone are enough to build the library again: each holds the request and what `note_of` adds.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import shutil
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter

from app.core.formatting import file_name
from app.core.frames import to_image
from app.library.records import ClipRecord, read_request
from engine.api.errors import WaltError
from engine.runtime.files import atomic_write, sweep_parts
from engine.runtime.places import user_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.core.frames import Pixels
    from engine.api.clip import Clip

_log = logging.getLogger(__name__)

NOTE = "walt_library"
"""The key in a clip file's metadata that holds what the library knows besides the request, as JSON."""
STRIP_FRAMES = 8
STRIP_BOX = (224, 128)
"""Each picture of a strip fits into this many pixels: sharp on a HiDPI screen at half the size."""
_STRIP_QUALITY = 86
_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".avif", ".heic", ".heif", ".gif", ".bmp", ".tif", ".tiff"}


@dataclass(frozen=True, slots=True)
class LibraryPaths:
    """The library's folders: ``data`` is kept, ``cache`` can be made again."""

    data: Path
    cache: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "walt.sqlite3"

    @property
    def clips(self) -> Path:
        """The folder of the MP4 files."""
        return self.data / "clips"

    @property
    def stills(self) -> Path:
        """The folder of the stills that clips began with."""
        return self.data / "stills"

    @property
    def strips(self) -> Path:
        """The folder of the thumbnail strips."""
        return self.cache / "thumbnails"

    def make(self) -> None:
        """Create the folders.

        Raises:
            OSError: where that is not possible.
        """
        for folder in (self.clips, self.stills, self.strips):
            folder.mkdir(parents=True, exist_ok=True)

    def strip(self, clip: str) -> Path:
        """The strip of a clip."""
        return self.strips / f"{clip}.jpg"

    def sweep(self) -> None:
        """Remove what a killed program left half-written."""
        for folder in (self.clips, self.stills, self.strips):
            for part in folder.glob(".*.part*"):
                part.unlink(missing_ok=True)
        sweep_parts(self.cache)


def default_places(folder: str = "") -> LibraryPaths:
    """The user's own folders, or a library in a folder of their choice; each has its own database."""
    data = Path(folder) if folder else user_folder("data")
    return LibraryPaths(data, user_folder("cache"))


def write_clip(places: LibraryPaths, clip: Clip, *, complete: bool) -> ClipRecord:
    """Write a clip's file and its strip; the record tells of a file that is whole.

    Raises:
        WaltError: as `engine.media.clips.write_mp4`.
    """
    from engine.media.clips import provenance
    from engine.media.export import write_mp4

    places.make()
    record = _record_of(clip, complete)
    path = places.clips / record.file
    metadata = provenance(clip) | {NOTE: json.dumps(_note_of(record))}
    write_mp4(path, clip.frames, clip.fps, metadata)
    save_strip(places, record.id, [to_image(clip.frames[at]) for at in strip_places(len(clip.frames))])
    return replace(record, bytes=path.stat().st_size)


def _record_of(clip: Clip, complete: bool) -> ClipRecord:
    name = uuid.uuid4().hex[:12]
    request = clip.request
    stem, dot, suffix = file_name(request.words, request.seed).rpartition(".")
    width, height = clip.size
    return ClipRecord(
        id=name,
        file=f"{stem}-{name[:6]}{dot}{suffix}",
        request=request,
        prompt=request.words,
        pack=clip.pack,
        stage=clip.stage,
        seed=request.seed,
        width=width,
        height=height,
        frames=len(clip.frames),
        fps=float(clip.fps),
        seconds=float(clip.seconds.get("total", 0.0)),
        created=time.time(),
        complete=complete,
    )


_NOTED = ("id", "pack", "stage", "width", "height", "frames", "fps", "seconds", "created", "complete")


def _note_of(record: ClipRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _NOTED}


def read_record(places: LibraryPaths, path: Path) -> ClipRecord | None:
    """A clip file's record, from the file alone; None if it is no clip of walt's, or damaged."""
    from engine.media.reading import read_metadata

    try:
        metadata = read_metadata(path)
        request = json.loads(metadata["walt"])
        note = json.loads(metadata[NOTE]) if NOTE in metadata else _look_inside(path, request)
        for begins_with, folder in (("image", places.stills), ("source", places.clips)):
            if request.get(begins_with):  # a file holds only the name
                request[begins_with] = str(folder / Path(request[begins_with]).name)
        return ClipRecord(
            file=path.name,
            request=read_request(json.dumps(request, separators=(",", ":"), ensure_ascii=False)),
            prompt=str(request["prompt"]),
            seed=int(request["seed"]),
            bytes=path.stat().st_size,
            id=str(note["id"]),
            pack=str(note["pack"]),
            stage=str(note["stage"]),
            width=int(note["width"]),
            height=int(note["height"]),
            frames=int(note["frames"]),
            fps=float(note["fps"]),
            seconds=float(note["seconds"]),
            created=float(note["created"]),
            complete=bool(note["complete"]),
        )
    except (WaltError, OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        _log.warning("%s is not taken into the library: %s", path.name, error)
        return None


def _look_inside(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The note of a clip that walt wrote outside of a library: measured from its frames."""
    from engine.media.reading import read_clip

    clip = read_clip(path)
    frames, height, width, _ = clip.frames.shape
    return {
        "id": uuid.uuid4().hex[:12], "pack": request.get("pack", ""), "stage": request.get("upto", ""),
        "width": width, "height": height, "frames": frames, "fps": clip.fps, "seconds": 0.0,
        "created": path.stat().st_mtime, "complete": True,
    }  # fmt: skip


def keep_still(places: LibraryPaths, path: str) -> str:
    """Copy a still into the library, once, and give the copy's path; a missing one keeps its own."""
    source = Path(path)
    if source.parent == places.stills or not source.is_file():
        return path
    suffix = source.suffix.lower() if source.suffix.lower() in _SUFFIXES else ".png"
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:24]
    kept = places.stills / f"{digest}{suffix}"
    if not kept.exists():
        places.make()
        with atomic_write(kept) as part:
            shutil.copyfile(source, part)
    return str(kept)


def strip_places(total: int) -> list[int]:
    """Which frames of a clip stand in its strip: evenly spread, no more than `STRIP_FRAMES`."""
    count = min(total, STRIP_FRAMES)
    return [at * total // count for at in range(count)]


def save_strip(places: LibraryPaths, clip: str, pictures: Sequence[QImage]) -> QImage:
    """Lay pictures side by side and keep them as one small file; a full disk or memory only costs the file."""
    width, height = fitted(pictures[0].width(), pictures[0].height())
    strip = QImage(width * len(pictures), height, QImage.Format.Format_RGB32)
    painter = QPainter(strip)
    for place, picture in enumerate(pictures):
        smooth = Qt.TransformationMode.SmoothTransformation
        small = picture.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        painter.drawImage(QRect(place * width, 0, width, height), small)
    painter.end()
    try:
        with atomic_write(places.strip(clip)) as part:
            writer = QImageWriter(os.fspath(part), QByteArray(b"jpg"))
            writer.setQuality(_STRIP_QUALITY)
            if not writer.write(strip):
                raise OSError(writer.errorString())
    except (WaltError, OSError, MemoryError):
        _log.warning("the thumbnails of a clip were not kept", exc_info=True)
    return strip


def fitted(width: int, height: int) -> tuple[int, int]:
    """The size of one picture of a strip; small clips are not blown up."""
    scale = min(STRIP_BOX[0] / width, STRIP_BOX[1] / height, 1.0)
    return max(1, math.floor(width * scale)), max(1, math.floor(height * scale))


def read_strip(places: LibraryPaths, record: ClipRecord) -> QImage:
    """A clip's strip; made again from the clip where it is missing. Null if the clip cannot be read."""
    strip = QImage(os.fspath(places.strip(record.id)))
    width, _ = fitted(record.width, record.height)
    if not strip.isNull() and strip.width() == width * len(strip_places(record.frames)):
        return strip
    try:
        pictures = list(_pictures(places.clips / record.file, set(strip_places(record.frames))))
        places.make()
        return save_strip(places, record.id, pictures) if pictures else QImage()
    except (WaltError, OSError):
        _log.warning("a clip in the library cannot be read", exc_info=True)
        return QImage()


def _pictures(path: Path, wanted: set[int]) -> Iterator[QImage]:
    from engine.media.reading import iter_frames

    for number, frame in enumerate(iter_frames(path)):
        if number in wanted:
            yield to_image(frame)


def read_whole(path: Path) -> tuple[Pixels, float]:
    """All frames of a clip file, and how many a second.

    Raises:
        WaltError: as `engine.media.reading.read_clip`.
    """
    from engine.media.reading import read_clip

    clip = read_clip(path)
    return clip.frames, clip.fps
