"""Whether a linked model's files are still what they were. No torch here: the window asks too.

Sizes, headers and settings are in the manifest. The SHA-256 of the weights are kept beside it: known from the download,
or else recorded when the model is verified for the first time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from engine.api.clip import Cancelled
from engine.open_models.headers import read_header
from engine.open_models.link import location
from engine.open_models.plan import model_damaged
from engine.packs.open_manifest import open_manifest
from engine.packs.store import InstalledPack
from engine.runtime.fault_injection import fault_point
from engine.runtime.json_file import read_object, write_object

HASHES = "hashes.json"
MAX_HASHES = 2**20
_BLOCK = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")


def verify(pack: InstalledPack, cancelled: Callable[[], bool]) -> None:
    """Read every file of the model and compare it.

    Raises:
        WaltError: ``model-not-found`` or ``model-damaged``.
        Cancelled: when ``cancelled`` said so.
    """
    manifest, path = open_manifest(pack.manifest), location(pack)
    for name, expected in manifest.settings.items():
        if _sha256(path, name, cancelled) != expected:
            raise model_damaged(name, "is not what it was when the model was linked")
    for name, file in manifest.weights.items():
        require_same(path, name, file.bytes, file.header)
    known = known_hashes(pack)
    found = {name: _sha256(path, name, cancelled) for name in manifest.weights}
    for name, sha256 in found.items():
        if known.get(name, sha256) != sha256:
            raise model_damaged(name, "does not have the SHA-256 that it should have")
    if found.keys() - known.keys():
        write_object(pack.path / HASHES, {**known, **found})


def require_same(path: Path, name: str, size: int, header: str) -> None:
    """Whether a file of weights has the size and the header that it had when the model was linked.

    Raises:
        WaltError: ``model-damaged``.
    """
    try:
        same = (path / name).stat().st_size == size and read_header(path / name).sha256 == header
    except FileNotFoundError:
        raise model_damaged(name, "is missing") from None
    except (OSError, ValueError):
        same = False
    if not same:
        raise model_damaged(name, "is not what it was when the model was linked")


def known_hashes(pack: InstalledPack) -> Mapping[str, str]:
    """SHA-256 of files of weights, as far as they are known."""
    try:
        found = read_object(pack.path / HASHES, MAX_HASHES) or {}
    except OSError:
        return {}
    return {name: sha256 for name, sha256 in found.items() if isinstance(sha256, str) and _HASH.fullmatch(sha256)}


def _sha256(path: Path, name: str, cancelled: Callable[[], bool]) -> str:
    digest = hashlib.sha256()
    try:
        fault_point("read")
        with (path / name).open("rb") as stream:
            while block := stream.read(_BLOCK):
                if cancelled():
                    raise Cancelled
                digest.update(block)
    except FileNotFoundError:
        raise model_damaged(name, "is missing") from None
    except OSError as error:
        raise model_damaged(name, f"cannot be read ({error.strerror})") from None
    return digest.hexdigest()
