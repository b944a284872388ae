"""One stage's network at work for a request: conditions, noise, guidance and sampler put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.api.request import ClipRequest
from engine.api.types import SPACE, StageName
from engine.diffusion.denoiser import Conditioning, stage_denoiser
from engine.diffusion.guidance import Guidance
from engine.diffusion.samplers import OnStep, ddim, dpm_solver_pp_2m
from engine.diffusion.schedule import Schedule
from engine.media.pixels import to_pixels
from engine.packs.load import LoadedPack
from engine.packs.manifest import SamplerName, WaltManifest
from engine.pipeline.conditioning import encode_prompt, seeded_clip_noise
from engine.planning.workload import guidance_of
from engine.runtime.fault_injection import fault_point
from engine.runtime.memory import retry_without_memory
from engine.text.batch import TextBatch

_T = TypeVar("_T")
Sampler = Callable[..., Tensor]
SAMPLERS: dict[SamplerName, Sampler] = {"ddim": ddim, "dpmpp-2m": dpm_solver_pp_2m}


class Sampling:
    """Samples latents for one request; its prompt is encoded once.

    Args:
        pack: Whose networks sample.
        request: What is asked for.
    """

    def __init__(self, pack: LoadedPack, request: ClipRequest) -> None:
        self.pack, self.request = pack, request
        self.schedule = Schedule.linear()
        self.text = self.patiently(self._encode_text)

    def patiently(self, attempt: Callable[[], _T]) -> _T:
        """A small piece of work, once more if memory was full and could be freed."""
        return retry_without_memory([attempt, attempt], self.pack.device.free)

    def size(self, stage: StageName) -> tuple[int, int]:
        """Height and width of the stage's frames."""
        return self.pack.manifest.size(self.request.aspect, stage)

    def encode(self, seen: NDArray[np.uint8]) -> Tensor:
        """Latents (1, C, t, h, w) of frames (T, H, W, 3)."""

        def attempt() -> Tensor:
            fault_point("encode")
            with self.pack.device.autocast():
                return self.pack.tokenizer.encode(to_pixels(seen, self.pack.device.torch)[None]).float()

        return self.patiently(attempt)

    def conditioning(self, stage: StageName, index: int, known: Tensor | None, below: Tensor | None) -> Conditioning:
        """What a stage's network is conditioned on in window ``index``: known frames, the stage below with noise."""
        spec = self.pack.manifest.stages[stage]
        level = spec.low_res_noise
        if below is not None and level is not None:
            eps = self._noise(f"{stage}/{index}/low-res", (below.shape[2], below.shape[3], below.shape[4]))
            below = self.schedule.add_noise(below, eps, level)
        return Conditioning(self.text, known, spec.guide_frames, below, level)

    def denoise(
        self, stage: StageName, index: int, frames: int, conditioning: Conditioning, steps: int, on_step: OnStep
    ) -> Tensor:
        """From noise to ``frames`` latent frames (1, C, frames, h, w) of window ``index``."""
        height, width = self.size(stage)
        shape = (frames, height // SPACE, width // SPACE)
        noise = self._noise(f"{stage}/{index}", shape, self.pack.shapes[stage].shared_noise)
        network, device = self.pack.transformer(stage), self.pack.device
        guidance = stage_guidance(self.pack.manifest, self.request, stage)
        sampler = SAMPLERS[self.pack.manifest.stages[stage].sampler]

        def attempt(together: bool) -> Tensor:
            denoise = stage_denoiser(
                network, conditioning, guidance, self.schedule, device, frames, together=together
            )
            return sampler(denoise, noise, self.schedule, steps, on_step=on_step)

        ladder = [lambda together=together: attempt(together) for together in (True, True, False)]
        return retry_without_memory(ladder, device.free)

    def _noise(self, purpose: str, shape: tuple[int, int, int], share: float = 0.0) -> Tensor:
        """Noise (1, C, t, h, w) whose frames have a ``share`` of the variance in common."""
        full = (1, self.pack.tokenizer.config.latent_channels, *shape)
        return seeded_clip_noise(self.request.seed, purpose, full, share).to(self.pack.device.torch)

    def _encode_text(self) -> TextBatch:
        fault_point("text")
        with self.pack.device.autocast():
            return encode_prompt(self.pack, self.request.words, self.request.negative)


def stage_guidance(manifest: WaltManifest, request: ClipRequest, stage: StageName) -> Guidance:
    """How a stage of a clip is guided."""
    spec = manifest.stages[stage].guidance
    return Guidance(guidance_of(manifest, request, stage), spec.interval, spec.rescale, spec.power_cosine)
