"""Section ``sr_generated``: the super-resolution stages on what the base makes, not on true latents.

The true small latents of an unseen world are noised to a level and denoised again by the base (SDEdit, Meng et al.,
arXiv 2108.01073): what comes out moves as the world does, so that it can be compared frame by frame, and has the
base's own errors. From there sr1, sr2 and the decoder, against the true render, beside bicubic enlargement of the
decoded base.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api.types import SPACE
from engine.diffusion.denoiser import Conditioning, stage_denoiser
from engine.diffusion.guidance import Guidance
from engine.diffusion.samplers import ddim_from
from engine.diffusion.schedule import Schedule
from engine.evaluation.coding import code_figures
from engine.evaluation.job import Figures, Job, bar
from engine.evaluation.likeness import clip_distance
from engine.evaluation.photo_features import PhotoFeatures
from engine.evaluation.prompts import other_specs
from engine.evaluation.upscaling import bicubic, upscale
from engine.media.images import write_png
from engine.media.resize import fit_frames
from engine.pipeline.conditioning import encode_prompt, seeded_clip_noise
from engine.worlds.captions.write import canonical_caption
from engine.worlds.dataset.sheet import contact_sheet
from engine.worlds.render.clip import render_clip
from engine.worlds.spec import WorldSpec

Frames = NDArray[np.uint8]
LEVELS = (300, 500)
"""Where the base begins to denoise, of 1,000."""
STEPS = 8
"""Of the base, from there."""
_SHARE = 2
"""The crop that is compared has this part of the picture's height and width."""
_MARGIN = 6
"""Latents around the crop that are decoded with it and cut off."""
_GRID = 16
"""Corners of crops are multiples of so many pixels."""


def measure_generated_sr(job: Job) -> Figures:
    """PSNR, SSIM, feature distance, flicker and fine detail of the cascade and of bicubic, at each level.

    Frames 1 and later, in the quarter of the picture in which most changes; empty for a pack without sr2.
    """
    if "sr2" not in job.pack.manifest.stages:
        return {}
    features = job.features
    out: Figures = {}
    with bar("sr on generated latents", job.counts.sr * len(LEVELS)) as progress:
        for level in LEVELS:
            rows: list[Figures] = []
            for i, spec in enumerate(other_specs(job.counts.sr, job.seed)):
                name = f"sr-generated-{level}-{i:03d}" + ("" if features else "-plain")
                rows.append(job.once(name, lambda s=spec, k=i, t=level: _world(job, s, k, t, features)))
                progress.update()
            out[f"level_{level}"] = _means(rows)
    return out


def _means(rows: list[Figures]) -> Figures:
    means = {
        way: {name: float(np.mean([row[way][name] for row in rows])) for name in rows[0][way]}
        for way in rows[0]
    }
    made, plain = means["cascade"], means["bicubic"]
    found: Figures = {
        "clips": len(rows), **means,
        "over_bicubic_db": made["psnr"] - plain["psnr"], "over_bicubic_ssim": made["ssim"] - plain["ssim"],
    }  # fmt: skip
    if "features" in made:
        found["features_of_bicubic"] = made["features"] / max(plain["features"], 1e-9)
    return found


def _world(job: Job, spec: WorldSpec, index: int, level: int, features: PhotoFeatures | None) -> Figures:
    height, width = job.size("sr2")
    whole = render_clip(spec, height=height, width=width, samples=2)
    crop = height // _SHARE, width // _SHARE
    top, left = liveliest(whole, crop)
    area = slice(1, None), slice(top, top + crop[0]), slice(left, left + crop[1])
    text = canonical_caption(spec)
    base = with_base_errors(job, job.encode(fit_frames(whole, width // 4, height // 4)), text, index, level)
    top_latents = upscale(job, "sr2", upscale(job, "sr1", base, text, index), text, index)
    true = np.ascontiguousarray(whole[area])
    made = {
        "cascade": decode_crop(job, top_latents, (top, left), crop)[1:],
        "bicubic": bicubic(job.decode(base), width, height)[area],
    }
    folder = job.out / "sheets" / "sr-generated"
    folder.mkdir(parents=True, exist_ok=True)
    rows = {"true": true, **made}
    write_png(
        folder / f"{level}-{index:02d}.png", contact_sheet([c[::8] for c in rows.values()], list(rows), 2)
    )
    return {way: _figures(true, clip, features) for way, clip in made.items()}


def _figures(true: Frames, made: Frames, features: PhotoFeatures | None) -> Figures:
    found = code_figures(true, made)
    figures = {name: found[name] for name in ("psnr", "ssim", "flicker", "detail")}
    if features is not None:
        figures["features"] = clip_distance(features, made[::2], true[::2])
    return figures


def liveliest(frames: Frames, crop: tuple[int, int]) -> tuple[int, int]:
    """Corner (row, column) of the crop (h, w) in which most changes from frame to frame, of every sixteenth pixel."""
    change = np.abs(np.diff(frames.astype(np.int16), axis=0)).sum((0, 3))
    sums = np.pad(change, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    h, w = crop
    found = (sums[h:, w:] - sums[:-h, w:] - sums[h:, :-w] + sums[:-h, :-w])[::_GRID, ::_GRID]
    row, column = np.unravel_index(int(found.argmax()), found.shape)
    return int(row) * _GRID, int(column) * _GRID


@torch.inference_mode()
def with_base_errors(job: Job, z: Tensor, caption: str, seed: int, level: int) -> Tensor:
    """True latents (1, C, t, h, w) noised to ``level`` and denoised by the base.

    The first latent frame is known to the base, as in a clip from a still, and stays.
    """
    pack, schedule = job.pack, Schedule.linear()
    spec, network = pack.manifest.stages["base"], pack.transformer("base")
    asked, known = spec.guidance, z[:, :, :1]
    guidance = Guidance(asked.scale, asked.interval, asked.rescale, asked.power_cosine)
    with pack.device.autocast():
        text = encode_prompt(pack, caption, "")
    conditioning = Conditioning(text, known, spec.guide_frames)
    denoise = stage_denoiser(network, conditioning, guidance, schedule, pack.device, z.shape[2])
    noise = seeded_clip_noise(seed, "errors", tuple(z.shape), network.config.shared_noise).to(z.device)
    x = ddim_from(denoise, schedule.add_noise(z, noise, level), schedule, level, STEPS)
    return torch.cat([known, x[:, :, 1:]], 2)


def decode_crop(job: Job, z: Tensor, corner: tuple[int, int], size: tuple[int, int]) -> Frames:
    """A crop (T, *size, 3) of what latents decode to; a margin around it is decoded too, and cut off."""
    cut: list[slice] = []
    inner: list[slice] = []
    for first, length, whole in zip(corner, size, z.shape[3:], strict=True):
        begin = max(0, first // SPACE - _MARGIN)
        end = min(whole, -(-(first + length) // SPACE) + _MARGIN)
        cut.append(slice(begin, end))
        inner.append(slice(first - begin * SPACE, first - begin * SPACE + length))
    return job.decode(z[..., cut[0], cut[1]].contiguous())[:, inner[0], inner[1]]
