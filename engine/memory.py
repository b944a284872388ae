"""Memory: how much this process has used at its peak, and what to try when it is full. No torch here."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from engine.errors import WaltError

_T = TypeVar("_T")


def peak_rss_mb() -> float:
    """Peak resident memory of this process in MiB."""
    if sys.platform == "win32":
        return _windows_peak() / 2**20
    status = Path("/proc/self/status")
    if status.is_file():  # Linux: getrusage would also count the parent before exec
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**10
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _windows_peak() -> int:
    class Counters(ctypes.Structure):
        _fields_ = (
            ("cb", ctypes.c_ulong),
            ("page_faults", ctypes.c_ulong),
            ("peak_working_set", ctypes.c_size_t),
            ("others", ctypes.c_size_t * 7),
        )

    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    kernel = ctypes.WinDLL("kernel32")  # pyright: ignore[reportAttributeAccessIssue]
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    query = kernel.K32GetProcessMemoryInfo
    query.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)
    query(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.cb)
    return int(counters.peak_working_set)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception means that the device's or the computer's memory is full."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)


def retry_without_memory(attempts: Sequence[Callable[[], _T]], free: Callable[[], None]) -> _T:
    """Run the first attempt that fits into memory, freeing what can be freed between two.

    Raises:
        WaltError: ``out-of-memory`` when none fits.
    """
    for attempt in attempts:
        try:
            return attempt()
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        # Outside the except block: the exception and its frames would keep the tensors alive.
        free()
    raise out_of_memory()


def out_of_memory() -> WaltError:
    """The one error for a full memory."""
    hint = "Close other programs, or ask for a smaller clip with --upto base or --upto sr1."
    return WaltError("out-of-memory", "There is not enough memory for this clip.", hint)
