"""From training runs to a pack: averaged weights, measured latent statistics, manifest and model card."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from engine.api.errors import UsageError, WaltError
from engine.api.types import STAGES, StageName
from engine.models.t5 import from_folder
from engine.models.text_encoder import TextConfig, TextEncoder
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.packs.load import LoadedPack, load_pack
from engine.packs.manifest import MANIFEST, Network, StageSpec, WaltManifest
from engine.packs.save import save_pack
from engine.runtime.devices import Device
from engine.text.vocabulary import Vocabulary
from engine.training.checkpoint import latest, load_tensors
from engine.training.denoiser.base import BaseTraining
from engine.training.denoiser.loss import Denoiser
from engine.training.denoiser.superres import SuperresTraining
from engine.training.runs.starter import read_run
from engine.training.tokenizer.trainer import TokenizerTraining
from engine.worlds.captions.write import vocabulary

if TYPE_CHECKING:
    from engine.training.runs.full_size import DenoiserRun


def load_averaged(folder: Path, model: nn.Module) -> nn.Module:
    """Load a run's EMA weights (and its buffers), or those of a pack, into ``model``.

    Raises:
        WaltError: ``no-checkpoint`` when the run never saved, or the pack has no such network.
    """
    if (folder / MANIFEST).is_file():
        return _from_pack(folder, model)
    if latest(folder) is None:
        raise WaltError("no-checkpoint", f"{folder} holds no checkpoint.", "Train it first.")
    state: dict[str, Tensor] = load_tensors(folder, "model")
    state |= load_tensors(folder, "ema")
    model.load_state_dict(state)
    return model.eval()


def _on_cpu(folder: Path) -> LoadedPack:
    return load_pack(folder, Device(torch.device("cpu"), torch.float32))


def _from_pack(folder: Path, model: nn.Module) -> nn.Module:
    """Load a pack's tokenizer, or its text encoder and the stage that has ``model``'s shape."""
    pack = _on_cpu(folder)
    if isinstance(model, Tokenizer) and model.config == pack.tokenizer.config:
        model.load_state_dict(pack.tokenizer.state_dict())
        return model.eval()
    if isinstance(model, Denoiser):
        for stage in pack.manifest.stages:
            found = pack.transformer(stage)
            if _same_shape(found.config, model.transformer.config):
                model.text.load_state_dict(pack.text.state_dict())
                model.transformer.load_state_dict(found.state_dict())
                return model.eval()
    raise WaltError("no-checkpoint", f"{folder} holds no network of this shape.", "Start without it.")


def _same_shape(one: TransformerConfig, other: TransformerConfig) -> bool:
    """Whether weights of one network fit the other; the noise and the treatment of other grids may differ."""
    ignored: dict[str, Any] = {"shared_noise": 0.0, "other_grids": "stretch"}
    return replace(one, **ignored) == replace(other, **ignored)


def _kind(folder: Path) -> str:
    """What the run in a folder trains; empty where there is no run."""
    path = folder / "run.json"
    return str(json.loads(path.read_text("utf-8")).get("kind", "")) if path.is_file() else ""


def load_run_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a run, with the statistics that its trainer's ``finish`` measured, or that of a pack."""
    if (folder / MANIFEST).is_file():
        return _on_cpu(folder).tokenizer
    if _kind(folder) == "gan-tokenizer":
        from engine.training.distributed.gathered import gathered_tokenizer

        return gathered_tokenizer(folder)
    training = read_run(folder)
    assert isinstance(training, TokenizerTraining)
    tokenizer = Tokenizer(training.model).to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
    load_averaged(folder, tokenizer)
    return tokenizer


def _denoiser(folder: Path, words: Vocabulary) -> tuple[Denoiser, BaseTraining | SuperresTraining]:
    training = read_run(folder)
    assert isinstance(training, BaseTraining | SuperresTraining)
    width = training.model.text_width
    assert width is not None
    text = TextEncoder(TextConfig(len(words), width=width, layers=training.text_layers))
    model = Denoiser(text, WindowTransformer(training.model))
    load_averaged(folder, model)
    return model, training


def load_text(folder: Path, words: Vocabulary) -> TextEncoder:
    """The text encoder of a base run."""
    return _denoiser(folder, words)[0].text


def build_pack(
    out: Path,
    about: dict[str, Any],
    card: str,
    tokenizer_run: Path,
    stages: dict[str, Path],
    t5: Path | None = None,
) -> WaltManifest:
    """Put trained runs together as a pack in the folder ``out``.

    Args:
        out: The pack's folder; its name is the pack's.
        about: The manifest's other fields: title, version, licence, description, sizes, knows, and under
            ``sampling`` what each stage is sampled with.
        card: The model card, Markdown.
        tokenizer_run: Folder of the tokenizer's run, or of a pack to take it from.
        stages: base, sr1, sr2 -> folder of the run, or of a pack to take that stage from.
        t5: Folder of the T5 that runs of `walt train full` were trained with.

    Raises:
        UsageError: ``wrong-run`` for a run that makes no stage of a pack, or not with that text encoder, or not with
            latents like the others'.
    """
    about = dict(about)
    sampling: dict[str, Any] = about.pop("sampling", {})
    words, pieces = (vocabulary(), "") if t5 is None else (Vocabulary.build([], any_word=True), "")
    tokenizer = load_run_tokenizer(tokenizer_run)
    networks: dict[Network, nn.Module] = {"tokenizer": tokenizer}
    specs: dict[StageName, StageSpec] = {}
    text_config: dict[str, Any] = {}
    normalised: set[bool] = set()
    for name in STAGES:
        if name not in stages:
            continue
        if t5 is None:
            text, network = _own_stage(stages[name], name, words, tokenizer)
            normalised.add(True)
        else:
            network, run = _full_stage(stages[name])
            normalised.add(run.latent_norm)
            text = None
            if name == "base":
                text, pieces = from_folder(t5, run.text_length)
        networks[name] = network
        specs[name] = StageSpec(transformer=asdict(network.config), **sampling.get(name, {}))
        if name == "base" and text is not None:
            networks["text"] = text
            text_config = asdict(text.config) | ({} if t5 is None else {"kind": "t5"})
    if len(normalised) > 1:
        hint = "Train all stages with latent_norm, or all without."
        raise UsageError("wrong-run", "The stages were trained on latents that were normalised differently.", hint)
    if not normalised.pop():
        tokenizer.fold_out_normalisation()
    made = {"name": out.name, "tokenizer": asdict(tokenizer.config), "text": text_config, "stages": specs}
    manifest = WaltManifest.model_validate(about | made)
    return save_pack(out, manifest, networks, words, card, pieces)


def _own_stage(
    folder: Path, name: StageName, words: Vocabulary, tokenizer: Tokenizer
) -> tuple[TextEncoder, WindowTransformer]:
    if (folder / MANIFEST).is_file():
        pack = _on_cpu(folder)
        if name not in pack.manifest.stages or pack.vocabulary != words:
            raise UsageError("wrong-run", f"The pack {folder} has no {name} that reads the current vocabulary.")
        if not _same_weights(pack.tokenizer, tokenizer):
            hint = "Take the tokenizer from that pack too, or train the stage on the new one."
            raise UsageError("wrong-run", f"The {name} of {folder} was trained with another tokenizer.", hint)
        return pack.text, pack.transformer(name)
    if _kind(folder) == "denoiser":
        hint = "Give --t5, the folder of the T5 that it was trained with."
        raise UsageError("wrong-run", f"{folder} was trained with a T5.", hint)
    model = _denoiser(folder, words)[0]
    return model.text, model.transformer


def _same_weights(one: nn.Module, other: nn.Module) -> bool:
    """Whether two networks have the same weights in the precision of a pack."""
    mine, theirs = one.state_dict(), other.state_dict()
    return mine.keys() == theirs.keys() and all(
        mine[name].shape == value.shape and torch.equal(mine[name].bfloat16(), value.bfloat16())
        for name, value in theirs.items()
    )


def _full_stage(folder: Path) -> tuple[WindowTransformer, DenoiserRun]:
    """The denoiser of a run of `walt train full`, and the run."""
    from engine.training.distributed.gathered import gathered
    from engine.training.runs.find import read_full_run
    from engine.training.runs.full_size import DenoiserRun

    run = read_full_run(folder)
    if not isinstance(run, DenoiserRun) or run.model.text_width is None or run.model.classes is not None:
        raise UsageError("wrong-run", f"{folder} is not a text-to-video stage.", "See `walt train runs`.")
    network = WindowTransformer(run.model)
    gathered(folder, network)
    return network, run
