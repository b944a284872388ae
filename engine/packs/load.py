"""From a pack's folder to networks that are ready to run, trusting nothing on the way.

Order of the checks: manifest, file sizes, SHA-256, shapes against the networks built without memory (meta
device), and only then memory is taken; last, every number of a network must be finite when
it is read. Safetensors only: weights can't carry code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from torch import nn

from engine.api.errors import WaltError
from engine.api.types import SPACE, ResidencyMode, StageName
from engine.models.t5 import T5Config, T5Encoder, T5Words, read_pieces
from engine.models.text_encoder import TextConfig, TextEncoder, TextSource, WordSource
from engine.models.tokenizer import Tokenizer, TokenizerConfig
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.packs.base_manifest import damaged
from engine.packs.int8 import quantizer
from engine.packs.manifest import (
    MAX_MANIFEST_BYTES,
    PIECES,
    VOCABULARY,
    Config,
    Network,
    WaltManifest,
    fingerprint,
    read_manifest,
    walt_manifest,
    weights_file,
)
from engine.packs.network_cache import NetworkCache
from engine.packs.sizes import LAYERS, precise
from engine.packs.streaming import leave_on_disk
from engine.packs.verify import verify
from engine.packs.weights import check, check_finite, fill, shell
from engine.runtime.devices import Device, resolve
from engine.runtime.files import read_plain
from engine.text.vocabulary import Vocabulary

MAX_INTEGER = 1 << 18
"""No number in a network's shape is larger (the largest are vocabularies)."""
MAX_LAYERS = 512
"""No network has more layers or, at one resolution, more blocks: each takes time to build, if no memory."""
_FRACTIONS = ("low_res_path", "shared_noise")
_COUNTED = ("layers", "blocks", "mid_blocks")
_C = TypeVar("_C", TokenizerConfig, TextConfig, T5Config, TransformerConfig)


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """A pack that is ready to run on ``device``: checked, and in memory as far as its ``residency`` says."""

    manifest: WaltManifest
    sha256: str
    """Of its manifest's file."""
    device: Device
    tokenizer: Tokenizer
    vocabulary: Vocabulary
    shapes: Mapping[StageName, TransformerConfig]
    networks: NetworkCache
    make_text_source: Callable[[Any], TextSource]
    """The text encoder together with what cuts its texts into words or pieces."""
    residency: ResidencyMode = "resident"
    int8: bool = False
    """Whether the matrices of the denoisers' layers are in 8 bits."""

    @property
    def text(self) -> TextEncoder:
        """The text encoder that learned the pack's words; where networks take turns, it may be read for this.

        Raises:
            WaltError: ``pack-not-teachable`` where it is a T5.
        """
        found = self.networks.get("text")
        if not isinstance(found, TextEncoder):
            raise WaltError("pack-not-teachable", f"The pack {self.manifest.name} has no words of its own.")
        return found

    @property
    def text_source(self) -> TextSource:
        """What turns captions into tokens; where networks take turns, the text encoder may be read for this."""
        return self.make_text_source(self.networks.get("text"))

    def transformer(self, stage: StageName) -> WindowTransformer:
        """The denoiser of a stage that the manifest lists; where networks take turns, it may be read for this."""
        return cast(WindowTransformer, self.networks.get(stage))


def load_pack(
    path: Path, device: Device | None = None, residency: ResidencyMode = "resident", *, int8: bool = False
) -> LoadedPack:
    """Load and check the pack in the folder ``path``.

    Whatever the ``residency`` (see `engine.api.types.ResidencyMode`), the clips are the same.

    Raises:
        WaltError: ``pack-damaged`` or ``pack-too-new``; ``int8-not-installed``.
    """
    manifest = walt_manifest(read_manifest(path))
    device = device if device is not None else resolve("cpu")
    if int8:
        quantizer()
    verify(path, manifest)
    vocabulary = _vocabulary(path, manifest)
    tokenizer = _config(path, TokenizerConfig, manifest.tokenizer)
    text = _text_config(path, manifest)
    if isinstance(text, T5Config):
        make_text_source, build_text = _pieces(path, manifest, text), partial(T5Encoder, text)
    else:
        make_text_source, build_text = partial(WordSource, vocabulary), partial(TextEncoder, text)
    shapes: dict[StageName, TransformerConfig] = {
        stage: _config(path, TransformerConfig, spec.transformer) for stage, spec in manifest.stages.items()
    }
    _check_together(path, manifest, vocabulary, tokenizer, text, shapes)
    source = _Source(path, manifest, device, residency == "streamed", int8, {})
    build: dict[Network, Callable[[], nn.Module]] = {"text": build_text}
    build |= {stage: partial(WindowTransformer, shape) for stage, shape in shapes.items()}
    build_tokenizer = partial(Tokenizer, tokenizer)
    source.check("tokenizer", build_tokenizer)
    readers: dict[Network, Callable[[], nn.Module]] = {}
    for network, builds in build.items():
        source.check(network, builds)
        readers[network] = partial(source.read, network, builds)
    networks = NetworkCache(readers, residency != "resident", device.free)
    if residency == "resident":
        for network in readers:
            networks.get(network)
    return LoadedPack(
        manifest=manifest,
        sha256=fingerprint(path),
        device=device,
        tokenizer=cast(Tokenizer, source.read("tokenizer", build_tokenizer)),
        vocabulary=vocabulary,
        shapes=shapes,
        networks=networks,
        make_text_source=make_text_source,
        residency=residency,
        int8=int8,
    )


def _vocabulary(path: Path, manifest: WaltManifest) -> Vocabulary:
    if VOCABULARY not in manifest.files:
        raise damaged(path, f"{VOCABULARY} is not in the manifest")
    try:
        text = read_plain(path / VOCABULARY, MAX_MANIFEST_BYTES)
    except OSError as error:
        raise damaged(path, f"{VOCABULARY} cannot be read ({error.strerror})") from None
    if len(text) > MAX_MANIFEST_BYTES:
        raise damaged(path, f"{VOCABULARY} is too large")
    try:
        return Vocabulary.from_json(text.decode())
    except UnicodeDecodeError:
        raise damaged(path, f"{VOCABULARY} is not text") from None
    except WaltError as error:
        raise damaged(path, str(error).rstrip(".")) from None


def _text_config(path: Path, manifest: WaltManifest) -> TextConfig | T5Config:
    if not manifest.has_t5:
        return _config(path, TextConfig, manifest.text)
    return _config(path, T5Config, {name: value for name, value in manifest.text.items() if name != "kind"})


def _pieces(path: Path, manifest: WaltManifest, config: T5Config) -> Callable[[Any], TextSource]:
    if PIECES not in manifest.files:
        raise damaged(path, f"{PIECES} is not in the manifest")
    try:
        read_pieces(path / PIECES, config)
    except ValueError as error:
        raise damaged(path, str(error)) from None
    return partial(T5Words, path / PIECES)


def _config(path: Path, kind: type[_C], values: Config) -> _C:
    """A frozen dataclass from JSON: known fields, bounded numbers, lists as tuples, its own checks."""
    unknown = values.keys() - {field.name for field in fields(kind)}
    if unknown:
        raise damaged(path, f"{kind.__name__} has no field {min(unknown)}")
    try:
        if not all(_bounded(value) for name, value in values.items() if name not in _FRACTIONS):
            raise ValueError("a number is out of bounds")
        if not all(_fraction(values.get(name)) for name in _FRACTIONS):
            raise ValueError("a number is out of bounds")
        if any(_most(values.get(name, 0)) > MAX_LAYERS for name in _COUNTED):
            raise ValueError("a number is out of bounds")
        return kind(**{name: _tuples(value) for name, value in values.items()})
    except (TypeError, ValueError, ArithmeticError, IndexError, WaltError) as error:
        raise damaged(path, f"{kind.__name__}: {error}".rstrip(".")) from None


def _bounded(value: object) -> bool:
    if isinstance(value, list | tuple):
        items = cast("list[object] | tuple[object, ...]", value)
        return len(items) <= 64 and all(_bounded(item) for item in items)
    if isinstance(value, bool | str) or value is None:
        return True
    return isinstance(value, int) and 0 <= value <= MAX_INTEGER


def _fraction(value: object) -> bool:
    """None, or from 0 to 1 (and so no NaN)."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1)


def _most(value: Any) -> int:
    """The largest of a number or of a list of numbers."""
    return max(map(int, value), default=0) if isinstance(value, list) else int(value)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _check_together(
    path: Path,
    manifest: WaltManifest,
    vocabulary: Vocabulary,
    tokenizer: TokenizerConfig,
    text: TextConfig | T5Config,
    shapes: Mapping[StageName, TransformerConfig],
) -> None:
    """Whether the networks fit each other and the pictures that the manifest promises."""
    if isinstance(text, TextConfig) and text.vocabulary_size != len(vocabulary):
        raise damaged(path, "the text encoder and the vocabulary disagree about the number of words")
    for stage, shape in shapes.items():
        if shape.latent_channels != tokenizer.latent_channels or shape.text_width not in (None, text.width):
            raise damaged(path, f"{stage} does not fit the tokenizer or the text encoder")
        if shape.low_res != (stage != "base") or shape.classes is not None:
            raise damaged(path, f"{stage} is not that stage's kind of network")
        for aspect in manifest.sizes:
            rows, columns = (side // SPACE for side in manifest.size(aspect, stage))
            try:
                shape.windows(shape.tokens((shape.grid[0], rows, columns)))
            except WaltError as error:
                raise damaged(path, f"{stage} cannot make {aspect}: {error.hint}".rstrip(".")) from None


@dataclass(frozen=True, slots=True)
class _Source:
    """Reads the networks of a pack from its folder."""

    path: Path
    manifest: WaltManifest
    device: Device
    streamed: bool
    int8: bool
    checked: dict[Network, nn.Module]
    """Built to be checked, and not filled yet."""

    def check(self, network: Network, build: Callable[[], nn.Module]) -> None:
        """Whether the network can be built, and its file holds it."""
        name = weights_file(network)
        if name not in self.manifest.files:
            raise damaged(self.path, f"{name} is not in the manifest")
        self.checked[network] = self._built(network, build)
        check(self.path, name, self.checked[network])
        if self.streamed and network in self.manifest.stages:
            check_finite(self.path, name, LAYERS)

    def read(self, network: Network, build: Callable[[], nn.Module]) -> nn.Module:
        """The network with its weights; layers that are streamed stay in the file."""
        name, built = weights_file(network), self.checked.pop(network, None)
        if built is None:
            built = self._built(network, build)
            check(self.path, name, built)
        if self.streamed and isinstance(built, WindowTransformer):
            leave_on_disk(built, self.path / name, self.device, int8=self.int8)
        with torch.inference_mode(False):  # a clip may be in the making, but what it reads is there for the next too
            int8 = self.int8 and network in self.manifest.stages
            fill(self.path, name, built, self.device, precise(self.manifest, network), int8=int8)
        return built

    def _built(self, network: Network, build: Callable[[], nn.Module]) -> nn.Module:
        try:
            return shell(build)
        except (RuntimeError, TypeError, ValueError, ArithmeticError) as error:
            raise damaged(
                self.path, f"{network} cannot be built: {error}".splitlines()[0].rstrip(".")
            ) from None
