"""The weights of a run over several processes, loaded into one."""

from __future__ import annotations

import warnings
from pathlib import Path

from torch import Tensor, nn
from torch.distributed.checkpoint.hf_storage import HuggingFaceStorageReader
from torch.distributed.checkpoint.state_dict_loader import load

from engine.api.errors import UsageError, WaltError
from engine.models.tokenizer import Tokenizer
from engine.training.checkpoint import latest
from engine.training.runs.find import read_full_run
from engine.training.runs.full_size import GanTokenizerRun


def gathered(folder: Path, model: nn.Module, prefix: str = "") -> nn.Module:
    """Load the last checkpoint of a run into ``model``: averaged weights where the run keeps them.

    Args:
        folder: The run's.
        model: Whole and in this process's memory.
        prefix: Of the model's names within the run's, e.g. ``tokenizer.``.

    Raises:
        WaltError: ``no-checkpoint`` when the run never saved.
    """
    facts = latest(folder)
    if facts is None:
        raise WaltError("no-checkpoint", f"{folder} holds no checkpoint.", "Train it first.")
    averaged = float(facts["loop"]["ema"]) > 0
    learned = {name for name, _ in model.named_parameters()} if averaged else set[str]()
    wanted: dict[str, Tensor] = {
        f"{'ema' if name in learned else 'model'}.{prefix}{name}": value
        for name, value in model.state_dict().items()
    }
    reader = HuggingFaceStorageReader(str(folder / facts["folder"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it warns that it reads in one process, which is intended
        load(dict(wanted), storage_reader=reader, no_dist=True)
    return model.eval()


def gathered_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a run of `engine.training.tokenizer.gan_trainer.GanTrainer`.

    Raises:
        UsageError: ``wrong-run`` where the folder holds the run of a transformer.
    """
    run = read_full_run(folder)
    if not isinstance(run, GanTokenizerRun):
        raise UsageError("wrong-run", f"{folder} is not a run of a tokenizer.")
    model = Tokenizer(run.model)
    gathered(folder, model, "tokenizer.")
    return model
