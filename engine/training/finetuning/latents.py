"""From a lesson's files, and from rendered worlds, to shards of latents that are made once and kept."""

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

from engine.api.errors import UsageError
from engine.media.file_types import PICTURE
from engine.models.tokenizer import Tokenizer
from engine.planning.eta import Cancelled
from engine.text.vocabulary import Vocabulary
from engine.training.data.prepare import cut_clips, encode_shards
from engine.training.data.store import ShardStore, write_shard
from engine.training.denoiser.loss import LatentSet
from engine.training.finetuning.dataset import Example

FPS = 8.0
MOMENTS = 3
"""Pictures that are taken out of every clip: what things look like is learned from single frames too."""
MAX_CLIPS = 8
"""Clips cut out of one video."""
_SHARD = 8
Progress = Callable[[int, int], None]
_Made = tuple[NDArray[np.uint8], dict[str, Any]]


@dataclass(frozen=True)
class Frame:
    """Of every example: frames of a clip, height and width in pixels."""

    frames: int
    height: int
    width: int


def read_dataset(
    examples: tuple[Example, ...], folder: Path, frame: Frame, tokenizer: Tokenizer, tell: Progress
) -> tuple[LatentSet | None, LatentSet | None]:
    """Clips and pictures of a lesson as latents; None for a kind that it has none of.

    Files that cannot be read are skipped while there are others.

    Raises:
        UsageError: ``no-clips`` when nothing usable is left.
    """

    def clips() -> Iterator[_Made]:
        for done, one in enumerate(examples):
            tell(done, len(examples))
            if one.file.suffix.lower() not in PICTURE:
                for clip in islice(_cut(one.file, frame), MAX_CLIPS):
                    yield clip, {"captions": [*one.captions]}

    def pictures() -> Iterator[_Made]:
        for one in examples:
            if one.file.suffix.lower() in PICTURE:
                for picture in _cut(one.file, frame):
                    yield picture, {"captions": [*one.captions]}
        yield from _moments(folder / "clips")

    _write(folder / "clips", clips())
    _write(folder / "pictures", pictures())
    found = _coded(folder, "clips", tokenizer), _coded(folder, "pictures", tokenizer)
    tell(len(examples), len(examples))
    if found == (None, None):
        raise UsageError(
            "no-clips",
            "None of the files can be learned from.",
            f"A video needs {frame.frames} frames at {FPS:g} a second, {frame.frames / FPS:.1f} seconds.",
        )
    return found


def rehearse(
    count: int, seed: int, folder: Path, frame: Frame, tokenizer: Tokenizer, tell: Progress
) -> tuple[LatentSet, LatentSet]:
    """Training worlds, rendered: clips and pictures of what the pack was made from, as latents."""
    from engine.worlds.dataset.sampling import sample_spec
    from engine.worlds.render.clip import render_clip

    def clips() -> Iterator[_Made]:
        for k in range(count):
            tell(k, count)
            spec = sample_spec(seed + k)
            clip = render_clip(spec, frames=frame.frames, height=frame.height, width=frame.width)
            yield clip, {"spec": spec.to_dict()}

    _write(folder / "clips", clips())
    _write(folder / "pictures", _moments(folder / "clips"))
    first, second = _coded(folder, "clips", tokenizer), _coded(folder, "pictures", tokenizer)
    assert first is not None
    assert second is not None
    tell(count, count)
    return first, second


def can_rehearse(vocabulary: Vocabulary) -> bool:
    """Whether the worlds are what the pack knows (it has all their words), and can be rendered here."""
    from importlib.util import find_spec

    from engine.worlds.captions.write import lexicon

    return find_spec("numba") is not None and set(lexicon()) <= set(vocabulary.words)


def _cut(file: Path, frame: Frame) -> Iterator[NDArray[np.uint8]]:
    return cut_clips(file, frame.height, frame.width, frame.frames, FPS)


def _moments(folder: Path) -> Iterator[_Made]:
    """Pictures out of the clips in a folder of shards, which may have none."""
    moving = _stored(folder)
    if moving is None:
        return
    for i, truth in enumerate(moving.truth):
        clip = moving[i]
        for moment in np.linspace(0, len(clip) - 1, MOMENTS).astype(int):
            yield np.asarray(clip[moment])[None], truth


def _write(folder: Path, made: Iterator[_Made]) -> None:
    """Shards of few clips each; a folder that is there is whole, since it is renamed last."""
    if folder.exists():
        return
    fresh = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    kept: list[_Made] = []
    index = 0
    for one in made:
        kept.append(one)
        if len(kept) == _SHARD:
            _shard(fresh, index, kept)
            kept, index = [], index + 1
    if kept:
        _shard(fresh, index, kept)
    os.replace(fresh, folder)


def _shard(folder: Path, index: int, made: list[_Made]) -> None:
    write_shard(folder, index, np.stack([frames for frames, _ in made]), [truth for _, truth in made])


def _stored(folder: Path) -> ShardStore | None:
    return ShardStore(folder) if any(folder.glob("shard-*.npy")) else None


def _coded(folder: Path, name: str, tokenizer: Tokenizer) -> LatentSet | None:
    if _stored(folder / name) is None:
        return None
    encode_shards(folder / name, tokenizer, folder / f"{name}-z", lambda _done, _all: None)
    return LatentSet(ShardStore(folder / f"{name}-z"), held=0)


def stopping(tell: Progress, cancelled: Callable[[], bool]) -> Progress:
    """``tell``, raising `Cancelled` where that is asked for."""

    def telling(done: int, total: int) -> None:
        if cancelled():
            raise Cancelled
        tell(done, total)

    return telling
