"""Standard streams that no name and no full disk can break a command by."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

from engine.api.errors import WaltError


def settle_streams() -> None:
    """Make the standard streams fit for anything: closed ones lead nowhere, and what an encoding lacks is escaped.

    A closed descriptor would be given to the next file that is opened, and a library's message be written into it.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(handle, True)
    os.close(handle)
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = _settled(sys.stdout, _Output)
    sys.stderr = _settled(sys.stderr, _Notes)


def silence_stdout() -> None:
    """Let nothing more be written: not when the interpreter flushes its streams at the end, either."""
    with suppress(OSError, ValueError):
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.close(sink)


class _Output(io.TextIOWrapper):
    """What a command was asked for: where it cannot be written, the command has failed."""

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritable(error) from error

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritable(error) from error


class _Notes(io.TextIOWrapper):
    """Progress and warnings: a clip does not fail because nobody can read them."""

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def _settled(stream: object, kind: type[io.TextIOWrapper]) -> io.TextIOWrapper:
    encoding, binary = "utf-8", None
    if isinstance(stream, io.TextIOWrapper):
        encoding = stream.encoding
        with suppress(OSError, ValueError):
            binary = stream.detach()
    if binary is None:
        binary = open(os.devnull, "wb")  # noqa: SIM115
    lines = kind is _Notes or binary.isatty()
    return kind(binary, encoding=encoding, errors="backslashreplace", line_buffering=lines, write_through=lines)


def _unwritable(error: OSError) -> WaltError:
    silence_stdout()
    reason = (error.strerror or str(error)).lower()
    return WaltError("output-not-writable", f"The standard output cannot be written: {reason}.")
