"""Footage into shards of clips, by many workers: one shot a clip, one aspect a folder, broken files counted.

Videos are cut in jobs. A job is finished when its record is written, so a stopped run can be resumed, and the shards
are the same whatever the number of workers.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.api.types import FPS, WINDOW_FRAMES
from engine.media.reading import iter_frames
from engine.media.resize import fit
from engine.runtime.files import atomic_write
from engine.training.data.footage.sources import Footage
from engine.training.data.store import write_shard

_JOB_BYTES = 400_000_000
_CUT_SIZE = 16
_CUT_JUMP = 28.0
"""Mean change of a 16 x 16 picture, in levels, that can be a cut; ordinary motion stays below 20."""


@dataclass(frozen=True)
class Cutting:
    """How footage is cut.

    Attributes:
        sizes: (height, width) of the buckets; a video goes to the one whose aspect is nearest.
        frames, fps: Of a clip.
        per_video: Clips of one video at most, spread over it by their order.
    """

    sizes: tuple[tuple[int, int], ...] = ((128, 224),)
    frames: int = WINDOW_FRAMES
    fps: float = FPS
    per_video: int = 8

    def bucket(self, height: int, width: int) -> tuple[int, int]:
        """The size whose aspect is nearest to a picture's."""
        return min(self.sizes, key=lambda size: abs(math.log(size[1] / size[0] * height / width)))

    @property
    def videos_a_job(self) -> int:
        """Videos that one job may hold the clips of in memory."""
        largest = max(height * width for height, width in self.sizes) * self.frames * 3
        return max(1, min(64, _JOB_BYTES // (largest * self.per_video)))


@dataclass(frozen=True)
class Outcome:
    """Clips by bucket, and videos that gave none by reason."""

    videos: int
    clips: dict[str, int]
    skipped: dict[str, int]


def cut_footage(
    footage: Sequence[Footage],
    out: Path,
    cutting: Cutting,
    workers: int,
    progress: Callable[[int, int], None],
) -> Outcome:
    """Cut footage into ``out/HEIGHTxWIDTH/shard-NNNNN.npy``; jobs that are done already are kept.

    Raises:
        WaltError: ``no-training-data`` when no video gave a clip, ``other-footage`` when ``out`` holds another cutting.
    """
    records = out / "jobs"
    records.mkdir(parents=True, exist_ok=True)
    _same_cutting(out, cutting)
    size = cutting.videos_a_job
    jobs = [(i, footage[at : at + size]) for i, at in enumerate(range(0, len(footage), size))]
    todo = [(i, some, out, cutting) for i, some in jobs if not (records / f"{i:05d}.json").exists()]
    done = len(jobs) - len(todo)
    progress(done, len(jobs))
    with _mapping(workers) as mapped:
        for _ in mapped(_job, todo):
            done += 1
            progress(done, len(jobs))
    outcome = _sum([json.loads((records / f"{i:05d}.json").read_text("utf-8")) for i, _ in jobs])
    if not outcome.clips:
        hint = f"Shots need at least {cutting.frames} frames at {cutting.fps:g} per second."
        raise WaltError("no-training-data", "No clip could be cut from the videos.", hint)
    return outcome


@contextmanager
def _mapping(workers: int) -> Generator[Callable[..., Iterator[None]]]:
    if workers <= 1:
        yield map
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield pool.map


def _same_cutting(out: Path, cutting: Cutting) -> None:
    settings = json.loads(json.dumps(asdict(cutting)))
    path = out / "cutting.json"
    if path.exists() and json.loads(path.read_text("utf-8")) != settings:
        raise WaltError(
            "other-footage", f"{out} holds clips that were cut with other settings.", "Give an empty folder."
        )
    with atomic_write(path) as part:
        part.write_text(json.dumps(settings, indent=1), "utf-8")


def _job(job: tuple[int, Sequence[Footage], Path, Cutting]) -> None:
    """Cut some videos, write a shard for each bucket, then the record that marks the job as finished."""
    index, some, out, cutting = job
    buckets: dict[tuple[int, int], tuple[list[NDArray[np.uint8]], list[dict[str, Any]]]] = {}
    skipped: Counter[str] = Counter()
    for one in some:
        size: tuple[int, int] | None = None
        reason = "no shot is long enough"
        try:
            for size, clip in _clips(one, cutting):
                clips, truth = buckets.setdefault(size, ([], []))
                clips.append(clip)
                truth.append(_line(one))
        except WaltError as error:
            reason = error.code
        if size is None:
            skipped[reason] += 1
    for (height, width), (clips, truth) in buckets.items():
        write_shard(out / f"{height}x{width}", index, np.stack(clips), truth)
    counts = {f"{height}x{width}": len(clips) for (height, width), (clips, _) in buckets.items()}
    record = asdict(Outcome(len(some), counts, dict(skipped)))
    with atomic_write(out / "jobs" / f"{index:05d}.json") as part:
        part.write_text(json.dumps(record), "utf-8")


def _line(one: Footage) -> dict[str, Any]:
    line: dict[str, Any] = {"captions": list(one.captions) or [""], "source": one.name}
    return line if one.label is None else line | {"label": one.label}


def _clips(one: Footage, cutting: Cutting) -> Iterator[tuple[tuple[int, int], NDArray[np.uint8]]]:
    """Clips of one video, none across a cut; a damaged file gives the clips before the damage."""
    kept: list[NDArray[np.uint8]] = []
    before: NDArray[np.float32] | None = None
    given, size = 0, cutting.sizes[0]
    limit = math.inf if not one.end else max(0, round((one.end - one.start) * cutting.fps))
    with _on_disk(one) as path:
        for number, frame in enumerate(iter_frames(path, fps=cutting.fps, start=one.start)):
            if number >= limit or given >= cutting.per_video:
                return
            if number == 0:
                size = cutting.bucket(frame.shape[0], frame.shape[1])
            small = cv2.resize(frame, (_CUT_SIZE, _CUT_SIZE), interpolation=cv2.INTER_AREA).astype(np.float32)
            if before is not None and float(np.abs(small - before).mean()) > _CUT_JUMP:
                kept = []
            before = small
            kept.append(fit(frame, size[1], size[0]))
            if len(kept) == cutting.frames:
                yield size, np.stack(kept)
                kept, given = [], given + 1


@contextmanager
def _on_disk(one: Footage) -> Generator[Path]:
    """The video as a file; out of a tar it is copied for the time being."""
    if not one.size:
        yield one.file
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip{Path(one.name).suffix.lower()}"
        with one.file.open("rb") as archive:
            archive.seek(one.offset)
            path.write_bytes(archive.read(one.size))
        yield path


def _sum(records: list[dict[str, Any]]) -> Outcome:
    clips: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for record in records:
        clips.update(record["clips"])
        skipped.update(record["skipped"])
    return Outcome(sum(record["videos"] for record in records), dict(clips), dict(skipped))
