"""LoRA (Hu et al., 2021) on a transformer's matrices, by `peft`: added before training, merged afterwards."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import Any

from torch import nn

from engine.api.errors import WaltError
from engine.runtime.imports import import_quietly

TARGETS = r"blocks\.\d+\.((attention|cross)\.(q|k|v|out)|up|down)"
"""Attention and MLP of every layer; not modulation, patches and head, which all layers share."""


def add_adapters(transformer: nn.Module, rank: int) -> None:
    """Freeze a transformer and add a trainable low-rank term, zero at the start, to each of its `TARGETS`.

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
    with suppress(ImportError):  # peft imports it where it is installed, with warnings
        import_quietly("torchao")
    transformer.requires_grad_(False)
    config = peft.LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=TARGETS)
    peft.inject_adapter_in_model(config, transformer)


def merge_adapters(transformer: nn.Module) -> None:
    """Add the low-rank terms to their matrices and remove the adapters: the modules are as they were built."""
    layer: Any = import_module("peft.tuners.tuners_utils").BaseTunerLayer
    for name, module in [*transformer.named_modules()]:
        if isinstance(module, layer):
            adapted: Any = module
            adapted.merge()
            parent, _, child = name.rpartition(".")
            setattr(transformer.get_submodule(parent), child, adapted.get_base_layer())
