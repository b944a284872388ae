"""kill -9 at random moments of a real ``walt generate``: the old clip or the new one is there, whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from engine.files import ensure_writable
from engine.media.clips import read_clip, write_mp4

ROOT = Path(__file__).parents[2]


def command(pack: Path, out: Path) -> list[str]:
    """A short clip that is written over an old one."""
    quick = ["--pack", str(pack), "--device", "cpu", "--upto", "base", "--frames", "5", "--seed", "7"]
    return [sys.executable, "-m", "engine.cli", "generate", "a horse", "--out", str(out), *quick]


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


def _wait(process: subprocess.Popen[bytes], dice: random.Random, lasts: float, watch: Path | None) -> None:
    """Until the moment to kill: a share of a run's time, or the appearance of an unfinished file."""
    end = time.monotonic() + (dice.random() * lasts if watch is None else 20 * lasts)
    while time.monotonic() < end and process.poll() is None:
        if watch is not None and any(name.endswith(".part") for name in os.listdir(watch)) and dice.random() < 0.02:
            return
        time.sleep(0.0005)


def report(count: int, seed: int, pack: Path) -> str:
    """Run and say in a line what came of it."""
    results = kills(count, seed, pack)
    told = ", ".join(f"{amount} times {kind}" for kind, amount in results.most_common())
    return f"kill: {count} kills, seed {seed}: {told}"
