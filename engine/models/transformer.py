"""The W.A.L.T. denoiser: a transformer over latents, attention in alternating windows (sections 4.2 to 4.5).

Layers 0, 2, 4... attend inside a spatial window of one latent frame, layers 1, 3, 5... inside a window that
spans all frames. Images see only themselves: in a spatiotemporal layer their attention is the identity.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from engine.api.errors import WaltError
from engine.models.attention import Identity, WindowAttention
from engine.models.modulation import Condition, LowRankModulation, SharedModulation
from engine.models.positions import (
    INIT_STD,
    PositionEmbedding,
    RelativeBias,
    Window,
)
from engine.models.superres import DepthToSpace, LowResPath

if TYPE_CHECKING:
    from engine.text.batch import TextBatch

VECTORS = 6  # scale, scale, shift, shift, gate, gate of attention and MLP (equation 3's order)


@dataclass(frozen=True)
class TransformerConfig:
    """The shape of one denoiser.

    Attributes:
        latent_channels: C of the tokenizer.
        grid: Latent frames, rows, columns (t, h, w) that the tables are learned at.
        patch: Side of a patch in latents; every latent frame is cut on its own.
        width: Numbers in a token, D.
        layers: Spatial and spatiotemporal layers, each counted.
        heads: Attention heads.
        spatial_window: Rows and columns of tokens in a spatial layer's window.
        spacetime_window: The same for a spatiotemporal layer, whose window spans all latent frames.
        adaln: "lora" shares one modulation and adds a low-rank term a layer (equation 3); "separate" has a
            full one for each.
        adaln_rank: r of that term.
        text_width: Width of the text tokens; None is a network without cross-attention.
        classes: Number of classes; None is a network without labels.
        self_conditioning: The last estimate of x0 is concatenated on channels.
        frame_conditioning: Clean known latents and their mask are concatenated on channels.
        low_res: The stage below is doubled and concatenated on channels.
        low_res_path: The stage below also goes past the transformer, as a linear guess of x0 that misses by this
            variance (`LowResPath`); None is the paper's network.
        shared_noise: Share of the noise's variance that a clip's frames have in common (`engine.diffusion.noise`) in
            training and sampling; 0 is the paper's network.
        other_grids: What becomes of the tables of positions at a grid that they were not learned at: "stretch"
            interpolates them, the paper's way, which then trains there; "extend" keeps the middle, repeats the border.
        mlp_ratio: Hidden width of the MLP over D.
        qk_norm: LayerNorm on queries and keys; False is a row of table 3e.
        full_attention: Every layer attends to all tokens, the last row of table 3b; for clips, without text.
    """

    latent_channels: int
    grid: Window
    patch: int
    width: int
    layers: int
    heads: int
    spatial_window: tuple[int, int]
    spacetime_window: tuple[int, int]
    adaln: Literal["lora", "separate"] = "lora"
    adaln_rank: int = 2
    text_width: int | None = None
    classes: int | None = None
    self_conditioning: bool = True
    frame_conditioning: bool = False
    low_res: bool = False
    low_res_path: float | None = None
    shared_noise: float = 0.0
    other_grids: Literal["stretch", "extend"] = "stretch"
    mlp_ratio: int = 4
    qk_norm: bool = True
    full_attention: bool = False

    def __post_init__(self) -> None:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} isn't a multiple of {self.heads} heads")
        if self.full_attention and self.text_width is not None:
            raise ValueError("full attention is for networks without text")
        if not 0 <= self.shared_noise <= 1:
            raise ValueError(f"a share of noise of {self.shared_noise} isn't between 0 and 1")
        if self.low_res_path == 0:
            raise ValueError("a guess that misses by nothing leaves nothing to learn")
        if self.low_res_path is not None and not self.low_res:
            raise ValueError("only a network that sees the stage below has a path from it")
        self.windows(self.tokens(self.grid))

    @property
    def input_channels(self) -> int:
        """Channels that the patches are cut from: noisy latents and whatever is concatenated to them."""
        channels = self.latent_channels
        extra = channels * (self.self_conditioning + self.frame_conditioning + self.low_res)
        return channels + extra + int(self.frame_conditioning)

    def tokens(self, grid: Window) -> Window:
        """Latents (t, h, w) -> tokens (t, h/p, w/p); raises WaltError "size-not-possible"."""
        if grid[1] % self.patch or grid[2] % self.patch:
            raise _impossible(grid, f"Both sides must be multiples of {self.patch} latents.")
        return grid[0], grid[1] // self.patch, grid[2] // self.patch

    def windows(self, tokens: Window) -> tuple[Window, Window]:
        """Spatial and spatiotemporal window at a grid of tokens, scaled with it.

        Raises:
            WaltError: "size-not-possible" where a window isn't whole or doesn't divide the grid.
        """
        if self.full_attention:
            return tokens, tokens
        base = self.tokens(self.grid)
        pair: list[Window] = []
        for depth, window in ((1, self.spatial_window), (tokens[0], self.spacetime_window)):
            sides = [_scaled(window[i], tokens[i + 1], base[i + 1]) for i in range(2)]
            if 0 in sides:
                raise _impossible(
                    tokens, f"Windows of {window} tokens in {base[1:]} don't scale to {tokens[1:]} tokens."
                )
            pair.append((depth, sides[0], sides[1]))
        return pair[0], pair[1]

    def at_grid(self, grid: Window) -> TransformerConfig:
        """The same network with tables at another grid of latents and windows scaled with it."""
        spatial, spacetime = self.windows(self.tokens(grid))
        return replace(self, grid=grid, spatial_window=spatial[1:], spacetime_window=spacetime[1:])


def _scaled(window: int, grid: int, base: int) -> int:
    """A window's side at another grid, or 0 when it isn't whole or doesn't divide the grid."""
    side, rest = divmod(window * grid, base)
    return 0 if rest or side == 0 or grid % side else side


def _impossible(grid: Window, why: str) -> WaltError:
    sides = " x ".join(str(side) for side in grid)
    return WaltError("size-not-possible", f"The transformer can't work on a grid of {sides}.", why)


class Block(nn.Module):
    """One layer: modulated self-attention, cross-attention with the text, modulated MLP."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        width = config.width
        self.attention = WindowAttention(width, config.heads, config.qk_norm)
        self.cross_norm = nn.LayerNorm(width) if config.text_width else None
        self.cross = WindowAttention(width, config.heads, config.qk_norm) if config.text_width else None
        self.up = nn.Linear(width, config.mlp_ratio * width)
        self.down = nn.Linear(config.mlp_ratio * width, width)

    def forward(
        self,
        x: Tensor,
        modulation: Tensor,
        windows: tuple[Window, Window],
        bias: Tensor | None,
        text: tuple[Tensor, Tensor] | None,
        identity: Identity,
    ) -> Tensor:
        """(B, T, H, W, D) -> the same.

        Args:
            x: Tokens.
            modulation: (B, F, 6 D), F is 1 or T.
            windows: This layer's self-attention window and the spatial window of cross-attention.
            bias: (heads, n, n) of the self-attention window; None only where attention is the identity.
            text: Text tokens (B, F, L, D) and what hides them (B, F, L).
            identity: Slots whose self-attention is the identity.
        """
        parts = modulation[:, :, None, None].chunk(VECTORS, dim=-1)
        scale_a, scale_m, shift_a, shift_m, gate_a, gate_m = parts
        x = x + gate_a * self.attention(_modulate(x, scale_a, shift_a), windows[0], bias, identity)
        if self.cross is not None and self.cross_norm is not None:
            x = x + self.cross(self.cross_norm(x), windows[1], text=text)
        return x + gate_m * self.down(F.gelu(self.up(_modulate(x, scale_m, shift_m))))


def _modulate(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """AdaLN: LayerNorm without parameters, then (1 + scale) x + shift."""
    return torch.addcmul(shift, F.layer_norm(x, x.shape[-1:]), 1 + scale)


class TextTokens(nn.Module):
    """The text at the network's width, shared by the cross-attention of all layers."""

    def __init__(self, text_width: int, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(text_width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, text: TextBatch) -> tuple[Tensor, Tensor]:
        """Tokens (B, F, L, D) and the bias (B, F, L) that hides padding: 0 or -inf."""
        tokens = self.norm(self.linear(text.tokens.to(self.linear.weight.dtype)))
        hidden = torch.zeros(text.mask.shape, device=tokens.device).masked_fill(~text.mask, float("-inf"))
        return tokens, hidden


class Head(nn.Module):
    """Modulated LayerNorm and a linear back to latents, zero at the start."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.patch = config.patch
        self.modulation = SharedModulation(config.width, 2)
        self.linear = nn.Linear(config.width, config.patch**2 * config.latent_channels)

    def forward(self, x: Tensor, modulation: Tensor) -> Tensor:
        """(B, T, H, W, D), (B, F, 2 D) -> (B, C, T, h, w)."""
        scale, shift = modulation[:, :, None, None].chunk(2, dim=-1)
        patches = self.linear(_modulate(x, scale, shift))
        b, t, h, w, _ = patches.shape
        patches = patches.reshape(b, t, h, w, -1, self.patch, self.patch)
        return patches.permute(0, 4, 1, 2, 5, 3, 6).reshape(b, -1, t, h * self.patch, w * self.patch)


class WindowTransformer(nn.Module):
    """Predicts v from noisy latents (section 3, section 4)."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.recompute = False  # activation checkpointing: layers are run again for the backward pass
        width = config.width
        tokens = config.tokens(config.grid)
        self.low_res = DepthToSpace(config.latent_channels) if config.low_res else None
        path = config.low_res_path
        self.low_res_path = None if path is None else LowResPath(config.latent_channels, path)
        self.patches = nn.Linear(config.input_channels * config.patch**2, width)
        extend = config.other_grids == "extend"
        self.position = PositionEmbedding(tokens, width, extend)
        self.condition = Condition(config.width, config.text_width, config.classes, config.low_res)
        self.text = TextTokens(config.text_width, width) if config.text_width else None
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        windows = config.windows(tokens)
        self.biases = nn.ModuleList(RelativeBias(windows[i % 2], config.heads, extend) for i in range(config.layers))
        self.modulations = nn.ModuleList(_modulation(config, i) for i in range(config.layers))
        self.head = Head(config)
        self.apply(_initialise)
        self.apply(zero_init)

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        *,
        text: TextBatch | None = None,
        labels: Tensor | None = None,
        x0_prev: Tensor | None = None,
        frames: Tensor | None = None,
        low_res: Tensor | None = None,
        low_res_t: Tensor | None = None,
        image: Tensor | None = None,
    ) -> Tensor:
        """Noisy latents -> v.

        Args:
            x: (B, C, T, h, w), any grid that the windows scale to; T = 1 is always an image.
            t: (B,) noise level of each slot, 0 to 999.
            text: Captions, one a slot or one a latent frame, for a network with ``text_width``; others ignore them.
                An empty caption is a caption too: see `TextSource.encode`.
            labels: (B,) or (B, T) classes; None is no class.
            x0_prev: (B, C, T, h, w) estimate of x0 for self-conditioning; None is zeros.
            frames: (B, C+1, T, h, w) clean latents times mask, then the mask; None is zeros.
            low_res: (B, C, T, h/2, w/2) latents of the stage below.
            low_res_t: (B,) their noise level; None is level 0.
            image: (B,) bool, True where a slot holds T independent images.

        Returns:
            (B, C, T, h, w) in the dtype of ``x``.

        Raises:
            WaltError: "size-not-possible" where the grid doesn't fit patch and windows.
            ValueError: Without ``text`` or ``low_res`` for a network that has them.
        """
        grid = self.config.tokens((x.shape[2], x.shape[3], x.shape[4]))
        windows = self.config.windows(grid)
        mask, identity = _slots(image, grid[0])
        with _float32(x.device):
            condition = self.condition(t, text, labels, low_res_t)
            modulations = self._modulations(condition)
            last = self.head.modulation(condition)
        tokens = self._patchify(self._inputs(x, x0_prev, frames, low_res)) + self.position(grid, mask)
        words = self.text(text) if self.text is not None and text is not None else None
        for i, block in enumerate(self.blocks):
            window, alone = windows[i % 2], identity if i % 2 else False
            bias = None if alone is True else self.biases[i](window, tokens.dtype)
            run = partial(checkpoint, block, use_reentrant=False) if self.recompute else block
            tokens = run(tokens, modulations[i], (window, windows[0]), bias, words, alone)
        v = self.head(tokens, last)
        if self.low_res_path is not None and low_res is not None:
            v = v + self.low_res_path(x, t, low_res)
        return v.to(x.dtype)

    def compile_blocks(self) -> None:
        """Compile every layer for the shapes it meets; state and names stay as they are."""
        from torch._dynamo import config  # slow to import, and needed here only

        # All layers share one code: two windows, images or clips, with and without gradient, each batch size.
        config.recompile_limit = max(config.recompile_limit, 64)
        for block in self.blocks:
            block.compile(dynamic=False)

    def _inputs(
        self, x: Tensor, x0_prev: Tensor | None, frames: Tensor | None, low_res: Tensor | None
    ) -> Tensor:
        """Everything on channels, (B, input_channels, T, h, w)."""
        config = self.config
        parts = [x]
        if config.self_conditioning:
            parts.append(torch.zeros_like(x) if x0_prev is None else x0_prev)
        if config.frame_conditioning:
            channels = config.latent_channels + 1
            parts.append(x.new_zeros(len(x), channels, *x.shape[2:]) if frames is None else frames)
        if self.low_res is not None:
            if low_res is None:
                raise ValueError("a super-resolution stage needs the latents of the stage below")
            parts.append(self.low_res(low_res.to(self.patches.weight.dtype)))
        return torch.cat([part.to(self.patches.weight.dtype) for part in parts], dim=1)

    def _patchify(self, x: Tensor) -> Tensor:
        """(B, C, T, h, w) -> (B, T, h/p, w/p, D), each latent frame on its own (section 4.2)."""
        b, c, t, h, w = x.shape
        p = self.config.patch
        x = x.reshape(b, c, t, h // p, p, w // p, p).permute(0, 2, 3, 5, 1, 4, 6)
        return self.patches(x.reshape(b, t, h // p, w // p, c * p * p))

    def _modulations(self, condition: Tensor) -> list[Tensor]:
        """(B, F, 6 D) for each layer: A_1, then A_1 + W_b W_a (c + t) (equation 3), or a full one each."""
        each: list[Tensor] = [modulation(condition) for modulation in self.modulations]
        if self.config.adaln == "separate":
            return each
        return each[:1] + [each[0] + more for more in each[1:]]


def _modulation(config: TransformerConfig, layer: int) -> nn.Module:
    if config.adaln == "separate" or layer == 0:
        return SharedModulation(config.width, VECTORS)
    return LowRankModulation(config.width, VECTORS, config.adaln_rank)


def _float32(device: torch.device) -> AbstractContextManager[object]:
    """Autocast off; the meta device, where runs are only counted, has none."""
    return nullcontext() if device.type == "meta" else torch.autocast(device.type, enabled=False)


def _slots(image: Tensor | None, frames: int) -> tuple[Tensor | None, Identity]:
    """The mask of image slots for the embedding (None: no images), and for the identity attention."""
    if frames == 1:
        return None, True
    if image is None or not bool(image.any()):
        return None, False
    if bool(image.all()):
        return image, True
    return image, image[:, None, None, None, None]


def _initialise(module: nn.Module) -> None:
    """Xavier for matrices, zero for biases, small embeddings."""
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
    if isinstance(module, nn.Linear | nn.Conv2d) and module.bias is not None:
        nn.init.zeros_(module.bias)
    if isinstance(module, nn.Embedding):
        nn.init.normal_(module.weight, std=INIT_STD)


def zero_init(module: nn.Module) -> None:
    """Zero what feeds a gate, an ungated branch or the output: at the start every layer is the identity."""
    if isinstance(module, SharedModulation):
        nn.init.zeros_(module.linear.weight)
    if isinstance(module, LowRankModulation):
        nn.init.zeros_(module.up.weight)
    if isinstance(module, Block) and module.cross is not None:
        nn.init.zeros_(module.cross.out.weight)
    if isinstance(module, Head):
        nn.init.zeros_(module.linear.weight)
