"""Loads torch before the first job, on the engine's thread, without blocking the window."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path

log = logging.getLogger(__name__)


def preload(modules: Iterable[str]) -> None:
    """Import torch and these modules. What fails here is logged; the first job will say it to people."""
    try:
        _open_library()
        for module in modules:
            importlib.import_module(module)
    except Exception:
        log.exception("torch could not be loaded ahead")


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
