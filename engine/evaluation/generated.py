"""Section ``clips``: do generated clips show what was asked, as varied and as lively as renders of the same worlds?

Four sets: usual prompts and held-out combinations at the base's size, usual prompts at full size, and usual prompts
with the first frame of their world as a still. Each set has
the renders of the same worlds beside it (what a perfect pack would make), and renders of other worlds, from which
the distance of both is measured: the renders' own distance is the floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api.types import StageName
from engine.evaluation.attributes import Reading, Tally
from engine.evaluation.clips import STRIP, Kept, recall, worlds_version
from engine.evaluation.distances import Features, frechet, spread
from engine.evaluation.job import Figures, Job, bar
from engine.evaluation.probe import Probe, read
from engine.evaluation.prompts import Prompt, other_specs, prompts
from engine.media.images import write_png
from engine.worlds.dataset.sheet import contact_sheet
from engine.worlds.render.clip import render_clip, render_frame
from engine.worlds.spec import WorldSpec

_SEEDS = 100_000
"""Between the generation seeds of evaluations with different ``--seed``."""


@dataclass(frozen=True, slots=True)
class Set:
    """Prompts that are judged together, at one size; with ``from_still`` each gets its world's first frame."""

    name: str
    stage: StageName
    prompts: Sequence[Prompt]
    others: Sequence[WorldSpec]
    from_still: bool = False


def measure_clips(job: Job) -> Figures:
    """All figures about generated clips; the clips made so far are kept in ``job.out``."""
    assert job.probe is not None
    out: Figures = {}
    for one in _sets(job):
        made = _generated(job, one)
        out[one.name] = _judge(job, job.probe, one, made)
    out["diversity"] = _diversity(job, job.probe)
    return out


def _sets(job: Job) -> list[Set]:
    counts, seed = job.counts, job.seed
    usual, rare = prompts(counts.general, seed), prompts(counts.heldout, seed, heldout=True)
    found = [
        Set("general", "base", usual, other_specs(counts.general, seed)),
        Set("heldout", "base", rare, other_specs(counts.heldout, seed, heldout=True)),
    ]
    known, beside = prompts(counts.worlds, seed), other_specs(counts.worlds, seed)
    found.append(Set("worlds", "base", known, beside, from_still=True))
    last = job.pack.manifest.last_stage
    if last != "base" and counts.full > 1:
        found.append(Set("full", last, prompts(counts.full, seed), other_specs(counts.full, seed)))
    return [one for one in found if len(one.prompts) > 1]


def _generated(job: Job, one: Set) -> list[Kept]:
    made: list[Kept] = []
    with bar(f"{one.name}: generated", len(one.prompts)) as progress:
        for i, prompt in enumerate(one.prompts):
            path = job.out / "clips" / one.name / f"{i:04d}.npz"
            still = _first_frame(job, one.name, i, prompt.spec) if one.from_still else None
            made.append(_generate(job, path, one.stage, prompt, job.seed * _SEEDS + i, still))
            progress.update()
    return made


def _generate(
    job: Job, path: Path, stage: StageName, prompt: Prompt, seed: int, still: Path | None = None
) -> Kept:
    wishes = {} if still is None else {"image": str(still)}
    features = None if stage == "base" else job.features
    return recall(path, lambda: job.generate(prompt.text, stage, seed=seed, **wishes), features)


def _first_frame(job: Job, name: str, index: int, spec: WorldSpec) -> Path:
    """The first frame of a world as a picture in the size of the last stage."""
    path = job.out / "stills" / name / f"{index:04d}.png"
    if not path.is_file():
        height, width = job.size(job.pack.manifest.last_stage)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_png(path, render_frame(spec, 0, height=height, width=width, samples=2))
    return path


def _rendered(job: Job, name: str, stage: StageName, specs: Sequence[WorldSpec]) -> list[Kept]:
    found: list[Kept] = []
    with bar(f"{name}: rendered", len(specs)) as progress:
        for spec in specs:
            found.append(_render(job, stage, spec))
            progress.update()
    return found


def _render(job: Job, stage: StageName, spec: WorldSpec) -> Kept:
    """A render, kept by its seed and size: evaluations may share the folder, whatever pack they are of."""
    height, width = job.size(stage)
    folder = job.out / "renders" if job.renders is None else job.renders
    path = folder / worlds_version() / f"{height}x{width}" / f"{spec.seed}.npz"
    features = None if stage == "base" else job.features
    return recall(path, lambda: render_clip(spec, height=height, width=width, samples=2), features)


def _judge(job: Job, probe: Probe, one: Set, made: list[Kept]) -> Figures:
    specs = [prompt.spec for prompt in one.prompts]
    same = _rendered(job, one.name, one.stage, specs)
    other = _rendered(job, f"{one.name}-others", one.stage, one.others)
    features, readings = read_all(probe, made, specs)
    true_features, true_readings = read_all(probe, same, specs)
    other_features, _ = read_all(probe, other, one.others)
    for i, prompt in enumerate(one.prompts):
        _sheet(
            job.out / "sheets" / one.name / f"{i:04d}-{prompt.name}.png",
            prompt,
            made[i],
            same[i],
            readings[i],
        )
    seen = [_summaries(clips) for clips in (made, same, other)]
    return {
        "prompts": len(specs),
        "stage": one.stage,
        "size": list(job.size(one.stage)),
        "attributes": tally(one.prompts, readings).report(),
        "attributes_of_renders": tally(one.prompts, true_readings).report(),
        "frechet": _frechet(features, true_features, other_features),
        **({"frechet_photo": _frechet(*seen)} if all(map(len, seen)) else {}),
        **compare("motion", [c.motion for c in made], [c.motion for c in same]),
        **compare("flicker", [c.flicker for c in made], [c.flicker for c in same]),
    }


def _frechet(made: Features, same: Features, other: Features) -> Figures:
    """Distance of clips (N, F) to renders of other worlds, beside that of renders of the same worlds."""
    distance, floor = frechet(made, other), frechet(same, other)
    return {"generated": distance, "floor": floor, "times_floor": distance / max(floor, 1e-9)}


def _summaries(clips: Sequence[Kept]) -> Features:
    """What the image network sees in all frames kept (N, F); none without it."""
    found = [clip.summaries for clip in clips if clip.summaries is not None]
    return np.concatenate(found) if len(found) == len(clips) else np.empty((0, 0))


def read_all(
    probe: Probe, clips: Sequence[Kept], specs: Sequence[WorldSpec]
) -> tuple[NDArray[np.float32], list[Reading]]:
    """Features (N, F) and readings of kept clips, each read as the clip of its spec."""
    features, logits = probe.see([clip.sight for clip in clips])
    return features, [read(logits, i, spec) for i, spec in enumerate(specs)]


def tally(asked: Sequence[Prompt], readings: Sequence[Reading]) -> Tally:
    """Count what each prompt told."""
    counted = Tally()
    for prompt, reading in zip(asked, readings, strict=True):
        counted.add(prompt.spec, reading, prompt.named)
    return counted


def compare(name: str, made: Sequence[float], true: Sequence[float]) -> Figures:
    """A figure of generated clips beside that of renders: means, and their ratio (1 is right)."""
    mean, wanted = float(np.mean(made)), float(np.mean(true))
    return {name: {"generated": mean, "renders": wanted, "ratio": mean / max(wanted, 1e-9)}}


def _diversity(job: Job, probe: Probe) -> Figures:
    """How far apart clips of the same words are, beside renders of the same world with other dice."""
    asked = prompts(job.counts.diverse, job.seed, plain=True)
    seeds = range(job.counts.seeds)
    if len(seeds) < 2 or not asked:
        return {}
    made: list[list[Kept]] = []
    same: list[list[Kept]] = []
    with bar("diversity", len(asked) * len(seeds)) as progress:
        for i, prompt in enumerate(asked):
            made.append([])
            same.append([])
            for k in seeds:
                path = job.out / "clips" / "diversity" / f"{i:04d}-{k}.npz"
                made[-1].append(_generate(job, path, "base", prompt, job.seed * _SEEDS + 1000 + k))
                dice = prompt.spec.seed + (k + 1) * 1_000_000_000
                same[-1].append(_render(job, "base", replace(prompt.spec, seed=dice)))
                progress.update()
            _rows(
                job.out / "sheets" / "diversity" / f"{i:04d}-{prompt.name}.png",
                prompt.text,
                made[-1],
                same[-1],
            )
    return {
        **compare("features", [spread(_features(probe, made))], [spread(_features(probe, same))]),
        **compare("pixels", [spread(_pixels(made))], [spread(_pixels(same))]),
    }


def _features(probe: Probe, groups: list[list[Kept]]) -> list[NDArray[np.float32]]:
    return [probe.see([clip.sight for clip in group])[0] for group in groups]


def _pixels(groups: list[list[Kept]]) -> list[NDArray[np.uint8]]:
    return [np.stack([clip.sight.frames for clip in group]) for group in groups]


def _sheet(path: Path, prompt: Prompt, made: Kept, same: Kept, reading: Reading) -> None:
    marks = [f"{name} {reading[name]}" + ("" if reading[name] == getattr(prompt.spec, name) else " (wrong)")
             for name in prompt.named]  # fmt: skip
    _write(path, [made, same], [prompt.text, f"rendered; the clip above is read as: {', '.join(marks)}"])


def _rows(path: Path, text: str, made: list[Kept], same: list[Kept]) -> None:
    _write(path, [*made, *same], [text, *[""] * (len(made) - 1), "rendered", *[""] * (len(same) - 1)])


def _write(path: Path, clips: list[Kept], titles: list[str]) -> None:
    """A contact sheet: a row of five frames for each clip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_png(path, contact_sheet([clip.strip() for clip in clips], titles, len(STRIP)))
