"""Screens of 150 and 200 %: the same tests of what is seen, in a program that Qt scales."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.widgets import IconButton
from tests.app.conftest import Studio

FOLDER = Path(__file__).parent
SEEN = (
    "test_fine_screens.py::test_pictures_are_as_fine_as_the_screen",
    "test_preview.py::test_actual_size_and_back",
    "test_preview.py::test_two_stages_are_wiped_over_each_other",
)
SCALE = "QT_SCALE_FACTOR"


def test_pictures_are_as_fine_as_the_screen(studio: Studio) -> None:
    window, scale = studio.window, float(os.environ.get(SCALE, "1"))
    assert window.devicePixelRatioF() == scale
    picture = window.grab()
    assert (picture.width(), picture.height()) == (round(window.width() * scale), round(window.height() * scale))
    buttons = window.findChildren(IconButton)
    assert len(buttons) > 20
    blurred = [
        (one.accessibleName(), one.icon().pixmap(one.iconSize(), scale).size())
        for one in buttons
        if one.icon().pixmap(one.iconSize(), scale).size() != one.iconSize() * scale
    ]
    assert blurred == []


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_what_is_seen_is_right_on_a_finer_screen(scale: str) -> None:
    tests = [str(FOLDER / name) for name in SEEN]
    environment = {**os.environ, SCALE: scale}
    environment.pop("PYTEST_CURRENT_TEST", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *tests]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=FOLDER.parents[1])
    assert done.returncode == 0, done.stdout[-4000:]
