"""Captions encoded once by the frozen T5 and kept on disk, so that training needs no text encoder in memory.

A cache is a folder: ``tokens-NNNNN.npy`` (N, D) float16 with the tokens of many captions one after another, and
beside each ``tokens-NNNNN.jsonl`` with a line a caption: its text, where it starts, how long it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api.errors import WaltError
from engine.models.text_encoder import TextSource
from engine.runtime.files import atomic_write

SHARD = 4096
"""Captions in a file."""
_BATCH = 32
_HALF_MAX = 65504.0


class EmbeddingCache:
    """Read-only view of a cache.

    Raises:
        WaltError: ``no-embeddings`` where the folder holds none.
    """

    def __init__(self, folder: Path) -> None:
        names = sorted(folder.glob("tokens-*.npy"))
        if not names:
            raise WaltError(
                "no-embeddings", f"{folder} holds no encoded captions.", "Run `walt train embed`."
            )
        self.folder = folder
        self._tokens: list[NDArray[Any]] = [np.load(name, mmap_mode="r") for name in names]
        self._places: dict[str, tuple[int, int, int]] = {}
        for shard, name in enumerate(names):
            for line in name.with_suffix(".jsonl").read_text("utf-8").splitlines():
                fact = json.loads(line)
                self._places[fact["text"]] = (shard, fact["start"], fact["length"])

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, text: str) -> bool:
        return text in self._places

    def __getitem__(self, text: str) -> Tensor:
        """(L, D) float32.

        Raises:
            WaltError: ``no-embeddings`` for a caption that was never encoded.
        """
        place = self._places.get(text)
        if place is None:
            shown = text if len(text) < 60 else f"{text[:60]}…"
            raise WaltError(
                "no-embeddings", f"The caption {shown!r} was not encoded.", "Run `walt train embed` again."
            )
        shard, start, length = place
        return torch.from_numpy(self._tokens[shard][start : start + length].astype(np.float32))


def embed(
    texts: Iterable[str], source: TextSource, folder: Path, progress: Callable[[int, int], None]
) -> int:
    """Encode captions that the cache does not hold yet, and the empty one; returns how many were new."""
    folder.mkdir(parents=True, exist_ok=True)
    held = set(EmbeddingCache(folder)._places) if any(folder.glob("tokens-*.npy")) else set[str]()  # pyright: ignore
    new = [text for text in dict.fromkeys(["", *texts]) if text not in held]
    first = len(list(folder.glob("tokens-*.npy")))
    for shard, at in enumerate(range(0, len(new), SHARD), first):
        _write(folder / f"tokens-{shard:05d}.npy", new[at : at + SHARD], source)
        progress(min(at + SHARD, len(new)), len(new))
    return len(new)


def _write(name: Path, texts: list[str], source: TextSource) -> None:
    """One file; its lines go first, so that only whole tokens make it count."""
    parts: list[NDArray[np.float16]] = []
    lines: list[str] = []
    start = 0
    for at in range(0, len(texts), _BATCH):
        some = texts[at : at + _BATCH]
        batch = source.encode(some)
        for text, tokens, mask in zip(some, batch.tokens[:, 0], batch.mask[:, 0], strict=True):
            kept = tokens[mask].float().clamp(-_HALF_MAX, _HALF_MAX).half().cpu().numpy()
            parts.append(kept)
            lines.append(json.dumps({"text": text, "start": start, "length": len(kept)}))
            start += len(kept)
    with atomic_write(name.with_suffix(".jsonl")) as part:
        part.write_text("\n".join(lines) + "\n", "utf-8")
    with atomic_write(name) as part, part.open("wb") as file:
        np.save(file, np.concatenate(parts))
        file.flush()
        os.fsync(file.fileno())
