"""The one switch that turns every faster way of computing off, to see whether it is to blame."""

from __future__ import annotations

import os

SWITCH = "WALT_FAST"
"""Set to 0 in the environment, networks are computed as they are written down in `engine.models`."""


def fast_paths() -> bool:
    """Whether faster ways to the same numbers may be taken."""
    return os.environ.get(SWITCH) != "0"
