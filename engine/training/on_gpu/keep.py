"""A finished network as a run's folder: `walt train pack` and ``--init`` read it like any other run."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from engine.training.checkpoint import save_checkpoint
from engine.training.runs.starter import Training, write_run


def keep(folder: Path, model: nn.Module, training: Training, step: int, hours: float) -> None:
    """Write the model's weights as the run's last checkpoint, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    write_run(folder, training)
    save_checkpoint(folder, step, {"model": model.state_dict(), "ema": {}}, {"hours": hours})
