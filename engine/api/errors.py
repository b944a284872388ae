"""Errors for people: a stable code, a plain sentence, a hint what to do."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
"""Between letters, and inside emoji; no command, though their category is that of one."""


def plain(text: str) -> str:
    """Text that can do nothing to a terminal: one line, without control characters, in which every byte is told.

    Names of files may hold line breaks, commands to terminals, and bytes that are no text.
    """
    return "".join(char if _shows(char) else char.encode("unicode_escape").decode() for char in text)


def _shows(char: str) -> bool:
    return char.isprintable() or char in _JOINERS or unicodedata.category(char) in ("Zs", "Co", "Cn")


class WaltError(Exception):
    """Something went wrong that a person can read and act on.

    Args:
        code: Stable, machine-readable, kebab-case, e.g. ``"pack-not-found"``.
        message: One plain sentence.
        hint: What to do about it; may be empty.
    """

    exit_status = 1

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def line(self) -> str:
        """The error as the one line that the command line prints."""
        tail = f" {self.hint}" if self.hint else ""
        return plain(f"error[{self.code}]: {self.message}{tail}")


class UsageError(WaltError):
    """The request itself is wrong (command-line exit status 2)."""

    exit_status = 2


def out_of_memory() -> WaltError:
    """The one error for a full memory."""
    hint = "Close other programs, or ask for a smaller clip with --upto base or --upto sr1."
    return WaltError("out-of-memory", "There is not enough memory for this clip.", hint)
