"""The tokenizer: a causal 3D CNN that codes images and videos in one continuous latent space.

W.A.L.T. section 4.1 with MAGVIT-v2's architecture (no quantiser): 8x in space, 4x in time, 1 + 4k frames of
8m x 8n pixels to 1 + k latent frames of m x n. An image is a one-frame video.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Self

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from engine.api.errors import WaltError
from engine.api.types import SPACE, TIME, is_frame_count
from engine.models.causal import (
    AdaptiveNorm,
    CausalConv3d,
    Downsample,
    FrameNorm,
    Norm,
    ResBlock,
    StreamCache,
    Upsample,
    depth_to_space,
    space_to_depth,
)
from engine.models.streamed_decoder import Buffers, StreamedDecoder, fits

BLOCK = 3 * TIME * SPACE**2
"""Numbers in the block of pixels that one latent position stands for."""


@dataclass(frozen=True)
class TokenizerConfig:
    """Shape of a tokenizer.

    Attributes:
        channels: Width at full resolution (after ``patch``).
        multipliers: Width of each resolution, finest first, as multiples of ``channels``.
        down_time: Time stride of each down-sampling, finest first; one fewer than ``multipliers``.
        blocks: Residual blocks at each resolution, finest first.
        mid_blocks: Further residual blocks at the coarsest resolution.
        latent_channels: c of the paper; 8 by default there.
        patch: Pixels are folded patch x patch into channels before the first convolution (1: the paper).
        norm: See `FrameNorm`.
        shortcut: Parameter-free shortcuts around the resampling layers (not in the paper; trains faster).
        linear_path: A linear code of each block of 4 x 8 x 8 pixels beside the CNN, which then learns what a
            linear code misses (not in the paper; a small tokenizer starts from `Tokenizer.start_linear`).
    """

    channels: int = 128
    multipliers: tuple[int, ...] = (1, 2, 2, 4)
    down_time: tuple[int, ...] = (1, 2, 2)
    blocks: tuple[int, ...] = (4, 4, 4, 4)
    mid_blocks: int = 4
    latent_channels: int = 8
    patch: int = 1
    norm: Norm = "group"
    shortcut: bool = False
    linear_path: bool = False

    def __post_init__(self) -> None:
        levels = len(self.multipliers)
        if len(self.blocks) != levels or len(self.down_time) != levels - 1:
            raise ValueError("multipliers, blocks and down_time disagree about the number of resolutions")
        if self.patch * 2 ** (levels - 1) != SPACE:
            raise ValueError(f"patch and down-samplings must give {SPACE}x in space")
        if math.prod(self.down_time) != TIME:
            raise ValueError(f"down-samplings must give {TIME}x in time")

    @classmethod
    def magvit2(cls) -> Self:
        """The paper's tokenizer (table 8: base 128, multipliers 1, 2, 2, 4; 370M parameters)."""
        return cls()

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels at each resolution, finest first."""
        return tuple(self.channels * m for m in self.multipliers)


class Encoder(nn.Module):
    """Pixels (B, 3, 1 + 4k, H, W) to raw latents (B, c, 1 + k, H/8, W/8)."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        widths = config.widths
        self.patch = config.patch
        self.recompute = False  # activation checkpointing: layers are run again for the backward pass
        self.conv_in = CausalConv3d(3 * config.patch**2, widths[0])
        layers: list[nn.Module] = []
        width = widths[0]
        for level, (out, count) in enumerate(zip(widths, config.blocks, strict=True)):
            if level > 0:
                # With shortcuts the width grows while sampling down, else in the first block after it.
                grown = out if config.shortcut else width
                layers.append(Downsample(width, grown, config.down_time[level - 1], config.shortcut))
                width = grown
            for _ in range(count):
                layers.append(ResBlock(width, out, config.norm))
                width = out
        layers += [ResBlock(width, width, config.norm) for _ in range(config.mid_blocks)]
        self.layers = nn.ModuleList(layers)
        self.norm_out = FrameNorm(width, config.norm)
        self.conv_out = CausalConv3d(width, config.latent_channels, 1)
        self.linear = nn.Conv3d(BLOCK, config.latent_channels, 1) if config.linear_path else None

    def forward(self, x: Tensor) -> Tensor:
        """Raw (not normalised) latents."""
        straight = None if self.linear is None else self.linear(space_to_depth(x, TIME, SPACE))
        x = space_to_depth(x, 1, self.patch) if self.patch > 1 else x
        x = self.conv_in(x.contiguous(memory_format=torch.channels_last_3d))
        for layer in self.layers:
            x = checkpoint(layer, x, use_reentrant=False) if self.recompute else layer(x)
        x = self.conv_out(nn.functional.silu(self.norm_out(x)))
        return x if straight is None else x + straight


class Decoder(nn.Module):
    """Raw latents back to pixels; adaptive norms look at the latent before each resolution's blocks."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        widths = config.widths
        self.patch = config.patch
        self.recompute = False
        width = widths[-1]
        self.conv_in = CausalConv3d(config.latent_channels, width)
        layers: list[nn.Module] = [ResBlock(width, width, config.norm) for _ in range(config.mid_blocks)]
        for level in reversed(range(len(widths))):
            out = widths[level]
            if level < len(widths) - 1:
                sampled = out if config.shortcut else width
                layers.append(Upsample(width, sampled, config.down_time[level], config.shortcut))
                width = sampled
            time = math.prod(config.down_time[level:])
            layers.append(AdaptiveNorm(width, config.latent_channels, time, config.norm))
            for _ in range(config.blocks[level]):
                layers.append(ResBlock(width, out, config.norm))
                width = out
        self.layers = nn.ModuleList(layers)
        self.norm_out = FrameNorm(width, config.norm)
        self.conv_out = CausalConv3d(width, 3 * config.patch**2)
        self.linear = nn.Conv3d(config.latent_channels, BLOCK, 1) if config.linear_path else None

    def forward(self, z: Tensor, cache: StreamCache | None = None) -> Tensor:
        """Raw latents (B, c, t, h, w) to pixels; with a cache, the next chunk of a clip."""
        first = cache is None or cache.first
        x = self.conv_in(z.contiguous(memory_format=torch.channels_last_3d), cache)
        for layer in self.layers:
            extra = (z, first) if isinstance(layer, AdaptiveNorm) else (cache,)
            x = checkpoint(layer, x, *extra, use_reentrant=False) if self.recompute else layer(x, *extra)
        x = self.conv_out(nn.functional.silu(self.norm_out(x)), cache)
        if cache is not None:
            cache.first = False
        x = depth_to_space(x, 1, self.patch) if self.patch > 1 else x
        return x if self.linear is None else x + depth_to_space(self.linear(z), TIME, SPACE, first)


class Tokenizer(nn.Module):
    """Encoder, decoder, and the statistics that normalise each latent channel (W.A.L.T. table 3e).

    Attributes:
        latent_mean, latent_std: (c,) statistics of raw latents, measured after training, stored with the weights.
        preview_matrix: (3, c + 1) least-squares map from a normalised latent (and 1) to its block's mean colour.
    """

    adamw_names = ("conv_in", "conv_out", ".conv.conv.", "modulation", "linear")
    """Parameters that train better, or no worse and much cheaper, without Muon: ends, resampling, modulation."""

    latent_mean: Tensor
    latent_std: Tensor
    preview_matrix: Tensor

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        c = config.latent_channels
        self.register_buffer("latent_mean", torch.zeros(c))
        self.register_buffer("latent_std", torch.ones(c))
        self.register_buffer("preview_matrix", torch.zeros(3, c + 1))

    @torch.no_grad()
    def start_linear(self, blocks: Tensor, power: float = 0.6) -> None:
        """Start from the principal components of blocks (N, 768), the CNN's share of the sums at zero.

        Components keep their spread to the ``power``, together at an RMS of one: coarse louder than fine.
        """
        assert self.encoder.linear is not None
        assert self.decoder.linear is not None
        c = self.config.latent_channels
        mean = blocks.mean(0)
        values, vectors = torch.linalg.eigh(torch.cov((blocks - mean).T))
        spread, basis = values[-c:].flip(0).sqrt(), vectors[:, -c:].flip(1)  # (c,), (768, c)
        wanted = spread**power
        scale = wanted / wanted.square().mean().sqrt() / spread
        forward = (basis * scale).T  # (c, 768)
        self.encoder.linear.weight.copy_(forward[..., None, None, None])
        self.encoder.linear.bias.copy_(-forward @ mean)  # pyright: ignore[reportOptionalMemberAccess]
        self.decoder.linear.weight.copy_((basis / scale)[..., None, None, None])
        self.decoder.linear.bias.copy_(mean)  # pyright: ignore[reportOptionalMemberAccess]
        for conv in (self.encoder.conv_out.conv, self.decoder.conv_out.conv):
            nn.init.zeros_(conv.weight)
            nn.init.zeros_(conv.bias)  # pyright: ignore[reportArgumentType]

    @torch.no_grad()
    def fold_out_normalisation(self) -> None:
        """Take the statistics out: latents are from now on what the encoder gives, and so is the preview's input."""
        scaled = self.preview_matrix[:, :-1] / self.latent_std
        self.preview_matrix[:, -1] -= scaled @ self.latent_mean
        self.preview_matrix[:, :-1] = scaled
        self.latent_mean.zero_()
        self.latent_std.fill_(1.0)

    def encode(self, x: Tensor) -> Tensor:
        """Pixels (B, 3, 1 + 4k, 8m, 8n) in [-1, 1] to normalised latents (B, c, 1 + k, m, n).

        Raises:
            WaltError: ``size-not-possible`` for other frame counts or sizes.
        """
        check_size(x.shape[2], x.shape[3], x.shape[4])
        return self.normalise(self.encoder(x))

    def decode(self, z: Tensor) -> Tensor:
        """Normalised latents (B, c, t, h, w) to pixels (B, 3, 4t - 3, 8h, 8w), not clamped."""
        return self.decoder(self.denormalise(z))

    def normalise(self, raw: Tensor) -> Tensor:
        """Raw latents to zero mean and unit spread per channel."""
        return (raw - _channels(self.latent_mean, raw)) / _channels(self.latent_std, raw)

    def denormalise(self, z: Tensor) -> Tensor:
        """Inverse of `normalise`."""
        return z * _channels(self.latent_std, z) + _channels(self.latent_mean, z)

    def stream(self, z: Tensor, chunk: int = 1, tile: int | None = None) -> Iterator[Tensor]:
        """Decode ``chunk`` latent frames at a time: the numbers of `decode`, in memory that one chunk needs.

        Args:
            z: Normalised latents (B, c, t, h, w).
            chunk: Latent frames a step; each gives 4 frames (the first of the clip gives 1).
            tile: Side of square tiles in latent pixels, decoded one by one and blended: less memory, more time.

        Yields:
            Pixels (B, 3, n, 8h, 8w), in order.
        """
        raw = self.denormalise(z)
        start = self._streams(z, chunk)
        if tile is None or tile >= max(z.shape[3:]):
            decode = start()
            for part in raw.split(chunk, dim=2):
                yield decode(part)
            return
        yield from self._stream_tiles(raw, chunk, tile, start)

    def _streams(self, z: Tensor, chunk: int) -> Callable[[], Callable[[Tensor], Tensor]]:
        """Starts to decode a stream of chunks: returns what decodes the next one."""
        if chunk == 1 and fits(self.decoder, z):
            return partial(StreamedDecoder, self.decoder, Buffers())

        def start() -> Callable[[Tensor], Tensor]:
            return partial(self.decoder, cache=StreamCache())

        return start

    def _stream_tiles(
        self, raw: Tensor, chunk: int, tile: int, start: Callable[[], Callable[[Tensor], Tensor]]
    ) -> Iterator[Tensor]:
        tiles = list(_tiles(raw.shape[3], raw.shape[4], tile))
        decoders = [start() for _ in tiles]
        for part in raw.split(chunk, dim=2):
            size = (raw.shape[3] * SPACE, raw.shape[4] * SPACE)
            out = torch.zeros(0)
            weight = torch.zeros(size, device=raw.device)
            for (y, x, h, w), decode in zip(tiles, decoders, strict=True):
                pixels = decode(part[..., y : y + h, x : x + w]).float()
                ramp = _ramp(h, w, raw.device)
                area = (..., slice(y * SPACE, (y + h) * SPACE), slice(x * SPACE, (x + w) * SPACE))
                if not out.numel():  # only now is the number of frames known
                    out = pixels.new_zeros(*pixels.shape[:3], *size)
                out[area] += pixels * ramp
                weight[area] += ramp
            yield out.div_(weight)

    def preview(self, z: Tensor) -> Tensor:
        """A cheap look at latents: (B, c, t, h, w) to one colour a block, (B, 3, t, h, w) in about [-1, 1]."""
        matrix = self.preview_matrix.to(z.dtype)
        colour = torch.einsum("dc,bcthw->bdthw", matrix[:, :-1], z)
        return colour + _channels(matrix[:, -1], colour)


def check_size(frames: int, height: int, width: int) -> None:
    """Refuse what the tokenizer can't code.

    Raises:
        WaltError: ``size-not-possible``.
    """
    if not is_frame_count(frames) or height < SPACE or width < SPACE or height % SPACE or width % SPACE:
        raise WaltError(
            "size-not-possible",
            f"{frames} frames of {width} x {height} pixels cannot be encoded.",
            f"Use 1 + {TIME}k frames and sides that {SPACE} divides.",
        )


def _channels(values: Tensor, like: Tensor) -> Tensor:
    return values.to(like.dtype).view(1, -1, 1, 1, 1)


def _tiles(height: int, width: int, tile: int) -> Iterator[tuple[int, int, int, int]]:
    """Tiles (y, x, h, w) that cover the picture and overlap by at least a quarter of a tile."""

    def starts(size: int, side: int) -> list[int]:
        if size <= side:
            return [0]
        count = -(-(size - side) // max(1, side * 3 // 4)) + 1
        return [round(i * (size - side) / (count - 1)) for i in range(count)]

    h, w = min(tile, height), min(tile, width)
    for y in starts(height, h):
        for x in starts(width, w):
            yield y, x, h, w


def _ramp(h: int, w: int, device: torch.device) -> Tensor:
    """Blend weights (8h, 8w) that fall towards a tile's border."""

    def side(n: int) -> Tensor:
        d = torch.arange(n * SPACE, device=device, dtype=torch.float32)
        return torch.minimum(d + 0.5, n * SPACE - d - 0.5).clamp(max=n * SPACE / 4)

    return side(h)[:, None] * side(w)[None, :]
