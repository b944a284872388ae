"""`walt plan`: this machine's plan and other cards', for a pack and for the paper's cascade."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.cli.main import main

ROOT = Path(__file__).resolve().parents[2]


def planned(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["plan", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_papers_cascade_fits_every_card_in_its_own_way(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("transformers")
    report = planned(capsys, "full-size", "--cards", "24,16,12,8")
    ways = {(plan["memory"], plan["int8"]): plan for plan in report["plans"]}
    assert [ways[f"{size} GB", False]["kept"] for size in (24, 12, 8)] == ["resident", "staged", "streamed"]
    assert ways["8 GB", True]["kept"] == "streamed"
    for (memory, _), plan in ways.items():
        assert plan["peak_mb"] <= 0.9 * 1024 * float(memory.split()[0])
    sizes, small = report["networks_mb"], report["networks_mb_int8"]
    assert 3.0e9 < sizes["base"] * 2**20 / 2 < 3.3e9  # parameters
    assert sizes["text"] == small["text"]
    assert small["base"] < 0.55 * sizes["base"]


def test_a_pack_is_planned_for_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    [whole, small] = planned(capsys, "--upto", "base")["plans"]
    assert (whole["memory"], whole["kept"], whole["tile"]) == ("free here", "resident", None)
    assert small["peak_mb"] < whole["peak_mb"]
    assert planned(capsys)["plans"][0]["peak_mb"] > whole["peak_mb"]


@pytest.mark.slow
def test_the_plan_is_the_one_that_generating_goes_by(tmp_path: Path) -> None:
    """Each in a process of its own, as people do it; both count the program."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "engine.cli.main", *words, "--upto", "base", "--frames", "1"]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    [plan, _] = json.loads(run("plan", "--json").stdout)["plans"]
    told = run("generate", "a horse", "--steps", "1", "--seed", "1", "--out", str(tmp_path / "horse.mp4")).stderr
    line = re.search(r"plan: networks in memory, peak ([\d,]+) MiB", told)
    assert line is not None, told
    assert float(line[1].replace(",", "")) == pytest.approx(plan["peak_mb"], rel=0.05)
    assert 100 < plan["program_mb"] < plan["peak_mb"]


def test_what_does_not_fit_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--cards", "0.01"]) == 0
    assert "There is not enough memory" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["full-size"], ["--cards", "big"]])
def test_wrong_usage_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", *words]) == 2
    assert "--cards 24,16" in capsys.readouterr().err
