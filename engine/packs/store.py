"""Where packs live: the ones that ship in ``resources/`` and the ones in the user's data folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from engine.api.errors import WaltError
from engine.packs.atomic_replace import recover
from engine.packs.base_manifest import Manifest, damaged
from engine.packs.manifest import MANIFEST, read_manifest
from engine.runtime.places import known_folder, user_folder

_OWN = "packs"


@dataclass(frozen=True, slots=True)
class InstalledPack:
    """A pack on disk whose manifest is well formed; its weights are checked when they are loaded."""

    path: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The name to ask for it by."""
        return self.manifest.name

    @property
    def bytes(self) -> int:
        """Size on disk of the files that it is made of, as the manifest states it."""
        return sum(self.manifest.stored.values())


def default_roots() -> tuple[Path, ...]:
    """Folders that are searched for packs, first match wins: shipped, then the user's own if they have a home."""
    # In a wheel and in a frozen bundle alike the package is a real folder, so its files have paths.
    shipped, data = Path(str(files("resources"))), known_folder("data")
    return (shipped,) if data is None else (shipped, data / _OWN)


class PackStore:
    """Finds installed packs: folders named as their pack. Reads manifests only; never a weight."""

    def __init__(self, roots: Sequence[Path] | None = None) -> None:
        self.roots = tuple(roots) if roots is not None else default_roots()
        self._given = roots is not None

    @property
    def own(self) -> Path:
        """The folder that packs are installed in.

        Raises:
            WaltError: ``no-home``.
        """
        return self.roots[-1] if self._given or len(self.roots) > 1 else user_folder("data") / _OWN

    @property
    def advice(self) -> str:
        """Where a pack would have to be put."""
        try:
            return f"Packs belong in {self.own}."
        except WaltError as error:
            return error.hint

    def _folders(self) -> Iterator[Path]:
        for root in self.roots:
            recover(root)
            with suppress(OSError):  # a root that is not there, or not for us, holds no packs
                folders = sorted(child for child in root.iterdir() if not child.name.startswith("."))
                yield from (child for child in folders if (child / MANIFEST).is_file())

    def scan(self) -> tuple[list[InstalledPack], list[WaltError]]:
        """All packs that can be read, by name without doubles, and the errors of those that cannot."""
        packs: dict[str, InstalledPack] = {}
        errors: list[WaltError] = []
        for folder in self._folders():
            try:
                packs.setdefault(folder.name, _read(folder))
            except WaltError as error:
                errors.append(error)
        return list(packs.values()), errors

    def installed(self) -> list[InstalledPack]:
        """All packs that can be read."""
        return self.scan()[0]

    def find(self, name: str) -> InstalledPack:
        """The pack called ``name``; a path to a pack's folder is understood too.

        Raises:
            WaltError: ``pack-not-found`` naming those installed, or ``pack-damaged``.
        """
        folder = Path(name)
        if ("/" in name or os.sep in name) and (folder / MANIFEST).is_file():
            return InstalledPack(folder, read_manifest(folder))
        for root in self.roots:
            recover(root)
            if name and folder.name == name and (root / name / MANIFEST).is_file():
                return _read(root / name)
        known = ", ".join(pack.name for pack in self.installed())
        hint = f"Installed: {known}." if known else f"No pack is installed. {self.advice}"
        raise WaltError("pack-not-found", f"There is no pack called {name!r}.", hint)


def _read(folder: Path) -> InstalledPack:
    manifest = read_manifest(folder)
    if manifest.name != folder.name:
        raise damaged(folder, f"its folder should be called {manifest.name}")
    return InstalledPack(folder, manifest)
