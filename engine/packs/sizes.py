"""How many bytes a pack's networks take in memory, counted from the headers of their files. No torch here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.api.types import WeightFormat
from engine.packs.base_manifest import damaged
from engine.packs.manifest import Network, WaltManifest, weights_file

LAYERS = "blocks."
"""How the names of a denoiser's layers begin in its file."""
MAX_HEADER_BYTES = 8 * 2**20
"""Of a safetensors file; it is read whole, before anything else of the file is."""
_SIZES = {"BF16": 2, "F16": 2, "F32": 4}
_SCALE = 8
"""Bytes beside each row of a matrix in 8 bits."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in a file: its shape and the bytes of each number."""

    shape: tuple[int, ...]
    each: int

    @property
    def bytes(self) -> int:
        """In the file."""
        return self.each * math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes of one network.

    Attributes:
        rest: What is no layer of a denoiser.
        layers: All its layers.
        layer: The largest of them while it is streamed.
        reading: What reading the network takes for a moment, beside itself.
    """

    rest: int
    layers: int = 0
    layer: int = 0
    reading: int = 0

    @property
    def whole(self) -> int:
        """All of it in memory."""
        return self.rest + self.layers


Weights = Mapping[str, Weight]
"""What each of a pack's networks takes, by its name."""


def precise(manifest: WaltManifest, network: Network) -> tuple[str, ...]:
    """How the names of a network's matrices begin that stay in 32-bit numbers, whatever the device."""
    if network in manifest.stages:
        return ("condition.", "modulations.", "head.modulation.")  # noise levels: outside autocast
    if network == "text":
        return ("encoder.shared",) if manifest.has_t5 else ("",)
    return ()


def weigh(path: Path, manifest: WaltManifest, numbers: WeightFormat) -> Weights:
    """What the networks of the pack in the folder ``path`` take; reads the headers of its files only.

    Raises:
        WaltError: ``pack-damaged``.
    """
    return {
        network: weigh_tensors(manifest, network, _header(path, weights_file(network)), numbers)
        for network in manifest.networks
    }


def weigh_tensors(
    manifest: WaltManifest, network: Network, tensors: Mapping[str, Stored], numbers: WeightFormat
) -> Weight:
    """What one of a pack's networks takes, of these tensors."""
    wide = precise(manifest, network)
    layered = network in manifest.stages  # others are kept whole
    rest, largest = 0, 0
    kept: dict[str, int] = {}
    passing: dict[str, int] = {}
    for name, stored in tensors.items():
        whole = stored.each == 4 or name.startswith(wide)
        plain = (4 if whole else numbers.matrix) * math.prod(stored.shape)
        largest = max(largest, stored.bytes if numbers.mapped else 0)
        if not (layered and name.startswith(LAYERS)):
            rest += plain
            continue
        small = plain
        if numbers.int8 and len(stored.shape) == 2:
            small = math.prod(stored.shape) + _SCALE * stored.shape[0]
        # Where a mapped tensor is what the device computes with, it is not copied.
        also = stored.bytes if numbers.mapped and plain != stored.bytes else 0
        layer = name.removeprefix(LAYERS).split(".")[0]
        kept[layer] = kept.get(layer, 0) + small
        passing[layer] = passing.get(layer, 0) + plain + also + (small if numbers.int8 else 0)
    layer = max(passing.values(), default=0)
    return Weight(rest, sum(kept.values()), layer, max(largest, layer) if numbers.int8 else largest)


def _header(path: Path, name: str) -> dict[str, Stored]:
    """The tensors of a file."""
    try:
        with (path / name).open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > MAX_HEADER_BYTES:
                raise damaged(path, f"the header of {name} is too large")
            header: dict[str, Any] = json.loads(file.read(length))
        return {
            key: Stored(tuple(map(int, value["shape"])), _SIZES[value["dtype"]])
            for key, value in header.items()
            if key != "__metadata__"
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise damaged(path, f"the header of {name} cannot be read") from None
