"""The training loop that all trainers share: schedule, EMA, log, checkpoints, exact resume.

Everything random in a step is drawn from generators seeded by (seed, step). A resumed run therefore repeats
nothing and skips nothing, and no generator state has to be saved.
"""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from engine.training.checkpoint import latest, load_tensors, save_checkpoint
from engine.training.optim import Optimizer, split_parameters


@dataclass(frozen=True)
class LoopConfig:
    """How long and how fast to train.

    Attributes:
        steps: Length of the schedule (the cosine ends here).
        minutes: Stop after so much wall time in this process; 0 is no limit. The schedule goes on at resume.
        warmup: Steps of linear warm-up.
        final: Learning rate at the end, as a fraction.
        ema: Decay of the exponential moving average of the weights.
        checkpoint_minutes, report_steps: How often to save, and to validate and draw samples.
    """

    steps: int = 10_000
    minutes: float = 0.0
    warmup: int = 200
    final: float = 0.05
    lr: float = 1e-3
    muon_lr: float = 1e-3
    weight_decay: float = 0.01
    clip: float = 1.0
    ema: float = 0.999
    seed: int = 0
    checkpoint_minutes: float = 3.0
    report_steps: int = 500


@dataclass(frozen=True)
class Draw:
    """The random sources of one step."""

    step: int
    numpy: np.random.Generator
    torch: torch.Generator

    @classmethod
    def at(cls, seed: int, step: int) -> Draw:
        """The sources of ``step`` in a run with ``seed``."""
        generator = np.random.default_rng((seed, step))
        return cls(step, generator, torch.Generator().manual_seed(int(generator.integers(2**62))))


class Ema:
    """A slow copy of a model's parameters (fp32), warmed up so that the start does not linger."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.slow = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """Move towards the model."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, param in model.named_parameters():
            if param.requires_grad:
                self.slow[name].lerp_(param.detach(), 1 - decay)

    @torch.no_grad()
    def swap(self, model: nn.Module) -> None:
        """Exchange the model's weights and the slow ones; call again to go back."""
        for name, param in model.named_parameters():
            if name in self.slow:
                kept = param.detach().clone()
                param.copy_(self.slow[name])
                self.slow[name].copy_(kept)


LossFn = Callable[[Draw], tuple[Tensor, dict[str, float]]]
ReportFn = Callable[[int], dict[str, float]]


class Loop:
    """Runs ``loss(draw)`` for the steps of ``config`` over ``model``'s parameters, from wherever the folder left off.

    Args:
        model: Its trainable parameters are optimised.
        loss: One step's loss, with figures for the log.
        report: Called every ``report_steps`` with the EMA weights in place; returns validation figures.
        folder: Checkpoints, ``log.csv`` and whatever ``report`` draws.
    """

    def __init__(
        self, model: nn.Module, loss: LossFn, report: ReportFn, config: LoopConfig, folder: Path
    ) -> None:
        self.model, self.loss, self.report = model, loss, report
        self.config, self.folder = config, folder
        self.optimizer = Optimizer(
            split_parameters(model), config.lr, config.muon_lr, weight_decay=config.weight_decay
        )
        self.ema = Ema(model, config.ema)
        self.step = 0
        self.hours = 0.0
        folder.mkdir(parents=True, exist_ok=True)
        if latest(folder) is not None:
            self._resume()

    def run(self) -> int:
        """Train until the schedule or the minutes end; returns the step reached. Saves at the end and on Ctrl-C."""
        config, started, saved = self.config, time.monotonic(), time.monotonic()
        before = self.hours
        bar = tqdm(total=config.steps, initial=self.step, dynamic_ncols=True, mininterval=5.0)
        try:
            while self.step < config.steps and not self._over(started):
                figures = self._one(Draw.at(config.seed, self.step))
                self.step += 1
                self.hours = before + (time.monotonic() - started) / 3600
                bar.update()
                bar.set_postfix({k: f"{v:.4f}" for k, v in figures.items()}, refresh=False)
                if self.step % 20 == 0:
                    self._log("train", figures)
                if self.step % config.report_steps == 0:
                    self._report()
                if time.monotonic() - saved > config.checkpoint_minutes * 60:
                    self.save()
                    saved = time.monotonic()
        finally:
            bar.close()
            self.save()
        return self.step

    def restart(self) -> None:
        """Take the model's present weights for the average too; call after loading weights from elsewhere."""
        self.ema = Ema(self.model, self.config.ema)

    def save(self) -> None:
        """Write a checkpoint of model, EMA and optimizer."""
        tensors = {
            "model": dict(self.model.state_dict()),
            "ema": self.ema.slow,
            "optimizer": self.optimizer.state_tensors(),
        }
        facts = {"hours": self.hours, "loop": asdict(self.config)}
        save_checkpoint(self.folder, self.step, tensors, facts)

    def _one(self, draw: Draw) -> dict[str, float]:
        self.model.train()
        self.optimizer.zero_grad()
        loss, figures = self.loss(draw)
        loss.backward()
        norm = self.optimizer.clip(self.config.clip)
        if math.isfinite(norm):  # a single bad batch must not poison the weights
            self.optimizer.step(self._rate(draw.step))
            self.ema.update(self.model, draw.step)
        return {"loss": float(loss.detach()), **figures, "grad": norm}

    def _rate(self, step: int) -> float:
        warm = min(1.0, (step + 1) / max(1, self.config.warmup))
        done = min(1.0, step / max(1, self.config.steps))
        floor = self.config.final
        return warm * (floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * done)))

    def _report(self) -> None:
        self.model.eval()
        self.ema.swap(self.model)
        try:
            with torch.no_grad():
                self._log("valid", self.report(self.step))
        finally:
            self.ema.swap(self.model)

    def _log(self, kind: str, figures: dict[str, float]) -> None:
        path = self.folder / "log.csv"
        fresh = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.writer(file)
            if fresh:
                writer.writerow(["step", "hours", "kind", "figure", "value"])
            for name, value in figures.items():
                writer.writerow([self.step, f"{self.hours:.4f}", kind, name, f"{value:.6g}"])
        if kind == "valid":
            tqdm.write(f"step {self.step}: " + ", ".join(f"{k} {v:.4f}" for k, v in figures.items()))

    def _over(self, started: float) -> bool:
        return self.config.minutes > 0 and time.monotonic() - started > self.config.minutes * 60

    def _resume(self) -> None:
        facts = latest(self.folder)
        assert facts is not None
        self.model.load_state_dict(load_tensors(self.folder, "model"))
        slow = load_tensors(self.folder, "ema")
        for name, value in self.ema.slow.items():
            value.copy_(slow[name])
        self.optimizer.load_tensors(load_tensors(self.folder, "optimizer"))
        self.step, self.hours = int(facts["step"]), float(facts.get("hours", 0.0))
