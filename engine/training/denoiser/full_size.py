"""Training of a window transformer over several processes (W.A.L.T. sections 3 to 5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.api.errors import UsageError
from engine.diffusion.schedule import Schedule
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import WindowTransformer
from engine.runtime.devices import autocast
from engine.runtime.files import atomic_write
from engine.training.checkpoint import latest
from engine.training.denoiser.loss import velocity_loss
from engine.training.denoiser.sheets import SLOTS, Sheets, sampled
from engine.training.denoiser.slots import Batch, SlotSource, assemble, is_image
from engine.training.distributed.process_group import ProcessGroup
from engine.training.loop import Draw, Loop
from engine.training.runs.full_size import DTYPES, DenoiserRun, FullRun, run_to_json

VALIDATION = -1
_VALIDATION_SLOTS = 64


class DenoiserTrainer:
    """One run over the processes of a `ProcessGroup`.

    Args:
        run: The run; its ``loop.accumulate`` times the processes must divide its batch.
        source: Its data.
        group: The run's processes.
        folder: Where the run lives.
        start: Weights to start from when the run is new, in the first process; None is from nothing.
        tokenizer: Gives the tokenizer of its latents, in the first process; with it, reports draw samples.
    """

    def __init__(
        self,
        run: DenoiserRun,
        source: SlotSource,
        group: ProcessGroup,
        folder: Path,
        start: Callable[[], dict[str, Tensor]] | None = None,
        tokenizer: Callable[[], Tokenizer] | None = None,
    ) -> None:
        self.run, self.source, self.group = run, source, group
        self.slice = per_process(run.batch, group.size, run.loop.accumulate)
        self.schedule = Schedule.linear(zero_terminal_snr=run.zero_terminal_snr)
        with torch.device("meta"):
            model = WindowTransformer(run.model)
        model.recompute = run.recompute
        state: dict[str, Tensor] = {}
        if group.main and latest(folder) is None and start is not None:
            state = start()
        elif group.main:
            torch.manual_seed(run.loop.seed)
            state = WindowTransformer(run.model).state_dict()
        self.model = group.shard(model, state)
        self.sheets = None if tokenizer is None else Sheets(run, tokenizer, folder)
        self.loop = Loop(self.model, self.loss, self.report, run.loop, folder, group)

    def loss(self, draw: Draw) -> tuple[Tensor, dict[str, float]]:
        """This process's share of one part of a step."""
        first = (draw.part * self.group.size + self.group.rank) * self.slice
        twice = np.random.default_rng((self.run.loop.seed, draw.step)).random() < self.run.self_conditioning
        each = self._losses(draw.step, range(first, first + self.slice), bool(twice))
        return each.mean(), {}

    def report(self, step: int) -> dict[str, float]:
        """Validation loss on held-out slots, at fixed levels and noise; and a sheet of samples."""
        if self.sheets is not None:
            self._draw(self.sheets, step)
        count = max(1, min(_VALIDATION_SLOTS, self.run.batch) // self.group.size)
        first = self.group.rank * count
        return self.group.mean(
            {"val": float(self._losses(VALIDATION, range(first, first + count), True).mean())}
        )

    def _draw(self, sheets: Sheets, step: int) -> None:
        """Sample the same slots in every process, since a sharded network needs them all; one writes the sheet."""
        indices = range(min(SLOTS, self.run.batch))
        batch = self._batch(VALIDATION, indices)
        made = sampled(self.model, self.schedule, self.run, batch)
        if self.group.main:
            images = [is_image(index, self.run.image_share) for index in indices]
            sheets.draw(step, batch.x0, made, images)

    def _batch(self, step: int, indices: range) -> Batch:
        slots = self.source.slots(step, indices)
        return assemble(self.run, self.schedule, slots, self.source.null, step, indices).to(self.group.device)

    def _losses(self, step: int, indices: range, twice: bool) -> Tensor:
        batch = self._batch(step, indices)
        with autocast(self.group.device, DTYPES[self.run.numbers]):
            return velocity_loss(self.model, self.schedule, batch.x0, batch.t, batch.eps, twice, batch.conditions)


def per_process(batch: int, processes: int, parts: int) -> int:
    """Samples of one process in one part of a step.

    Raises:
        UsageError: ``bad-batch`` where the batch can't be cut evenly.
    """
    share, rest = divmod(batch, processes * parts)
    if rest or not share:
        raise UsageError(
            "bad-batch",
            f"A batch of {batch} can't be cut into {parts} parts for {processes} processes.",
            "Choose loop.accumulate and the number of processes so that both together divide it.",
        )
    return share


def keep_run(folder: Path, run: FullRun) -> None:
    """Write the run's configuration beside its checkpoints."""
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(folder / "run.json") as part:
        part.write_text(json.dumps(run_to_json(run), indent=1), "utf-8")
