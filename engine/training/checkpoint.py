"""Checkpoints: safetensors and JSON in one folder, replaced atomically, so that a killed run keeps the last one."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

_POINTER = "latest.json"


def save_checkpoint(
    folder: Path, step: int, tensors: dict[str, dict[str, Tensor]], facts: dict[str, Any]
) -> None:
    """Write ``tensors`` (file name -> tensors) and ``facts`` as checkpoint ``step``, then delete the one before.

    The pointer file is replaced last: until then the previous checkpoint is the valid one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / new_name(step, is_valid(folder, new_name(step)))
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for name, group in tensors.items():
        path = target / f"{name}.safetensors"
        save_file({k: v.detach().cpu().contiguous() for k, v in group.items()}, path)
        _sync(path)
    publish(folder, target, {"step": step, **facts})


def new_name(step: int, taken: bool = False) -> str:
    """Name of a checkpoint's folder; ``taken`` when the valid one has it, which is never written over."""
    return f"step-{step:08d}{'-again' if taken else ''}"


def is_valid(folder: Path, name: str) -> bool:
    """Whether the valid checkpoint is called ``name``."""
    facts = latest(folder)
    return facts is not None and facts["folder"] == name


def publish(folder: Path, target: Path, facts: dict[str, Any]) -> None:
    """Make the complete checkpoint in ``target`` the valid one, and delete the others."""
    pointer = folder / (_POINTER + ".part")
    pointer.write_text(json.dumps({"folder": target.name, **facts}, indent=1), "utf-8")
    _sync(pointer)
    os.replace(pointer, folder / _POINTER)
    for old in folder.glob("step-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)


def latest(folder: Path) -> dict[str, Any] | None:
    """The facts of the last complete checkpoint, or None."""
    path = folder / _POINTER
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def load_tensors(folder: Path, name: str) -> dict[str, Tensor]:
    """One group of tensors of the last complete checkpoint."""
    facts = latest(folder)
    if facts is None:
        raise FileNotFoundError(folder / _POINTER)
    return load_file(folder / facts["folder"] / f"{name}.safetensors")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
