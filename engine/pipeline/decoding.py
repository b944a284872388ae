"""From a stage's latents to its frames, window by window and chunk by chunk, as soon as somebody needs them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.api.types import StageName
from engine.media.pixels import to_frames
from engine.models.streamed_decoder import fits
from engine.packs.load import LoadedPack
from engine.planning.workload import Window
from engine.runtime.fault_injection import fault_point
from engine.runtime.memory import retry_without_memory

OnChunk = Callable[[int, int, float], None]
"""Told the first of the frames that a chunk brought, the one after its last, and the seconds that it took."""


class StageFrames:
    """What one stage made: latents as they are sampled, and frames once they are decoded.

    Args:
        pack: Whose tokenizer decodes.
        stage: Which stage it is.
        windows: The clip's windows.
        frames: (T, H, W, 3), of which those before the first window's known ones are there already.
        tiles: Sides of decoded tiles in latents, None for the whole picture; the next is taken when memory is full.
    """

    def __init__(
        self,
        pack: LoadedPack,
        stage: StageName,
        windows: Sequence[Window],
        frames: NDArray[np.uint8],
        tiles: Sequence[int | None],
    ) -> None:
        self.stage: StageName = stage
        self.frames = frames
        self.latents: list[Tensor] = []
        """(1, C, t, h, w) of each window that was sampled."""
        self._pack, self._windows, self._tiles = pack, windows, tiles
        self._decoded = 0

    @classmethod
    def empty(cls, stage: StageName, pack: LoadedPack, frames: NDArray[np.uint8]) -> Self:
        """A stage whose frames are filled in as they come, not decoded from latents."""
        return cls(pack, stage, (), frames, ())

    @property
    def decoded(self) -> bool:
        """Whether all frames are there."""
        return self._decoded == len(self._windows)

    @property
    def waiting(self) -> bool:
        """Whether there are latents that were not decoded."""
        return self._decoded < len(self.latents)

    def decode(self, on_chunk: OnChunk) -> None:
        """Decode the windows that were sampled and are not decoded yet.

        Raises:
            WaltError: ``out-of-memory``; and what ``on_chunk`` raises, after which the window is decoded anew.
        """
        while self.waiting:
            self._decode_window(self._windows[self._decoded], self.latents[self._decoded], on_chunk)
            self._decoded += 1

    def _decode_window(self, window: Window, z: Tensor, on_chunk: OnChunk) -> None:
        done, device = window.start + window.known, self._pack.device
        gaps = not fits(self._pack.tokenizer.decoder, z)  # chunks leave gaps in memory, but for buffers that stay

        def decode(tile: int | None) -> None:
            nonlocal done
            end = window.start
            begun = time.perf_counter()
            device.tidy()
            with device.autocast():
                fault_point("decode")
                for chunk in self._pack.tokenizer.stream(z, tile=tile):
                    fault_point("decode")
                    start, end = end, end + chunk.shape[2]
                    first = done
                    if end > done:  # what was known, or came before memory ran out, is there already
                        done = self._keep(done, to_frames(chunk[0])[done - start :])
                    del chunk
                    if gaps:
                        device.tidy()
                    on_chunk(first, done, time.perf_counter() - begun)
                    begun = time.perf_counter()
                    if done == len(self.frames):
                        return

        retry_without_memory([lambda tile=tile: decode(tile) for tile in self._tiles], device.free)
        device.tidy()

    def _keep(self, first: int, chunk: NDArray[np.uint8]) -> int:
        """Keep a chunk from frame ``first`` on, as far as the clip goes; returns the frame after it."""
        end = min(first + len(chunk), len(self.frames))
        self.frames[first:end] = chunk[: end - first]
        return end
