"""Photographs at full size: is a late frame the photograph, moved as a whole, and is what is uncovered painted in?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.evaluation.appearance import ideal_likeness, likeness, moved, seam, sharpness
from engine.evaluation.clips import recall_frames
from engine.evaluation.flow import flows, global_motion, obeys
from engine.evaluation.global_fit import bending, global_fit
from engine.evaluation.job import Figures, Job, bar
from engine.evaluation.photo_features import PhotoFeatures
from engine.media.images import load_still, write_png
from engine.worlds.captions.write import GRAMMARS
from engine.worlds.dataset.sheet import contact_sheet

Frames = NDArray[np.uint8]
LAST = 16
"""The frame that is compared with the still."""
_FIGURES = (
    "visible", "sharpness", "bending", "seam_colour", "seam_sharpness", "likeness", "likeness_of_ideal",
)  # fmt: skip


def pairs(clips: int, stills: int, cameras: int) -> Iterator[tuple[int, int]]:
    """Still and camera of each clip, so that any number of clips has as many of both as it can, and no pair twice."""
    for k in range(min(clips, stills * cameras)):
        yield k % stills, (k % stills + k // stills) % cameras


def measure_full_size(job: Job, stills: Sequence[Path], cameras: Sequence[str]) -> Figures:
    """Means and medians over the clips, whose frames are kept in ``job.out``; empty without a stage above the base."""
    if job.pack.manifest.last_stage == "base" or not job.counts.large:
        return {}
    features = job.features
    rows: list[Figures] = []
    chosen = list(pairs(job.counts.large, len(stills), len(cameras)))
    with bar("stills: full size", len(chosen)) as progress:
        for i, k in chosen:
            name = f"still-large-{i:03d}-{cameras[k]}" + ("" if features else "-plain")
            rows.append(job.once(name, lambda i=i, c=cameras[k]: _one(job, stills[i], i, c, features)))
            progress.update()
    return {**_means(rows), "time": _time(job, rows)}


def _one(job: Job, path: Path, index: int, camera: str, features: PhotoFeatures | None) -> Figures:
    text = GRAMMARS["en"].cameras[camera][0]
    last = job.pack.manifest.last_stage
    wishes = {"image": str(path), "seed": job.seed * 1000 + index}
    kept = job.out / "clips" / "stills" / f"{index:03d}-{camera}.npz"
    clip, seconds = recall_frames(kept, lambda: job.generate(text, last, **wishes))
    height, width = clip.shape[1:3]
    still, large = load_still(path, width, height), load_still(path, 2 * width, 2 * height)
    row = judge(still, large, clip[: LAST + 1], features)
    row["obeyed"] = obeys(camera, global_motion(flows(clip)))
    row["seconds"] = seconds
    folder = job.out / "sheets" / "stills-large"
    folder.mkdir(parents=True, exist_ok=True)
    shown = np.stack([cv2.resize(f, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for f in clip[::4]])
    title = f"{path.stem}, {camera}: " + ", ".join(
        f"{k} {v:.2f}" for k, v in row.items() if isinstance(v, float)
    )
    write_png(
        folder / f"{index:03d}-{camera}.png", contact_sheet([shown.astype(np.uint8)], [title], len(shown))
    )
    return row


def judge(still: Frames, large: Frames, clip: Frames, features: PhotoFeatures | None) -> Figures:
    """Figures of a clip's last frame against its still (H, W, 3), which ``large`` is in twice the size."""
    fit, frame = global_fit(still, clip), clip[-1]
    as_it_should = moved(still, large, fit)
    row: Figures = {
        "visible": float(as_it_should.visible.mean()),
        "sharpness": sharpness(frame, as_it_should),
        "bending": bending(still, frame, fit),
    }
    row |= {f"seam_{name}": step for name, step in (seam(frame, fit) or {}).items()}
    if features is not None:
        found = likeness(frame, as_it_should, features)
        ideal = ideal_likeness(still, large, as_it_should, features)
        row |= {"likeness": found, "likeness_of_ideal": ideal}
    return row


def _means(rows: Sequence[Figures]) -> Figures:
    """The mean of each figure over the clips that have it; of bending the median."""
    found: Figures = {"clips": len(rows), "obeyed": float(np.mean([row["obeyed"] for row in rows]))}
    for name in _FIGURES:
        values = [row[name] for row in rows if row.get(name) is not None]
        if values:
            found[name] = float(np.median(values) if name == "bending" else np.mean(values))
    if "likeness" in found:
        found["likeness_ratio"] = found["likeness"] / max(found["likeness_of_ideal"], 1e-6)
    return found


def _time(job: Job, rows: Sequence[Figures]) -> Figures:
    """Seconds of a clip with a still and of one without, both as `recall_frames` counts them."""
    text = GRAMMARS["en"].cameras["pan_left"][0]
    path = job.out / "clips" / "stills" / "none.npz"
    _, without = recall_frames(path, lambda: job.generate(text, job.pack.manifest.last_stage, seed=job.seed))
    made = float(np.median([row["seconds"] for row in rows]))
    return {"with_still": made, "without": without, "more": made - without}
