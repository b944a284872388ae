"""The tokenizer's decoder, one latent frame after the other on a CPU: the numbers of `Decoder.forward`, sooner.

Features lie as (T, H, W, C) in memory. What a convolution remembers and its chunk share one buffer, which SiLU writes
into, so nothing is padded, joined or copied around it; one buffer of each size serves the whole clip. Output channels
that depth-to-space spreads are computed in the order in which it needs them. Scales and shifts of the adaptive norms
are not copied to every position. Residuals are added by the convolution. The first frame, before which all is zero, is
convolved in 2D.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import torch
from torch import Tensor, nn

from engine.api.types import SPACE, TIME
from engine.models.causal import AdaptiveNorm, CausalConv3d, FrameNorm, ResBlock, Upsample
from engine.models.convolution import InferenceConv
from engine.runtime.fast_paths import fast_paths


class DecoderParts(Protocol):
    """What is used of `engine.models.tokenizer.Decoder`."""

    conv_in: CausalConv3d
    layers: nn.ModuleList
    norm_out: FrameNorm
    conv_out: CausalConv3d
    linear: nn.Conv3d | None
    patch: int

    def parameters(self) -> Iterable[nn.Parameter]:
        """All weights."""
        ...

    def modules(self) -> Iterable[nn.Module]:
        """All parts."""
        ...


def fits(decoder: DecoderParts, z: Tensor) -> bool:
    """Whether latents (B, c, t, h, w) can be decoded here: one clip, weights that do not learn, norms over channels."""
    return (
        fast_paths()
        and z.device.type == "cpu"
        and len(z) == 1
        and decoder.norm_out.kind == "layer"
        and not any(weight.requires_grad for weight in decoder.parameters())
    )


class Buffers:
    """Memory for the inputs of convolutions: one buffer of each shape, for one after the other."""

    def __init__(self) -> None:
        self._kept: dict[tuple[torch.Size, torch.dtype], Tensor] = {}

    def get(self, shape: torch.Size, dtype: torch.dtype) -> Tensor:
        """A buffer with whatever was left in it."""
        key = (shape, dtype)
        if key not in self._kept:
            self._kept[key] = torch.empty(shape, dtype=dtype)
        return self._kept[key]


class StreamedDecoder:
    """Decodes one clip, or one tile of it.

    Args:
        decoder: Whose weights are used; they must not change meanwhile.
        buffers: Shared by decoders that take turns.
    """

    def __init__(self, decoder: DecoderParts, buffers: Buffers) -> None:
        self._decoder, self._buffers = decoder, buffers
        self._first = True
        self._past: dict[CausalConv3d, Tensor] = {}
        spread = {layer.conv: layer.factor for layer in decoder.layers if isinstance(layer, Upsample)}
        spread[decoder.conv_out] = decoder.patch**2
        convs = [module for module in decoder.modules() if isinstance(module, CausalConv3d)]
        self._convs = {conv: InferenceConv(conv.conv, spread.get(conv, 1)) for conv in convs}
        self._linear = None if decoder.linear is None else InferenceConv(decoder.linear, TIME * SPACE**2)

    def __call__(self, z: Tensor) -> Tensor:
        """Raw latents (1, c, 1, h, w) of the next latent frame -> pixels (1, 3, T, 8h, 8w), T is 4, or 1 at first."""
        decoder = self._decoder
        x = self._convolve(decoder.conv_in, _channels_last(z))
        for layer in decoder.layers:
            if isinstance(layer, ResBlock):
                y = self._convolve(layer.conv1, layer.norm1.last(x), activate=True)
                if layer.shortcut is not None:
                    x = _channels_last(self._convs[layer.shortcut](_channels_first(x)))
                x = self._convolve(layer.conv2, layer.norm2.last(y), activate=True, into=x)
            elif isinstance(layer, AdaptiveNorm):
                x = _adapt(layer, x, z)
            elif isinstance(layer, Upsample):
                x = self._upsample(layer, x)
        y = self._convolve(decoder.conv_out, decoder.norm_out.last(x), activate=True)
        pixels = _spread(y, 1, decoder.patch).contiguous().flatten(0, 1).flatten(1, 2).flatten(2, 3)
        if self._linear is not None:
            straight = _spread(_channels_last(self._linear(z.to(self._linear.dtype))), TIME, SPACE)
            straight = straight.contiguous().flatten(0, 1).flatten(1, 2).flatten(2, 3)
            pixels = pixels + straight[TIME - 1 if self._first else 0 :]
        self._first = False
        return _channels_first(pixels)

    def _convolve(
        self, conv: CausalConv3d, x: Tensor, *, activate: bool = False, into: Tensor | None = None
    ) -> Tensor:
        """(T, H, W, C) -> (T, H, W, C'), after SiLU if asked for; the chunk follows those before it.

        The result is added to ``into``, which is not to be used any more.
        """
        run, alone = self._convs[conv], self._first and len(x) == 1
        both = self._buffers.get(torch.Size((len(x) + conv.front, *x.shape[1:])), run.dtype)
        both[: conv.front] = self._past.get(conv, 0)
        if activate:
            torch.ops.aten.silu.out(x, out=both[conv.front :])
        else:
            both[conv.front :] = x
        if conv not in self._past:
            self._past[conv] = torch.empty_like(both[: conv.front])
        self._past[conv].copy_(both[-conv.front :])
        if alone:
            y = _channels_last(run.one_frame(_channels_first(both[conv.front :])))
            return y if into is None else into.add_(y)
        if into is not None:
            return _channels_last(run.add_to(_channels_first(into), _channels_first(both)))
        return _channels_last(run(_channels_first(both)))

    def _upsample(self, layer: Upsample, x: Tensor) -> Tensor:
        """See `Upsample.forward`."""
        y = _spread(self._convolve(layer.conv, x), layer.time, 2).contiguous()
        if layer.repeats:
            y.add_(_shortcut(x, layer))
        y = y.flatten(0, 1).flatten(1, 2).flatten(2, 3)
        return y[layer.time - 1 :] if self._first else y


def _adapt(layer: AdaptiveNorm, x: Tensor, z: Tensor) -> Tensor:
    """See `AdaptiveNorm.forward`; (T, H, W, C) of one latent frame."""
    told = _channels_last(layer.modulation(z))[0]  # (h, w, 2 C)
    rows, columns = told.shape[:2]
    gamma, beta = told[:, None, :, None].chunk(2, dim=-1)
    cells = layer.norm.last(x).view(len(x), rows, -1, columns, x.shape[2] // columns, x.shape[3])
    return torch.addcmul(beta, cells, 1 + gamma).view(x.shape)


def _shortcut(x: Tensor, layer: Upsample) -> Tensor:
    """What `Upsample` adds: (T, H, W, C) -> a view that broadcasts to (T, t, H, 2, W, 2, C'), as `_spread` lays it out.

    Of the places that a position is spread to (time, row, column), the same channel goes to ``repeats`` in a row.
    """
    groups = layer.factor // layer.repeats
    split = [1, 1, 1]
    for axis, size in enumerate((layer.time, 2, 2)):
        split[axis] = min(groups, size)
        groups //= split[axis]
    parts = x.unflatten(-1, (-1, *split))  # (T, H, W, C', t, 2, 2)
    return parts.permute(0, 4, 1, 5, 2, 6, 3)


def _spread(y: Tensor, time: int, space: int) -> Tensor:
    """(T, H, W, time * space^2 * C), as `_reordered` weights make it -> (T, time, H, space, W, space, C), a view."""
    return y.unflatten(-1, (time, space, space, -1)).permute(0, 3, 1, 4, 2, 5, 6)


def _channels_last(x: Tensor) -> Tensor:
    """(1, C, T, H, W) -> (T, H, W, C), a view."""
    return x[0].permute(1, 2, 3, 0)


def _channels_first(x: Tensor) -> Tensor:
    """(T, H, W, C) -> (1, C, T, H, W), a view."""
    return x.permute(3, 0, 1, 2)[None]
