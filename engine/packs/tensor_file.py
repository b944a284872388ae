"""Reads tensors out of a safetensors file one by one, through one open file and one buffer.

safetensors itself maps the whole file, and what was read of a mapping stays in this process's memory until it is
closed: opened anew for each tensor, as that would ask for, a pack took hundreds of openings.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor

from engine.packs.base_manifest import damaged
from engine.packs.sizes import MAX_HEADER_BYTES

_NUMBERS = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}


class TensorFile:
    """A safetensors file of the pack in ``path``, of floating-point tensors. To be used with ``with``.

    Raises:
        WaltError: ``pack-damaged``, here and in its methods.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name
        try:
            self._file = (path / name).open("rb")
        except OSError as error:
            raise damaged(path, f"{name} cannot be read ({error.strerror})") from None
        try:
            self._begin, self._tensors = self._header()
        except BaseException:
            self._file.close()
            raise
        self._buffer = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def names(self) -> Iterable[str]:
        """Of the tensors in the file."""
        return self._tensors.keys()

    def read(self, key: str, shape: torch.Size) -> Tensor:
        """A tensor. It lies in a buffer that the next one is read into, so it has to be copied before.

        Args:
            key: Its name.
            shape: The shape that it has to have.
        """
        try:
            entry = self._tensors[key]
            begin, end = entry["data_offsets"]
            number = _NUMBERS[entry["dtype"]]
            fits = tuple(entry["shape"]) == tuple(shape) and end - begin == number.itemsize * math.prod(shape)
        except (KeyError, TypeError, ValueError):
            fits, begin, end, number = False, 0, 0, torch.float32
        if not fits or begin < 0:
            raise damaged(self._path, f"{key} in {self._name} is not what it was when the pack was checked")
        return self._numbers(begin, end - begin, number).view(shape)

    def shape(self, key: str) -> torch.Size:
        """The shape of a tensor that is in the file."""
        return torch.Size(self._tensors[key]["shape"])

    def _numbers(self, begin: int, size: int, number: torch.dtype) -> Tensor:
        if not size:
            return torch.empty(0, dtype=number)
        if len(self._buffer) < size:
            self._buffer = bytearray(size)
        try:
            self._file.seek(self._begin + begin)
            got = self._file.readinto(memoryview(self._buffer)[:size])
        except (OSError, ValueError, OverflowError) as error:
            raise damaged(self._path, f"{self._name} cannot be read ({error})".rstrip(".")) from None
        if got != size:
            raise damaged(self._path, f"{self._name} ends too early")
        return torch.frombuffer(self._buffer, dtype=number, count=size // number.itemsize)

    def _header(self) -> tuple[int, dict[str, Any]]:
        """Where the tensors begin, and what the header says of each."""
        length = int.from_bytes(self._file.read(8), "little")
        if length > MAX_HEADER_BYTES:
            raise damaged(self._path, f"the header of {self._name} is too large")
        try:
            header: dict[str, Any] = json.loads(self._file.read(length))
            header.pop("__metadata__", None)
        except (ValueError, AttributeError, RecursionError):
            raise damaged(self._path, f"the header of {self._name} cannot be read") from None
        return 8 + length, header
