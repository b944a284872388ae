"""Section ``tokenizer``: what is lost by coding and decoding, frame by frame, beside the best linear codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.api.types import FPS
from engine.evaluation.job import Figures, Job, bar
from engine.evaluation.linear import LinearCode
from engine.evaluation.pictures import detail, per_frame
from engine.evaluation.probe import FRAMES
from engine.evaluation.prompts import other_specs
from engine.media.file_types import VIDEO, files_below
from engine.media.reading import iter_frames
from engine.training.data.photos import Photos
from engine.worlds.render.clip import render_clip

Frames = NDArray[np.uint8]
SCALES = (1, 2, 4)


def measure_tokenizer(job: Job) -> Figures:
    """PSNR and SSIM of each kind of clip at the base's size, at twice and at four times it."""
    height, width = job.size("base")
    out: Figures = {}
    for scale, count in zip(SCALES, job.counts.tokenizer, strict=True):
        for kind in _kinds(job) if count else ():
            name = f"{kind}_{height * scale}"
            size = (height * scale, width * scale)
            out[name] = job.once(f"tokenizer-{name}", lambda k=kind, n=count, s=size: _coded(job, k, n, *s))
    return out


def _kinds(job: Job) -> Iterator[str]:
    yield "worlds"
    if job.photos is not None:
        yield "photographs"
    if job.videos is not None:
        yield "videos"


def _clips(job: Job, kind: str, count: int, height: int, width: int) -> list[Frames]:
    if kind == "videos":
        assert job.videos is not None
        return list(footage(job.videos, count, height, width))
    if kind == "photographs":
        assert job.photos is not None
        photos, rng = Photos(job.photos), np.random.default_rng((job.seed, height))
        return [photos.crop(rng, FRAMES, height, width) for _ in range(count)]
    specs = other_specs(count, job.seed)
    return [render_clip(spec, height=height, width=width, samples=2) for spec in specs]


def footage(folder: Path, count: int, height: int, width: int) -> Iterator[Frames]:
    """Up to ``count`` clips (17, height, width, 3) from the videos of a folder, one of each in turn.

    Raises:
        WaltError: ``no-videos`` when not one clip could be cut from any of them.
    """
    paths = files_below(folder, VIDEO)
    given = 0
    for path in paths:
        if given == count:
            return
        clip = _first(path, height, width)
        if clip is not None:
            given += 1
            yield clip
    if not given:
        hint = f"Give a folder of videos that last {FRAMES / FPS:.0f} seconds at least."
        raise WaltError("no-videos", f"{folder} holds no video that is long enough.", hint)


def _first(path: Path, height: int, width: int) -> Frames | None:
    kept: list[Frames] = []
    try:
        for frame in iter_frames(path, fps=FPS, size=(width, height)):
            kept.append(frame)
            if len(kept) == FRAMES:
                return np.stack(kept)
    except WaltError:
        return None
    return None


def _coded(job: Job, kind: str, count: int, height: int, width: int) -> Figures:
    clips = _clips(job, kind, count, height, width)
    own = LinearCode.fit(clips, job.pack.tokenizer.config.latent_channels)
    figures: dict[str, list[Figures]] = {"tokenizer": [], "linear": [], "linear_own": []}
    with bar(f"tokenizer: {kind} {height}", len(clips)) as progress:
        for clip in clips:
            figures["tokenizer"].append(code_figures(clip, job.decode(job.encode(clip))))
            figures["linear"].append(code_figures(clip, job.linear.through(clip)))
            figures["linear_own"].append(code_figures(clip, own.through(clip)))
            progress.update()
    means = {name: _mean(rows) for name, rows in figures.items()}
    psnr = {name: rows["psnr"] for name, rows in means.items()}
    over = {f"over_{name}_db": psnr["tokenizer"] - psnr[name] for name in ("linear", "linear_own")}
    return {"clips": len(clips), **means, **over}


def code_figures(true: Frames, made: Frames) -> Figures:
    """Figures of one coded clip.

    ``flicker`` is how much the error itself changes from frame to frame, in grey levels: an error that stands
    still is a soft picture, one that changes is seen. ``detail`` is the share of fine detail that is left.
    """
    psnr, ssim = per_frame(true, made)
    error = made.astype(np.float32) - true.astype(np.float32)
    change = float(np.abs(np.diff(error, axis=0)).mean()) if len(true) > 1 else 0.0
    return {
        "psnr": float(np.mean(psnr)), "ssim": float(np.mean(ssim)), "flicker": change,
        "detail": detail(made) / max(detail(true), 1e-9), "psnr_by_frame": psnr, "ssim_by_frame": ssim,
    }  # fmt: skip


def _mean(rows: list[Figures]) -> Figures:
    return {name: np.mean([row[name] for row in rows], axis=0).tolist() for name in rows[0]}
