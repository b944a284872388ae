"""A clip from a still that the model does not know: the base moves the camera, the still gives the pixels.

What no frame of the still shows is painted by the other stages, beside the still, in one picture for all frames.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.api.shapes import crop_box
from engine.api.types import SPACE, STAGES, STRENGTHS, StageName
from engine.diffusion.samplers import OnStep
from engine.media.images import fit_still
from engine.media.pixels import to_frames
from engine.pipeline.recognition import DRAWN, KNOWN, surprise, texture
from engine.pipeline.sampling import Sampling
from engine.planning.workload import steps_of, windows_of
from engine.runtime.fault_injection import fault_point
from engine.stills.clip import MovingStill
from engine.stills.warp import placed

WORDLESS = 0.6
"""How strongly the camera moves where no words ask for it, of what they would."""

_FINER = 4
"""Texture is looked at in so many times the height and width of the base's frames."""


def knows(sampling: Sampling, picture: NDArray[np.uint8]) -> bool:
    """Whether the model knows what a still shows, so that its own clip may show it.

    Both measures have to say so: a photograph that dissolves is worse than a drawn world that only pans.
    """
    height, width = sampling.size(STAGES[0])
    if texture(fit_still(picture, _FINER * width, _FINER * height)) >= DRAWN:
        return False
    latent = sampling.encode(fit_still(picture, width, height)[None])
    return sampling.patiently(lambda: surprise(sampling.pack, latent, sampling.schedule)) < KNOWN


def moving_still(sampling: Sampling, picture: NDArray[np.uint8]) -> MovingStill:
    """The still of a request, about to be moved."""
    height, width = sampling.size(STAGES[0])
    windows = windows_of(sampling.pack.manifest, sampling.request)
    still = placed(picture, crop_box((picture.shape[1], picture.shape[0]), width, height))
    strength = STRENGTHS[sampling.request.strength] * (1.0 if sampling.request.prompt else WORDLESS)
    return MovingStill(still, [window.start + window.known for window in windows], strength)


class Painter:
    """Paints what the still does not show, stage by stage.

    Args:
        sampling: Samples for the request.
        moving: The still, which has followed all frames of the base.
        tile: Side of decoded tiles in latents; None for the whole picture.
    """

    def __init__(self, sampling: Sampling, moving: MovingStill, tile: int | None) -> None:
        self._sampling, self._moving, self._tile = sampling, moving, tile
        self._below: Tensor | None = None

    def paint(self, stage: StageName, on_step: OnStep) -> None:
        """Paint at the size of a stage, from what was painted at the one below."""
        sampling = self._sampling
        height, width = sampling.size(stage)
        below = self._below if self._below is not None else sampling.encode(self._moving.laid_out()[None])
        seen, share = self._moving.known(width, height)
        known = sampling.encode(seen[None])
        conditioning = replace(sampling.conditioning(stage, 0, None, below), part=(known, _of_latents(share, known)))
        steps = steps_of(sampling.pack.manifest, sampling.request, stage)
        z = sampling.denoise(stage, 0, 1, conditioning, steps, on_step)
        self._below = z
        self._moving.paint(sampling.patiently(lambda: self._decoded(z)))

    def _decoded(self, z: Tensor) -> NDArray[np.uint8]:
        """The picture of a latent of one frame."""
        fault_point("decode")
        with self._sampling.pack.device.autocast():
            [picture] = self._sampling.pack.tokenizer.stream(z, tile=self._tile)
        return to_frames(picture[0])[0]


def _of_latents(share: NDArray[np.uint8], like: Tensor) -> Tensor:
    """The share (1, 1, 1, h, w) of each latent's pixels that is known, of (8h, 8w, 1) in 0 to 255."""
    pixels = torch.from_numpy(share).to(like).movedim(-1, 0)[None] / 255
    return F.avg_pool2d(pixels, SPACE)[:, :, None]
