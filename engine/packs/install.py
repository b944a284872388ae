"""Packs that come from elsewhere: a folder or a zip archive is checked file by file while it is copied.

Nothing is believed but what was counted and hashed: names must be plain, links are refused, no byte beyond the
manifest's sizes is unpacked, and the pack appears in the store whole or not at all. No torch here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from engine.api.clip import Cancelled
from engine.api.errors import UsageError, WaltError
from engine.packs.atomic_replace import discard, recover, take_place
from engine.packs.base_manifest import FileSpec, Manifest, damaged, shown
from engine.packs.manifest import CARD, MANIFEST, MAX_MANIFEST_BYTES, parse_manifest
from engine.packs.store import InstalledPack
from engine.runtime.fault_injection import fault_point
from engine.runtime.files import atomic_write, part_name

MAX_ENTRIES = 256
"""A pack has about eight files; an archive of thousands is something else."""
MAX_RATIO = 50
"""Weights hardly compress: an archive that promises more than so many times its own size is a bomb."""
BLOCK = 1 << 20

OnBytes = Callable[[int, int], None]
"""Told how many bytes of how many are done."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Opens the files of a pack by name."""

    where: Path
    sizes: Mapping[str, int]
    open: Callable[[str], IO[bytes]]
    packed: int
    """How many bytes the whole takes as it is."""


def install(
    source: Path, root: Path, *, replace: bool = False,
    on_bytes: OnBytes = lambda _done, _all: None, cancelled: Callable[[], bool] = lambda: False,
) -> InstalledPack:  # fmt: skip
    """Copy a pack from a folder or a zip archive into the store's folder ``root``.

    Args:
        source: The folder or the archive.
        root: Where packs live; the pack gets a folder with its name in it.
        replace: Put it in the place of a pack with the same name.
        on_bytes: Told how far it is.
        cancelled: Asked between blocks; True stops, and nothing stays.

    Raises:
        UsageError: ``not-a-pack``, or ``pack-exists``.
        WaltError: ``pack-damaged``, ``pack-too-new``, ``archive-unsafe``, ``output-not-writable``.
        Cancelled: when ``cancelled`` said so.
    """
    try:
        with _opened(source) as found:
            manifest = _manifest(found)
            target = root / manifest.name
            recover(root)
            if target.exists() and not replace:
                raise UsageError(
                    "pack-exists", f"A pack called {manifest.name} is installed already.", "Remove it first."
                )
            root.mkdir(parents=True, exist_ok=True)
            _require_room(root, sum(spec.bytes for spec in manifest.files.values()))
            part = part_name(target)
            try:
                _copy(found, manifest, part, on_bytes, cancelled)
                take_place(part, target)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WaltError("output-not-writable", f"The pack cannot be installed: {reason}.") from error
    return InstalledPack(target, manifest)


def remove(pack: InstalledPack, root: Path) -> None:
    """Delete an installed pack from the store's folder ``root``.

    Raises:
        UsageError: ``pack-ships-with-walt`` for one that is not in ``root``.
        WaltError: ``output-not-writable``.
    """
    if pack.path.is_symlink() or pack.path.resolve().parent != root.resolve():
        raise UsageError("pack-ships-with-walt", f"The pack {pack.name} is part of walt and cannot be removed.")
    discard(pack.path)  # or it would come back
    gone = part_name(pack.path)
    try:
        os.replace(pack.path, gone)  # gone at once, whatever a slow deletion does
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WaltError("output-not-writable", f"The pack cannot be removed: {reason}.") from error
    shutil.rmtree(gone, ignore_errors=True)


# What is there.


@contextmanager
def _opened(source: Path) -> Generator[_Source]:
    if source.is_dir():
        yield _folder(source)
        return
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, struct.error):
        raise _no_pack(source) from None
    with archive:
        yield _archive(source, archive)


def _no_pack(source: Path) -> UsageError:
    hint = "A pack is a folder with a manifest.json, or such a folder in a zip archive."
    return UsageError("not-a-pack", f"{shown(source.name)} is not a pack.", hint)


def _unsafe(source: Path, why: str) -> WaltError:
    return WaltError(
        "archive-unsafe", f"{shown(source.name)} is refused: {shown(why)}.", "Get the pack from its "
                                                                             "authors again."
    )


def _folder(source: Path) -> _Source:
    sizes: dict[str, int] = {}
    for child in source.iterdir():
        found = child.lstat()
        if stat.S_ISREG(found.st_mode):
            sizes[child.name] = found.st_size
        elif stat.S_ISLNK(found.st_mode):
            raise _unsafe(source, f"{child.name} is a link")
    if MANIFEST not in sizes:
        raise _no_pack(source)
    return _Source(source, sizes, lambda name: (source / name).open("rb"), sum(sizes.values()))


def _archive(source: Path, archive: zipfile.ZipFile) -> _Source:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _unsafe(source, f"it holds {len(entries)} files")
    files = [_checked(source, entry) for entry in entries]
    tops = [path.parent for path, _ in files if path.name == MANIFEST]
    if not tops:
        raise _no_pack(source)
    top = min(tops, key=lambda folder: len(folder.parts))
    inside: dict[str, zipfile.ZipInfo] = {}
    for path, entry in files:
        if path.parent == top and not entry.is_dir():
            if path.name in inside:
                raise _unsafe(source, f"it holds {path.name} twice")
            inside[path.name] = entry
    sizes = {name: entry.file_size for name, entry in inside.items()}
    return _Source(source, sizes, lambda name: _unpacked(source, archive, inside[name]), source.stat().st_size)


def _unpacked(source: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(entry)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError, EOFError, struct.error):
        raise damaged(source, f"{PurePosixPath(entry.filename).name} cannot be unpacked") from None


def _checked(source: Path, entry: zipfile.ZipInfo) -> tuple[PurePosixPath, zipfile.ZipInfo]:
    """The path of an archive's entry, if it is a plain one inside the archive's own folder."""
    name = entry.filename
    path = PurePosixPath(name)
    if "\\" in name or "\0" in name or ":" in name or path.is_absolute() or ".." in path.parts:
        raise _unsafe(source, "a file in it would be written elsewhere")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _unsafe(source, f"{path.name} in it is a link or a device")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _unsafe(source, "it is packed in an unusual way")
    if entry.flag_bits & 1:
        raise _unsafe(source, "it is encrypted")
    return path, entry


def _manifest(found: _Source) -> Manifest:
    """The manifest, if what it promises is there and possible."""
    if found.sizes[MANIFEST] > MAX_MANIFEST_BYTES:
        raise damaged(found.where, f"{MANIFEST} is too large")
    manifest = parse_manifest(_manifest_text(found), Path(found.where.name))
    needed = manifest.needed_files
    missing = sorted(needed - manifest.files.keys())
    if missing:
        raise damaged(found.where, f"{missing[0]} is not in the manifest")
    for name, spec in manifest.files.items():
        if PurePosixPath(name).name != name or name not in needed | {CARD}:
            raise damaged(found.where, f"{name} does not belong in a pack")
        if found.sizes.get(name) != spec.bytes:
            raise damaged(found.where, f"{name} is missing or has another size than the manifest states")
    total = sum(spec.bytes for spec in manifest.files.values())
    if total > MAX_RATIO * max(found.packed, 1):
        raise _unsafe(found.where, "it would unpack to far more than it is")
    return manifest


def _manifest_text(found: _Source) -> bytes:
    try:
        with found.open(MANIFEST) as stream:
            text = stream.read(MAX_MANIFEST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise damaged(found.where, f"{MANIFEST} cannot be unpacked") from None
    if len(text) > MAX_MANIFEST_BYTES:
        raise damaged(found.where, f"{MANIFEST} is too large")
    return text


# Copying.


def _require_room(root: Path, total: int) -> None:
    if shutil.disk_usage(root).free < total:
        raise WaltError(
            "output-not-writable",
            f"There is not enough disk space for the pack: it needs {total / 1e6:.0f} MB.",
            "Free some space, then try again.",
        )


def _copy(
    found: _Source, manifest: Manifest, part: Path, on_bytes: OnBytes, cancelled: Callable[[], bool]
) -> None:
    total = sum(spec.bytes for spec in manifest.files.values())
    done = 0

    def count(size: int) -> None:
        nonlocal done
        done += size
        on_bytes(done, total)

    part.mkdir()
    (part / MANIFEST).write_bytes(_manifest_text(found))
    for name, spec in manifest.files.items():
        with found.open(name) as stream, atomic_write(part / name) as file, file.open("wb") as out:
            _pour(found.where, name, spec, stream, out, count, cancelled)


def _pour(
    where: Path, name: str, spec: FileSpec, stream: IO[bytes], out: IO[bytes],
    count: Callable[[int], None], cancelled: Callable[[], bool],
) -> None:  # fmt: skip
    """Read a file to its end, never more than the manifest's size of it, and compare its hash."""
    digest, left = hashlib.sha256(), spec.bytes
    try:
        while block := stream.read(min(BLOCK, left + 1)):
            if cancelled():
                raise Cancelled
            left -= len(block)
            if left < 0:
                raise damaged(where, f"{name} is larger than the manifest states")
            digest.update(block)
            fault_point("write")
            out.write(block)
            count(len(block))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise damaged(where, f"{name} cannot be unpacked") from None
    if left or digest.hexdigest() != spec.sha256:
        raise damaged(where, f"{name} does not have the SHA-256 that the manifest states")
