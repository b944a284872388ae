"""From a linked model's folder to a pipeline that is ready: part by part, each checked against its settings."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.api.errors import WaltError
from engine.api.types import ResidencyMode
from engine.open_models.folder import read_index
from engine.open_models.library import library
from engine.open_models.link import location
from engine.open_models.plan import is_denoiser, model_damaged
from engine.open_models.preview import Preview, preview_of
from engine.open_models.verify import require_same
from engine.packs.base_manifest import shown
from engine.packs.open_manifest import open_manifest
from engine.packs.store import InstalledPack
from engine.runtime.devices import Device
from engine.runtime.fault_injection import fault_point
from engine.runtime.memory import is_out_of_memory

VAE = "vae"
_COMMON: dict[str, Any] = {"local_files_only": True}


def load_pipeline(
    pack: InstalledPack, device: Device, residency: ResidencyMode, *, int8: bool
) -> tuple[Any, Preview]:
    """The pipeline of a linked model, placed as planned, and the map for its previews.

    Args:
        pack: The pack that points to the model.
        device: Where it runs.
        residency: ``resident``: all on the device; ``staged``: one part at a time, the others wait in the computer's
            memory; ``streamed``: layer by layer.
        int8: Keep the denoisers' matrices in 8-bit floats.

    Raises:
        WaltError: ``open-not-installed``, ``open-too-old``, ``model-not-found`` or ``model-damaged``.
    """
    library()
    path, manifest = location(pack), open_manifest(pack.manifest)
    kind = pipeline_class(manifest.model.pipeline)
    for name, file in manifest.weights.items():
        require_same(path, name, file.bytes, file.header)
    index = read_index(path)
    parts: dict[str, nn.Module] = {}
    preview: Preview | None = None
    for part in dict.fromkeys(name.split("/")[0] for name in manifest.weights):
        fault_point("weights")
        precise = part in manifest.model.precise
        network = _network(path, part, index[part], torch.float32 if precise else device.dtype)
        if part == VAE:
            preview = preview_of(pack.path, network, manifest.model.space, device.torch)
        if int8 and is_denoiser(part):
            network.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=device.dtype)
        # One after the other, so that the computer's memory never holds them all.
        parts[part] = network.to(device.torch) if residency == "resident" else network
    if preview is None:
        raise model_damaged("model_index.json", f"names no part {VAE}")
    pipe = _assembled(kind, path, parts)
    pipe.set_progress_bar_config(disable=True)
    if residency == "staged":
        pipe.enable_model_cpu_offload(device=device.torch)
    elif residency == "streamed":
        stream = device.torch.type == "cuda"
        pipe.enable_group_offload(
            device.torch, offload_type="leaf_level", use_stream=stream, low_cpu_mem_usage=stream
        )
    return pipe, preview


def pipeline_class(name: str) -> Any:
    """A pipeline of diffusers by its name.

    Raises:
        WaltError: ``open-not-installed`` or ``open-too-old``.
    """
    diffusers = library()
    found = getattr(diffusers, name, None)
    if not isinstance(found, type) or not issubclass(found, diffusers.DiffusionPipeline):
        message = f"The installed diffusers has no {shown(name)}, which this model needs."
        raise WaltError("open-too-old", message, "Update it with: pip install --upgrade 'walt[open]'")
    return found


def _network(path: Path, part: str, made: Any, dtype: torch.dtype) -> Any:
    """One part with its weights, every tensor of which was in its files."""
    home, name = made
    if home not in ("diffusers", "transformers"):
        home = f"diffusers.pipelines.{home}"
    kind = getattr(importlib.import_module(home), name, None)
    if kind is None:
        message = f"The installed {home.split('.')[0]} has no {shown(name)}, which this model needs."
        raise WaltError("open-too-old", message, "Update it with: pip install --upgrade 'walt[open]'")
    try:
        network, report = kind.from_pretrained(
            path / part, dtype=dtype, use_safetensors=True, output_loading_info=True, **_COMMON
        )
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise model_damaged(part, f"cannot be loaded ({_short(error)})") from error
    for what, words in (("missing_keys", "lacks the tensor"), ("mismatched_keys", "has the wrong shape for")):
        if report[what]:
            first = min(str(key[0] if isinstance(key, tuple) else key) for key in report[what])
            raise model_damaged(part, f"does not fit its settings: it {words} {shown(first)}")
    return network.eval().requires_grad_(False)


def _assembled(kind: Any, path: Path, parts: dict[str, nn.Module]) -> Any:
    """The pipeline of these networks, with tokenizers and schedulers as the folder has them."""
    try:
        return kind.from_pretrained(path, **parts, **_COMMON)
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise model_damaged("model_index.json", f"does not make a pipeline ({_short(error)})") from error


def _short(error: Exception) -> str:
    return shown(str(error).strip().split("\n")[0])[:160].rstrip(".")
