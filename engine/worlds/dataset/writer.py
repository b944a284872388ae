"""Writes rendered worlds to a folder: each clip's video, captions and truth, and a sheet to look at.

The same seed gives the same files, however many processes draw them. A clip's JSON is written last: where it
is, the clip is whole.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api.errors import UsageError, WaltError
from engine.api.types import FPS, is_frame_count
from engine.runtime.files import atomic_write
from engine.worlds.captions.write import Language, canonical_caption, caption
from engine.worlds.dataset.heldout import is_heldout
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.spec import WorldSpec

MULTIPLE = 8
SMALLEST, LARGEST = 32, 2048
SHEET_CLIPS = 24
SHEET_COLUMNS = 5
Clip = NDArray[np.uint8]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class WorldsJob:
    """What to write where.

    Attributes:
        out: The folder; made if it is not there. Clips of the same numbers in it are replaced.
        count: How many clips; clip i has the spec of seed ``seed + i``.
        height: Of the frames, in pixels, a multiple of 8; so is ``width``.
        frames: Of each clip, 1 + 4k, at 8 a second; 1 gives stills in video files.
        samples: Rays for a pixel with detail in it.
        heldout: Draw the combinations that training never sees instead of those it does.
        languages: One line of each clip's caption file is in each of these, in this order.
    """

    out: Path
    count: int
    height: int
    width: int
    seed: int
    frames: int = 17
    samples: int = 2
    heldout: bool = False
    languages: tuple[Language, ...] = ("en", "fr")

    def check(self) -> WorldsJob:
        """Return self.

        Raises:
            UsageError: ``bad-worlds-job`` naming the first impossible wish.
        """
        for name, side in (("height", self.height), ("width", self.width)):
            if side % MULTIPLE or not SMALLEST <= side <= LARGEST:
                limits = f"a multiple of {MULTIPLE} from {SMALLEST} to {LARGEST}"
                raise _bad(f"The {name} {side} is not possible.", f"Choose {limits}.")
        if not is_frame_count(self.frames):
            raise _bad(f"{self.frames} frames are not possible.", "Choose 1 + 4k frames, e.g. 1, 17 or 29.")
        least_of = (("count", self.count, 1), ("seed", self.seed, 0), ("samples", self.samples, 1))
        for name, value, least in least_of:
            if value < least:
                raise _bad(f"The {name} {value} is not possible.", f"It must be at least {least}.")
        return self


def _bad(message: str, hint: str) -> UsageError:
    return UsageError("bad-worlds-job", message, hint)


def write_worlds(
    job: WorldsJob, *, sheet: bool = False, workers: int = 2, on_clip: Progress | None = None
) -> list[WorldSpec]:
    """Render and write all clips: ``clip_000000.mp4``, ``.txt`` (a caption a line), ``.json`` (the truth).

    Args:
        job: What to write.
        sheet: Also write ``sheet.png``, a few frames of each of the first clips under their captions.
        workers: Processes that draw; they change nothing but the time it takes.
        on_clip: Called with how many clips are done, and of how many.

    Returns:
        The specs in order.

    Raises:
        UsageError: ``bad-worlds-job``.
        WaltError: ``output-not-writable``, or what writing a video raises; clips that are whole by then stay.
    """
    _make_folder(job.check().out)
    specs: list[WorldSpec] = []
    strips: list[Clip] = []
    with _mapper(min(workers, job.count)) as run:
        for index, outcome in enumerate(run(partial(_write_safely, job, sheet), range(job.count))):
            if isinstance(outcome, _Failure):
                raise WaltError(outcome.code, outcome.message, outcome.hint)
            specs.append(sample_spec(job.seed + index, job.heldout))
            strips += [] if outcome is None else [outcome]
            if on_clip is not None:
                on_clip(index + 1, job.count)
    if sheet:
        _write_sheet(job.out / "sheet.png", strips, specs)
    return specs


@dataclass(frozen=True, slots=True)
class _Failure:
    """A WaltError on its way between processes."""

    code: str
    message: str
    hint: str


Draw = Callable[[int], "Clip | _Failure | None"]


@contextmanager
def _mapper(workers: int) -> Generator[Callable[[Draw, range], Iterator[Clip | _Failure | None]]]:
    """A `map` that works here or in several fresh processes, and stops soon when its user does."""
    if workers <= 1:
        yield map
        return
    # Spawned, not forked: forking after numba or torch started threads can hang.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


def _write_safely(job: WorldsJob, sheet: bool, index: int) -> Clip | _Failure | None:
    try:
        clip = _write_clip(job, index)
    except WaltError as error:
        return _Failure(error.code, error.message, error.hint)
    if not sheet or index >= SHEET_CLIPS:
        return None
    return clip[np.linspace(0, len(clip) - 1, SHEET_COLUMNS).round().astype(int)]


def _write_clip(job: WorldsJob, index: int) -> Clip:
    from engine.media.export import write_mp4
    from engine.worlds.render.clip import render_clip

    spec = sample_spec(job.seed + index, job.heldout)
    captions = captions_of(spec, job.languages)
    path = job.out / f"clip_{index:06d}.mp4"
    clip = render_clip(
        spec, frames=job.frames, height=job.height, width=job.width, fps=FPS, samples=job.samples
    )
    write_mp4(path, clip, FPS, {"title": captions[job.languages[0]], "comment": json.dumps(spec.to_dict())})
    _write_text(path.with_suffix(".txt"), "".join(captions[language] + "\n" for language in job.languages))
    truth = {
        "spec": spec.to_dict(), "heldout": is_heldout(spec), "captions": captions,
        "video": {"frames": job.frames, "height": job.height, "width": job.width, "fps": FPS},
    }
    _write_text(path.with_suffix(".json"), json.dumps(truth, ensure_ascii=False, indent=2) + "\n")
    return clip


def captions_of(spec: WorldSpec, languages: tuple[Language, ...]) -> dict[Language, str]:
    """One caption in each language; the same spec always gets the same ones."""
    salts: dict[Language, int] = {"en": 0, "fr": 1}
    captions: dict[Language, str] = {}
    for language in languages:
        captions[language] = caption(spec, np.random.default_rng([spec.seed, salts[language]]), language)
    return captions


def _write_text(path: Path, text: str) -> None:
    with atomic_write(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def _write_sheet(path: Path, strips: list[Clip], specs: list[WorldSpec]) -> None:
    from engine.media.images import write_png
    from engine.worlds.dataset.sheet import contact_sheet

    titles = [canonical_caption(spec) for spec in specs[: len(strips)]]
    write_png(path, contact_sheet(strips, titles, SHEET_COLUMNS))


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        hint = "Choose another folder with --out."
        raise WaltError("output-not-writable", f"The folder {out} cannot be made: {reason}.", hint) from error
