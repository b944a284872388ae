"""macOS opens files by events: what an application is asked to open arrives as a call."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFileOpenEvent
from app.window.single_instance import Application, Call

app, calls = Application([]), []
app.called.connect(calls.append)
QCoreApplication.sendEvent(app, QFileOpenEvent("/films/summer.walt"))
assert calls == [Call(("/films/summer.walt",))], calls
"""


def test_a_file_that_the_desktop_asks_to_open_is_a_call() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
