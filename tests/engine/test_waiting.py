"""How torch's threads wait for each other, as the OpenMP runtime itself says when it is loaded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


def _spins(**choice: str) -> str:
    """How often a thread looks before it sleeps; GNU's runtime calls its own default passive too, and spins."""
    ours = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(
        [sys.executable, "-c", "import engine.pipeline.cascade, torch; torch.ones(9).sum()"],
        env={**clean, **choice, "OMP_DISPLAY_ENV": "VERBOSE", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    told = re.search(r"GOMP_SPINCOUNT = '(\w+)'", done.stderr)
    if told is None:
        pytest.skip("this torch has another OpenMP runtime than GNU's")
    return told[1]


@pytest.mark.slow
def test_threads_sleep_soon_while_they_wait() -> None:
    assert _spins() == "1000"


@pytest.mark.slow
def test_a_choice_of_the_users_own_stays() -> None:
    assert _spins(OMP_WAIT_POLICY="ACTIVE") not in ("0", "1000")
    assert _spins(GOMP_SPINCOUNT="7") == "7"
