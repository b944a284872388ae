"""Weights from a safetensors file into a network: checked, then read tensor by tensor into the numbers they stay in."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.packs.base_manifest import damaged
from engine.packs.int8 import quantized
from engine.packs.sizes import LAYERS, MAX_HEADER_BYTES
from engine.packs.tensor_file import TensorFile
from engine.runtime.devices import Device
from engine.runtime.fault_injection import fault_point

_FLOATS = {"BF16", "F16", "F32"}


class _Unstarted(TorchFunctionMode):
    """Leaves out starting values. On the meta device nothing comes of them, but they load sympy: seconds and 80 MB."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        if getattr(func, "__module__", "") == "torch.nn.init":
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)


def shell(build: Callable[[], nn.Module]) -> nn.Module:
    """A network without memory, on the meta device."""
    with torch.device("meta"), _Unstarted():
        return build()


def check(path: Path, name: str, network: nn.Module) -> None:
    """Whether a file of the pack in ``path`` holds exactly the tensors of a network, which may be on the meta device.

    Raises:
        WaltError: ``pack-damaged``.
    """
    with _reading(path, name) as file:
        keys: set[str] = set(file.keys())
        expected = network.state_dict()
        odd = sorted(keys ^ set(expected))
        if odd:
            raise damaged(
                path, f"{name} {'has an unknown' if odd[0] in keys else 'lacks the'} tensor {odd[0]}"
            )
        for key, tensor in expected.items():
            stored = file.get_slice(key)
            if stored.get_dtype() not in _FLOATS:
                raise damaged(
                    path, f"{key} in {name} holds {stored.get_dtype()} and not floating-point numbers"
                )
            shape = tuple(stored.get_shape())
            if shape != tuple(tensor.shape):
                raise damaged(path, f"{key} in {name} has shape {shape}, not {tuple(tensor.shape)}")


def fill(
    path: Path,
    name: str,
    network: nn.Module,
    device: Device,
    precise: tuple[str, ...] = (),
    *,
    int8: bool = False,
) -> None:
    """Give a network on the meta device the weights of a file that `check` found to be its own.

    Args:
        path: The pack's folder.
        name: The file in it.
        network: Ready to run on ``device`` afterwards.
        device: Where it runs.
        precise: See `engine.runtime.devices.Device.numbers`.
        int8: Whether the matrices of its layers are kept in 8 bits.

    Raises:
        WaltError: ``pack-damaged``.
    """
    numbers = device.numbers(network, precise)
    fault_point("weights")
    shapes = {key: tensor.shape for key, tensor in network.state_dict().items()}
    with TensorFile(path, name) as file:
        for part in _parts(numbers):
            state: dict[str, Tensor] = {}
            for key in part:
                stored = file.read(key, shapes[key])
                kept = stored.to(device.torch, numbers[key], copy=True)
                # Of what is kept only where it is wider: 16-bit numbers of another kind may overflow.
                _finite(path, name, key, kept if kept.dtype is torch.float32 else stored)
                state[key] = kept
            network.load_state_dict(state, strict=False, assign=True)
            if int8 and part[0].startswith(LAYERS):
                quantized(network.get_submodule(_layer(part[0])), device)
    device.for_inference(network)


def check_finite(path: Path, name: str, prefix: str) -> None:
    """Whether all numbers are finite in the tensors whose names begin with ``prefix``.

    Raises:
        WaltError: ``pack-damaged``.
    """
    with TensorFile(path, name) as file:
        for key in file.names:
            if key.startswith(prefix):
                _finite(path, name, key, file.read(key, file.shape(key)))


def _parts(numbers: Mapping[str, torch.dtype]) -> list[list[str]]:
    """Names of tensors: those of each layer together, all others together."""
    parts: dict[str, list[str]] = {}
    for key in numbers:
        parts.setdefault(_layer(key) if key.startswith(LAYERS) else "", []).append(key)
    return list(parts.values())


def _layer(key: str) -> str:
    """``blocks.3.up.weight`` -> ``blocks.3``."""
    return ".".join(key.split(".")[:2])


@contextmanager
def _reading(path: Path, name: str) -> Generator[Any]:
    """A safetensors file whose header is not too long; anything odd about it is the pack's fault."""
    try:
        with (path / name).open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
        if length > MAX_HEADER_BYTES:
            raise damaged(path, f"the header of {name} is too large")
        with safe_open(path / name, framework="pt") as file:
            yield file
    except SafetensorError as error:
        raise damaged(path, f"{name}: {error}".rstrip(".")) from None
    except OSError as error:
        raise damaged(path, f"{name} cannot be read ({error.strerror})") from None


def _finite(path: Path, name: str, key: str, tensor: Tensor) -> None:
    # Of the two ends, not of each number: that would take the tensor's size once more. NaN is both ends of all.
    if tensor.numel() and not bool(torch.isfinite(torch.stack(torch.aminmax(tensor))).all()):
        raise damaged(path, f"{key} in {name} holds something other than finite numbers")
