"""A process that ran tests of the window ends like any other: with the exit status of its tests, not with a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASTE = "tests/app/test_still.py::test_pasting_a_copied_file_outside_the_prompt"
"""Opens a window, draws its icons, and leaves data made in Python in the clipboard."""


@pytest.mark.slow
def test_python_ends_well_after_a_window_and_a_full_clipboard() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", PASTE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
