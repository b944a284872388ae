"""A tiny pack with random weights, written by the real code: a whole cascade that makes a clip in milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch

from engine.models.text_encoder import TextConfig, TextEncoder
from engine.models.tokenizer import Tokenizer, TokenizerConfig
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.packs.base_manifest import Knows, Words
from engine.packs.manifest import GuidanceSpec, StageSpec, WaltManifest
from engine.packs.save import save_pack
from engine.text.vocabulary import Vocabulary

BASE_STEPS = 3


def transformer(stage: str) -> TransformerConfig:
    scale = {"base": 1, "sr1": 2, "sr2": 4}[stage]
    return TransformerConfig(
        latent_channels=4,
        grid=(5, 4 * scale, 8 * scale),
        patch=scale,
        width=32,
        layers=2,
        heads=2,
        spatial_window=(4, 8),
        spacetime_window=(2, 4),
        text_width=16,
        frame_conditioning=True,
        low_res=stage != "base",
    )


def as_config(config: object) -> dict[str, object]:
    return asdict(config)  # pyright: ignore[reportArgumentType]


def lively(network: torch.nn.Module) -> torch.nn.Module:
    """Random where training starts from zeros (gates, heads), so that every input reaches the output."""
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.1)
    return network


def tiny_vocabulary() -> Vocabulary:
    words = ["a", "beach", "horse", "on", "red", "robot", "snow", "the", "un", "cheval", "walking"]
    return Vocabulary.build(words, {"horses": "horse"}, ["please"])


def write_tiny_pack(
    folder: Path, name: str = "tiny", shape: Callable[[str], TransformerConfig] = transformer
) -> Path:
    """Write a pack into ``folder``; returns its own folder."""
    vocabulary = tiny_vocabulary()
    torch.manual_seed(0)
    tokenizer = TokenizerConfig(
        channels=8,
        multipliers=(1, 2, 2),
        down_time=(2, 2),
        blocks=(1, 1, 1),
        mid_blocks=1,
        latent_channels=4,
        patch=2,
        norm="layer",
        shortcut=True,
    )
    text = TextConfig(vocabulary_size=len(vocabulary), width=16, layers=1, heads=2, length=8)
    shapes = {stage: shape(stage) for stage in ("base", "sr1", "sr2")}
    stages = {
        stage: StageSpec(
            transformer=as_config(config),
            steps=BASE_STEPS if stage == "base" else 2,
            sampler="ddim" if stage == "sr2" else "dpmpp-2m",
            guidance=GuidanceSpec(scale=3.0 if stage == "base" else 1.0),
            low_res_noise=None if stage == "base" else 100,
        )
        for stage, config in shapes.items()
    }
    manifest = WaltManifest(
        name=name,
        title="Tiny",
        version="1",
        licence="Apache-2.0",
        description="Random weights for tests.",
        knows=Knows(
            subjects=Words(en=("horse", "robot"), fr=("cheval",)), places=Words(en=("beach", "snow"))
        ),
        sizes={"16:9": (32, 64), "1:1": (32, 32)},
        tokenizer=as_config(tokenizer),
        text=as_config(text),
        stages=stages,  # pyright: ignore[reportArgumentType]
    )
    networks = {
        "tokenizer": lively(Tokenizer(tokenizer)),
        "text": lively(TextEncoder(text)),
        **{stage: lively(WindowTransformer(config)) for stage, config in shapes.items()},
    }
    save_pack(folder / name, manifest, networks, vocabulary, "# Tiny\n")  # pyright: ignore[reportArgumentType]
    return folder / name
