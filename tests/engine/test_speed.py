"""`walt bench`: its figures are there and fit together; how good they are is not tested."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli.main import main


def test_every_part_of_a_clip_is_measured(packs_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--pack", str(packs_folder / "tiny"), "--upto", "sr1", "--repeats", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"product float32", "convolution float32", "copy"} <= {
        name for name, row in told["roof"].items() if row["rate"]
    }
    steps = [row for name, row in told["parts"].items() if "step" in name]
    assert sum(row["times"] for row in steps) > 0
    assert all(row["gflop"] > 0 and row["of_roof"] > 0 for row in steps)
    assert told["parts"]["sr1 decode"]["gflop"] > 3.9 * told["parts"]["base decode"]["gflop"] > 0
    assert (told["parts"]["base decode"]["times"], told["parts"]["sr1 decode"]["times"]) == (0, 1)
    assert sum(row["of_clip"] for row in told["parts"].values()) == pytest.approx(1, abs=0.01)
    assert all(0 <= row["others"] <= 1 for row in told["parts"].values())
    assert told["clip"]["ms"] > told["clip"]["first_picture_ms"] > 0
    assert told["peak_rss_mb"] > 0
