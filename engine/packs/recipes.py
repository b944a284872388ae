"""Named sizes as data: the paper's networks (tables 1 to 8) and the starter's own.

Parameters are those of one network alone, counted on the meta device; a frozen text encoder stands apart.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import torch
from torch import nn

from engine.models.tokenizer import Tokenizer, TokenizerConfig
from engine.models.transformer import TransformerConfig, WindowTransformer

T5_XL_WIDTH = 2048

UCF101_CLASSES, IMAGENET_CLASSES = 101, 1000


@dataclass(frozen=True)
class Recipe:
    """A named size.

    Attributes:
        name: What `walt recipes` and the training commands call it.
        kind: Which network.
        config: Its shape.
        paper_parameters: What the paper prints, or what follows from its tables; None for the starter.
        source: Where that stands.
    """

    name: str
    kind: Literal["tokenizer", "transformer"]
    config: TokenizerConfig | TransformerConfig
    paper_parameters: int | None
    source: str

    def network(self) -> nn.Module:
        """The network without weights, on the meta device."""
        with torch.device("meta"):
            if isinstance(self.config, TokenizerConfig):
                return Tokenizer(self.config)
            return WindowTransformer(self.config)

    def parameters(self) -> int:
        """Trainable parameters."""
        return sum(parameter.numel() for parameter in self.network().parameters())


LARGE = TransformerConfig(
    latent_channels=8,
    grid=(5, 16, 16),
    patch=1,
    width=1024,
    layers=24,
    heads=16,
    spatial_window=(16, 16),
    spacetime_window=(8, 8),
    classes=UCF101_CLASSES,
)
EXTRA_LARGE = replace(LARGE, width=1152, layers=28)
# The windows aren't stated. On images only spatial layers mix tokens, so they see the whole frame here too.
IMAGENET = replace(
    LARGE, grid=(1, 32, 32), spatial_window=(32, 32), adaln="separate", classes=IMAGENET_CLASSES
)

# The printed width of 9216 would give 71 billion parameters; 1920 is 16 heads of 120 and gives the 3 billion.
T2V_BASE = TransformerConfig(
    latent_channels=8,
    grid=(5, 16, 16),
    patch=1,
    width=1920,
    layers=52,
    heads=16,
    spatial_window=(16, 16),
    spacetime_window=(8, 8),
    text_width=T5_XL_WIDTH,
    frame_conditioning=True,
)
FRAME_PREDICTION = replace(LARGE, classes=None, frame_conditioning=True)
T2V_WIDE = T2V_BASE.at_grid((5, 16, 28))
T2V_LARGE = replace(T2V_BASE, width=1024, layers=24)
# With patches of 2 and 4 every stage has the base's grid of tokens at 16:9, hence the windows of table 6.
T2V_SR1 = replace(
    T2V_BASE,
    grid=(5, 32, 56),
    patch=2,
    width=1408,
    layers=40,
    spatial_window=(16, 28),
    spacetime_window=(8, 14),
    low_res=True,
)
T2V_SR2 = replace(T2V_SR1, grid=(5, 64, 112), patch=4, width=1024, layers=24)

STARTER_TOKENIZER = TokenizerConfig(
    channels=32,
    multipliers=(1, 2, 4),
    down_time=(2, 2),
    blocks=(2, 2, 3),
    mid_blocks=1,
    latent_channels=8,
    patch=2,
    norm="layer",
    shortcut=True,
    linear_path=True,
)
STARTER_BASE = TransformerConfig(
    latent_channels=8,
    grid=(5, 16, 28),
    patch=2,
    width=384,
    layers=12,
    heads=6,
    spatial_window=(8, 14),
    spacetime_window=(4, 7),
    adaln_rank=16,
    text_width=256,
    frame_conditioning=True,
    shared_noise=0.8,
    other_grids="extend",
)
STARTER_SR1 = replace(
    STARTER_BASE,
    grid=(5, 32, 56),
    width=256,
    layers=8,
    heads=4,
    spatial_window=(16, 28),
    spacetime_window=(8, 14),
    low_res=True,
    low_res_path=0.1,
)
STARTER_SR2 = replace(STARTER_SR1, grid=(5, 64, 112), patch=4)

RECIPES = (
    Recipe("walt-l-ucf101", "transformer", LARGE, 313_000_000, "tables 1, 3d and 8"),
    Recipe("walt-xl-ucf101", "transformer", EXTRA_LARGE, 460_000_000, "tables 1, 4 and 8"),
    Recipe("walt-l-k600", "transformer", FRAME_PREDICTION, 313_000_000, "tables 1 and 8"),
    Recipe("walt-l-imagenet", "transformer", IMAGENET, 460_000_000, "tables 2 and 8 (458M in table 4)"),
    Recipe("walt-t2v-base", "transformer", T2V_BASE, 3_090_000_000, "table 8 (3B); from width 1920 derived"),
    Recipe("walt-t2v-base-9x16", "transformer", T2V_WIDE, 3_090_000_000, "table 6; the base at 9:16"),
    Recipe("walt-t2v-l", "transformer", T2V_LARGE, 419_000_000, "table 5"),
    Recipe("walt-t2v-sr1", "transformer", T2V_SR1, 1_300_000_000, "table 8"),
    Recipe("walt-t2v-sr2", "transformer", T2V_SR2, 419_000_000, "table 8"),
    Recipe("magvit2-tokenizer", "tokenizer", TokenizerConfig.magvit2(), 370_000_000, "table 8; derived"),
    Recipe("starter-tokenizer", "tokenizer", STARTER_TOKENIZER, None, "walt's own"),
    Recipe("starter-base", "transformer", STARTER_BASE, None, "walt's own"),
    Recipe("starter-sr1", "transformer", STARTER_SR1, None, "walt's own"),
    Recipe("starter-sr2", "transformer", STARTER_SR2, None, "walt's own"),
)


def recipes() -> list[Recipe]:
    """Every named size, the paper's first."""
    return list(RECIPES)


def recipes_json() -> list[dict[str, Any]]:
    """What `walt recipes --json` prints: an object a recipe, with at least ``name`` and ``parameters``."""
    return [
        {
            "name": recipe.name,
            "kind": recipe.kind,
            "parameters": recipe.parameters(),
            "paper_parameters": recipe.paper_parameters,
            "source": recipe.source,
            "config": asdict(recipe.config),
        }
        for recipe in recipes()
    ]
