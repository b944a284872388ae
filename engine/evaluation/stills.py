"""Sections ``stills`` and ``continuation``: does a picture come alive as told, and does a clip go on unseen?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api.types import WINDOW_FRAMES
from engine.evaluation.flow import flows, global_motion, magnitude, obeys
from engine.evaluation.job import Figures, Job, bar
from engine.evaluation.pictures import psnr
from engine.evaluation.prompts import Prompt, other_specs, prompts
from engine.evaluation.stills_at_full_size import measure_full_size
from engine.media.file_types import PICTURE, files_below
from engine.media.images import load_still, read_picture, write_png
from engine.worlds.captions.write import GRAMMARS
from engine.worlds.dataset.sheet import contact_sheet
from engine.worlds.render.clip import render_frame

Frames = NDArray[np.uint8]
MOVES = ("pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out")
"""Camera moves whose direction shows in the picture's own motion."""
ALIVE = 0.25
"""Mean flow, in pixels a frame of a picture 224 wide, from which on something moves."""
_LONG_SIDE = 1920
"""About so many pixels of a picture's longer side are kept."""
WINDOW, CONTINUED = WINDOW_FRAMES, 29


def measure_stills(job: Job) -> Figures:
    """Frame 0 against the still, obedience to the camera, motion at the base's size; and `measure_full_size`."""
    stills = _stills(job)
    found: list[Figures] = []
    with bar("stills", len(stills)) as progress:
        for i, path in enumerate(stills):
            found.append(job.once(f"still-{i:03d}", lambda p=path, k=i: _alive(job, p, k)))
            progress.update()
    right = {camera: float(np.mean([row["obeyed"][camera] for row in found])) for camera in MOVES}
    motions = [motion for row in found for motion in row["motion"]]
    return {
        "stills": len(stills),
        "of": "photographs" if job.photos is not None else "renders",
        "frame_0": {"base": _losses([row["frame_0"] for row in found])},
        "camera_obeyed": right,
        "camera_obeyed_mean": float(np.mean(list(right.values()))),
        "motion": float(np.mean(motions)),
        "moving": float(np.mean([motion > ALIVE for motion in motions])),
        "full_size": measure_full_size(job, stills, MOVES),
    }


def _alive(job: Job, path: Path, index: int) -> Figures:
    """One still under each camera."""
    obeyed: dict[str, bool] = {}
    motions: list[float] = []
    clips: list[Frames] = []
    for camera in MOVES:
        text = GRAMMARS["en"].cameras[camera][0]
        clips.append(job.generate(text, "base", image=str(path), seed=job.seed * 1000 + index))
        field = flows(clips[-1])
        obeyed[camera] = obeys(camera, global_motion(field))
        motions.append(magnitude(field))
    titles = [f"{camera}: {'obeyed' if right else 'not obeyed'}" for camera, right in obeyed.items()]
    write_png(_folder(job, "stills") / path.name, contact_sheet(clips, titles, 5))
    return {"obeyed": obeyed, "motion": motions, "frame_0": _first_frame(job, path, clips[0])}


def _folder(job: Job, section: str) -> Path:
    folder = job.out / "sheets" / section
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _stills(job: Job) -> list[Path]:
    """Pictures as files, from the photographs or, without them, from unseen worlds."""
    count = job.counts.stills
    if job.photos is not None:
        files = files_below(job.photos, PICTURE)
        picks = np.linspace(0, len(files) - 1, min(count, len(files))).round().astype(int)
        chosen = [read_picture(files[i], _LONG_SIDE) for i in picks]
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


def _losses(pairs: list[tuple[float, float]]) -> dict[str, float]:
    made, coded = (float(np.mean(values)) for values in zip(*pairs, strict=True))
    return {"psnr": made, "tokenizer_psnr": coded, "lost_db": coded - made}


def measure_continuation(job: Job) -> Figures:
    """Clips of 29 frames: the step from the last old frame to the first new one, as a multiple of the other steps."""
    ratios: list[float] = []
    asked = prompts(job.counts.continued, job.seed, plain=True)
    with bar("continuation", len(asked)) as progress:
        for i, prompt in enumerate(asked):
            figures = job.once(f"continuation-{i:03d}", lambda p=prompt, k=i: _continued(job, p, k))
            ratios.append(figures["seam"])
            progress.update()
    return {
        "clips": len(ratios),
        "seam": float(np.mean(ratios)),
        "worst_seam": float(np.max(ratios)),
        "unseen": float(np.mean([ratio <= 1.5 for ratio in ratios])),
    }


def _continued(job: Job, prompt: Prompt, index: int) -> Figures:
    clip = job.generate(prompt.text, "base", frames=CONTINUED, seed=job.seed * 1000 + index)
    ratio = seam(clip, WINDOW)
    title = f"{prompt.text} (seam {ratio:.2f} after the fourth picture)"
    shown = clip[[0, 6, 12, 16, 17, 22, 28]]
    path = _folder(job, "continuation") / f"{index:03d}-{prompt.name}.png"
    write_png(path, contact_sheet([shown], [title], len(shown)))
    return {"seam": ratio}


def seam(clip: Frames, at: int) -> float:
    """Distance (root mean square) of frames ``at - 1`` and ``at``, divided by the mean of all other neighbours'."""
    x = clip.astype(np.float32)
    steps = np.sqrt(np.square(np.diff(x, axis=0)).mean(axis=(1, 2, 3)))
    inside = np.delete(steps, at - 1)
    return float(steps[at - 1] / max(float(inside.mean()), 1e-6))
