"""What the header says of this machine, as far as can be known without loading torch."""

from __future__ import annotations

import os
import sys

from app.model.report import installed


def device_label(asked: str) -> str:
    """The device's name for display; empty as long as only the engine could tell."""
    only_cpu = installed("torch").endswith("+cpu")
    if asked == "cpu" or (asked == "auto" and only_cpu):
        return f"CPU · {os.cpu_count() or 1}×"
    if asked == "mps" or (asked == "auto" and sys.platform == "darwin"):
        return "Apple GPU"
    return "NVIDIA GPU" if asked == "cuda" else ""
