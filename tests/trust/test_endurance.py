"""Short versions of the long runs: leaks, kills. The long ones: docs/reliability.md."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .kill import kills
from .soak import soak


def test_clip_after_clip_leaves_nothing(packs_folder: Path) -> None:
    slope, seen = soak(30, 1, packs_folder / "tiny")
    assert slope <= 1.0, seen


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal")
def test_a_killed_run_leaves_the_old_clip_or_the_new_one(packs_folder: Path) -> None:
    assert kills(2, 1, packs_folder / "tiny").total() == 2
