"""Whether the files of a pack on disk are those of its manifest. No torch here: the window asks too."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

from engine.api.clip import Cancelled
from engine.packs.base_manifest import Manifest, damaged
from engine.runtime.fault_injection import fault_point

_BLOCK = 1 << 20


def verify(path: Path, manifest: Manifest, *, cancelled: Callable[[], bool] = lambda: False) -> None:
    """Compare the size and the SHA-256 of every file of the pack in the folder ``path``.

    Raises:
        WaltError: ``pack-damaged``, naming the first file that is not what the manifest says.
        Cancelled: when ``cancelled`` said so; it is asked before each MiB.
    """
    for name, spec in manifest.files.items():
        file, digest = path / name, hashlib.sha256()
        try:
            found = file.stat()
            if not stat.S_ISREG(found.st_mode) or found.st_size != spec.bytes:
                raise damaged(path, f"{name} does not have the size that the manifest states")
            fault_point("read")
            with file.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    if cancelled():
                        raise Cancelled
                    digest.update(block)
        except OSError as error:
            raise damaged(path, f"{name} cannot be read ({error.strerror})") from None
        if digest.hexdigest() != spec.sha256:
            raise damaged(path, f"{name} does not have the SHA-256 that the manifest states")
