"""Sections ``stills`` and ``continuation``: does a picture come alive as told, and does a clip go on unseen?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.flow import flows, global_motion, magnitude, obeys
from engine.evaluation.job import Job, bar
from engine.evaluation.pictures import psnr
from engine.evaluation.prompts import other_specs, prompts
from engine.events import StageName
from engine.media.images import load_still, write_png
from engine.training.photos import Photos
from engine.worlds.captions import TONGUES
from engine.worlds.render import render_frame
from engine.worlds.sheet import contact_sheet

Frames = NDArray[np.uint8]
MOVES = ("pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out")
"""Camera moves whose direction shows in the picture's own motion."""
ALIVE = 0.25
"""Mean flow, in pixels a frame of a picture 224 wide, from which on something moves."""
WINDOW, CONTINUED = 17, 29


def measure_stills(job: Job) -> dict[str, object]:
    """Frame 0 against the still, obedience to the camera, motion; at the base's size, and frame 0 at full size too."""
    stills = _stills(job)
    right: dict[str, list[bool]] = {camera: [] for camera in MOVES}
    motions: list[float] = []
    frames: dict[str, list[tuple[float, float]]] = {"base": []}
    with bar("stills", len(stills) * len(MOVES)) as progress:
        for i, path in enumerate(stills):
            rows: dict[str, Frames] = {}
            for camera in MOVES:
                text = TONGUES["en"].cameras[camera][0]
                clip = job.generate(text, "base", image=str(path), seed=job.seed * 1000 + i)
                field = flows(clip)
                right[camera].append(obeys(camera, global_motion(field)))
                motions.append(magnitude(field))
                frames["base"].append(_first_frame(job, path, clip))
                rows[f"{text} ({'obeyed' if right[camera][-1] else 'not obeyed'})"] = clip
                progress.update()
            write_png(path.with_name(f"sheet-{path.name}"), contact_sheet(list(rows.values()), list(rows), 5))
    last = job.pack.manifest.last_stage
    if last != "base":
        frames[last] = [_at_full_size(job, path, last) for path in stills[: max(1, len(stills) // 8)]]
    everything = [value for values in right.values() for value in values]
    return {
        "stills": len(stills),
        "of": "photographs" if job.photos is not None else "renders",
        "frame_0": {stage: _losses(pairs) for stage, pairs in frames.items()},
        "camera_obeyed": {camera: float(np.mean(values)) for camera, values in right.items()},
        "camera_obeyed_mean": float(np.mean(everything)),
        "motion": float(np.mean(motions)),
        "moving": float(np.mean([motion > ALIVE for motion in motions])),
    }


def _stills(job: Job) -> list[Path]:
    """Pictures as files, from the photographs or, without them, from unseen worlds."""
    count = job.counts.stills
    if job.photos is not None:
        pictures = Photos(job.photos).pictures
        picks = np.linspace(0, len(pictures) - 1, min(count, len(pictures))).round().astype(int)
        chosen = [pictures[i] for i in picks]
    else:
        height, width = job.size(job.pack.manifest.last_stage)
        chosen = [
            render_frame(s, 0, height=height, width=width, samples=2) for s in other_specs(count, job.seed)
        ]
    folder = job.out / "stills"
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{i:03d}.png" for i in range(len(chosen))]
    for path, picture in zip(paths, chosen, strict=True):
        write_png(path, picture)
    return paths


def _first_frame(job: Job, path: Path, clip: Frames) -> tuple[float, float]:
    """PSNR against the still of a clip's first frame, and of the still coded and decoded alone."""
    still = load_still(path, clip.shape[2], clip.shape[1])
    return psnr(still, clip[0]), psnr(still, job.decode(job.encode(still[None]))[0])


def _at_full_size(job: Job, path: Path, stage: StageName) -> tuple[float, float]:
    text = TONGUES["en"].cameras["zoom_in"][0]
    return _first_frame(job, path, job.generate(text, stage, image=str(path), seed=job.seed))


def _losses(pairs: list[tuple[float, float]]) -> dict[str, float]:
    made, coded = (float(np.mean(values)) for values in zip(*pairs, strict=True))
    return {"psnr": made, "tokenizer_psnr": coded, "lost_db": coded - made}


def measure_continuation(job: Job) -> dict[str, object]:
    """Clips of 29 frames: the step from the last old frame to the first new one, as a multiple of the other steps."""
    ratios: list[float] = []
    asked = prompts(job.counts.continued, job.seed, plain=True)
    folder = job.out / "sheets" / "continuation"
    folder.mkdir(parents=True, exist_ok=True)
    with bar("continuation", len(asked)) as progress:
        for i, prompt in enumerate(asked):
            clip = job.generate(prompt.text, "base", frames=CONTINUED, seed=job.seed * 1000 + i)
            ratios.append(seam(clip, WINDOW))
            title = f"{prompt.text} (seam {ratios[-1]:.2f} after the fourth picture)"
            shown = clip[[0, 6, 12, 16, 17, 22, 28]]
            write_png(folder / f"{i:03d}-{prompt.name}.png", contact_sheet([shown], [title], len(shown)))
            progress.update()
    return {
        "clips": len(ratios),
        "seam": float(np.mean(ratios)),
        "worst_seam": float(np.max(ratios)),
        "unseen": float(np.mean([ratio <= 1.5 for ratio in ratios])),
    }


def seam(clip: Frames, at: int) -> float:
    """Distance (root mean square) of frames ``at - 1`` and ``at``, divided by the mean of all other neighbours'."""
    x = clip.astype(np.float32)
    steps = np.sqrt(np.square(np.diff(x, axis=0)).mean(axis=(1, 2, 3)))
    inside = np.delete(steps, at - 1)
    return float(steps[at - 1] / max(float(inside.mean()), 1e-6))
