"""Write a pack: weights in bf16, hashes, manifest, card; the folder appears whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.packs.atomic_replace import take_place
from engine.packs.base_manifest import FileSpec
from engine.packs.manifest import CARD, MANIFEST, PIECES, VOCABULARY, Network, WaltManifest, weights_file
from engine.text.vocabulary import Vocabulary

_MATRICES = (nn.Linear, nn.Conv2d, nn.Conv3d, nn.Embedding)


def save_pack(
    folder: Path,
    manifest: WaltManifest,
    networks: Mapping[Network, nn.Module],
    vocabulary: Vocabulary,
    card: str,
    pieces: str = "",
) -> WaltManifest:
    """Write the pack to ``folder``, replacing what was there; returns the manifest with its files filled in.

    Args:
        folder: Named as the pack, inside a folder that `engine.packs.store.PackStore` searches.
        manifest: All but ``files``.
        networks: Exactly the manifest's networks, with their final (EMA) weights.
        vocabulary: The text encoder's words.
        card: The model card, Markdown.
        pieces: How the text encoder cuts words where it is a T5, as JSON.

    Raises:
        ValueError: when networks and manifest disagree.
    """
    if set(networks) != set(manifest.networks):
        raise ValueError(f"the manifest lists {manifest.networks}, but there are {tuple(networks)}")
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        for name, network in networks.items():
            weights = fresh / weights_file(name)
            save_file(stored_weights(network), weights)
            weights.chmod(0o644)  # safetensors writes for the owner only; a shipped pack is everybody's
        (fresh / VOCABULARY).write_text(vocabulary.to_json(), "utf-8")
        (fresh / CARD).write_text(card, "utf-8")
        if pieces:
            (fresh / PIECES).write_text(pieces, "utf-8")
        files = {file.name: _describe(file) for file in sorted(fresh.iterdir())}
        whole = manifest.model_copy(update={"files": files})
        (fresh / MANIFEST).write_text(whole.model_dump_json(indent=1, exclude={"kind"}) + "\n", "utf-8")
        take_place(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return whole


def stored_weights(network: nn.Module) -> dict[str, Tensor]:
    """State of a network as packs store it: matrices in bf16, norms, positions and statistics in float32."""
    kinds = stored_numbers(network)
    return {
        name: tensor.detach().cpu().to(kinds[name]).contiguous()
        for name, tensor in network.state_dict().items()
    }


def stored_numbers(network: nn.Module) -> dict[str, torch.dtype]:
    """The format in which packs store each tensor of a network's state."""
    matrices = {
        f"{prefix}.weight" if prefix else "weight"
        for prefix, module in network.named_modules()
        if isinstance(module, _MATRICES)
    }
    return {name: torch.bfloat16 if name in matrices else torch.float32 for name in network.state_dict()}


def _describe(file: Path) -> FileSpec:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileSpec(sha256=digest, bytes=file.stat().st_size)
