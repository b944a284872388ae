"""Lets the n-th operation fail: the other side of `engine.runtime.fault_injection`."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import av.error
import torch

from engine.runtime.fault_injection import Operation, watched

Fault = Callable[[], BaseException]


def _system(number: int) -> Fault:
    return lambda: OSError(number, os.strerror(number))


FILE_FAULTS: dict[str, Fault] = {
    "ENOSPC": _system(errno.ENOSPC),
    "EIO": _system(errno.EIO),
    "EACCES": _system(errno.EACCES),
    "MemoryError": MemoryError,
}
ENGINE_FAULTS: dict[str, Fault] = {
    "EIO": _system(errno.EIO),
    "MemoryError": MemoryError,
    "CUDA out of memory": lambda: torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    "CPU allocator": lambda: RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"),
    "kernel": lambda: RuntimeError("an exception in a kernel"),
}
MEMORY_FAULTS = {"MemoryError", "CUDA out of memory", "CPU allocator"}
EXPORT_FAULTS: dict[str, Fault] = {
    "encoder": lambda: av.error.ExternalError(542398533, "Generic error in an external library"),
    **FILE_FAULTS,
}
FAULTS = {**ENGINE_FAULTS, **EXPORT_FAULTS}
_NETWORK: set[Operation] = {"text", "encode", "step", "decode"}
_FILES: set[Operation] = {"open", "write", "sync", "rename", "read", "compress", "verify"}
_WHERE: dict[str, set[Operation]] = {
    "ENOSPC": _FILES - {"read", "verify"},
    "EIO": _FILES - {"verify"},
    "EACCES": _FILES - {"compress", "write", "verify"},
    "MemoryError": {*_NETWORK, "weights", "open", "compress", "write"},
    "kernel": _NETWORK,
    "CUDA out of memory": {*_NETWORK, "weights"},
    "CPU allocator": {*_NETWORK, "weights"},
    "encoder": {"compress", "write"},
}
"""Operations that a fault can befall, where it cannot be all of them."""


class Fuse:
    """Counts operations and raises ``fault`` at the ``at``-th one, or from it on if the trouble ``lasts``."""

    def __init__(self, fault: str, at: int, *, lasts: bool = False) -> None:
        self.fault, self.at, self.lasts = FAULTS[fault], at, lasts
        self.where = _WHERE.get(fault)
        self.count = 0
        self.blown: Operation | None = None

    def __call__(self, operation: Operation) -> None:
        if self.where is not None and operation not in self.where:
            return
        self.count += 1
        if self.count == self.at or (self.lasts and self.count > self.at):
            self.blown = self.blown or operation
            raise self.fault()


@contextmanager
def failing(fault: str, at: int, *, lasts: bool = False) -> Generator[Fuse]:
    """While the body runs, its ``at``-th operation fails."""
    fuse = Fuse(fault, at, lasts=lasts)
    with watched(fuse):
        yield fuse


def each_operation(
    fault: str, body: Callable[[], object], *, lasts: bool = False
) -> Iterator[tuple[Fuse, BaseException | None]]:
    """Run ``body`` again and again, letting a later operation fail each time, until none is left to fail.

    Yields the fuse and what the body raised; the caller checks what must hold afterwards.
    """
    at = 1
    while True:
        raised: BaseException | None = None
        with failing(fault, at, lasts=lasts) as fuse:
            try:
                body()
            except BaseException as error:
                raised = error
        if fuse.blown is None:
            assert raised is None, raised
            return
        yield fuse, raised
        at += 1
