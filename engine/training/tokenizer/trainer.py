"""Training of the tokenizer: reconstruction of crops of clips and images, with latents that are easy to diffuse.

Losses: L1 on pixels and on their spatial differences, an L2 penalty on the latents, to which noise of fixed spread is
added (a KL term with a fixed variance), and *scale equivariance*: latents averaged over 2 x 2 must decode to the
picture at half size, which reduces the latents' high frequencies (Skorokhodov et al., 2025).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.api.errors import WaltError
from engine.api.types import SPACE, TIME
from engine.media.images import write_png
from engine.media.pixels import psnr, to_frames, to_pixels
from engine.models.causal import space_to_depth
from engine.models.tokenizer import Tokenizer, TokenizerConfig
from engine.training.checkpoint import latest
from engine.training.loop import Draw, Loop, LoopConfig
from engine.training.precision import CPU, autocast


class CropSource(Protocol):
    """Anything that yields clips of a given size, as long as they are no longer than ``frames``."""

    @property
    def frames(self) -> int:
        """Frames of the longest clip it can give."""
        ...

    def crop(self, rng: np.random.Generator, frames: int, height: int, width: int) -> NDArray[np.uint8]:
        """A random clip (frames, height, width, 3)."""
        ...


@dataclass(frozen=True)
class BatchShape:
    """One kind of batch: ``weight`` is how often it is drawn."""

    weight: float
    batch: int
    frames: int
    height: int
    width: int


@dataclass(frozen=True)
class TokenizerTraining:
    """A tokenizer run as data."""

    model: TokenizerConfig
    loop: LoopConfig
    shapes: tuple[BatchShape, ...] = (
        BatchShape(0.4, 2, 17, 64, 96),
        BatchShape(0.15, 2, 9, 96, 96),
        BatchShape(0.45, 8, 1, 96, 96),
    )
    gradient_weight: float = 0.5
    latent_noise: float = 0.02
    latent_pull: float = 2e-4
    equivariance_weight: float = 0.25
    equivariance_rate: float = 0.25
    freeze_encoder: bool = False
    view: tuple[int, int, int] = (17, 128, 224)
    """Frames, height and width of the clips for validation and for the latent statistics."""


class TokenizerTrainer:
    """Trains a `Tokenizer` on weighted sources.

    Args:
        training: The run.
        sources: Name -> (source, weight); also validated one by one, on crops of a fixed seed.
        folder: Where the run lives.
        device: What it computes on.

    Raises:
        WaltError: ``wrong-clips`` where no source has clips as long as the run's.
    """

    def __init__(
        self,
        training: TokenizerTraining,
        sources: dict[str, tuple[CropSource, float]],
        folder: Path,
        device: torch.device = CPU,
    ) -> None:
        longest = max(training.view[0], *(shape.frames for shape in training.shapes))
        if all(source.frames < longest for source, _ in sources.values()):
            raise WaltError(
                "wrong-clips", f"None of the clips has {longest} frames.", "Prepare longer ones, or change the run."
            )
        torch.manual_seed(training.loop.seed)
        self.training, self.sources, self.folder, self.device = training, sources, folder, device
        self.tokenizer = Tokenizer(training.model).to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
        if training.model.linear_path and latest(folder) is None:
            self.tokenizer.start_linear(self._blocks())
        if training.freeze_encoder:
            self.tokenizer.encoder.requires_grad_(False)
        self.tokenizer.to(device)
        self.loop = Loop(self.tokenizer, self.loss, self.report, training.loop, folder)

    def loss(self, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
        """One step's loss."""
        t = self.training
        x = self._batch(draw.numpy).to(self.device)

        def noise(raw: Tensor) -> Tensor:
            return t.latent_noise * torch.randn(raw.shape, generator=draw.torch).to(self.device)

        half = bool(draw.numpy.random() < t.equivariance_rate)
        return reconstruction_loss(self.tokenizer, x, t, noise, half=half)

    def report(self, step: int) -> dict[str, float]:
        """PSNR of each source, first and last frames apart, and a sheet of originals over reconstructions."""
        figures: dict[str, float] = {}
        rows: list[NDArray[np.uint8]] = []
        _, height, width = self.training.view
        for name, (source, _) in self.sources.items():
            rng = np.random.default_rng(1234)
            frames = min(self.training.view[0], source.frames)
            clips = np.stack([source.crop(rng, frames, height, width) for _ in range(8)])
            x = to_pixels(clips).to(self.device)
            with autocast(self.device):
                y = torch.cat([self.tokenizer.decoder(self.tokenizer.encoder(one)) for one in x.split(2)])
            figures[f"psnr_{name}"] = psnr(y, x)
            figures[f"psnr_{name}_first"] = psnr(y[:, :, 0], x[:, :, 0])
            figures[f"psnr_{name}_last"] = psnr(y[:, :, -1], x[:, :, -1])
            for i in range(2):
                shown = to_frames(y[i])
                moments = [0, len(shown) // 2, len(shown) - 1]
                rows += [np.concatenate(clips[i, moments], 1), np.concatenate(shown[moments], 1)]
        write_png(self.folder / f"sheet-{step:07d}.png", np.concatenate(rows))
        return figures

    def finish(self, clips: int = 64) -> None:
        """Measure the latent statistics with the averaged weights and save them with the checkpoint."""
        rng = np.random.default_rng(4321)
        view = self.training.view
        sources = [pair for pair in self.sources.values() if pair[0].frames >= view[0]]
        weights = [weight for _, weight in sources]
        picked = [sources[_choose(rng, weights)][0].crop(rng, *view) for _ in range(clips)]
        with self.loop.averaged():
            measure_latents(self.tokenizer, picked)
        self.loop.save()

    def _blocks(self, batches: int = 24) -> Tensor:
        """Blocks (N, 768) of the training clips, for the linear start."""
        rng = np.random.default_rng(self.training.loop.seed)
        found = [
            space_to_depth(self._batch(rng), TIME, SPACE).transpose(0, 1).flatten(1).T for _ in range(batches)
        ]
        return torch.cat(found)

    def _batch(self, rng: np.random.Generator) -> Tensor:
        shapes = self.training.shapes
        shape = shapes[_choose(rng, [s.weight for s in shapes])]
        sources = [pair for pair in self.sources.values() if pair[0].frames >= shape.frames]
        clips: list[NDArray[np.uint8]] = []
        for _ in range(shape.batch):
            source = sources[_choose(rng, [weight for _, weight in sources])][0]
            clip = source.crop(rng, shape.frames, shape.height, shape.width)
            clips.append(clip[:, :, ::-1] if rng.random() < 0.5 else clip)
        return to_pixels(np.stack(clips))


def reconstruction_loss(
    tokenizer: Tokenizer,
    x: Tensor,
    weights: TokenizerTraining,
    noise: Callable[[Tensor], Tensor],
    *,
    half: bool,
) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of pixels (B, 3, T, H, W), with figures for the log.

    Args:
        tokenizer: Encodes and decodes.
        x: Pixels in [-1, 1].
        weights: Of the parts.
        noise: What is added to raw latents before they are decoded.
        half: Whether the averaged latents are compared with the picture at half size.
    """
    with autocast(x.device):
        raw = tokenizer.encoder(x).float()
        z = raw + noise(raw)
        if half:
            z, x = _half(z), _half(x)
        y = tokenizer.decoder(z).float()
    pixel, edge = F.l1_loss(y, x), _gradient_loss(y, x)
    pull = raw.square().mean()
    weight = weights.equivariance_weight if half else 1.0
    total = weight * (pixel + weights.gradient_weight * edge) + weights.latent_pull * pull
    return total, {"pixel": pixel.detach(), "z2": pull.detach()}


@torch.no_grad()
def measure_latents(tokenizer: Tokenizer, clips: list[NDArray[np.uint8]]) -> None:
    """Set the tokenizer's latent statistics and preview matrix from clips (T, H, W, 3).

    Each channel is centred; one scale serves all, so that channels which carry coarse structure stay louder.
    Latent frame 0 and the later ones count alike, so that images and videos share the statistics.
    """
    raws: list[Tensor] = []
    colours: list[Tensor] = []
    device = tokenizer.latent_mean.device
    for i in range(0, len(clips), 2):  # in float32 a single clip would take the slow convolution
        x = to_pixels(np.stack(clips[i : i + 2])).to(device)
        with autocast(device):
            raw = tokenizer.encoder(x).float()
        colour = F.avg_pool3d(x, (1, SPACE, SPACE))
        if colour.shape[2] > 1:
            colour = torch.cat([colour[:, :, :1], F.avg_pool3d(colour[:, :, 1:], (TIME, 1, 1))], 2)
        raws.append(raw.transpose(0, 1).flatten(1).cpu())
        colours.append(colour.transpose(0, 1).flatten(1).cpu())
    raw, colour = torch.cat(raws, 1), torch.cat(colours, 1)
    mean = raw.mean(1)
    centred = raw - mean[:, None]
    spread = centred.square().mean().sqrt()
    tokenizer.latent_mean.copy_(mean)
    tokenizer.latent_std.fill_(float(spread))
    z = centred / spread
    ones = torch.cat([z, torch.ones(1, z.shape[1])])
    tokenizer.preview_matrix.copy_(torch.linalg.lstsq(ones.T, colour.T).solution.T)


def _choose(rng: np.random.Generator, weights: list[float]) -> int:
    return int(rng.choice(len(weights), p=np.array(weights) / sum(weights)))


def _half(x: Tensor) -> Tensor:
    return F.avg_pool3d(x, (1, 2, 2))


def _gradient_loss(y: Tensor, x: Tensor) -> Tensor:
    d = y - x
    return (d[..., 1:] - d[..., :-1]).abs().mean() + (d[..., 1:, :] - d[..., :-1, :]).abs().mean()
