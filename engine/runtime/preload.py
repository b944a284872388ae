"""Loads torch ahead of the first job, on the engine's thread, without holding a window still meanwhile."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import logging
import os
import sys
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


def preload() -> None:
    """Import torch and the cascade. What fails here is logged; the first job will say it to people."""
    try:
        _open_library()
        importlib.import_module("engine.pipeline.cascade")
        importlib.import_module("engine.packs.load")
    except Exception:
        log.exception("torch could not be loaded ahead")


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


def _open_library() -> None:
    """Open torch's largest library while other threads run.

    ``import torch`` opens it with the interpreter locked, for half a second and more, in which no window can
    repaint. A foreign call lets go of the lock, and the import then finds the library open.
    """
    found = importlib.util.find_spec("torch")
    if sys.platform != "linux" or found is None or found.origin is None:
        return
    library = Path(found.origin).parent / "lib" / "libtorch_cpu.so"
    if library.is_file():
        dlopen = ctypes.CDLL(None).dlopen
        dlopen.restype, dlopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_int]
        dlopen(os.fsencode(library), os.RTLD_NOW)
