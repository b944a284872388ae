"""From latents to frames by a model's own autoencoder; where memory is full once more, and then in tiles."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api.errors import WaltError
from engine.media.pixels import to_frames
from engine.open_models.saved import Latents
from engine.runtime.devices import Device
from engine.runtime.fault_injection import fault_point
from engine.runtime.memory import retry_without_memory

OnPixels = Callable[[int, Tensor], None]
"""Given the index of a frame, and pixels (3, n, h, w) in [-1, 1] of this frame and those after it."""


def decode(vae: Any, latents: Latents, device: Device, *, tiled: bool, on_pixels: OnPixels) -> NDArray[np.uint8]:
    """Frames (T, H, W, 3).

    Args:
        vae: The autoencoder.
        latents: What is decoded.
        device: Where that is done.
        tiled: Whether in tiles from the start.
        on_pixels: Given frames early, where the autoencoder makes them piece by piece.

    Raises:
        WaltError: ``out-of-memory``, ``numbers-overflowed`` or ``one-colour``.
    """
    able = hasattr(vae, "enable_tiling")
    tries = [True] if tiled and able else [False, False, *[True] * able]
    frames = retry_without_memory(
        [lambda tiles=tiles: _attempt(vae, latents, device, on_pixels, tiles=tiles) for tiles in tries], device.free
    )
    if frames.max() == frames.min():
        raise WaltError("one-colour", "The model made a clip of a single colour.", _OTHER_NUMBERS)
    return frames


_OTHER_NUMBERS = "Try another seed or fewer steps; if it stays, the model does not work with this device's numbers."


def overflowed(when: str) -> WaltError:
    """The error of numbers that are not finite any more; ``when`` ends the sentence."""
    return WaltError("numbers-overflowed", f"The model's numbers overflowed {when}.", _OTHER_NUMBERS)


def _attempt(vae: Any, latents: Latents, device: Device, on_pixels: OnPixels, *, tiles: bool) -> NDArray[np.uint8]:
    if hasattr(vae, "enable_tiling"):
        vae.enable_tiling() if tiles else vae.disable_tiling()
    # Some pipelines hand over the numbers of their text encoder; the autoencoder has its own.
    dtype = next(vae.parameters()).dtype
    z = latents.z.to(device.torch, dtype)
    more = [None if each is None else each.to(device.torch, dtype) for each in latents.more]
    fault_point("decode")
    with _heard(vae, None if tiles else on_pixels):
        pixels: Tensor = vae.decode(z, *more, return_dict=False)[0]
    if not bool(torch.isfinite(pixels).all()):
        raise overflowed("while frames were decoded")
    return to_frames(pixels[0])


@contextmanager
def _heard(vae: Any, on_pixels: OnPixels | None) -> Generator[None]:
    """Hand on what the decoder gives each time that it is called, where that is pictures."""
    if on_pixels is None:
        yield
        return
    # Where an autoencoder puts pixels together after its decoder, its module has the function.
    together = getattr(sys.modules[type(vae).__module__], "unpatchify", None)
    patch = vae.config.get("patch_size")

    start = 0

    def piece(_module: object, _given: object, made: Any) -> None:
        nonlocal start
        fault_point("decode")
        pixels = made[0] if isinstance(made, tuple) else made
        if not isinstance(pixels, Tensor) or pixels.ndim != 5:
            return
        if pixels.shape[1] != 3 and together is not None and isinstance(patch, int):
            pixels = together(pixels, patch_size=patch)
        if pixels.shape[1] == 3:
            if not bool(torch.isfinite(pixels).all()):
                raise overflowed("while frames were decoded")
            on_pixels(start, pixels[0])
            start += pixels.shape[2]

    hook = vae.decoder.register_forward_hook(piece)
    try:
        yield
    finally:
        hook.remove()
