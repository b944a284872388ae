"""What the next start says of a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.app.conftest import OpenStudio

START = "import sys; from pathlib import Path; from app.window.main import keep_log; print(keep_log(Path(sys.argv[1])))"
CRASH = f"{START}; import ctypes; ctypes.string_at(0)"


def start(folder: Path, program: str = START) -> tuple[int, str]:
    """Exit status of a process that keeps its log in a folder, and what it was told there."""
    ran = subprocess.run(
        [sys.executable, "-u", "-c", program, str(folder)], capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout.strip()


def test_a_crash_is_reported_once(tmp_path: Path) -> None:
    report = tmp_path / "crash-report.log"
    status, told = start(tmp_path, CRASH)
    assert status != 0
    assert told == "None"
    assert start(tmp_path) == (0, str(report))
    assert "string_at" in report.read_text()
    assert start(tmp_path) == (0, "None")
    assert report.exists()


def test_no_place_for_a_log_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert start(tmp_path / "file") == (0, "None")


def test_the_window_says_where_the_report_is(qtbot: QtBot, open_studio: OpenStudio, tmp_path: Path) -> None:
    studio = open_studio()
    studio.window.tell_of_crash(tmp_path / "crash-report.log")
    assert "crash-report.log" in studio.window.status.line.text()
    assert "Show in folder" in studio.window.status.line.text()
