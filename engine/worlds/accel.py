"""The one door to numba: a typed decorator that compiles a function to machine code and keeps the result on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Colour = tuple[float, float, float]
F = TypeVar("F", bound=Callable[..., Any])


def fast(function: F) -> F:
    """Compile `function` on first call; without a writable source folder (a frozen bundle) nothing is cached."""
    compiler = cast(Callable[..., Any], numba.njit)
    options: dict[str, Any] = {"fastmath": True, "nogil": True, "error_model": "numpy"}
    try:
        return cast(F, compiler(cache=True, **options)(function))
    except RuntimeError:
        return cast(F, compiler(**options)(function))
