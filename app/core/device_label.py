"""The device's name in the header, as far as it is known without loading torch."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QCoreApplication

from app.help.report import installed


def _cpu(cores: int) -> str:
    if cores == 1:
        return QCoreApplication.translate("Machine", "CPU · 1 core")
    return QCoreApplication.translate("Machine", "CPU · {0} cores").format(cores)


def device_label(asked: str) -> str:
    """The device's name for display; empty as long as only the engine could tell."""
    only_cpu = installed("torch").endswith("+cpu")
    if asked == "cpu" or (asked == "auto" and only_cpu):
        return _cpu(os.cpu_count() or 1)
    if asked == "mps" or (asked == "auto" and sys.platform == "darwin"):
        return QCoreApplication.translate("Machine", "Apple GPU")
    return QCoreApplication.translate("Machine", "NVIDIA GPU") if asked == "cuda" else ""
