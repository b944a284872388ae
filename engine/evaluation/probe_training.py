"""Training of the probe, and its examination on renders that it has never seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.evaluation.attributes import VALUES, Tally, asked, choices, truth
from engine.evaluation.probe import (
    FRAMES,
    HEIGHT,
    WIDTH,
    Probe,
    Sight,
    batch,
    look,
    read,
    save_probe,
)
from engine.evaluation.probe_clips import TEST_SEED, TRAIN_SEED, render_probe_clips
from engine.evaluation.softening import soften
from engine.media.resize import fit_frames
from engine.training.data.prepare import Progress
from engine.training.data.store import ShardStore
from engine.training.loop import Draw, Loop, LoopConfig
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.render.clip import render_clip
from engine.worlds.spec import WorldSpec

_MIRROR = {
    "pan_left": "pan_right",
    "pan_right": "pan_left",
    "orbit_left": "orbit_right",
    "orbit_right": "orbit_left",
}


def targets(specs: Sequence[WorldSpec]) -> dict[str, tuple[Tensor, Tensor]]:
    """Attribute -> index of the true value (B,), -1 where it is not asked, and which values may be read (B, V)."""
    out: dict[str, tuple[Tensor, Tensor]] = {}
    for name, values in VALUES.items():
        true = [values.index(truth(s, name)) if name in asked(s) else -1 for s in specs]
        allowed = [[value in (choices(s, name) or values) for value in values] for s in specs]
        out[name] = torch.tensor(true), torch.tensor(allowed)
    return out


SCHEDULE = LoopConfig(
    steps=3000, lr=1e-3, muon_lr=2e-3, warmup=100, ema=0.995, report_steps=200, weight_decay=0.05
)


@dataclass(frozen=True)
class ProbeTraining:
    """A probe's run as data."""

    loop: LoopConfig = SCHEDULE
    batch: int = 32
    held: int = 200


class ProbeTrainer:
    """Trains a `Probe` on rendered clips; the last ``held`` of them are for validation while it trains.

    Args:
        training: The run.
        clips: Folder of shards from `render_probe_clips`.
        folder: Where the run lives.
    """

    def __init__(self, training: ProbeTraining, clips: Path, folder: Path) -> None:
        torch.manual_seed(training.loop.seed)
        self.training = training
        self.store = ShardStore(clips)
        self.specs = [WorldSpec(**line["spec"]) for line in self.store.truth]
        held = min(training.held, len(self.store) // 5)
        self.train, self.held = range(len(self.store) - held), range(len(self.store) - held, len(self.store))
        self.probe = Probe().to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self.loop = Loop(self.probe, self.loss, self.report, training.loop, folder)

    def loss(self, draw: Draw) -> tuple[Tensor, dict[str, float]]:
        """Mean cross-entropy of the attributes that are asked."""
        rng = draw.numpy
        sights: list[Sight] = []
        specs: list[WorldSpec] = []
        for index in rng.integers(len(self.train), size=self.training.batch):
            sight, spec = self._view(int(index), rng)
            sights.append(sight)
            specs.append(spec)
        logits = self.probe.logits(self.probe.features(*batch(sights)))
        losses: dict[str, Tensor] = {}
        for name, (true, allowed) in targets(specs).items():
            masked = logits[name].masked_fill(~allowed, -1e4)
            losses[name] = F.cross_entropy(masked, true, ignore_index=-1, reduction="sum") / len(specs)
        total = torch.stack(list(losses.values())).mean()
        return total, {name: float(value.detach()) for name, value in losses.items()}

    def _view(self, index: int, rng: np.random.Generator) -> tuple[Sight, WorldSpec]:
        """A clip, softened and perhaps mirrored, with what it then shows."""
        clip, spec = np.asarray(self.store[index]), self.specs[index]
        if rng.random() < 0.5:
            clip = np.ascontiguousarray(clip[:, :, ::-1])
            spec = replace(spec, camera=_MIRROR.get(spec.camera, spec.camera))
        return look(soften(clip, rng)), spec

    def report(self, _: int) -> dict[str, float]:
        """Accuracy on the held clips, as they are and softened."""
        figures: dict[str, float] = {}
        rng = np.random.default_rng(7)
        for kind in ("plain", "soft"):
            clips = [np.asarray(self.store[i]) for i in self.held]
            sights = [look(soften(clip, rng) if kind == "soft" else clip) for clip in clips]
            tally = count(self.probe, sights, [self.specs[i] for i in self.held])
            figures |= {f"{kind}_{name}": tally.accuracy(name) or 0.0 for name in VALUES}
        return figures


def count(probe: Probe, sights: list[Sight], specs: Sequence[WorldSpec]) -> Tally:
    """Let the probe read clips whose truth is known."""
    _, logits = probe.see(sights)
    tally = Tally()
    for index, spec in enumerate(specs):
        tally.add(spec, read(logits, index, spec))
    return tally


def train_probe(out: Path, work: Path, clips: int, steps: int, minutes: float, progress: Progress) -> Probe:
    """Render the probe's clips, train it, and save its averaged weights in ``out``; goes on where it stopped.

    Args:
        out: Folder of the probe.
        work: Folder of its clips and its run.
        clips: How many to render.
        steps: Length of the schedule.
        minutes: Stop after so many minutes of training and save; 0 is no limit.
        progress: Told how many shards are rendered.
    """
    render_probe_clips(work / "clips", clips, TRAIN_SEED, progress)
    training = ProbeTraining()
    training = replace(training, loop=replace(training.loop, steps=steps, minutes=minutes))
    trainer = ProbeTrainer(training, work / "clips", work / "run")
    trainer.loop.run()
    trainer.loop.ema.swap(trainer.probe)
    seen = {"clips": len(trainer.train), "first_seed": TRAIN_SEED, "steps": trainer.loop.step}
    save_probe(out, trainer.probe.eval(), {"trained_on": seen, "loop": asdict(training.loop)})
    return trainer.probe


def examine(
    probe: Probe, count_each: int, progress: Progress, size: tuple[int, int] = (128, 224)
) -> dict[str, Tally]:
    """Let a probe read renders that it has never seen: of the usual mix and held out, as they are and softened.

    The worlds come from the mix of the prompts and are drawn at the base's size, as in an evaluation.
    """
    out: dict[str, Tally] = {}
    for k, (name, heldout) in enumerate((("general", False), ("heldout", True))):
        specs = [sample_spec(TEST_SEED + i, heldout) for i in range(count_each)]
        plain: list[Sight] = []
        soft: list[Sight] = []
        rng = np.random.default_rng(TEST_SEED)
        for i, spec in enumerate(specs):
            clip = render_clip(spec, frames=FRAMES, height=size[0], width=size[1], samples=2)
            plain.append(look(clip))
            soft.append(look(soften(fit_frames(clip, WIDTH, HEIGHT), rng)))
            progress(k * count_each + i + 1, 2 * count_each)
        out[name] = count(probe, plain, specs)
        out[f"{name}_softened"] = count(probe, soft, specs)
    return out
