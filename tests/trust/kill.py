"""kill -9 at random moments of a real ``walt generate``, export or installation: the old or the new is there, whole.

Of the window: `tests.trust.kill_window`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engine.media.export import write_mp4
from engine.media.reading import read_clip
from engine.packs.install import install
from engine.packs.manifest import CARD
from engine.packs.store import PackStore
from engine.packs.verify import verify
from engine.runtime.files import ensure_writable
from tests.engine.test_packs import replace

from .kill_window import window_kills
from .victim import READY, save

ROOT = Path(__file__).parents[2]
SUFFIXES = (".mp4", ".gif", ".webp", ".mov")
"""Formats in which the same frames give the same file."""


def command(pack: Path, out: Path) -> list[str]:
    """A short clip that is written over an old one."""
    quick = ["--pack", str(pack), "--device", "cpu", "--upto", "base", "--frames", "5", "--seed", "7"]
    return [sys.executable, "-m", "engine.cli.main", "generate", "a horse", "--out", str(out), "--force", *quick]


def kills(count: int, seed: int, pack: Path) -> Counter[str]:
    """Kill ``count`` runs and look at what is left.

    Half of them are killed at a moment between start and end, half as soon as the unfinished file appears,
    which is the moment that matters and too short to be met by chance.
    """
    dice = random.Random(seed)
    results: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "clip.mp4"
        old = np.zeros((2, 32, 64, 3), np.uint8)
        begun = time.monotonic()
        subprocess.run(command(pack, out), cwd=ROOT, check=True, capture_output=True)
        lasts, new = time.monotonic() - begun, read_clip(out).frames
        for number in range(count):
            write_mp4(out, old)
            process = subprocess.Popen(
                command(pack, out), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            _wait(process, dice, lasts, Path(folder) if number % 2 else None)
            process.send_signal(signal.SIGKILL)
            process.wait()
            found = read_clip(out).frames
            kind = "old" if np.array_equal(found.shape, old.shape) else "new"
            assert kind == "old" or np.array_equal(found, new), "neither the old clip nor the new one"
            parts = [path.name for path in Path(folder).iterdir() if path != out]
            assert all(name.endswith(".part") for name in parts), parts
            results[f"{kind} clip{', a part beside it' if parts else ''}"] += 1
            ensure_writable(out)  # what the next run does first
            assert [path.name for path in Path(folder).iterdir()] == ["clip.mp4"], "a part stays"
        subprocess.run(command(pack, out), cwd=ROOT, check=True, capture_output=True)
        assert np.array_equal(read_clip(out).frames, new)
    return results


def _wait(process: subprocess.Popen[Any], dice: random.Random, lasts: float, watch: Path | None) -> None:
    """Until the moment to kill: a share of a run's time, or the appearance of an unfinished file."""
    end = time.monotonic() + (dice.random() * lasts if watch is None else 20 * lasts)
    while time.monotonic() < end and process.poll() is None:
        if watch is not None and any(name.endswith(".part") for name in os.listdir(watch)) and dice.random() < 0.02:
            return
        time.sleep(0.0005)


def export_kills(count: int, seed: int, _pack: Path) -> Counter[str]:
    """Kill processes that export over an old file, one of the formats after the other."""
    dice = random.Random(seed)
    results: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for number in range(count):
            out = Path(name) / f"clip{(SUFFIXES * count)[number]}"
            whole: list[bytes] = []
            for shade in (1, 0):
                save(out, shade)
                whole.insert(0, out.read_bytes())
            _kill_at_work(dice, out.parent, "export", str(out))
            assert out.read_bytes() in whole, "neither the one nor the other, whole"
            parts = [path.name for path in out.parent.iterdir() if path != out]
            assert all(part.endswith(".part") for part in parts), parts
            results[f"{out.suffix[1:]}{', a part beside it' if parts else ''}"] += 1
            ensure_writable(out)
            assert [path.name for path in out.parent.iterdir()] == [out.name], "a part stays"
            out.unlink()
    return results


def install_kills(count: int, seed: int, pack: Path) -> Counter[str]:
    """Kill processes that install one of two packs of a name in the place of the other."""
    dice = random.Random(seed)
    results: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        packs = [Path(shutil.copytree(pack, Path(name) / version / "tiny")) for version in ("first", "second")]
        for path in packs:
            replace(path, CARD, path.parent.name.encode())
        root = Path(name) / "packs"
        install(packs[0], root)
        for _ in range(count):
            _kill_at_work(dice, root, "install", str(root), *map(str, packs))
            left = sorted(path.name for path in root.iterdir() if path.name != "tiny")
            aside = "tiny" not in os.listdir(root)
            (found,) = PackStore([root]).installed()  # looks, and so mends
            verify(found.path, found.manifest)
            card = (found.path / CARD).read_text()
            assert card in ("first", "second"), card
            assert not [path for path in root.iterdir() if path.name.endswith(".part")], "a part stays"
            results["one put back" if aside else "whole, a part beside it" if left else "whole"] += 1
        install(packs[0], root, replace=True)
        assert [path.name for path in root.iterdir()] == ["tiny"], "something stays"
    return results


def _kill_at_work(dice: random.Random, folder: Path, *job: str) -> None:
    """Start a victim and kill it within its first second of work, half of the time when something is unfinished."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.trust.victim", *job], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == READY
    with process, process.stdout:
        _wait(process, dice, 1.0, folder if dice.random() < 0.5 else None)
        assert process.poll() is None, "it ended by itself"
        process.kill()


KINDS: dict[str, Callable[[int, int, Path], Counter[str]]] = {
    "generate": kills,
    "export": export_kills,
    "install": install_kills,
    "window": window_kills,
}


def report(kind: str, count: int, seed: int, pack: Path) -> str:
    """Run and say in a line what came of it."""
    results = KINDS[kind](count, seed, pack)
    told = ", ".join(f"{amount} times {found}" for found, amount in results.most_common())
    return f"kill {kind}: {count} kills, seed {seed}: {told}"
