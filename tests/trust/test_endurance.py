"""Short versions of the long runs: leaks, kills. The long ones: docs/reliability.md."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.packs.store import PackStore

from .kill import KINDS
from .memory import Bench
from .soak import soak


@pytest.mark.slow
def test_clip_after_clip_leaves_nothing(packs_folder: Path) -> None:
    slope, seen = soak(30, 1, packs_folder / "tiny")
    assert slope <= 1.0, seen


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal")
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_process_leaves_the_old_or_the_new(packs_folder: Path, kind: str) -> None:
    assert KINDS[kind](2, 1, packs_folder / "tiny").total() == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is Linux's to tell")
def test_a_run_takes_no_more_than_it_planned(packs_folder: Path, tmp_path: Path) -> None:
    one = Bench(PackStore([packs_folder]).find("tiny"), 1, tmp_path).run("tiny", "--upto", "base")
    assert 0 < one.taken <= one.planned, one
