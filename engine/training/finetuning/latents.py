"""Examples and rendered worlds as shards of latents, which are encoded once and kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.api.clip import Cancelled
from engine.api.errors import UsageError
from engine.api.types import FPS
from engine.media.file_types import PICTURE
from engine.models.tokenizer import Tokenizer
from engine.text.vocabulary import Vocabulary
from engine.training.data.prepare import cut_clips, encode_shards
from engine.training.data.store import ShardStore, write_shard
from engine.training.denoiser.loss import LatentSet
from engine.training.finetuning.dataset import Example

MOMENTS = 3
"""Frames of each clip that are trained on as pictures too."""
MAX_CLIPS = 8
"""Most clips of one video."""
_SHARD = 8
Progress = Callable[[int, int], None]
_Item = tuple[NDArray[np.uint8], dict[str, Any]]


@dataclass(frozen=True)
class ClipSize:
    """Of every example: number of frames, height and width in pixels."""

    frames: int
    height: int
    width: int


def encode_examples(
    examples: tuple[Example, ...], folder: Path, size: ClipSize, tokenizer: Tokenizer, progress: Progress
) -> tuple[LatentSet | None, LatentSet | None]:
    """Clips and pictures of the examples as latents; None for a kind that is missing.

    Files that cannot be read are skipped.

    Raises:
        UsageError: ``no-clips`` when nothing usable is left.
    """

    def clips() -> Iterator[_Item]:
        for done, one in enumerate(examples):
            progress(done, len(examples))
            if one.file.suffix.lower() not in PICTURE:
                for clip in islice(_cut(one.file, size), MAX_CLIPS):
                    yield clip, {"captions": [*one.captions]}

    def pictures() -> Iterator[_Item]:
        for one in examples:
            if one.file.suffix.lower() in PICTURE:
                for picture in _cut(one.file, size):
                    yield picture, {"captions": [*one.captions]}
        yield from _stills(folder / "clips")

    _write(folder / "clips", clips())
    _write(folder / "pictures", pictures())
    found = _coded(folder, "clips", tokenizer), _coded(folder, "pictures", tokenizer)
    progress(len(examples), len(examples))
    if found == (None, None):
        raise UsageError(
            "no-clips",
            "None of the files can be trained on.",
            f"A video needs {size.frames} frames at {FPS:g} a second, {size.frames / FPS:.1f} seconds.",
        )
    return found


def encode_rehearsal(
    count: int, seed: int, folder: Path, size: ClipSize, tokenizer: Tokenizer, progress: Progress
) -> tuple[LatentSet, LatentSet]:
    """``count`` rendered worlds from ``seed`` on, the starter's training data, as latents: clips and pictures."""
    from engine.worlds.dataset.sampling import sample_spec
    from engine.worlds.render.clip import render_clip

    def clips() -> Iterator[_Item]:
        for k in range(count):
            progress(k, count)
            spec = sample_spec(seed + k)
            clip = render_clip(spec, frames=size.frames, height=size.height, width=size.width)
            yield clip, {"spec": spec.to_dict()}

    _write(folder / "clips", clips())
    _write(folder / "pictures", _stills(folder / "clips"))
    first, second = _coded(folder, "clips", tokenizer), _coded(folder, "pictures", tokenizer)
    assert first is not None
    assert second is not None
    progress(count, count)
    return first, second


def can_rehearse(vocabulary: Vocabulary) -> bool:
    """Whether the vocabulary has all words of the worlds, and numba is there to render them."""
    from importlib.util import find_spec

    from engine.worlds.captions.write import lexicon

    return find_spec("numba") is not None and set(lexicon()) <= set(vocabulary.words)


def _cut(file: Path, size: ClipSize) -> Iterator[NDArray[np.uint8]]:
    return cut_clips(file, size.height, size.width, size.frames, FPS)


def _stills(folder: Path) -> Iterator[_Item]:
    """`MOMENTS` frames of each clip in a folder of shards, which may be empty."""
    clips = _stored(folder)
    if clips is None:
        return
    for i, truth in enumerate(clips.truth):
        clip = clips[i]
        for moment in np.linspace(0, len(clip) - 1, MOMENTS).astype(int):
            yield np.asarray(clip[moment])[None], truth


def _write(folder: Path, items: Iterator[_Item]) -> None:
    """Write shards; a folder that exists is complete, since it is renamed last."""
    if folder.exists():
        return
    fresh = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    kept: list[_Item] = []
    index = 0
    for one in items:
        kept.append(one)
        if len(kept) == _SHARD:
            _shard(fresh, index, kept)
            kept, index = [], index + 1
    if kept:
        _shard(fresh, index, kept)
    os.replace(fresh, folder)


def _shard(folder: Path, index: int, items: list[_Item]) -> None:
    write_shard(folder, index, np.stack([frames for frames, _ in items]), [truth for _, truth in items])


def _stored(folder: Path) -> ShardStore | None:
    return ShardStore(folder) if any(folder.glob("shard-*.npy")) else None


def _coded(folder: Path, name: str, tokenizer: Tokenizer) -> LatentSet | None:
    if _stored(folder / name) is None:
        return None
    encode_shards(folder / name, tokenizer, folder / f"{name}-z", lambda _done, _all: None)
    return LatentSet(ShardStore(folder / f"{name}-z"), held=0)


def cancellable(progress: Progress, cancelled: Callable[[], bool]) -> Progress:
    """``progress``, raising `Cancelled` once ``cancelled()`` is true."""

    def checked(done: int, total: int) -> None:
        if cancelled():
            raise Cancelled
        progress(done, total)

    return checked
