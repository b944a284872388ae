"""Matrices in 8 bits: half the memory of bfloat16 for frames that differ a little. By `torchao`, the extra `int8`.

Only those of the denoisers' layers, which are nearly all of a full-size pack. Each row of a matrix has its own
scale; products are computed in the device's numbers.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from engine.api.errors import WaltError
from engine.runtime.devices import Device
from engine.runtime.imports import import_quietly


def quantized(layer: nn.Module, device: Device) -> None:
    """Keep the matrices of a layer, which has its weights, in 8 bits.

    Raises:
        WaltError: ``int8-not-installed`` without `torchao`.
    """
    quantization = quantizer()
    quantization.quantize_(layer, quantization.Int8WeightOnlyConfig())

    def cast(_module: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        # Autocast does not see through such weights: products would be computed in 32 bits.
        return tuple(x.to(device.dtype) for x in given)

    for module in layer.modules():
        if isinstance(module, nn.Linear):
            module.register_forward_pre_hook(cast)


def quantizer() -> Any:
    """The module of torchao that does it.

    Raises:
        WaltError: ``int8-not-installed``.
    """
    try:
        return import_quietly("torchao.quantization")
    except ImportError:
        hint = 'Run: pip install "walt[int8]"'
        raise WaltError(
            "int8-not-installed", "8-bit weights need a package that is not installed.", hint
        ) from None
