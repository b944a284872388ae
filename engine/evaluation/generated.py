"""Section ``clips``: do generated clips show what was asked, as varied and as lively as renders of the same worlds?

Three sets: usual prompts and held-out combinations at the base's size, usual prompts at full size. Each set has
the renders of the same worlds beside it (what a perfect pack would make), and renders of other worlds, from which
the distance of both is measured: the renders' own distance is the floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.attributes import Reading, Tally
from engine.evaluation.clips import STRIP, Kept, recall
from engine.evaluation.distances import frechet, spread
from engine.evaluation.job import Job, bar
from engine.evaluation.probe import Probe, read
from engine.evaluation.prompts import Prompt, other_specs, prompts
from engine.events import StageName
from engine.media.images import write_png
from engine.worlds.render import render_clip
from engine.worlds.sheet import contact_sheet
from engine.worlds.spec import WorldSpec

_SEEDS = 100_000
"""Between the generation seeds of evaluations with different ``--seed``."""


@dataclass(frozen=True, slots=True)
class Set:
    """Prompts that are judged together, at one size."""

    name: str
    stage: StageName
    prompts: Sequence[Prompt]
    others: Sequence[WorldSpec]


def measure_clips(job: Job) -> dict[str, object]:
    """All figures about generated clips; the clips made so far are kept in ``job.out``."""
    assert job.probe is not None
    out: dict[str, object] = {}
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
    last = job.pack.manifest.last_stage
    if last != "base" and counts.full > 1:
        found.append(Set("full", last, prompts(counts.full, seed), other_specs(counts.full, seed)))
    return [one for one in found if len(one.prompts) > 1]


def _generated(job: Job, one: Set) -> list[Kept]:
    made: list[Kept] = []
    with bar(f"{one.name}: generated", len(one.prompts)) as progress:
        for i, prompt in enumerate(one.prompts):
            seed = job.seed * _SEEDS + i
            path = job.out / "clips" / one.name / f"{i:04d}.npz"
            made.append(recall(path, lambda p=prompt, s=seed: job.generate(p.text, one.stage, seed=s)))
            progress.update()
    return made


def _rendered(job: Job, name: str, stage: StageName, specs: Sequence[WorldSpec]) -> list[Kept]:
    height, width = job.size(stage)
    found: list[Kept] = []
    with bar(f"{name}: rendered", len(specs)) as progress:
        for i, spec in enumerate(specs):
            path = job.out / "renders" / name / f"{i:04d}.npz"
            found.append(recall(path, lambda s=spec: render_clip(s, height=height, width=width, samples=2)))
            progress.update()
    return found


def _judge(job: Job, probe: Probe, one: Set, made: list[Kept]) -> dict[str, object]:
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
    floor = frechet(true_features, other_features)
    distance = frechet(features, other_features)
    return {
        "prompts": len(specs),
        "stage": one.stage,
        "size": list(job.size(one.stage)),
        "attributes": tally(one.prompts, readings).report(),
        "attributes_of_renders": tally(one.prompts, true_readings).report(),
        "frechet": {"generated": distance, "floor": floor, "times_floor": distance / max(floor, 1e-9)},
        **compare("motion", [c.motion for c in made], [c.motion for c in same]),
        **compare("flicker", [c.flicker for c in made], [c.flicker for c in same]),
    }


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
        counted.add(prompt.spec, reading, prompt.told)
    return counted


def compare(name: str, made: Sequence[float], true: Sequence[float]) -> dict[str, object]:
    """A figure of generated clips beside that of renders: means, and their ratio (1 is right)."""
    mean, wanted = float(np.mean(made)), float(np.mean(true))
    return {name: {"generated": mean, "renders": wanted, "ratio": mean / max(wanted, 1e-9)}}


def _diversity(job: Job, probe: Probe) -> dict[str, object]:
    """How far apart clips of the same words are, beside renders of the same world with other dice."""
    asked = prompts(job.counts.diverse, job.seed, plain=True)
    seeds = range(job.counts.seeds)
    if len(seeds) < 2 or not asked:
        return {}
    height, width = job.size("base")
    made: list[list[Kept]] = []
    same: list[list[Kept]] = []
    with bar("diversity", len(asked) * len(seeds)) as progress:
        for i, prompt in enumerate(asked):
            made.append([])
            same.append([])
            for k in seeds:
                name = f"{i:04d}-{k}.npz"
                seed, dice = job.seed * _SEEDS + 1000 + k, prompt.spec.seed + (k + 1) * 1_000_000_000
                spec = replace(prompt.spec, seed=dice)
                generate = lambda p=prompt, s=seed: job.generate(p.text, "base", seed=s)  # noqa: E731
                render = lambda s=spec: render_clip(s, height=height, width=width, samples=2)  # noqa: E731
                made[-1].append(recall(job.out / "clips" / "diversity" / name, generate))
                same[-1].append(recall(job.out / "renders" / "diversity" / name, render))
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
             for name in prompt.told]  # fmt: skip
    _write(path, [made, same], [prompt.text, f"rendered; the clip above is read as: {', '.join(marks)}"])


def _rows(path: Path, text: str, made: list[Kept], same: list[Kept]) -> None:
    _write(path, [*made, *same], [text, *[""] * (len(made) - 1), "rendered", *[""] * (len(same) - 1)])


def _write(path: Path, clips: list[Kept], titles: list[str]) -> None:
    """A contact sheet; one that is there already shows the same."""
    if path.exists():
        return
    frames = [np.stack(np.split(clip.strip, len(STRIP), axis=1)) for clip in clips]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_png(path, contact_sheet(frames, titles, len(STRIP)))
