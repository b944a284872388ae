"""From a pack's folder to networks that are ready to run, trusting nothing on the way.

Order of the checks: manifest, file sizes, SHA-256, shapes against the networks built without memory (meta
device), and only then memory is taken; last, every number must be finite. Safetensors only: weights can't
carry code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from engine.devices import Device, resolve
from engine.errors import WaltError
from engine.events import StageName
from engine.files import read_plain
from engine.models.text import TextConfig, TextEncoder, WordSource
from engine.models.tokenizer import SPACE, Tokenizer, TokenizerConfig
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.models.vocabulary import Vocabulary
from engine.packs.manifest import (
    MAX_MANIFEST_BYTES,
    VOCABULARY,
    Config,
    Manifest,
    Network,
    damaged,
    fingerprint,
    read_manifest,
    weights_file,
)
from engine.packs.plan import LAYERS, MAX_HEADER_BYTES
from engine.packs.streaming import leave_on_disk
from engine.packs.verify import verify
from engine.seam import passing

MAX_INTEGER = 1 << 18
"""No number in a network's shape is larger (the largest are vocabularies)."""
MAX_LAYERS = 512
"""No network has more layers or, at one resolution, more blocks: each takes time to build, if no memory."""
_FRACTIONS = ("low_res_path", "shared_noise")
_COUNTED = ("layers", "blocks", "mid_blocks")
_FLOATS = {"BF16", "F16", "F32"}
# Computed in float32 outside autocast by the network itself: noise levels and modulation.
_PRECISE = ("condition.", "modulations.", "head.modulation.")
_N = TypeVar("_N", bound=nn.Module)
_C = TypeVar("_C", TokenizerConfig, TextConfig, TransformerConfig)


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """A pack in memory, on ``device``; ``sr1`` and ``sr2`` are None where the pack has no such stage."""

    manifest: Manifest
    sha256: str
    """Of its manifest's file."""
    device: Device
    tokenizer: Tokenizer
    text: TextEncoder
    vocabulary: Vocabulary
    base: WindowTransformer
    sr1: WindowTransformer | None
    sr2: WindowTransformer | None
    streamed: bool = False
    """Whether the denoisers' layers stay on disk until they are needed."""

    @property
    def words(self) -> WordSource:
        """Vocabulary and text encoder together."""
        return WordSource(self.vocabulary, self.text)

    def transformer(self, stage: StageName) -> WindowTransformer:
        """The denoiser of a stage that the manifest lists."""
        network = {"base": self.base, "sr1": self.sr1, "sr2": self.sr2}[stage]
        assert network is not None
        return network


def load_pack(path: Path, device: Device | None = None, *, stream: bool = False) -> LoadedPack:
    """Load and check the pack in the folder ``path``.

    With ``stream``, the denoisers' layers stay on disk until they are needed: same clips, less memory, more time.

    Raises:
        WaltError: ``pack-damaged`` or ``pack-too-new``.
    """
    manifest = read_manifest(path)
    device = device if device is not None else resolve("cpu")
    verify(path, manifest)
    vocabulary = _vocabulary(path, manifest)
    tokenizer = _config(path, TokenizerConfig, manifest.tokenizer)
    text = _config(path, TextConfig, manifest.text)
    stages = manifest.stages.items()
    shapes: dict[StageName, TransformerConfig] = {
        stage: _config(path, TransformerConfig, spec.transformer) for stage, spec in stages
    }
    _check_together(path, manifest, vocabulary, tokenizer, text, shapes)
    loaded: dict[StageName, WindowTransformer] = {
        stage: _load(
            path, manifest, stage, lambda shape=shape: WindowTransformer(shape), device, _PRECISE, stream
        )
        for stage, shape in shapes.items()
    }
    return LoadedPack(
        manifest=manifest,
        sha256=fingerprint(path),
        device=device,
        tokenizer=_load(path, manifest, "tokenizer", lambda: Tokenizer(tokenizer), device),
        text=_load(path, manifest, "text", lambda: TextEncoder(text), device, ("",)),
        vocabulary=vocabulary,
        base=loaded["base"],
        sr1=loaded.get("sr1"),
        sr2=loaded.get("sr2"),
        streamed=stream,
    )


def _vocabulary(path: Path, manifest: Manifest) -> Vocabulary:
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
    manifest: Manifest,
    vocabulary: Vocabulary,
    tokenizer: TokenizerConfig,
    text: TextConfig,
    shapes: Mapping[StageName, TransformerConfig],
) -> None:
    """Whether the networks fit each other and the pictures that the manifest promises."""
    if text.vocabulary_size != len(vocabulary):
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


def _load(
    path: Path,
    manifest: Manifest,
    network: Network,
    build: Callable[[], _N],
    device: Device,
    precise: tuple[str, ...] = (),
    stream: bool = False,
) -> _N:
    name = weights_file(network)
    if name not in manifest.files:
        raise damaged(path, f"{name} is not in the manifest")
    try:
        with torch.device("meta"):
            built = build()
    except (RuntimeError, TypeError, ValueError, ArithmeticError) as error:
        raise damaged(path, f"{network} cannot be built: {error}".splitlines()[0].rstrip(".")) from None
    fill(path, name, built, device if stream else None)
    return device.place(built, precise)


def fill(path: Path, name: str, network: nn.Module, streamed_to: Device | None = None) -> None:
    """Give a network on the meta device the weights of a safetensors file of the pack in ``path``.

    The file must hold exactly the network's tensors; memory is taken only when it does. With ``streamed_to``, a
    transformer's layers are checked, but stay in the file until that device needs them.

    Raises:
        WaltError: ``pack-damaged``.
    """
    try:
        with (path / name).open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
        if length > MAX_HEADER_BYTES:
            raise damaged(path, f"the header of {name} is too large")
        with safe_open(path / name, framework="pt") as file:
            _check_shapes(path, name, file, network.state_dict())
            passing("weights")
            if streamed_to is not None and isinstance(network, WindowTransformer):
                _check_layers(path, name, [key for key in network.state_dict() if key.startswith(LAYERS)])
                leave_on_disk(network, path / name, streamed_to)
            network.to_empty(device="cpu")
            for key, tensor in network.state_dict().items():
                tensor.copy_(_finite(path, name, key, file.get_tensor(key)))
    except SafetensorError as error:
        raise damaged(path, f"{name}: {error}".rstrip(".")) from None
    except OSError as error:
        raise damaged(path, f"{name} cannot be read ({error.strerror})") from None


def _check_layers(path: Path, name: str, keys: list[str]) -> None:
    for key in keys:
        # Opened one by one, or the whole file would stay mapped.
        with safe_open(path / name, framework="pt") as file:
            _finite(path, name, key, file.get_tensor(key))


def _check_shapes(path: Path, name: str, file: Any, expected: Mapping[str, Tensor]) -> None:
    keys: set[str] = set(file.keys())
    odd = sorted(keys ^ set(expected))
    if odd:
        raise damaged(path, f"{name} {'has an unknown' if odd[0] in keys else 'lacks the'} tensor {odd[0]}")
    for key, tensor in expected.items():
        stored = file.get_slice(key)
        if stored.get_dtype() not in _FLOATS:
            raise damaged(path, f"{key} in {name} holds {stored.get_dtype()} and not floating-point numbers")
        shape = tuple(stored.get_shape())
        if shape != tuple(tensor.shape):
            raise damaged(path, f"{key} in {name} has shape {shape}, not {tuple(tensor.shape)}")


def _finite(path: Path, name: str, key: str, tensor: Tensor) -> Tensor:
    if not bool(torch.isfinite(tensor).all()):
        raise damaged(path, f"{key} in {name} holds something other than finite numbers")
    return tensor
