"""Training of one stage from latent buffers: the base on images and clips, super-resolution on pairs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.diffusion.known_frames import frame_condition
from engine.diffusion.schedule import Schedule
from engine.training.denoiser.loss import Denoiser, DenoisingBatch, mean_loss
from engine.training.loop import Draw, Loop, LoopConfig
from engine.training.on_gpu.latent_buffer import LatentBuffer

SELF_CONDITIONING = 0.25
CAPTION_DROP = 0.1
KNOWN_RATE = {"base": 0.5, "sr": 0.2}
"""Share of the clips whose first one or two latent frames are given."""
NOISY_SHARE = {"base": 0.6, "sr": 0.75}
"""Share of the noise levels in the noisier half, where motion is decided."""
MAX_LOW_RES_T = 60
POLL_STEPS = 10


@dataclass(frozen=True)
class Mix:
    """What one batch of a step is drawn from.

    Attributes:
        name: In the log.
        buffers: (weight, buffer) each.
        size: Samples.
        first_frames: Whether only latent frame 0 of each clip is used, as an image.
        moved_photos: Whether each buffer holds moved photographs whose first frames are always given.
    """

    name: str
    buffers: tuple[tuple[float, LatentBuffer], ...]
    size: int
    first_frames: bool = False
    moved_photos: tuple[bool, ...] = ()


class StageTrainer:
    """Trains a denoiser; everything random is drawn on its device.

    Args:
        model: Text encoder and transformer.
        mixes: The batches of every step.
        config: The loop's.
        folder: Where the run lives.
        device: Where the model and the buffers are.
        train_text: Whether the text encoder is trained too; else it is frozen.
        progress: Share of the run's time that is over.
        poll: Called every few steps, to encode what was rendered meanwhile.
    """

    def __init__(
        self,
        model: Denoiser,
        mixes: list[Mix],
        config: LoopConfig,
        folder: Path,
        device: torch.device,
        train_text: bool,
        progress: Callable[[], float] | None = None,
        poll: Callable[[], None] = lambda: None,
    ) -> None:
        self.model, self.mixes, self.device, self.poll = model, mixes, device, poll
        self.schedule = Schedule.linear()
        model.text.requires_grad_(train_text)
        kind = "sr" if model.transformer.config.low_res else "base"
        self.known_rate, self.noisy_share = KNOWN_RATE[kind], NOISY_SHARE[kind]
        self.generator = torch.Generator(device).manual_seed(config.seed)
        self.samples = 0
        self.loop = Loop(model, self.loss, None, config, folder, progress=progress)

    def loss(self, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
        """One step over all mixes whose buffers hold something."""
        if draw.step % POLL_STEPS == 0:
            self.poll()
        twice = draw.step % 100 < 100 * SELF_CONDITIONING
        batches = [(mix.name, self._batch(mix)) for mix in self._ready()]
        self.samples += sum(len(batch.x0) for _, batch in batches)
        return mean_loss(
            self.model,
            self.schedule,
            batches,
            self.generator,
            twice,
            noisy_share=self.noisy_share,
            one_graph=True,
        )

    def _ready(self) -> list[Mix]:
        while not (ready := [mix for mix in self.mixes if all(buffer.count for _, buffer in mix.buffers)]):
            if self.loop.progress() >= 1:
                raise TimeoutError("the workers rendered nothing to train on")
            time.sleep(0.05)
            self.poll()
        return ready

    def _batch(self, mix: Mix) -> DenoisingBatch:
        x0, low, ids, photo = self._draw(mix)
        size = len(x0)
        ids = ids * (self._rand(size, 1) >= CAPTION_DROP)
        batch = DenoisingBatch(x0, ids)
        if x0.shape[2] > 1:
            asked = photo | (self._rand(size) < self.known_rate)
            batch.frames = frame_condition(x0, asked * self._randint(1, 3, size))
        if low is not None:
            level = self._randint(0, MAX_LOW_RES_T + 1, size)
            eps = torch.randn(low.shape, generator=self.generator, device=self.device)
            batch.low_res, batch.low_res_t = self.schedule.add_noise(low, eps, level), level
        return batch

    def _draw(self, mix: Mix) -> tuple[Tensor, Tensor | None, Tensor, Tensor]:
        """Latents, low ones or None, captions, and which are moved photographs (size,)."""
        weights = sum(weight for weight, _ in mix.buffers)
        high: list[Tensor] = []
        low: list[Tensor] = []
        ids: list[Tensor] = []
        photo: list[Tensor] = []
        left = mix.size
        for i, (weight, buffer) in enumerate(mix.buffers):
            size = left if i == len(mix.buffers) - 1 else round(mix.size * weight / weights)
            left -= size
            z, small, words = buffer.draw(size, self.generator)
            high.append(z[:, :, :1] if mix.first_frames else z)
            low += [] if small is None else [small]
            ids.append(words)
            is_photo = bool(mix.moved_photos and mix.moved_photos[i])
            photo.append(torch.full((size,), is_photo, device=self.device))
        return torch.cat(high), torch.cat(low) if low else None, torch.cat(ids), torch.cat(photo)

    def _rand(self, *shape: int) -> Tensor:
        return torch.rand(shape, generator=self.generator, device=self.device)

    def _randint(self, low: int, high: int, size: int) -> Tensor:
        return torch.randint(low, high, (size,), generator=self.generator, device=self.device)
