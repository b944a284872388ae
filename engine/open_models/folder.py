"""A model's folder in diffusers' format, looked through before anything of it is used: nothing in it is ever run.

Weights are taken from safetensors alone, whole ones: a file's header says how long it must be, so an unfinished
download is noticed without reading it. No torch here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.api.errors import UsageError
from engine.open_models.headers import read_header
from engine.packs.base_manifest import shown
from engine.packs.open_manifest import OpenFile
from engine.runtime.files import read_plain

INDEX = "model_index.json"
CONFIG = "config.json"
"""Of a part that has weights."""
MAX_SETTINGS = 64 * 2**20
"""Bytes of a file of settings; the largest are tokenizers' words."""
_LIBRARIES = frozenset({"diffusers", "transformers"})
_PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl"})
_SETTINGS = frozenset({".json", ".txt", ".model", ".jinja"})
_WEIGHTS = ("diffusion_pytorch_model", "model")
_PART = re.compile(r"[a-z][a-z0-9_]{0,40}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """What is in a model's folder.

    Attributes:
        path: The folder.
        index: Its model_index.json.
        parts: Names of the parts that the model has.
        configs: The config.json of each part that has weights.
        weights: Its files of weights, by their paths in the folder.
        settings: SHA-256 of all other files that are read.
    """

    path: Path
    index: Mapping[str, Any]
    parts: tuple[str, ...]
    configs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    weights: Mapping[str, OpenFile] = field(default_factory=dict[str, OpenFile])
    settings: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def kind(self) -> str:
        """The pipeline's class, as the folder names it."""
        return str(self.index["_class_name"])


def look_through(path: Path, libraries: frozenset[str]) -> ModelFolder:
    """Read and check a model's folder.

    Args:
        path: The folder.
        libraries: Modules of diffusers in which parts may be, besides itself and transformers.

    Raises:
        UsageError: ``not-a-model``, ``model-unsafe`` or ``model-incomplete``.
    """
    index = read_index(path)
    parts = parts_of(index, libraries)
    settings = {INDEX: _sha256(path / INDEX)}
    configs: dict[str, Mapping[str, Any]] = {}
    weights: dict[str, OpenFile] = {}
    for part in parts:
        names = _names(path, part)
        for name in names:
            if Path(name).suffix in _SETTINGS:
                settings[f"{part}/{name}"] = _sha256(path / part / name)
        _require_no_code(path, part, names)
        if CONFIG in names:
            configs[part] = _json(path / part / CONFIG)
            weights |= _weights(path, part, names)
    if not weights:
        raise UsageError("model-incomplete", "The model has no weights.", _AGAIN)
    return ModelFolder(path, index, parts, configs, weights, settings)


def parts_of(index: Mapping[str, Any], libraries: frozenset[str]) -> tuple[str, ...]:
    """Names of the parts that a model_index.json names, each made by a library that walt uses.

    Raises:
        UsageError: ``not-a-model`` or ``model-unsafe``.
    """
    parts = tuple(part for part, made in index.items() if _is_there(part, made))
    for part in parts:
        _require_known_code(part, index[part], libraries)
    return parts


def read_index(path: Path) -> dict[str, Any]:
    """The folder's model_index.json.

    Raises:
        UsageError: ``not-a-model`` or ``model-unsafe``.
    """
    if not (path / INDEX).is_file():
        message = f"{shown(path.name)} is not the folder of a model: it has no {INDEX}."
        raise UsageError("not-a-model", message, "Choose the folder in diffusers' format that holds one.")
    index = _json(path / INDEX)
    kind = index.get("_class_name")
    if not isinstance(kind, str):
        if isinstance(kind, list):
            raise UsageError("model-unsafe", "The model asks for a pipeline with code of its own.", _SAFE)
        raise UsageError("not-a-model", f"{INDEX} in {shown(path.name)} names no pipeline.")
    return index


_AGAIN = "Let the download end, or get the model again."
_SAFE = "walt runs no code that comes with a model. Get it in diffusers' plain format."


def _is_there(part: str, made: Any) -> bool:
    """Whether an entry of the index is a part that the model has; others are numbers, or null for none."""
    return not part.startswith("_") and isinstance(made, list) and any(word is not None for word in made)


def _require_known_code(part: str, made: list[Any], libraries: frozenset[str]) -> None:
    if not _PART.fullmatch(part):
        raise UsageError("not-a-model", f"{INDEX} names a part {shown(part)}, which cannot be a folder.")
    if len(made) != 2 or not all(isinstance(word, str) for word in made):
        raise UsageError("not-a-model", f"{INDEX} does not say what makes the part {part}.")
    if made[0] not in _LIBRARIES | libraries:
        message = f"The part {part} needs the library {shown(made[0])}, which walt does not use."
        raise UsageError("model-unsafe", message, _SAFE)


def _names(path: Path, part: str) -> list[str]:
    """The files of a part."""
    folder = path / part
    if not folder.is_dir():
        raise UsageError("model-incomplete", f"The part {part} is missing.", _AGAIN)
    try:
        names = sorted(file.name for file in folder.iterdir() if _FILE.fullmatch(file.name))
    except OSError as error:
        raise UsageError("not-a-model", f"The part {part} cannot be read ({error.strerror}).") from None
    if not any(Path(name).suffix in _SETTINGS for name in names):
        raise UsageError("model-incomplete", f"The part {part} has no settings.", _AGAIN)
    return names


def _require_no_code(path: Path, part: str, names: list[str]) -> None:
    for name in names:
        if name.endswith("config.json") and "auto_map" in _json(path / part / name):
            raise UsageError("model-unsafe", f"The part {part} asks to run code of its own.", _SAFE)
    if any(name.endswith(".safetensors") for name in names):
        return
    if any(Path(name).suffix in _PICKLES for name in names):
        message = f"The weights of the part {part} are a pickle, a format that can run code."
        raise UsageError("model-unsafe", message, "Get the model as safetensors.")


def _weights(path: Path, part: str, names: list[str]) -> dict[str, OpenFile]:
    """The files of weights of a part that is a network, under the names that diffusers looks for."""
    for stem in _WEIGHTS:
        if f"{stem}.safetensors.index.json" in names:
            wanted = _shards(path / part / f"{stem}.safetensors.index.json")
            break
        if f"{stem}.safetensors" in names:
            wanted = [f"{stem}.safetensors"]
            break
    else:
        other = next((name for name in names if name.endswith(".safetensors")), None)
        why = f"only {shown(other)}" if other else "none"
        message = f"The part {part} has no weights under the usual name, {why}."
        raise UsageError("model-incomplete", message, _AGAIN)
    return {f"{part}/{name}": _whole(path / part / name, f"{part}/{name}", there=name in names) for name in wanted}


def _shards(index: Path) -> list[str]:
    places = _json(index).get("weight_map")
    names: list[Any] = sorted({str(name) for name in places.values()}) if isinstance(places, dict) else []
    if not names or not all(_FILE.fullmatch(name) and name.endswith(".safetensors") for name in names):
        raise UsageError("not-a-model", f"{index.parent.name}/{index.name} does not list files of weights.")
    return names


def _whole(file: Path, name: str, *, there: bool) -> OpenFile:
    if not there or not file.is_file():
        raise UsageError("model-incomplete", f"The file {name} is missing.", _AGAIN)
    try:
        header = read_header(file)
        size = file.stat().st_size
    except OSError as error:
        raise UsageError("not-a-model", f"The file {name} cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise UsageError("model-incomplete", f"The file {name} is damaged: {error}.", _AGAIN) from None
    if size < header.length:
        raise UsageError("model-incomplete", f"The file {name} is cut short.", _AGAIN)
    if size > header.length:
        raise UsageError("model-incomplete", f"The file {name} is longer than its header says.", _AGAIN)
    return OpenFile(bytes=size, header=header.sha256)


def _read(file: Path) -> bytes:
    name = f"{file.parent.name}/{file.name}"
    try:
        text = read_plain(file, MAX_SETTINGS)
    except OSError as error:
        raise UsageError("not-a-model", f"{shown(name)} cannot be read ({error.strerror}).") from None
    if len(text) > MAX_SETTINGS:
        raise UsageError("not-a-model", f"{shown(name)} is too large.")
    return text


def _json(file: Path) -> dict[str, Any]:
    try:
        found: Any = json.loads(_read(file))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError("not-a-model", f"{shown(file.parent.name)}/{shown(file.name)} is not a JSON object.")
    return {str(key): value for key, value in found.items()}


def _sha256(file: Path) -> str:
    return hashlib.sha256(_read(file)).hexdigest()
