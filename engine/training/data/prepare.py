"""Making training data: worlds rendered, footage cut, both into shards; shards of clips coded into latents."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.media.file_types import PICTURE, VIDEO, files_below
from engine.media.images import load_still
from engine.media.reading import iter_frames
from engine.runtime.text_file import read_lines
from engine.training.data.photos import CAMERAS, Photos
from engine.training.data.store import CAMERA, ShardStore, shard_path, write_shard, write_statistics

SHARD = 64
"""Clips in a shard, unless they are large: a shard is held in memory while it is made."""
_SHARD_BYTES = 400_000_000
_BATCH_BYTES = 3_000_000
Progress = Callable[[int, int], None]


def prepare_worlds(
    out: Path,
    count: int,
    height: int,
    width: int,
    frames: int,
    seed: int,
    workers: int,
    progress: Progress,
    twins: bool = False,
) -> None:
    """Render ``count`` training worlds from ``seed`` on into shards; shards that are there already are kept.

    Clip k is the world of seed ``seed + k``, so a run can be continued, or split over machines. With ``twins`` every
    second clip is the one before it, moving the other way (`twin`), and has its seed.
    """
    shards = _shards(count, frames, height, width)
    todo = [index for index in range(len(shards)) if not shard_path(out, index).exists()]
    progress(len(shards) - len(todo), len(shards))
    jobs = [(out, index, shards[index], height, width, frames, seed, twins) for index in todo]
    if workers <= 1:
        for done, job in enumerate(jobs, len(shards) - len(todo) + 1):
            _render_shard(job)
            progress(done, len(shards))
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done, _ in enumerate(pool.map(_render_shard, jobs), len(shards) - len(todo) + 1):
            progress(done, len(shards))


def _shards(count: int, frames: int, height: int, width: int) -> list[range]:
    """Which of ``count`` clips each shard holds."""
    size = _shard_size(frames, height, width)
    return [range(first, min(first + size, count)) for first in range(0, count, size)]


def _shard_size(frames: int, height: int, width: int) -> int:
    return max(1, min(SHARD, _SHARD_BYTES // (frames * height * width * 3)))


def _render_shard(job: tuple[Path, int, range, int, int, int, int, bool]) -> None:
    from engine.worlds.dataset.sampling import sample_spec, twin
    from engine.worlds.render.clip import render_clip, render_frame

    out, index, wanted, height, width, frames, seed, twins = job
    clips: list[NDArray[np.uint8]] = []
    truth: list[dict[str, Any]] = []
    for k in wanted:
        spec = sample_spec(seed + k // 2 if twins else seed + k)
        if twins and k % 2:
            spec = twin(spec)
        if frames == 1:  # any moment of the clip
            moment = int(np.random.default_rng((spec.seed, 1)).integers(17))
            clips.append(render_frame(spec, moment, height=height, width=width)[None])
        else:
            clips.append(render_clip(spec, frames=frames, height=height, width=width))
        truth.append({"spec": spec.to_dict()})
    write_shard(out, index, np.stack(clips), truth)


def prepare_photos(
    folder: Path,
    out: Path,
    count: int,
    height: int,
    width: int,
    frames: int,
    seed: int,
    progress: Progress,
    cameras: Sequence[str] = CAMERAS,
) -> None:
    """Move a virtual camera over the photographs of a folder: ``count`` clips in shards, captioned by it.

    Every first frame is moved by every camera, so that only the caption says which move follows (`Photos.family`).
    Shards that are there already are kept. Raises WaltError ``no-photos``.
    """
    photos = Photos(folder)
    shards = _shards(count, frames, height, width)
    for index, wanted in enumerate(shards):
        if not shard_path(out, index).exists():
            rng = np.random.default_rng((seed, index))
            made: list[tuple[NDArray[np.uint8], str]] = []
            while len(made) < len(wanted):
                made += photos.family(rng, frames, height, width, cameras)
            made = made[: len(wanted)]
            truth = [{CAMERA: camera} for _, camera in made]
            write_shard(out, index, np.stack([clip for clip, _ in made]), truth)
        progress(index + 1, len(shards))


def prepare_folder(
    folder: Path, out: Path, height: int, width: int, frames: int, fps: int, progress: Progress
) -> int:
    """Cut the captioned videos (or, for ``frames`` 1, pictures too) of a folder into shards; returns how many.

    ``name.mp4`` is captioned by ``name.txt`` (one caption a line). Files that can't be read are skipped.

    Raises:
        WaltError: ``no-training-data`` when nothing usable was found.
    """
    kinds = VIDEO | PICTURE if frames == 1 else VIDEO
    paths = files_below(folder, kinds)
    clips: list[NDArray[np.uint8]] = []
    truth: list[dict[str, Any]] = []
    total = shards = 0
    size = _shard_size(frames, height, width)
    for done, path in enumerate(paths, 1):
        lines = list(read_lines(path.with_suffix(".txt"))) or [""]
        for clip in cut_clips(path, height, width, frames, fps):
            clips.append(clip)
            truth.append({"captions": lines, "source": path.name})
            total += 1
            if len(clips) == size:
                write_shard(out, shards, np.stack(clips), truth)
                clips, truth, shards = [], [], shards + 1
        progress(done, len(paths))
    if clips:
        write_shard(out, shards, np.stack(clips), truth)
    if not total:
        hint = f"Videos need at least {frames} frames at {fps} per second, and a caption in a .txt of the same name."
        raise WaltError("no-training-data", f"{folder} holds nothing to train on.", hint)
    return total


def cut_clips(path: Path, height: int, width: int, frames: int, fps: float) -> Iterator[NDArray[np.uint8]]:
    """A video as clips (frames, height, width, 3), back to back, at ``fps``; a picture as one of a single frame.

    A broken file ends early; what came before it counts.
    """
    kept: list[NDArray[np.uint8]] = []
    try:
        if path.suffix.lower() in PICTURE:
            yield load_still(path, width, height)[None]
            return
        for frame in iter_frames(path, fps=fps, size=(width, height)):
            kept.append(frame)
            if len(kept) == frames:
                yield np.stack(kept)
                kept = []
    except WaltError:
        return


def encode_shards(clips: Path, tokenizer: Any, out: Path, progress: Progress, shrink: int = 1) -> None:
    """Code every shard of clips into a shard of normalised latents (N, C, t, h, w) float16; finished ones are kept.

    Args:
        clips: Folder of clip shards.
        tokenizer: A trained `Tokenizer`, where it shall compute.
        out: Folder of latent shards.
        progress: Called with shards done and in all.
        shrink: Clips are averaged over shrink x shrink pixels before they are coded (for super-resolution pairs).
    """
    import torch
    import torch.nn.functional as F

    from engine.media.pixels import to_pixels
    from engine.training.precision import autocast

    store, device = ShardStore(clips), tokenizer.latent_mean.device
    write_statistics(out, tokenizer.latent_mean.tolist(), tokenizer.latent_std.tolist())
    first = 0
    for index, shard in enumerate(store.shards):
        truth = store.truth[first : first + len(shard)]
        first += len(shard)
        if not shard_path(out, index).exists():
            coded: list[NDArray[np.float16]] = []
            # More than one at a time: in float32 a single clip would take the slow convolution.
            size = max(2, _BATCH_BYTES // shard[0].nbytes)
            for i in range(0, len(shard), size):
                x = to_pixels(shard[i : i + size]).to(device)
                x = F.avg_pool3d(x, (1, shrink, shrink)) if shrink > 1 else x
                with torch.inference_mode(), autocast(device):
                    coded.append(tokenizer.encode(x).float().cpu().numpy().astype(np.float16))
            write_shard(out, index, np.concatenate(coded), truth)
        progress(index + 1, len(store.shards))


def default_workers() -> int:
    """As many as this process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
