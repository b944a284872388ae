"""Getting a model from a hub: what it would bring is shown and accepted first; only the parts that it names come."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from engine.api.errors import UsageError, WaltError
from engine.open_models.families import listed
from engine.open_models.folder import INDEX, MAX_SETTINGS, parts_of
from engine.open_models.hub import Hub, RemoteFile, Repository
from engine.open_models.link import link, pack_name
from engine.open_models.verify import HASHES
from engine.packs.base_manifest import shown
from engine.packs.store import InstalledPack
from engine.runtime.json_file import parse_object, write_object
from engine.runtime.places import user_folder

MAX_LICENCE = 2**18
OnBytes = Callable[[int, int], None]
"""Told how many bytes of how many are there."""
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_WANTED = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]*\.(json|txt|model|jinja)|(diffusion_pytorch_)?model(-\d+-of-\d+)?\.safetensors)"
)
"""Of a part's files: settings, and weights under the names that diffusers looks for."""
_OTHER_VARIANT = re.compile(r"\.safetensors\.index\.[a-z0-9]+\.json|\.(fp16|bf16|fp8)\.safetensors\.index\.json")
_LICENCE = re.compile(r"(LICEN[CS]E|License)[A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Recommended:
    """A model that walt proposes: figures are from its authors, see resources/open_models/recommended.toml."""

    name: str
    repository: str
    title: str
    licence: str
    card: int
    memory: int
    disk: int
    frames: str
    good_at: str
    model: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Offer:
    """What getting a model would bring.

    Attributes:
        name: Of the pack.
        repository: Where it comes from.
        files: Those that are fetched.
        licence: Its short name.
        licence_text: The licence as the repository has it; empty if it has none.
        target: The folder that it would come to.
        missing: Bytes that are not there yet.
        free: Bytes that are free there.
        model: Values that go before those of its family.
    """

    name: str
    repository: Repository
    files: tuple[RemoteFile, ...]
    licence: str
    licence_text: str
    target: Path
    missing: int
    free: int
    model: Mapping[str, Any]

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files)


@cache
def recommended() -> tuple[Recommended, ...]:
    """The models that walt proposes, for the smallest card first."""
    table = tomllib.loads((files("resources") / "open_models" / "recommended.toml").read_text("utf-8"))
    return tuple(Recommended(**row) for row in table["model"])


def models_folder() -> Path:
    """Where models come to if nobody says otherwise.

    Raises:
        WaltError: ``no-home``.
    """
    return user_folder("data") / "models"


def offer(wanted: str, to: Path | None = None, hub: Hub | None = None) -> Offer:
    """Ask the hub about a model; nothing is fetched but its list of files, its index and its licence.

    Args:
        wanted: The name of a recommended model, or a repository: ``owner/name``.
        to: The folder that holds models.
        hub: Where to ask.

    Raises:
        UsageError: ``model-not-recommended``, ``model-not-on-hub``, ``model-gated``, ``not-a-model``, ``model-unsafe``.
        WaltError: ``hub-not-reached``.
    """
    row = next((row for row in recommended() if row.name == wanted), None)
    if row is None and not _REPOSITORY.fullmatch(wanted):
        known = ", ".join(row.name for row in recommended())
        hint = f"Recommended are {known}; any other is named as its repository: owner/name."
        raise UsageError("model-not-recommended", f"walt knows no model called {shown(wanted)}.", hint)
    hub = hub or Hub()
    repository = hub.repository(wanted if row is None else row.repository)
    if all(file.path != INDEX for file in repository.files):
        message = f"{repository.name} is no model in diffusers' format: it has no {INDEX}."
        raise UsageError("not-a-model", message, "Look for a repository whose name ends in Diffusers.")
    index = parse_object(hub.text(repository, INDEX, MAX_SETTINGS))
    if index is None:
        raise UsageError("not-a-model", f"{INDEX} of {repository.name} is not a JSON object.")
    wanted_files = _chosen(repository, parts_of(index, listed()[1]))
    licence = next((file for file in repository.files if _LICENCE.fullmatch(file.path)), None)
    text = b"" if licence is None else hub.text(repository, licence.path, MAX_LICENCE)
    name = pack_name(Path(repository.name)) if row is None else row.name
    target = (to or models_folder()).expanduser().resolve() / name
    return Offer(
        name=name,
        repository=repository,
        files=wanted_files,
        licence=repository.licence if row is None else row.licence,
        licence_text=text.decode("utf-8", "replace"),
        target=target,
        missing=sum(file.bytes - _there(target / file.path, file.bytes) for file in wanted_files),
        free=_free(target),
        model={} if row is None else row.model,
    )


def get(
    accepted: Offer, root: Path, *, hub: Hub | None = None, on_bytes: OnBytes = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> InstalledPack:  # fmt: skip
    """Fetch what was offered and accepted, and link it as a pack in the store's folder ``root``.

    Raises:
        UsageError: see `engine.open_models.link.link`.
        WaltError: ``output-not-writable``, ``hub-not-reached``, ``download-damaged``.
        Cancelled: when ``cancelled`` said so; what came so far stays, and the next time goes on with it.
    """
    if accepted.missing > accepted.free:
        need, free = accepted.missing / 1e9, accepted.free / 1e9
        message = f"There is not enough disk space: {need:.1f} GB are needed, {free:.1f} GB are free."
        raise WaltError("output-not-writable", message, "Free some space, or choose another disk with --to.")
    hub, total, done = hub or Hub(), accepted.bytes, 0

    def count(size: int) -> None:
        nonlocal done
        done += size
        on_bytes(done, total)

    try:
        for file in accepted.files:
            target = accepted.target / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_file() and target.stat().st_size == file.bytes:
                count(file.bytes)  # its hash was compared before it got its name
            else:
                hub.fetch(accepted.repository, file, target, count, cancelled)
        if accepted.licence_text:
            (accepted.target / "LICENSE.txt").write_text(accepted.licence_text, "utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WaltError("output-not-writable", f"The model cannot be written: {reason}.") from error
    pack = link(accepted.target, root, name=accepted.name, replace=True, instead=accepted.model)
    write_object(pack.path / HASHES, {file.path: file.sha256 for file in accepted.files if file.sha256})
    return pack


def _chosen(repository: Repository, parts: tuple[str, ...]) -> tuple[RemoteFile, ...]:
    """The index, and of each part its settings and its weights."""
    chosen: list[RemoteFile] = []
    for file in repository.files:
        part, _, name = file.path.rpartition("/")
        wanted = part in parts and _WANTED.fullmatch(name) and not _OTHER_VARIANT.search(name)
        if file.path == INDEX or wanted:
            chosen.append(file)
    return tuple(chosen)


def _there(target: Path, size: int) -> int:
    """Bytes of a file that need not be fetched."""
    if target.is_file() and target.stat().st_size == size:
        return size
    part = target.with_name(f"{target.name}.part")
    return min(size, part.stat().st_size) if part.is_file() else 0


def _free(target: Path) -> int:
    there = next(folder for folder in (target, *target.parents) if folder.exists())
    return shutil.disk_usage(there).free
