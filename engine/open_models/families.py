"""Families of open models, as data: which row of the list describes a folder, and what its owner says instead."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.api.errors import UsageError
from engine.open_models.folder import ModelFolder
from engine.packs.base_manifest import shown
from engine.packs.open_manifest import OpenModel
from engine.runtime.json_file import read_object

OWN = "walt.json"
"""In a model's folder: values that go before those of the list."""
MAX_OWN = 2**16
Row = Mapping[str, Any]


@cache
def listed() -> tuple[tuple[Row, ...], frozenset[str]]:
    """The rows, the most particular first, and the modules of diffusers in which parts may be."""
    table = tomllib.loads((files("resources") / "open_models" / "families.toml").read_text("utf-8"))
    return tuple(table["family"]), frozenset(table["libraries"])


def model_of(folder: ModelFolder, instead: Row | None = None) -> OpenModel:
    """What a folder's model can make: its row of the list, under what its owner and ``instead`` say.

    Raises:
        UsageError: ``model-not-known`` or ``bad-model-settings``.
    """
    row = next((row for row in listed()[0] if _describes(row, folder)), None)
    own = {**_own(folder.path), **(instead or {})}
    if row is None and not own:
        hint = f"A {OWN} in the folder can describe it: see docs/open-models.md."
        raise UsageError("model-not-known", f"walt does not know models of the kind {shown(folder.kind)}.", hint)
    values = {key: value for key, value in (row or {}).items() if key not in ("class", "where")}
    try:
        return OpenModel.model_validate({"pipeline": folder.kind, **values, **own})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"The settings of this model are not valid: {shown(where)}: {shown(first['msg'])}."
        raise UsageError("bad-model-settings", message, f"Correct {OWN} in its folder.") from None


def _own(path: Path) -> Row:
    if not (path / OWN).is_file():
        return {}
    try:
        found = read_object(path / OWN, MAX_OWN)
    except OSError:
        found = None
    if found is None:
        raise UsageError("bad-model-settings", f"{OWN} in {shown(path.name)} is not a JSON object.")
    return found


def _describes(row: Row, folder: ModelFolder) -> bool:
    where: Row = row.get("where", {})
    return row["class"] == folder.kind and all(_fits(_setting(folder, key), value) for key, value in where.items())


def _setting(folder: ModelFolder, key: str) -> Any:
    if key == "folder":
        return folder.path.name.lower()
    part, _, name = key.partition(".")
    return folder.configs.get(part, {}).get(name) if name else folder.index.get(part)


def _fits(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, str):
        return isinstance(found, str) and fnmatchcase(found, wanted)
    return found == wanted
