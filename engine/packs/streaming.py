"""Layers that stay on disk: each is read just before it computes and dropped afterwards.

A denoiser then takes the memory of one layer, whatever its depth, and reads its file once a pass. The file is
mapped, so where memory allows it the system keeps it cached.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, cast

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from engine.models.positions import RelativeBias
from engine.models.transformer import Block, TransformerConfig, WindowTransformer
from engine.packs.base_manifest import damaged
from engine.packs.int8 import quantized
from engine.packs.sizes import LAYERS
from engine.packs.weights import shell
from engine.runtime.devices import Device
from engine.runtime.memory import is_out_of_memory


class StreamedLayer(nn.Module):
    """Stands in a transformer for one of its layers, and computes the same numbers. For inference only."""

    def __init__(
        self, file: Path, layer: int, config: TransformerConfig, device: Device, int8: bool = False
    ) -> None:
        super().__init__()
        self._file, self._prefix, self._config = file, f"{LAYERS}{layer}.", config
        self._device, self._int8 = device, int8

    def forward(self, *args: Any) -> Tensor:
        """What the layer gives; see `Block.forward`.

        Raises:
            WaltError: ``pack-damaged`` when the file is gone or is another one by now.
        """
        return self._read()(*args)

    def _read(self) -> Block:
        block = cast(Block, shell(partial(Block, self._config)))
        numbers = self._device.numbers(block)
        # Opened for each layer: a mapping that stayed open would keep every page that was ever read.
        try:
            with safe_open(self._file, framework="pt") as file:
                state = {
                    name: file.get_tensor(self._prefix + name).to(self._device.torch, kind)
                    for name, kind in numbers.items()
                }
                block.load_state_dict(state, assign=True)
        except (OSError, SafetensorError, RuntimeError) as error:
            if is_out_of_memory(error):
                raise
            raise damaged(self._file.parent, f"{self._file.name} changed while it was in use") from None
        if self._int8:
            quantized(block, self._device)
        return self._device.for_inference(block)


def leave_on_disk(network: WindowTransformer, file: Path, device: Device, *, int8: bool = False) -> None:
    """Put `StreamedLayer` in the place of a transformer's layers; ``file`` must hold them, checked before.

    What the tables of positions become for a window is a part of a layer too, and not kept either.
    """
    config = network.config
    for bias in network.biases:
        assert isinstance(bias, RelativeBias)
        bias.keeps = False
    network.blocks = nn.ModuleList(StreamedLayer(file, i, config, device, int8) for i in range(config.layers))
