"""Section ``sr``: each super-resolution stage from true low-resolution latents, against the true render."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engine.api.types import StageName
from engine.diffusion.denoiser import Conditioning, stage_denoiser
from engine.diffusion.guidance import Guidance
from engine.diffusion.schedule import Schedule
from engine.evaluation.coding import code_figures
from engine.evaluation.job import Figures, Job, bar
from engine.evaluation.prompts import other_specs
from engine.media.images import write_png
from engine.media.resize import fit_frames
from engine.pipeline.conditioning import encode_prompt, seeded_clip_noise, seeded_noise
from engine.pipeline.sampling import SAMPLERS
from engine.worlds.captions.write import canonical_caption
from engine.worlds.dataset.sheet import contact_sheet
from engine.worlds.render.clip import render_clip
from engine.worlds.spec import WorldSpec

Frames = NDArray[np.uint8]
_FIGURES = ("psnr", "ssim", "detail", "flicker")


def measure_sr(job: Job) -> Figures:
    """PSNR, SSIM and fine detail of sr1 and sr2, beside bicubic and beside what the tokenizer alone would leave."""
    stages: tuple[StageName, ...] = ("sr1", "sr2")
    return {stage: _stage(job, stage) for stage in stages if stage in job.pack.manifest.stages}


def _stage(job: Job, stage: StageName) -> Figures:
    rows: list[Figures] = []
    with bar(f"sr: {stage}", job.counts.sr) as progress:
        for i, spec in enumerate(other_specs(job.counts.sr, job.seed)):
            rows.append(job.once(f"{stage}-{i:03d}", lambda k=i, s=spec: _clip(job, stage, s, k)))
            progress.update()
    means = {
        name: {key: float(np.mean([row[name][key] for row in rows])) for key in _FIGURES} for name in rows[0]
    }
    lead = means["model"]["psnr"] - means["bicubic"]["psnr"]
    return {"clips": len(rows), **means, "over_bicubic_db": lead}


def _clip(job: Job, stage: StageName, spec: WorldSpec, index: int) -> Figures:
    height, width = job.size(stage)
    true = render_clip(spec, height=height, width=width, samples=2)
    low = fit_frames(true, width // 2, height // 2)
    z = job.encode(low)
    made = {
        "model": job.decode(upscale(job, stage, z, canonical_caption(spec), index)),
        "bicubic": bicubic(job.decode(z), width, height),
        "bicubic_of_true_pixels": bicubic(low, width, height),
        "tokenizer": job.decode(job.encode(true)),
    }
    _sheet(job, f"{stage}-{index:02d}.png", {"true": true, **made})
    return {name: code_figures(true, clip) for name, clip in made.items()}


def bicubic(frames: Frames, width: int, height: int) -> Frames:
    """A clip (T, h, w, 3) enlarged by bicubic interpolation."""
    return np.stack([cv2.resize(f, (width, height), interpolation=cv2.INTER_CUBIC) for f in frames]).astype(
        np.uint8
    )


@torch.inference_mode()
def upscale(job: Job, stage: StageName, below: torch.Tensor, prompt: str, seed: int) -> torch.Tensor:
    """Latents (1, C, t, 2h, 2w) that a super-resolution stage samples above latents (1, C, t, h, w)."""
    pack, schedule = job.pack, Schedule.linear()
    spec = pack.manifest.stages[stage]
    assert spec.low_res_noise is not None
    _, c, t, h, w = below.shape

    network, device = pack.transformer(stage), pack.device.torch
    low_noise = seeded_noise(seed, f"{stage}/low-res", (1, c, t, h, w)).to(device)
    own = seeded_clip_noise(seed, f"{stage}/0", (1, c, t, 2 * h, 2 * w), network.config.shared_noise).to(
        device
    )

    low = schedule.add_noise(below, low_noise, spec.low_res_noise)
    with pack.device.autocast():
        text = encode_prompt(pack, prompt, "")
    conditioning = Conditioning(text, None, spec.guide_frames, low, spec.low_res_noise)
    asked = spec.guidance
    guidance = Guidance(asked.scale, asked.interval, asked.rescale, asked.power_cosine)
    denoise = stage_denoiser(network, conditioning, guidance, schedule, pack.device, t)
    return SAMPLERS[spec.sampler](denoise, own, schedule, spec.steps)


def _sheet(job: Job, name: str, rows: dict[str, Frames]) -> None:
    folder = job.out / "sheets" / "sr"
    folder.mkdir(parents=True, exist_ok=True)
    write_png(folder / name, contact_sheet(list(rows.values()), list(rows), 2))
