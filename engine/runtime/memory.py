"""Memory: this process's peak, what is free, and the error when it is full. No torch here."""

from __future__ import annotations

import ctypes
import math
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psutil

from engine.api.errors import out_of_memory

_T = TypeVar("_T")
_GROUPS = Path("/sys/fs/cgroup")
_ARENA_MAX = -8
_MMAP_THRESHOLD = -3
"""M_ARENA_MAX and M_MMAP_THRESHOLD of glibc's malloc.h."""
_UNSAID = (OSError, psutil.Error)
"""What psutil raises where the system does not say, as on Linux without /proc."""


def peak_rss_mb() -> float:
    """Peak resident memory of this process in MiB."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / 2**20
    if sys.platform == "linux" and (peak := _field("/proc/self/status", "VmHWM:")):
        return peak / 2**10  # getrusage would also count the parent before exec
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def available_mb(mapped_mb: float = 0.0) -> float:
    """Memory that this process may still take without pushing others out, in MiB: the system's and any limit's.

    Args:
        mapped_mb: Of files that will be mapped at once: the process's own limits count them whole.
    """
    return min(_free_mb(), max(0.0, _own_limits_mb() - mapped_mb))


def _free_mb() -> float:
    free = math.inf  # a system that does not say is no reason to refuse: then memory is full when it is full
    with suppress(*_UNSAID):
        free = psutil.virtual_memory().available / 2**20
    limit = limit_mb()
    return free if limit is None else min(free, max(0.0, limit - _group_used_mb()))


def total_mb() -> float:
    """Memory that this computer has, or that its container allows, in MiB; infinite where the system does not say."""
    limit = limit_mb() or math.inf
    with suppress(*_UNSAID):
        return min(psutil.virtual_memory().total / 2**20, limit)
    return limit


def _own_limits_mb() -> float:
    """Memory until this process's own limits (`ulimit -d`, `ulimit -v`), in MiB; they count what is reserved too."""
    left = math.inf
    if sys.platform == "linux":
        with suppress(*_UNSAID):
            process = psutil.Process()
            used = process.memory_info()
            for what, taken in ((psutil.RLIMIT_DATA, used.data), (psutil.RLIMIT_AS, used.vms)):
                soft, _ = process.rlimit(what)
                if soft != psutil.RLIM_INFINITY:
                    left = min(left, (soft - taken) / 2**20)
    return left


def limit_mb() -> float | None:
    """What a container allows to all its processes, in MiB; None without such a limit."""
    limit = _group_number("memory.max", "memory/memory.limit_in_bytes")
    return None if limit is None or limit >= 2**60 else limit / 2**20


def trim() -> None:
    """Give the system back what was freed but kept for the next allocation, where the C library can."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # musl has none
            ctypes.CDLL(None).malloc_trim(0)


def use_one_heap() -> None:
    """Let threads that are started from now on take memory where this one does, where the C library can.

    glibc gives each thread heaps of 64 MiB of its own, in which tensors of tens of MiB leave gaps: a clip took up to
    400 MiB more in them, and never as much twice. Call it before the thread that computes is started, and not where a
    window is: it would wait while the heap is tidied up.
    """
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # musl has none
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def leave_no_gaps() -> None:
    """Take every larger piece of memory from the system and give it back at once, where the C library can.

    Nothing then lies between the pieces that is free and yet taken, which was half of what decoding took; for a
    quarter more time.
    """
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, 128 * 2**10)


def rss_mb() -> float:
    """Resident memory of this process now, in MiB; 0 where the system does not say."""
    with suppress(*_UNSAID):
        return psutil.Process().memory_info().rss / 2**20
    return 0.0


def _group_used_mb() -> float:
    """Memory of a container's processes; what the page cache holds would be given back and does not count."""
    used = _group_number("memory.current", "memory/memory.usage_in_bytes") or 0
    cached = 0
    for stat in (_GROUPS / "memory.stat", _GROUPS / "memory" / "memory.stat"):
        if stat.is_file():
            cached = max(_field(stat, "inactive_file "), _field(stat, "total_inactive_file "))
    return max(0, used - cached) / 2**20


def _field(file: str | Path, field: str) -> int:
    with suppress(OSError):
        for line in Path(file).read_text("utf-8", "replace").splitlines():
            if line.startswith(field):
                return int(line.split()[1])
    return 0


def _group_number(*names: str) -> int | None:
    for name in names:
        try:
            return int((_GROUPS / name).read_text("utf-8"))
        except (OSError, ValueError):  # not there, or "max"
            continue
    return None


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception means that the device's or the computer's memory is full."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower()
    # The last are files and libraries that cannot be mapped, and stacks of threads.
    said = (
        "out of memory", "can't allocate memory", "cannot allocate memory", "failed to map segment",
        "can't start new thread",
    )  # fmt: skip
    return isinstance(error, RuntimeError | ImportError | OSError) and any(words in text for words in said)


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
