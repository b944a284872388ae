"""``walt bench ui``: its figures are there and make sense; how good they are is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_bench_prints_figures_and_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "engine.cli.main", "bench", "ui", "--only", "library", "queue"]
    done = subprocess.run(
        [*command, "--clips", "30", "--jobs", "5"],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        env={"PATH": "", "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["library"]["clips"] == 30
    assert figures["library"]["open_s"] > 0
    assert figures["queue"]["jobs"] == 5
    assert figures["queue"]["beats"] > 0
    assert list(tmp_path.iterdir()) == []
