"""Layers that stay on disk: each is read just before it computes and dropped afterwards.

A denoiser then takes the memory of one layer, whatever its depth, and reads its file once a pass. The file is
mapped, so where memory allows it the system keeps it cached.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from engine.devices import Device
from engine.memory import is_out_of_memory
from engine.models.transformer import Block, TransformerConfig, WindowTransformer
from engine.packs.manifest import damaged
from engine.packs.plan import LAYERS


class StreamedLayer(nn.Module):
    """Stands in a transformer for one of its layers, and computes the same numbers. For inference only."""

    def __init__(self, file: Path, layer: int, config: TransformerConfig, device: Device) -> None:
        super().__init__()
        self._file, self._prefix, self._config, self._device = file, f"{LAYERS}{layer}.", config, device

    def forward(self, *args: Any) -> Tensor:
        """What the layer gives; see `Block.forward`.

        Raises:
            WaltError: ``pack-damaged`` when the file is gone or is another one by now.
        """
        return self._read()(*args)

    def _read(self) -> Block:
        with torch.device("meta"):
            block = Block(self._config)
        # Opened for each layer: a mapping that stayed open would keep every page that was ever read.
        try:
            with safe_open(self._file, framework="pt") as file:
                names = block.state_dict().keys()
                state = {name: file.get_tensor(self._prefix + name) for name in names}
                block.load_state_dict(state, assign=True)
        except (OSError, SafetensorError, RuntimeError) as error:
            if is_out_of_memory(error):
                raise
            raise damaged(self._file.parent, f"{self._file.name} changed while it was in use") from None
        return self._device.place(block)


def leave_on_disk(network: WindowTransformer, file: Path, device: Device) -> None:
    """Put `StreamedLayer` in the place of a transformer's layers; ``file`` must hold them, checked before."""
    config = network.config
    network.blocks = nn.ModuleList(StreamedLayer(file, i, config, device) for i in range(config.layers))
