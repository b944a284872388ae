"""Latents of a clip that is not decoded yet, on the disk: if decoding fails, the denoising is not lost.

They are found again by what decides them: the request, the pack, the files that the clip begins with, the libraries.
"""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from engine.api.errors import WaltError
from engine.runtime.files import atomic_write
from engine.runtime.places import known_folder

MOST = 4
"""Clips whose latents are kept, the newest."""


@dataclass(frozen=True, slots=True)
class Latents:
    """What is decoded, and what else the decoder is told: tensors, or None where it is told nothing."""

    z: Tensor
    more: tuple[Tensor | None, ...] = ()


class SavedLatents:
    """The file of one clip's latents.

    Args:
        words: What decides the latents.
        folder: Where such files are; the user's cache if None, which a user without a home has among temporary files.
    """

    def __init__(self, *words: str, folder: Path | None = None) -> None:
        self._folder = folder or (known_folder("cache") or Path(tempfile.gettempdir()) / "walt") / "latents"
        self._file = self._folder / f"{hashlib.sha256(chr(0).join(words).encode()).hexdigest()}.safetensors"

    def read(self) -> Latents | None:
        """What was kept of an earlier try; None if nothing was."""
        try:
            with safe_open(self._file, framework="pt") as file:
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no dict)
        except (OSError, SafetensorError):
            return None
        count = max((int(name) for name in tensors if name.isdigit()), default=-1) + 1
        if "z" not in tensors or not bool(torch.isfinite(tensors["z"]).all()):
            return None
        return Latents(tensors["z"], tuple(tensors.get(str(place)) for place in range(count)))

    def write(self, latents: Latents) -> None:
        """Keep latents; where that is not possible, the clip is made all the same."""
        tensors = {str(place): each for place, each in enumerate(latents.more) if each is not None}
        tensors["z"] = latents.z
        kept = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        with suppress(OSError, WaltError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with atomic_write(self._file) as part:
                save_file(kept, part)
            files = sorted(self._folder.glob("*.safetensors"), key=lambda file: file.stat().st_mtime)
            for old in files[:-MOST]:
                old.unlink(missing_ok=True)

    def remove(self) -> None:
        """Forget them: the clip is done, or not wanted any more."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
