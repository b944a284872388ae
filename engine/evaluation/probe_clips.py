"""The clips that the probe is made from: rendered worlds from seeds far from those of any training clip.

Half of them are drawn from the mix that training sees (held-out combinations included: the ruler must know
them), half evenly from everything possible, so that the probe can't guess the place from the subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.evaluation.probe import FRAMES, HEIGHT, WIDTH
from engine.training.data.prepare import Progress
from engine.training.data.store import shard_path, write_shard
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.render.clip import render_clip
from engine.worlds.spec import (
    CAMERAS,
    COLOURS,
    DISTANCES,
    HEADINGS,
    LIGHTS,
    SIZES,
    SUBJECTS,
    WEATHERS,
    WorldSpec,
)

TRAIN_SEED, TEST_SEED = 900_000_000, 990_000_000
"""Far from the seeds of any training clip, and from each other."""
SHARD = 50


def even_spec(seed: int) -> WorldSpec:
    """A spec in which everything that is possible is equally likely, but that the camera stands still more often."""
    rng = np.random.default_rng([seed, 2])

    def one(values: Sequence[str]) -> str:
        return values[int(rng.integers(len(values)))]

    subject = one(tuple(SUBJECTS))
    action = one(tuple(SUBJECTS[subject]))
    place = one(SUBJECTS[subject][action])
    weathers = [
        w for w in WEATHERS if w == "clear" or (place == "snow" if w == "snowfall" else place != "space")
    ]
    return WorldSpec(
        seed=seed, subject=subject, action=action, place=place,
        light="night" if place == "space" else one(LIGHTS), colour=one(COLOURS[subject]),
        weather=one(weathers), camera=one(("still", *CAMERAS)),
        heading=one(HEADINGS[:2] if subject == "asteroid" else HEADINGS),
        size=one(SIZES), distance=one(DISTANCES),
    ).check()  # fmt: skip


def probe_spec(seed: int) -> WorldSpec:
    """Every second from the mix (of these every fourth held out), every second evenly."""
    return even_spec(seed) if seed % 2 else sample_spec(seed, heldout=seed % 8 == 0)


def render_probe_clips(out: Path, count: int, seed: int, progress: Progress) -> None:
    """Render ``count`` clips of `probe_spec` from ``seed`` on into shards; shards that are there are kept."""
    shards = range(-(-count // SHARD))
    for index in shards:
        if not shard_path(out, index).exists():
            specs = [probe_spec(seed + index * SHARD + k) for k in range(min(SHARD, count - index * SHARD))]
            clips = [render_clip(spec, frames=FRAMES, height=HEIGHT, width=WIDTH) for spec in specs]
            write_shard(out, index, np.stack(clips), [{"spec": spec.to_dict()} for spec in specs])
        progress(index + 1, len(shards))
