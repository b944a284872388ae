"""The window where there is no screen or no home, and where numbers have a comma; each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="screens of X and Wayland")


def window(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    known = {name: value for name, value in os.environ.items() if name not in kept}
    return subprocess.run(
        [sys.executable, "-m", "engine.cli.main", *words], cwd=ROOT, env=known | environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("screen", [{}, {"DISPLAY": ":77"}, {"QT_QPA_PLATFORM": "nothing"}])
def test_without_a_screen_there_is_one_line(screen: dict[str, str]) -> None:
    done = window(**screen)
    assert done.returncode == 1
    assert done.stderr.startswith("error[no-screen]: ")
    assert done.stderr.count("\n") == 1


def test_without_a_home_there_is_one_line(tmp_path: Path) -> None:
    code = """
import sys
from engine.runtime import places
def nobody(*_, **__): raise RuntimeError
places.PLACES.update(dict.fromkeys(places.PLACES, nobody))
from engine.cli.main import main
sys.exit(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("error[no-home]: ")
    assert done.stderr.count("\n") == 1


def test_numbers_of_libraries_keep_their_point() -> None:
    code = """
import ctypes, locale
real, taken = locale.setlocale, []
locale.setlocale = lambda *wish: (taken.append(wish), real(*wish))[1]
from app.window.screen import make_application
app = make_application(["walt"])
assert (locale.LC_NUMERIC, "C") in taken
strtod = ctypes.CDLL(None).strtod
strtod.restype = ctypes.c_double
assert strtod(b"0.5", None) == 0.5
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "fr_FR.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
