"""Imports of optional packages."""

from __future__ import annotations

import importlib
import logging
from typing import Any


def import_quietly(name: str) -> Any:
    """A module of a package that warns, while it is imported, of each kernel that is for another machine.

    Raises:
        ImportError: where it is not installed.
    """
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        return importlib.import_module(name)
    finally:
        logging.disable(before)
