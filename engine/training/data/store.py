"""Training data on disk: shards of clips or latents that are memory-mapped, with a line of ground truth for each clip.

A line is JSON with ``spec`` (a rendered world, captioned at random at each use), ``camera`` (how the camera
moves over a photograph, likewise) or ``captions`` (a list of texts that came with the footage).
"""

from __future__ import annotations

import json
import os
from bisect import bisect_right
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.runtime.files import atomic_write

_STATISTICS = "statistics.json"
CAMERA = "camera"
"""Key of a line that has only a camera: its clip is trained on with the first frames given."""


class ShardStore:
    """Read-only view of a folder of ``shard-NNNNN.npy`` (N, ...) with ``shard-NNNNN.jsonl`` beside them.

    Raises:
        WaltError: ``no-training-data`` when the folder holds no shard.
    """

    def __init__(self, folder: Path) -> None:
        names = sorted(folder.glob("shard-*.npy"))
        if not names:
            hint = "Make some with `walt train prepare`."
            raise WaltError("no-training-data", f"{folder} holds no training data.", hint)
        self.folder = folder
        self.shards: list[NDArray[Any]] = [np.load(name, mmap_mode="r") for name in names]
        self.truth: list[dict[str, Any]] = []
        for name in names:
            self.truth += [json.loads(line) for line in name.with_suffix(".jsonl").read_text("utf-8").splitlines()]
        self._ends: list[int] = np.cumsum([len(shard) for shard in self.shards]).tolist()

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, index: int) -> NDArray[Any]:
        """Item ``index``, still on disk."""
        shard = bisect_right(self._ends, index)
        return self.shards[shard][index - (self._ends[shard - 1] if shard else 0)]


class ClipStore(ShardStore):
    """Shards of clips (N, T, H, W, 3) uint8."""

    @property
    def frames(self) -> int:
        """Frames of every clip."""
        return int(self.shards[0].shape[1])

    def crop(self, rng: np.random.Generator, frames: int, height: int, width: int) -> NDArray[np.uint8]:
        """A random crop (frames, height, width, 3) of a random clip.

        Raises:
            WaltError: ``wrong-clips`` where they are smaller.
        """
        clip = self[int(rng.integers(len(self)))]
        spare = [have - want for have, want in zip(clip.shape[:3], (frames, height, width), strict=True)]
        if min(spare) < 0:
            had, wanted = " x ".join(map(str, clip.shape[:3])), f"{frames} x {height} x {width}"
            raise WaltError(
                "wrong-clips",
                f"{self.folder} holds clips of {had} (frames, height, width).",
                f"At least {wanted} are needed: prepare larger ones, or change the run.",
            )
        t, h, w = (int(rng.integers(room + 1)) for room in spare)
        return np.asarray(clip[t : t + frames, h : h + height, w : w + width])


def shard_path(folder: Path, index: int) -> Path:
    """Where shard ``index`` of a folder is, or will be once it is whole."""
    return folder / f"shard-{index:05d}.npy"


def write_shard(folder: Path, index: int, items: NDArray[Any], truth: list[dict[str, Any]]) -> None:
    """Write shard ``index``: first its lines, then its frames, which make it complete."""
    folder.mkdir(parents=True, exist_ok=True)
    name = shard_path(folder, index)
    name.with_suffix(".jsonl").write_text("".join(json.dumps(line) + "\n" for line in truth), "utf-8")
    part = name.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, items)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, name)


def write_statistics(folder: Path, mean: list[float], std: list[float]) -> None:
    """Write the mean and spread that latents were normalised by, a number a channel."""
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(folder / _STATISTICS) as part:
        part.write_text(json.dumps({"mean": mean, "std": std}), "utf-8")


def read_statistics(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and spread (C,) that the latents of a folder were normalised by.

    Raises:
        WaltError: ``no-statistics`` for latents that were coded before statistics were kept.
    """
    path = folder / _STATISTICS
    if not path.is_file():
        raise WaltError(
            "no-statistics",
            f"{folder} does not contain the statistics that its latents were normalised with.",
            "Run `walt train encode` into it again; shards that are there are kept.",
        )
    facts = json.loads(path.read_text("utf-8"))
    return np.array(facts["mean"], np.float32), np.array(facts["std"], np.float32)
