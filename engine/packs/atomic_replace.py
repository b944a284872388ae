"""A folder in the place of another, so that a kill at any moment leaves the old pack or the new one under its name.

No portable call exchanges two folders: the old one steps aside as ``.NAME.old``, and whoever looks for packs next puts
it back if nothing came in its stead. No torch here.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from engine.runtime.fault_injection import fault_point
from engine.runtime.files import part_name, sweep_parts

_ASIDE = ".old"
_TRIES = 8


def take_place(fresh: Path, folder: Path) -> None:
    """Rename the whole folder ``fresh`` to ``folder``, beside it, replacing what is there.

    Raises:
        OSError: when the system refuses; what was there is there again.
    """
    recover(folder.parent)
    if folder.exists():
        discard(folder)
    old = _aside(folder)
    for left in reversed(range(_TRIES)):
        if folder.exists():
            fault_point("rename")
            os.replace(folder, old)
        try:
            fault_point("rename")
            os.replace(fresh, folder)
            break
        except OSError:
            recover(folder.parent)
            # Another process that looked in between has put the old pack back: aside with it once more.
            if not left or not fresh.exists() or not folder.exists():
                raise
    discard(folder)


def recover(root: Path) -> None:
    """Put back each pack in ``root`` that stepped aside for one that never came, and sweep what the killed left.

    Nothing happens where that is not allowed.
    """
    sweep_parts(root)
    with suppress(OSError):
        for old in root.glob(f".*{_ASIDE}"):
            folder = old.with_name(old.name[1 : -len(_ASIDE)])
            if not folder.exists():
                with suppress(OSError):
                    os.replace(old, folder)


def discard(folder: Path) -> None:
    """Delete what stepped aside for the pack in ``folder``.

    It loses its name first: half deleted, it must never come back.
    """
    old = _aside(folder)
    if old.exists():
        gone = part_name(folder)
        with suppress(OSError):
            fault_point("rename")
            os.replace(old, gone)
        shutil.rmtree(gone, ignore_errors=True)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}{_ASIDE}")
