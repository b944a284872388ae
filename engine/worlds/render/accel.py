"""The one door to numba: a typed decorator that compiles a function to machine code and keeps the result on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Colour = tuple[float, float, float]
KERNELS = ("accel", "layout", "noise", "sdf", "sky", "ground", "planet", "fire", "shading", "kernel")
_HERE = Path(__file__).parent
F = TypeVar("F", bound=Callable[..., Any])


def _drop_stale() -> None:
    """Forget compiled code older than any kernel's source: numba looks only at the caller's own file, not callees."""
    newest = max(
        ((_HERE / f"{name}.py").stat().st_mtime for name in KERNELS if (_HERE / f"{name}.py").exists()),
        default=0.0,
    )
    for entry in _HERE.parent.rglob("__pycache__/*.nbi"):
        try:
            if entry.stat().st_mtime < newest:
                entry.unlink(missing_ok=True)
        except OSError:  # a read-only folder, or another process was faster
            return


_drop_stale()


def fast(function: F) -> F:
    """Compile `function` on first call; without a writable source folder (a frozen bundle) nothing is cached."""
    compiler = cast(Callable[..., Any], numba.njit)
    # _nrt off: nothing here allocates, and counting references to arrays took more than half of the time
    options: dict[str, Any] = {"fastmath": True, "nogil": True, "error_model": "numpy", "_nrt": False}
    try:
        return cast(F, compiler(cache=True, **options)(function))
    except RuntimeError:
        return cast(F, compiler(**options)(function))
