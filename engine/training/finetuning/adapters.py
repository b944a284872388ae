"""LoRA (Hu et al., 2021) on a transformer's matrices, by `peft`: put in before learning, merged afterwards."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import Any

from torch import nn

from engine.api.errors import WaltError
from engine.runtime.preload import import_quietly

TARGETS = r"blocks\.\d+\.((attention|cross)\.(q|k|v|out)|up|down)"
"""Attention and MLP of every layer. Modulation, patches and head stay: they are shared by all that is known."""


def add_adapters(transformer: nn.Module, rank: int) -> None:
    """Freeze a transformer and put a trainable low-rank term beside each of its `TARGETS`, zero at the start.

    Raises:
        WaltError: ``peft-not-installed``.
    """
    try:
        peft: Any = import_quietly("peft")
    except ImportError:
        raise WaltError(
            "peft-not-installed",
            "LoRA needs the package peft.",
            'pip install "walt[finetune]", or give --full.',
        ) from None
    with suppress(ImportError):  # where it is installed, peft would import it, and not quietly
        import_quietly("torchao")
    transformer.requires_grad_(False)
    config = peft.LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=TARGETS)
    peft.inject_adapter_in_model(config, transformer)


def merge_adapters(transformer: nn.Module) -> None:
    """Add the low-rank terms to the matrices they stand beside, and leave the transformer as it was built."""
    layer: Any = import_module("peft.tuners.tuners_utils").BaseTunerLayer
    for name, module in [*transformer.named_modules()]:
        if isinstance(module, layer):
            adapted: Any = module
            adapted.merge()
            parent, _, child = name.rpartition(".")
            setattr(transformer.get_submodule(parent), child, adapted.get_base_layer())
