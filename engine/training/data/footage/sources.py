"""Footage with its captions: a folder, WebDataset tars, or a manifest (CSV, parquet)."""

from __future__ import annotations

import csv
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.api.errors import UsageError, WaltError
from engine.media.file_types import VIDEO, files_below
from engine.runtime.text_file import decode, lines_of, read_lines


@dataclass(frozen=True)
class Footage:
    """One video, or a stretch of one.

    Attributes:
        file: The video, or the tar that holds it.
        offset, size: Its bytes in the tar; size 0 is a file of its own.
        name: Its name in the folder or tar.
        captions: Of the video.
        label: Its class, or None.
        start, end: Seconds of the stretch; end 0 is the video's end.
    """

    file: Path
    name: str
    offset: int = 0
    size: int = 0
    captions: tuple[str, ...] = ()
    label: int | None = None
    start: float = 0.0
    end: float = 0.0


@dataclass
class _Sample:
    """Members of a tar that share a key, as WebDataset has them."""

    video: tarfile.TarInfo | None = None
    texts: dict[str, bytes] = field(default_factory=dict[str, bytes])


def find_footage(source: Path, labels: bool = False) -> list[Footage]:
    """All footage of a folder (tars in it included), a tar, or a manifest, in a fixed order.

    Args:
        source: The folder, ``.tar``, ``.csv`` or ``.parquet``.
        labels: A folder's sub-folders are classes, numbered in the order of their names (UCF-101's layout).

    Raises:
        WaltError: ``no-training-data`` where nothing is found; UsageError ``bad-manifest``.
    """
    suffix = source.suffix.lower()
    if source.is_dir():
        found = [
            *_folder(source, labels),
            *(one for tar in files_below(source, {".tar"}) for one in _tar(tar)),
        ]
    elif suffix == ".tar" and source.is_file():
        found = list(_tar(source))
    elif suffix in (".csv", ".parquet") and source.is_file():
        found = list(_manifest(source, _rows(source)))
    else:
        raise UsageError(
            "no-training-data", f"{source} is not a source of videos.", "Give a folder, .tar, .csv or .parquet."
        )
    if not found:
        raise WaltError("no-training-data", f"{source} holds no video.", "See docs/training.md.")
    return found


def _folder(folder: Path, labels: bool) -> Iterator[Footage]:
    paths = files_below(folder, VIDEO)
    classes = {name: i for i, name in enumerate(sorted({path.parent.name for path in paths}))}
    for path in paths:
        captions = read_lines(path.with_suffix(".txt"))
        yield Footage(
            path,
            str(path.relative_to(folder)),
            captions=captions,
            label=classes[path.parent.name] if labels else None,
        )


def _tar(path: Path) -> Iterator[Footage]:
    """Samples of a WebDataset shard: ``key.mp4`` with ``key.txt``, ``key.json`` (its "caption") or ``key.cls``.

    Read for its headers once; the videos are fetched later by their place, in any order, which is what an exact
    resume needs and a stream can't give. A tar that ends early gives what came before.
    """
    samples: dict[str, _Sample] = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                folder, _, base = member.name.rpartition("/")
                key, _, extension = base.partition(".")
                if not member.isreg() or not key or base.startswith("."):
                    continue
                sample = samples.setdefault(f"{folder}/{key}", _Sample())
                last = f".{extension.rpartition('.')[2].lower()}"
                if last in VIDEO:
                    sample.video = member
                elif last in (".txt", ".json", ".cls") and member.size <= 1 << 20:
                    stream = archive.extractfile(member)
                    sample.texts[last] = stream.read() if stream is not None else b""
    except (tarfile.TarError, OSError, EOFError):
        pass
    for sample in samples.values():
        if sample.video is not None:
            captions, label = _captions_and_label(sample.texts)
            video = sample.video
            yield Footage(path, video.name, video.offset_data, video.size, captions, label)


def _captions_and_label(texts: dict[str, bytes]) -> tuple[tuple[str, ...], int | None]:
    captions = lines_of(decode(texts.get(".txt", b"")))
    label: int | None = None
    try:
        said: Any = json.loads(texts.get(".json", b"{}"))
        if isinstance(said, dict) and isinstance(said.get("caption"), str):
            captions = (*captions, said["caption"])
        label = int(texts[".cls"]) if ".cls" in texts else None
    except ValueError:
        pass  # a damaged caption is left out; the video is still usable
    return captions, label


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    if path.suffix.lower() == ".csv":
        with path.open(newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))
    try:
        import pyarrow.parquet as parquet  # pyright: ignore
    except ImportError:
        raise WaltError(
            "parquet-not-installed",
            "Parquet needs a package that is not installed.",
            'Run: pip install "walt[parquet]"',
        ) from None
    try:
        table: Any = parquet.read_table(path)  # pyright: ignore
    except (OSError, ValueError) as error:
        raise UsageError("bad-manifest", f"{path} is not a parquet file: {error}.") from None
    return table.to_pylist()


def _manifest(path: Path, rows: Iterable[dict[str, Any]]) -> Iterator[Footage]:
    """Rows of ``video`` (a path, relative to the manifest), ``caption``, and, if they are there, label, start, end."""
    for number, row in enumerate(rows, 1):
        if not row.get("video"):
            raise UsageError(
                "bad-manifest", f"Row {number} of {path} has no video.", "Name a column `video`."
            )
        try:
            one = Footage(path.parent / str(row["video"]), str(row["video"]))
            yield replace(
                one,
                captions=lines_of(str(row.get("caption") or "")),
                label=None if row.get("label") in (None, "") else int(row["label"]),
                start=float(row.get("start") or 0.0),
                end=float(row.get("end") or 0.0),
            )
        except (ValueError, TypeError):
            raise UsageError(
                "bad-manifest", f"Row {number} of {path} can't be read.", "label, start and end are numbers."
            ) from None
