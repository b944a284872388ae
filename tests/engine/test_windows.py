"""`walt bench windows`: what it measures, not how fast."""

from __future__ import annotations

import json

import pytest

from engine.cli.main import main
from engine.cli.windows import PAPER


def test_every_window_of_the_table_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "windows", "--width", "16", "--layers", "2", "--rounds", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told["windows"]) == list(PAPER)
    assert told["windows"]["full"]["over_full"] == 1.0
    assert told["windows"]["5x4x4"]["paper_over_full"] == pytest.approx(1.87, abs=0.01)
    assert all(row["steps_per_second"] > 0 for row in told["windows"].values())
