"""Many draft clips in one process: nothing may grow, and nothing may be left."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from engine.api.events import JobDone
from engine.api.request import ClipRequest
from engine.media.clips import provenance
from engine.media.export import write_mp4
from engine.packs.store import PackStore
from engine.runtime.memory import rss_mb, trim
from engine.worker import Engine

from .ears import PATIENCE, Ears

WARM = 10
"""Clips before the first measurement: allocators and caches settle."""


def open_files() -> int:
    """How many files and pipes this process has open; 0 where the system does not say."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def soak(count: int, seed: int, pack: Path) -> tuple[float, list[float]]:
    """Make ``count`` clips one after the other, each written to a file; check threads, files and leftovers.

    Returns:
        The slope of resident memory in MiB a clip, by least squares, and the measurements.
    """
    ears = Ears()
    engine = Engine(ears, PackStore([pack.parent]), "cpu")
    seen: list[float] = []
    with own_temporaries() as temporaries, tempfile.TemporaryDirectory() as folder:
        for number in range(count + WARM):
            request = ClipRequest.parse(prompt="a horse", pack="tiny", upto="base", steps=1, seed=seed + number)
            end = ears.wait(engine.submit(request))
            assert isinstance(end, JobDone), end
            ears.ends.clear()
            write_mp4(Path(folder) / "clip.mp4", end.clip.frames, 8, provenance(end.clip))
            del end
            if number == WARM - 1:
                threads, files = set(threading.enumerate()), open_files()
            if number >= WARM:
                gc.collect() if number % 10 == 0 else None
                trim()
                seen.append(rss_mb())
        assert [path.name for path in Path(folder).iterdir()] == ["clip.mp4"]
        assert set(threading.enumerate()) == threads
        assert open_files() == files
        assert engine.close(PATIENCE)
        assert [path for path in temporaries.iterdir() if path != Path(folder)] == []
    return float(np.polyfit(np.arange(len(seen)), seen, 1)[0]) if len(seen) > 1 else 0.0, seen


@contextmanager
def own_temporaries() -> Generator[Path]:
    """A folder for this process's temporary files, and for those of the libraries under it: others use the system's."""
    before = tempfile.tempdir, os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory() as name:
        tempfile.tempdir = os.environ["TMPDIR"] = name
        try:
            yield Path(name)
        finally:
            tempfile.tempdir = before[0]
            if before[1] is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before[1]


def report(count: int, seed: int, pack: Path) -> str:
    """Run, check the slope, and say in a line what came of it."""
    slope, seen = soak(count, seed, pack)
    assert slope <= 1.0, f"{slope:.3f} MiB a clip"
    return f"soak: {count} clips, seed {seed}: {slope:+.4f} MiB a clip, {seen[0]:.0f} MiB before, {seen[-1]:.0f} after"
