"""How torch's threads wait for each other, as the OpenMP runtime itself says when it is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def _said(**choice: str) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", "import engine.cascade, torch; torch.ones(9).sum()"],
        env={**clean, **choice, "OMP_DISPLAY_ENV": "TRUE", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    if "WAIT_POLICY" not in done.stderr:
        pytest.skip("this torch has no OpenMP runtime that tells its settings")
    return next(line for line in done.stderr.splitlines() if "WAIT_POLICY" in line)


def test_threads_sleep_while_they_wait() -> None:
    assert "PASSIVE" in _said()


def test_a_choice_of_the_users_own_stays() -> None:
    assert "ACTIVE" in _said(OMP_WAIT_POLICY="ACTIVE")
