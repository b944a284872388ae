"""kill -9 of the whole window with a queue of jobs, at random moments; the next start must find everything.

Each start is the real application (`tests.trust.person` works at it), on the folders that the one before left.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from app.film.project import read_project
from engine.media.reading import read_clip

from .person import FINISH

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
    "TMPDIR",
)
PATIENCE = 300.0
"""Seconds that nothing healthy takes."""
LONGEST = 250
"""Things said, by a person who speaks at every turn, after which a window is killed at the latest: a few seconds on an
idle machine, and as much work on a busy one."""
FRAMES = 17

Line = dict[str, Any]
_EMPTY: Line = {"waiting": [], "running": None, "ended": {}, "clips": {}, "liked": [], "acts": 0}


@dataclass
class Memory:
    """What the windows before said: what must be on the disk, and what may be.

    Attributes:
        kept: The last state that the store had confirmed.
        acts: How many acts of this window were announced; the state says after how many it was.
        gone: Jobs that were taken off the list.
        texts: What may stand in the composer.
        films: How many segments the film may have.
        clips: Every clip that was ever confirmed.
    """

    kept: Line
    acts: int = 0
    gone: set[str] = field(default_factory=set[str])
    texts: set[str] = field(default_factory=set[str])
    films: set[int] = field(default_factory=set[int])
    clips: dict[str, str] = field(default_factory=dict[str, str])

    def hear(self, line: Line) -> None:
        """Take in a line that a person said; what a window found is held to what was.

        Raises:
            AssertionError: when something is lost.
        """
        match line["kind"]:
            case "kept" | "found" | "ended":
                if line["kind"] == "found":
                    _check_found(line, self)
                    self.acts, self.texts, self.films = 0, {line["text"]}, {line["film"]}
                self.kept = line
                self.clips |= line["clips"]
            case "act":
                self.acts += 1
                self.gone |= {line["gone"]} if "gone" in line else set()
            case "typed":
                self.texts.add(line["text"])
            case "noted":
                self.texts = {line["text"]}
            case "cut":
                self.films.add(line["film"])
            case "going on":
                pass
            case _:
                raise AssertionError(line)


def folders(home: Path) -> dict[str, str]:
    """Environment variables that put all that walt keeps, and its door, under ``home``; the folders are made."""
    for name in FOLDERS:
        (home / name).mkdir(parents=True, mode=0o700, exist_ok=True)
    return {name: str(home / name) for name in FOLDERS} | {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}


class Window:
    """A process with walt and a person in it."""

    def __init__(self, home: Path, seed: int, *wishes: str) -> None:
        env = os.environ | folders(home)
        command = [sys.executable, "-m", "tests.trust.person", str(seed), *wishes]
        self.errors = (home.parent / "stderr").open("w+")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=self.errors, text=True
        )
        self.lines: SimpleQueue[Line | None] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            if text.endswith("\n"):  # what was being said when it died is no word
                self.lines.put(json.loads(text))
        self.lines.put(None)

    def wait_for(self, kind: str, memory: Memory) -> Line:
        """The next line of a kind; it and those on the way are taken in."""
        while (line := self.lines.get(timeout=PATIENCE)) is not None:
            memory.hear(line)
            if line["kind"] == kind:
                return line
        self.errors.seek(0)
        raise AssertionError(
            f"the window ended by itself with {self.process.wait()}: {self.errors.read()[-2000:]}"
        )

    def kill(self) -> None:
        """At once, without a word; its last words can be read afterwards."""
        assert self.process.poll() is None, "it ended by itself"
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Window:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.errors.close()


def window_kills(count: int, seed: int, pack: Path) -> Counter[str]:
    """Kill ``count`` windows: as they open, at any moment of work, or while a clip is being written."""
    dice = random.Random(seed)
    results: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "home"
        folders(home)
        data = home / "XDG_DATA_HOME" / "walt"
        shutil.copytree(pack, data / "packs" / "tiny")
        memory = Memory(_EMPTY, texts={""}, films={0})
        for number in range(count):
            moment = _round(dice, home, memory, seed * 1000 + number)
            results[f"{moment}{', a part beside it' if _check_disk(data, memory) else ''}"] += 1
        _finish(home, memory)
        assert not [path for path in home.rglob("*") if ".part" in path.name], "a part stays"
    print(f"kill window: {len(memory.clips)} clips were made, and all are there")
    return results


def _round(dice: random.Random, home: Path, memory: Memory, seed: int) -> str:
    """Open the window, hold what it found to what was, and kill it; returns at which moment."""
    with Window(home, seed) as window:
        if dice.random() < 0.2:
            time.sleep(dice.random() * 2)
            moment = "opening"
        else:
            window.wait_for("found", memory)
            moment = _wait(dice, window, home / "XDG_DATA_HOME" / "walt" / "clips", memory)
        window.kill()
        while (line := window.lines.get(timeout=PATIENCE)) is not None:
            memory.hear(line)
    return moment


def _wait(dice: random.Random, window: Window, clips: Path, memory: Memory) -> str:
    """Until the moment to kill; says which it was."""
    writing = dice.random() < 0.5
    left = dice.randrange(LONGEST)
    # Half of the others wait for the engine, which needs a while to be there, to have made a clip.
    known = len(memory.clips) if dice.random() < 0.5 else -1
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and (writing or left > 0):
        try:
            line = window.lines.get(timeout=0.0005)
            assert line is not None, "it ended by itself"
            memory.hear(line)
            left -= len(memory.clips) > known
        except Empty:
            pass
        if writing and any(".part" in name for name in os.listdir(clips)) and dice.random() < 0.3:
            return "writing a clip"
    return "at work"


def _check_disk(data: Path, memory: Memory) -> bool:
    """What a killed window left, before another one mends it. Returns whether something unfinished is there."""
    if not (data / "walt.sqlite3").exists():  # the first window was killed before it came so far
        assert not memory.clips
        return False
    for file in memory.clips.values():
        assert (data / "clips" / file).is_file(), f"a clip is lost: {file}"
    for path in (data / "clips").iterdir():
        assert path.name.startswith(".") or len(read_clip(path).frames) == FRAMES, f"half a clip: {path.name}"
    if (data / "notebook.json").exists():
        json.loads((data / "notebook.json").read_text("utf-8"))
    if (data / "film.walt").exists():
        read_project(data / "film.walt")
    with tempfile.TemporaryDirectory() as name:  # of a copy: looking would mend it
        for path in data.glob("walt.sqlite3*"):
            shutil.copy(path, name)
        with closing(sqlite3.connect(Path(name) / "walt.sqlite3")) as database:
            assert database.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            running = database.execute("SELECT count(*) FROM jobs WHERE state = 'running'").fetchone()[0]
    assert running <= 1, f"{running} jobs were running"
    return any(".part" in path.name for path in data.rglob("*"))


def _check_found(found: Line, memory: Memory) -> None:
    """Whether the window that opened again shows what the one before had on the disk."""
    kept = memory.kept
    assert found["running"] is None, "a job started by itself"
    assert memory.clips.keys() <= found["clips"].keys(), "a clip is lost"
    assert set(kept["liked"]) <= set(found["liked"])
    assert found["text"] in memory.texts, (found["text"], memory.texts)
    assert found["film"] in memory.films, (found["film"], memory.films)
    known = {*kept["waiting"], *kept["ended"], *([kept["running"]] if kept["running"] else [])} - memory.gone
    assert known <= {*found["waiting"], *found["ended"]}, "a job is lost"
    for job, (state, clip) in kept["ended"].items():
        if state == "done" and job not in memory.gone:
            assert found["ended"][job][0] == "done"
            assert found["ended"][job][1] in found["clips"]
            assert clip is None or found["ended"][job][1] == clip
    broken = {job for job, (state, _) in found["ended"].items() if state == "interrupted"}
    before = {job for job, (state, _) in kept["ended"].items() if state == "interrupted"}
    assert len(broken - before) <= 1, "more than the running job was interrupted"
    if memory.acts == kept["acts"]:
        begun = len(kept["waiting"]) - len(found["waiting"])
        assert begun >= 0
        assert kept["waiting"][begun:] == found["waiting"], "the queue is not as it was"


def _finish(home: Path, memory: Memory) -> None:
    """A last window goes on with everything, and closes by itself: each job has ended, each clip is there."""
    with Window(home, 0, FINISH) as window:
        ended = window.wait_for("ended", memory)
        assert window.process.wait(PATIENCE) == 0
    states = Counter(state for state, _ in ended["ended"].values())
    assert set(states) <= {"done", "cancelled"}, states
    assert all(clip in ended["clips"] for state, clip in ended["ended"].values() if state == "done")
