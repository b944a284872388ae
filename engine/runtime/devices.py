"""Which device runs the networks, and in which number format."""

from __future__ import annotations

import gc
import os
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal, TypeVar

import torch
from torch import nn

from engine.api.errors import UsageError, WaltError
from engine.runtime.memory import available_mb, leave_no_gaps, rss_mb, trim

DeviceName = Literal["auto", "cpu", "cuda", "mps"]
_MATRICES = (nn.Linear, nn.Conv2d, nn.Conv3d)
FIRST_USE = 58 * 2**20
"""Bytes of its own code and scratch that torch touches on a CPU while it makes its first clip."""
SIDE, LOOK_SECONDS = 1024, 0.1
_WITHOUT_BFLOAT16 = frozenset({"SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX512_CORE", "AVX512_CORE_VNNI"})
"""Limits of oneDNN (its page "CPU dispatcher control") below the first instructions for bfloat16 with 512 bits."""
_N = TypeVar("_N", bound=nn.Module)


def autocast(device: torch.device, dtype: torch.dtype) -> AbstractContextManager[object]:
    """Matrix products and convolutions on ``device`` in ``dtype``; with float32 nothing changes.

    Never with autocast's cache of converted weights: in torch 2.10 a pass without gradients, as self-conditioning has,
    fills it with copies that have no history, and a later pass in the same context then gives those weights no
    gradient. At inference it would hold a second copy of every float32 matrix.
    """
    if dtype == torch.float32:
        return nullcontext()
    return torch.autocast(device.type, dtype, cache_enabled=False)


@dataclass(frozen=True, slots=True)
class Device:
    """Where and in which format the networks compute. Latents and samplers stay in float32 everywhere."""

    torch: torch.device
    dtype: torch.dtype

    @property
    def maps_files(self) -> bool:
        """Whether files are mapped into the memory that it computes in."""
        return self.torch.type == "cpu"

    def autocast(self) -> AbstractContextManager[object]:
        """Matrix products and convolutions in `dtype`, everything else as it is."""
        return autocast(self.torch, self.dtype)

    def numbers(self, network: nn.Module, precise: tuple[str, ...] = ()) -> dict[str, torch.dtype]:
        """The format that each tensor of a network's state has here.

        Matrices are in `dtype`, but for modules whose name starts with one of ``precise``; norms, tables of
        positions and statistics stay float32.
        """
        matrices = {
            name
            for name, module in network.named_modules()
            if isinstance(module, _MATRICES) and not name.startswith(precise)
        }
        return {
            name: self.dtype if name.rpartition(".")[0] in matrices else torch.float32
            for name in network.state_dict()
        }

    def for_inference(self, network: _N) -> _N:
        """Make a network that is here in its `numbers` ready for inference."""
        for module in network.modules():
            if isinstance(module, nn.Conv3d):
                module.to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
        return network.eval().requires_grad_(False)

    def tidy(self) -> None:
        """Give back what was freed, where that costs little: pieces of work then find no gaps to go around."""
        if self.torch.type == "cpu":
            trim()

    def free(self) -> None:
        """Give unused memory back; it was full, and is used more closely from now on."""
        gc.collect()
        trim()
        leave_no_gaps()
        if self.torch.type == "cuda":
            torch.cuda.empty_cache()
        elif self.torch.type == "mps":
            torch.mps.empty_cache()


def room(device: Device, allowed_mb: int | None = None, mapped: int = 0) -> tuple[float, float]:
    """Bytes that a clip may still take on a device, and those that this process takes there now.

    On the CPU the latter is all of it, the program too.

    Args:
        device: Where it is made.
        allowed_mb: The most that this process may take there, in MiB; no limit of its own if None.
        mapped: Bytes of files that will be mapped at once.
    """
    used = _used_bytes(device)
    if device.torch.type == "cuda":
        kept = torch.cuda.memory_reserved() - used  # by torch, to be used again
        free = float(torch.cuda.mem_get_info()[0] + kept)
    elif device.torch.type == "mps":
        free = float(torch.mps.recommended_max_memory() - used)
    else:
        free = available_mb(mapped / 2**20) * 2**20
    return (free if allowed_mb is None else min(free, allowed_mb * 2**20 - used)), used


def _used_bytes(device: Device) -> float:
    if device.torch.type == "cuda":
        return float(torch.cuda.memory_allocated())
    if device.torch.type == "mps":
        return float(torch.mps.driver_allocated_memory())
    trim()  # or an earlier clip's memory would count against this one
    return rss_mb() * 2**20


def resolve(name: str = "auto") -> Device:
    """The device to compute on; ``auto`` takes CUDA, then MPS, then the CPU.

    Raises:
        UsageError: ``device-unknown``.
        WaltError: ``device-not-available``.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(kind for kind, there in available.items() if there)
    if name not in available:
        message = f"There is no device called {name!r}."
        raise UsageError("device-unknown", message, "Use auto, cpu, cuda or mps.")
    if not available[name]:
        message = f"This computer has no usable {name} device."
        raise WaltError("device-not-available", message, "Use --device auto.")
    if name == "cuda":
        # Same seed, same frames: cuDNN must not choose its kernels by timing them.
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True
    return Device(torch.device(name), _fast_dtype(name))


def speed(device: Device) -> float:
    """Operations a second of a matrix product, in the device's fast format; takes a tenth of a second."""
    matrix = torch.full((SIDE, SIDE), 1 / SIDE, device=device.torch, dtype=device.dtype)
    _product(matrix)  # the first pays for warming up
    begun, count = time.perf_counter(), 0
    while (taken := time.perf_counter() - begun) < LOOK_SECONDS:
        _product(matrix)
        count += 1
    return 2.0 * SIDE**3 * count / taken


def _product(matrix: torch.Tensor) -> float:
    """A number of it is read, so that a card has done it."""
    return float((matrix @ matrix)[0, 0])


def use_threads(threads: int) -> None:
    """Compute with this many processor threads, on the calling thread and on those that it starts."""
    torch.set_num_threads(threads)


def _fast_dtype(kind: str) -> torch.dtype:
    """The fastest format that is accurate enough; decided by what the hardware has, never by a timing."""
    if kind == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if kind == "mps":
        return torch.float16
    supported = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    # CPUs without bfloat16 instructions emulate it, slower than float32; so does oneDNN where it may not use them.
    there = any(getattr(torch.cpu, name, bool)() for name in supported)
    return torch.bfloat16 if there and _onednn_may_use_bfloat16() else torch.float32


def _onednn_may_use_bfloat16() -> bool:
    """Whether oneDNN is there, and not limited to instructions without bfloat16 by the variables that it reads.

    It says this itself only in what it prints; torch does not hand on its `dnnl_get_effective_cpu_isa`.
    """
    if not torch.backends.mkldnn.is_available():
        return False
    limit = os.environ.get("ONEDNN_MAX_CPU_ISA") or os.environ.get("DNNL_MAX_CPU_ISA") or ""
    return limit.upper() not in _WITHOUT_BFLOAT16
