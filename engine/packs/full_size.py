"""The paper's text-to-video cascade as a pack of shapes alone, to plan for before anyone has trained it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from torch import nn

from engine.api.types import StageName, WeightFormat
from engine.models.t5 import T5Config, T5Encoder
from engine.models.tokenizer import Tokenizer, TokenizerConfig
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.packs.manifest import GuidanceSpec, Network, StageSpec, WaltManifest
from engine.packs.recipes import T2V_SR1, T2V_SR2, T2V_WIDE, T5_XL_WIDTH
from engine.packs.save import stored_numbers
from engine.packs.sizes import Stored, Weights, weigh_tensors
from engine.packs.weights import shell

T5_XL = T5Config(
    vocabulary_size=32128, width=T5_XL_WIDTH, layers=24, heads=32, head_width=64, hidden=5120, gated=True
)
"""The encoder of T5 1.1 XL, 1.2 billion parameters."""
TOKENIZER = TokenizerConfig.magvit2()
STAGES: dict[StageName, TransformerConfig] = {"base": T2V_WIDE, "sr1": T2V_SR1, "sr2": T2V_SR2}


def full_size_manifest() -> WaltManifest:
    """What a pack of the 3B, the 1.3B, the 419M and T5-XL would say of itself; it has no files."""
    specs: dict[StageName, StageSpec] = {
        stage: StageSpec(
            transformer=asdict(shape),
            guidance=GuidanceSpec(scale=3.0 if stage == "base" else 1.0),  # two rows a step, and one
            low_res_noise=None if stage == "base" else 100,
        )
        for stage, shape in STAGES.items()
    }
    return WaltManifest(
        name="full-size",
        title="The paper's cascade",
        version="0",
        licence="",
        description="",
        sizes={"16:9": (128, 224)},
        tokenizer=asdict(TOKENIZER),
        text=asdict(T5_XL) | {"kind": "t5"},
        stages=specs,
    )


def full_size_weights(numbers: WeightFormat) -> Weights:
    """What its networks take, counted without memory.

    Raises:
        WaltError: ``t5-not-installed``.
    """
    manifest = full_size_manifest()
    build: dict[Network, Callable[[], nn.Module]] = {
        "tokenizer": partial(Tokenizer, TOKENIZER),
        "text": partial(T5Encoder, T5_XL),
    }
    build |= {stage: partial(WindowTransformer, shape) for stage, shape in STAGES.items()}
    return {
        name: weigh_tensors(manifest, name, _stored(shell(make)), numbers) for name, make in build.items()
    }


def _stored(network: nn.Module) -> dict[str, Stored]:
    """The tensors of the file that a network would be stored in."""
    kinds = stored_numbers(network)
    return {
        name: Stored(tuple(tensor.shape), kinds[name].itemsize)
        for name, tensor in network.state_dict().items()
    }
