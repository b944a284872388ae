"""From a model's folder to a pack that points there: nothing is copied, the model stays its owner's. No torch here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.api.errors import UsageError, WaltError
from engine.open_models.families import listed, model_of
from engine.open_models.folder import ModelFolder, look_through
from engine.packs.atomic_replace import recover, take_place
from engine.packs.base_manifest import OPEN_KIND, shown
from engine.packs.manifest import CARD, MANIFEST
from engine.packs.open_manifest import LOCATION, DenoiserShape, OpenManifest
from engine.packs.store import InstalledPack
from engine.runtime.files import part_name, read_plain

MAX_LOCATION = 4096
_DENOISERS = ("transformer", "unet")


def link(
    path: Path, root: Path, *, name: str | None = None, replace: bool = False, instead: Mapping[str, Any] | None = None
) -> InstalledPack:
    """Put a pack into the store's folder ``root`` that points to a model's folder.

    Args:
        path: The model's folder.
        root: Where packs live.
        name: The pack's name; made from the folder's if None.
        replace: Put it in the place of a pack with the same name.
        instead: Values of `OpenModel` that go before those of the list.

    Raises:
        UsageError: ``not-a-model``, ``model-unsafe``, ``model-incomplete``, ``model-not-known``,
            ``bad-model-settings`` or ``pack-exists``.
        WaltError: ``output-not-writable``.
    """
    path = path.resolve()
    manifest = describe(path, name or pack_name(path), instead)
    target = root / manifest.name
    try:
        recover(root)
        if target.exists() and not replace:
            message = f"A pack called {manifest.name} is installed already."
            raise UsageError("pack-exists", message, "Remove it first, or give this one another name with --name.")
        part = part_name(target)
        try:
            part.mkdir(parents=True)
            (part / MANIFEST).write_text(manifest.model_dump_json(indent=1), "utf-8")
            (part / LOCATION).write_text(str(path), "utf-8")
            (part / CARD).write_text(f"# {manifest.title}\n\nLicence: {manifest.licence}\n", "utf-8")
            take_place(part, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except (OSError, UnicodeEncodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WaltError("output-not-writable", f"The pack cannot be written: {reason.lower()}.") from error
    return InstalledPack(target, manifest)


def describe(path: Path, name: str, instead: Mapping[str, Any] | None = None) -> OpenManifest:
    """The manifest of a pack for a model's folder.

    Raises:
        UsageError: see `link`.
    """
    folder = look_through(path, listed()[1])
    model = model_of(folder, instead)
    version = folder.index.get("_diffusers_version", "")
    return OpenManifest(
        kind=OPEN_KIND,
        name=name,
        title=model.title,
        version=shown(version)[:40] if isinstance(version, str) else "",
        licence=model.licence,
        description="",
        model=model,
        shape=_shape(folder),
        weights=dict(folder.weights),
        settings=dict(folder.settings),
    )


def pack_name(path: Path) -> str:
    """A pack's name from a folder's; in the cache of the model hub that of the repository, not of the commit."""
    own = path.parent.parent.name.split("--")[-1] if path.parent.name == "snapshots" else path.name
    plain = re.sub(r"[^a-z0-9._-]+", "-", own.lower()).strip("-._")[:64]
    return plain or "model"


def location(pack: InstalledPack) -> Path:
    """The folder of a linked pack's model.

    Raises:
        WaltError: ``model-not-found``.
    """
    try:
        path = Path(read_plain(pack.path / LOCATION, MAX_LOCATION).decode("utf-8"))
        there = path.is_dir()
    except (OSError, ValueError):
        path, there = pack.path / LOCATION, False
    if not there:
        hint = "Connect its disk, or link it again where it is now with walt packs --link."
        raise WaltError("model-not-found", f"The model of the pack {pack.name} is not at {shown(str(path))}.", hint)
    return path


def _shape(folder: ModelFolder) -> DenoiserShape:
    """What is known of the denoiser; of one that is not known, numbers that make estimates small."""
    config = next((folder.configs[part] for part in _DENOISERS if part in folder.configs), {})
    heads, wide = _number(config, "num_attention_heads", 1), _number(config, "attention_head_dim", 64)
    patch = config.get("patch_size", 1)
    if not isinstance(patch, list):
        patch = [_number(config, "patch_size_t", 1), _number(config, "patch_size", 1), _number(config, "patch_size", 1)]
    sides = [side if isinstance(side, int) and 1 <= side <= 16 else 1 for side in [*patch, 1, 1, 1][:3]]
    return DenoiserShape(
        width=min(65536, heads * wide),
        layers=min(1024, _number(config, "num_layers", 1)),
        patch=(sides[0], sides[1], sides[2]),
    )


def _number(config: Mapping[str, Any], name: str, otherwise: int) -> int:
    value = config.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else otherwise
