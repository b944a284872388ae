"""Files that leave walt are written whole or not at all: beside the target, synced, checked, then renamed."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import WaltError

_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_ELSEWHERE = "Choose another place to write to."


@contextmanager
def atomic_write(path: str | Path) -> Generator[Path]:
    """Give a hidden, empty file beside ``path`` to write to; on success it takes the place of ``path``.

    The body writes the file by its name and closes it; the name ends in ``.part``, so name formats there.
    Whatever happens in the body, the old file stays until the new one is whole and on the disk, and no part
    is left behind. A symbolic link is written through.

    Raises:
        WaltError: ``output-not-writable`` when the place cannot be written or has no room left; other errors
            of the body pass through.
    """
    target = _target(path)
    part = _reserve(target)
    try:
        yield part
        _sync(part)
        os.replace(part, target)
        _sync_folder(target.parent)
    except OSError as error:
        if error.errno in _NO_ROOM or error.filename in (str(part), part):
            raise _refusal(target, error) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def ensure_writable(path: str | Path) -> None:
    """Refuse an output path now rather than after minutes of work.

    Raises:
        WaltError: ``output-not-writable``.
    """
    _reserve(_target(path)).unlink(missing_ok=True)


def _target(path: str | Path) -> Path:
    """The file that ``path`` means, if a plain file may stand or be put there."""
    try:
        target = Path(os.path.realpath(path))
        mode = target.stat().st_mode
    except FileNotFoundError:
        return Path(os.path.realpath(path))
    except (OSError, ValueError) as error:
        raise _refusal(Path(path), error) from error
    if stat.S_ISDIR(mode):
        raise WaltError(
            "output-not-writable", f"{path} is a folder.", "Give the name of a file to write in it."
        )
    if not stat.S_ISREG(mode):
        raise WaltError("output-not-writable", f"{path} is not a plain file.", _ELSEWHERE)
    return target


def _reserve(target: Path) -> Path:
    """Create the hidden part file; its name is short enough whatever the target's is."""
    part = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        part.open("xb").close()
    except OSError as error:
        raise _refusal(target, error) from error
    return part


def _refusal(target: Path, error: OSError | ValueError) -> WaltError:
    """The plain sentence for why ``target`` could not be written."""
    code = error.errno if isinstance(error, OSError) else None
    if code in _NO_ROOM:
        return WaltError(
            "output-not-writable",
            f"There is no room left to write {target}.",
            "Free some space, then try again.",
        )
    if code in (errno.ENOENT, errno.ENOTDIR):
        return WaltError(
            "output-not-writable",
            f"The folder {target.parent} does not exist.",
            "Create it or choose another.",
        )
    reason = os.strerror(code).lower() if code else str(error)
    return WaltError("output-not-writable", f"{target} cannot be written: {reason}.", _ELSEWHERE)


def _sync(path: Path) -> None:
    """Wait until the file's bytes are on the disk, so that the rename never publishes an empty file."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Wait until the rename is on the disk, where the system can do that for folders."""
    if os.name == "nt":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        # A folder that may be written but not read: the file is whole, only the rename is not yet sure.
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
