"""Fault-injection hook: operations that can fail call it by name first. Does nothing outside tests.

Nothing listens in a running walt. Tests of reliability listen, count, and let the n-th operation fail.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Literal

Operation = Literal[
    "open",
    "write",
    "sync",
    "rename",
    "read",
    "weights",
    "text",
    "encode",
    "step",
    "decode",
    "compress",
    "verify",
]
"""Files: open, write, sync, rename, read. Engine: weights (memory for a network), text, encode (a still), step
(of denoising), decode (a chunk of frames). Export: compress (a frame), verify (the file, read back)."""

Watcher = Callable[[Operation], None]
_watcher: Watcher | None = None


def fault_point(operation: Operation) -> None:
    """An operation is about to be tried; raises what a watcher raises, and does nothing without one."""
    if _watcher is not None:
        _watcher(operation)


@contextmanager
def watched(watcher: Watcher) -> Generator[None]:
    """Let ``watcher`` see every operation of every thread while the body runs."""
    global _watcher
    before, _watcher = _watcher, watcher
    try:
        yield
    finally:
        _watcher = before
