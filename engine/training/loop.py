"""The training loop that all trainers share: schedule, EMA, log, checkpoints, exact resume.

Everything random in a step is drawn from generators seeded by (seed, step). A resumed run therefore repeats
nothing and skips nothing, and no generator state has to be saved.
"""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from engine.training.checkpoint import latest, load_tensors, save_checkpoint
from engine.training.optim import Optimizer

if TYPE_CHECKING:
    from engine.training.torch_optim import TorchOptimizer

OptimizerName = Literal["muon", "adamw", "adafactor"]
ScheduleName = Literal["cosine", "trapezoid"]


@dataclass(frozen=True)
class LoopConfig:
    """How long and how fast to train.

    Attributes:
        steps: Length of the schedule.
        minutes: Stop after so much wall time in this process; 0 is no limit. The schedule goes on at resume.
        warmup: Steps of linear warm-up.
        schedule: How the learning rate falls: along a cosine, or constant and then linearly ("trapezoid").
        decay: Share of the run in which a trapezoid falls.
        final: Learning rate at the end, as a fraction of the peak.
        optimizer: "muon" is Muon and AdamW together, the starter's; the others are torch's own.
        lr, muon_lr: Peak learning rates; the second is Muon's.
        newton_steps: Of Muon's Newton-Schulz iteration.
        betas: Of AdamW.
        adafactor_floor: Least size of a parameter that Adafactor's relative steps are scaled by.
        weight_decay: Decoupled.
        clip: Largest norm of all gradients together.
        accumulate: Parts that a step's batch is cut into, one backward pass each.
        ema: Decay of the exponential moving average of the weights; 0 keeps none.
        seed: Of everything random.
        checkpoint_minutes, checkpoint_steps, report_steps: How often to save (0 steps: by time only), and to validate
            and draw samples; ``log_steps``: how often to log.
    """

    steps: int = 10_000
    minutes: float = 0.0
    warmup: int = 200
    schedule: ScheduleName = "cosine"
    decay: float = 0.45
    final: float = 0.05
    optimizer: OptimizerName = "muon"
    lr: float = 1e-3
    muon_lr: float = 1e-3
    newton_steps: int = 4
    betas: tuple[float, float] = (0.9, 0.99)
    adafactor_floor: float = 1.0
    weight_decay: float = 0.01
    clip: float = 1.0
    accumulate: int = 1
    ema: float = 0.999
    seed: int = 0
    checkpoint_minutes: float = 3.0
    checkpoint_steps: int = 0
    report_steps: int = 500
    log_steps: int = 20


@dataclass(frozen=True)
class Draw:
    """The random sources of one step, and which part of its batch is asked for."""

    step: int
    numpy: np.random.Generator
    torch: torch.Generator
    part: int = 0

    @classmethod
    def at(cls, seed: int, step: int, part: int = 0) -> Draw:
        """The sources of ``step`` in a run with ``seed``; each part has its own."""
        generator = np.random.default_rng((seed, step, part) if part else (seed, step))
        return cls(step, generator, torch.Generator().manual_seed(int(generator.integers(2**62))), part)


class Ema:
    """Exponential moving average of a model's trainable parameters; its decay grows to ``decay`` in the first steps."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        kept = model.named_parameters() if decay > 0 else ()
        self.slow = {n: p.detach().clone() for n, p in kept if p.requires_grad}

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """Move towards the model."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, param in model.named_parameters():
            if name in self.slow:
                self.slow[name].lerp_(param.detach(), 1 - decay)

    @torch.no_grad()
    def swap(self, model: nn.Module) -> None:
        """Exchange the model's weights and the averaged ones; call again to go back."""
        for name, param in model.named_parameters():
            if name in self.slow:
                kept = param.detach().clone()
                param.copy_(self.slow[name])
                self.slow[name].copy_(kept)


LossFn = Callable[[Draw], tuple[Tensor, Mapping[str, float | Tensor]]]
ReportFn = Callable[[int], dict[str, float]]


class Processes(Protocol):
    """The processes of a run: one, or several that train one model together.

    Attributes:
        main: Whether this is the process that writes the log.
        single: Whether there is no other. A checkpoint can then be written when training is interrupted.
    """

    main: bool
    single: bool

    def broadcast_flag(self, flag: bool) -> bool:
        """Broadcast rank 0's flag to all processes."""
        ...

    def mean(self, figures: dict[str, float]) -> dict[str, float]:
        """Figures averaged over the processes."""
        ...

    def save(
        self, folder: Path, step: int, tensors: dict[str, dict[str, Tensor]], facts: dict[str, Any]
    ) -> None:
        """Write a checkpoint, which becomes the valid one when it is complete."""
        ...

    def load(self, folder: Path, tensors: dict[str, dict[str, Tensor]]) -> None:
        """Read the last checkpoint into ``tensors``, in place; KeyError where it holds others."""
        ...


class OneProcess:
    """A run in a single process."""

    main = single = True

    def broadcast_flag(self, flag: bool) -> bool:
        """The flag itself."""
        return flag

    def mean(self, figures: dict[str, float]) -> dict[str, float]:
        """The figures themselves."""
        return figures

    def save(
        self, folder: Path, step: int, tensors: dict[str, dict[str, Tensor]], facts: dict[str, Any]
    ) -> None:
        """Write one safetensors file a group."""
        save_checkpoint(folder, step, tensors, facts)

    @torch.no_grad()
    def load(self, folder: Path, tensors: dict[str, dict[str, Tensor]]) -> None:
        """Copy the stored tensors over those given."""
        for group, wanted in tensors.items():
            stored = load_tensors(folder, group)
            for name, value in wanted.items():
                value.copy_(stored[name])


class Loop:
    """Minimises ``loss(draw)`` over ``model``'s parameters; a run that is in the folder is resumed.

    Args:
        model: Its trainable parameters are optimised.
        loss: One step's loss, with figures for the log.
        report: Called every ``report_steps`` with the averaged weights in the model; returns validation figures.
        config: Length, rates and intervals.
        folder: Checkpoints, ``log.csv`` and whatever ``report`` draws.
        processes: One unless others are given.
        progress: Share of the run that is done, for runs that end by the clock; by default that of the steps.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: LossFn,
        report: ReportFn | None,
        config: LoopConfig,
        folder: Path,
        processes: Processes | None = None,
        progress: Callable[[], float] | None = None,
    ) -> None:
        self.model, self.loss, self.report = model, loss, report
        self.progress = progress if progress is not None else lambda: self.step / max(1, self.config.steps)
        self.config, self.folder = config, folder
        self.processes: Processes = processes if processes is not None else OneProcess()
        self.optimizer = _optimizer(model, config)
        self.ema = Ema(model, config.ema)
        self.step = 0
        self.hours = 0.0
        folder.mkdir(parents=True, exist_ok=True)
        if latest(folder) is not None:
            self._resume()

    def run(self) -> int:
        """Train until the schedule or the minutes end; returns the step. A single process saves on Ctrl-C too."""
        config, started, saved = self.config, time.monotonic(), time.monotonic()
        before = self.hours
        bar = tqdm(
            total=config.steps or None,
            initial=self.step,
            dynamic_ncols=True,
            mininterval=5.0,
            disable=not self.processes.main,
        )
        stopped = True
        try:
            while self.progress() < 1 and not self._over(started):
                figures = self.train_step(Draw.at(config.seed, self.step))
                self.step += 1
                self.hours = before + (time.monotonic() - started) / 3600
                bar.update()
                bar.set_postfix({k: f"{v:.4f}" for k, v in figures.items()}, refresh=False)
                if self.step % config.log_steps == 0:
                    self._log("train", self.processes.mean(figures))
                if self.report is not None and self.step % config.report_steps == 0:
                    self._validate(self.report)
                if self._due(saved):
                    self.save()
                    saved = time.monotonic()
            stopped = False
        finally:
            bar.close()
            if self.processes.single or not stopped:
                self.save()
        return self.step

    def restart(self) -> None:
        """Start the average from the model's present weights; to be called after loading other weights."""
        self.ema = Ema(self.model, self.config.ema)

    def save(self) -> None:
        """Write a checkpoint of model, EMA and optimizer."""
        facts = {"hours": self.hours, "loop": asdict(self.config)}
        self.processes.save(self.folder, self.step, self._tensors(), facts)

    def _tensors(self) -> dict[str, dict[str, Tensor]]:
        return {
            "model": dict(self.model.state_dict()),
            "ema": self.ema.slow,
            "optimizer": self.optimizer.state_tensors(),
        }

    def train_step(self, draw: Draw) -> dict[str, float]:
        """One update, with the figures of the loss. The parts' gradients add up to those of the whole batch."""
        self.model.train()
        self.optimizer.zero_grad()
        parts = self.config.accumulate
        draws = [draw] + [Draw.at(self.config.seed, draw.step, part) for part in range(1, parts)]
        total: dict[str, float] = {}
        for one in draws:
            loss, figures = self.loss(one)
            (loss / parts if parts > 1 else loss).backward()
            for name, value in {"loss": loss.detach(), **figures}.items():
                total[name] = total.get(name, 0.0) + float(value) / parts
        norm = self.optimizer.clip(self.config.clip)
        if math.isfinite(norm):  # one bad batch must not make all weights NaN
            self.optimizer.step(self._rate(draw.step))
            self.ema.update(self.model, draw.step)
        return {**total, "grad": norm}

    def _rate(self, step: int) -> float:
        """Learning rate of a step, as a fraction of the peak."""
        config = self.config
        warm = min(1.0, (step + 1) / max(1, config.warmup))
        done = min(1.0, self.progress())
        if config.schedule == "trapezoid":
            return warm * max(config.final, min(1.0, (1 - done) / config.decay))
        return warm * (config.final + (1 - config.final) * 0.5 * (1 + math.cos(math.pi * done)))

    @contextmanager
    def averaged(self) -> Generator[None]:
        """The averaged weights in the model, which is in evaluation mode; afterwards those in training again."""
        self.model.eval()
        self.ema.swap(self.model)
        try:
            yield
        finally:
            self.ema.swap(self.model)

    def _validate(self, report: ReportFn) -> None:
        with self.averaged(), torch.no_grad():
            self._log("valid", report(self.step))

    def _log(self, kind: str, figures: dict[str, float]) -> None:
        if not self.processes.main:
            return
        path = self.folder / "log.csv"
        fresh = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if fresh:
                writer.writerow(["step", "hours", "kind", "figure", "value"])
            for name, value in figures.items():
                writer.writerow([self.step, f"{self.hours:.4f}", kind, name, f"{value:.6g}"])
        if kind == "valid":
            tqdm.write(f"step {self.step}: " + ", ".join(f"{k} {v:.4f}" for k, v in figures.items()))

    def _over(self, started: float) -> bool:
        minutes = self.config.minutes
        return minutes > 0 and self.processes.broadcast_flag(time.monotonic() - started > minutes * 60)

    def _due(self, saved: float) -> bool:
        """Whether a checkpoint is to be written now."""
        config = self.config
        if config.checkpoint_steps and self.step % config.checkpoint_steps == 0:
            return True
        return self.processes.broadcast_flag(time.monotonic() - saved > config.checkpoint_minutes * 60)

    def _resume(self) -> None:
        facts = latest(self.folder)
        assert facts is not None
        tensors = self._tensors()
        self.processes.load(self.folder, tensors)
        self.optimizer.load_tensors(tensors["optimizer"])
        self.step, self.hours = int(facts["step"]), float(facts.get("hours", 0.0))


def _optimizer(model: nn.Module, config: LoopConfig) -> Optimizer | TorchOptimizer:
    if config.optimizer != "muon":
        from engine.training.torch_optim import TorchOptimizer  # loads torch's distributed half

        return TorchOptimizer(
            model,
            config.optimizer,
            config.lr,
            betas=config.betas,
            weight_decay=config.weight_decay,
            floor=config.adafactor_floor,
        )
    return Optimizer(
        model,
        config.lr,
        config.muon_lr,
        config.betas,
        weight_decay=config.weight_decay,
        newton_steps=config.newton_steps,
    )
