"""Atomic writes: beside the target, synced, checked, then renamed."""

from __future__ import annotations

import errno
import os
import platform
import re
import secrets
import shutil
import stat
import zlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.api.errors import WaltError
from engine.runtime.fault_injection import fault_point

_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_ELSEWHERE = "Choose another place to write to."
_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_PART = re.compile(r"\..*\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.part", re.DOTALL)
"""Machine and process that write the file, so that what a killed one left behind can be told from work going on."""


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
        _publish(part, target)
    except OSError as error:
        # A write into an open file fails without a name: that file is the part.
        if error.errno in _NO_ROOM or error.filename in (None, str(part), part):
            raise _refusal(target, error) from error
        raise
    finally:
        # What cannot be removed now is swept later; it must not hide what went wrong before.
        with suppress(OSError):
            part.unlink(missing_ok=True)


def read_plain(path: str | Path, limit: int) -> bytes:
    """The first ``limit + 1`` bytes of a plain file: one more than may be there tells that there are too many.

    What is no plain file is refused once it is open, so that nothing can be put in its place in between, and it
    is opened without waiting: a pipe or a device could hang or never end.

    Raises:
        OSError: with `errno.EINVAL` for what is no file at all.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "not a plain file", str(path))
        return file.read(limit + 1)


def ensure_writable(path: str | Path) -> None:
    """Refuse an output path now rather than after minutes of work; sweeps what a killed process left beside it.

    Raises:
        WaltError: ``output-not-writable``.
    """
    target = _target(path)
    _reserve(target).unlink(missing_ok=True)
    sweep_parts(target.parent)


def sweep_parts(folder: Path) -> list[Path]:
    """Remove the unfinished files and folders of processes on this machine that live no more; returns which."""
    swept: list[Path] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _PART.fullmatch(entry.name)
            if match and match[1] == _machine() and not _alive(int(match[2])):
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path)
                    else:
                        os.unlink(entry.path)
                    swept.append(Path(entry.path))
    return swept


def is_same_file(one: str | Path, other: str | Path) -> bool:
    """Whether two paths lead to one file: by other words, by a link, or by a hard link."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return os.path.realpath(one) == os.path.realpath(other)


def part_name(target: Path) -> Path:
    """A hidden, free name beside ``target``, short enough whatever the target's is, which `sweep_parts` knows."""
    mark = f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"
    return target.with_name(f".{target.name[:40]}.{mark}.part")


def _machine() -> str:
    """Eight hex digits for this machine: a process number says nothing about a process elsewhere."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _alive(process: int) -> bool:
    """Whether a process of this number runs; in doubt it does."""
    try:
        import psutil  # only where leftovers are swept up

        return psutil.pid_exists(process)
    except (OSError, OverflowError):
        return True


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
            "output-not-writable", f"{path} is a folder.", "Give a file name inside it."
        )
    if not stat.S_ISREG(mode):
        raise WaltError("output-not-writable", f"{path} is not a regular file.", _ELSEWHERE)
    if not mode & _WRITE or not os.access(target, os.W_OK):  # whatever an administrator could do
        raise WaltError("output-not-writable", f"{path} is write-protected.", _ELSEWHERE)
    return target


def _reserve(target: Path) -> Path:
    """Create the hidden part file."""
    part = part_name(target)
    try:
        fault_point("open")
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
            f"There is not enough disk space to write {target}.",
            "Free some space, then try again.",
        )
    if code in (errno.ENOENT, errno.ENOTDIR) and target.parent.exists():
        is_folder = target.parent.is_dir()  # where nothing can be made in it all the same: /proc
        why = f"Nothing can be written into {target.parent}." if is_folder else f"{target.parent} is not a folder."
        return WaltError("output-not-writable", why, _ELSEWHERE)
    if code in (errno.ENOENT, errno.ENOTDIR):
        return WaltError(
            "output-not-writable",
            f"The folder {target.parent} does not exist.",
            "Create it or choose another.",
        )
    reason = os.strerror(code).lower() if code else str(error)
    return WaltError("output-not-writable", f"{target} cannot be written: {reason}.", _ELSEWHERE)


def _publish(part: Path, target: Path) -> None:
    """Put the part in the target's place once its bytes are on the disk: a rename never shows an empty file."""
    try:
        fault_point("sync")
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        with suppress(OSError):  # a new file has the usual permissions, a replaced one those that it had
            os.chmod(part, stat.S_IMODE(target.stat().st_mode))
        fault_point("rename")
        os.replace(part, target)
    except OSError as error:
        raise _refusal(target, error) from error
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Wait until the rename is on the disk, where the system can do that for folders.

    Where it cannot, the new file is whole all the same; only a power cut now could bring the old one back.
    """
    if os.name == "nt":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            fault_point("sync")
            os.fsync(handle)
        finally:
            os.close(handle)
