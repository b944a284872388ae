"""The paper's text encoder: a frozen T5, from a folder on this machine or in a pack (W.A.L.T. section 4.3).

`transformers` brings network and tokenizer (``pip install "walt[t5]"``); nothing is ever downloaded. A pack holds the
encoder's weights like those of its other networks, and how words are cut into pieces as ``pieces.json``.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from engine.api.errors import WaltError
from engine.runtime.imports import import_quietly
from engine.text.batch import TextBatch


@dataclass(frozen=True, slots=True)
class T5Config:
    """Shape of a `T5Encoder`; ``length`` is the most pieces it reads of a text."""

    vocabulary_size: int
    width: int
    layers: int
    heads: int
    head_width: int
    hidden: int
    gated: bool
    buckets: int = 32
    distance: int = 128
    length: int = 128


class T5Encoder(nn.Module):
    """The encoder half of a T5, built by `transformers` from a shape alone.

    Raises:
        WaltError: ``t5-not-installed``.
    """

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.config = config
        transformers = _transformers()
        self.encoder = transformers.T5EncoderModel(
            transformers.T5Config(
                vocab_size=config.vocabulary_size,
                d_model=config.width,
                d_kv=config.head_width,
                d_ff=config.hidden,
                num_layers=config.layers,
                num_heads=config.heads,
                relative_attention_num_buckets=config.buckets,
                relative_attention_max_distance=config.distance,
                feed_forward_proj="gated-gelu" if config.gated else "relu",
            )
        )
        self.encoder.encoder.embed_tokens = nn.Identity()  # the same table once more

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Ids (N, L) and mask (N, L) to tokens (N, L, D), zero where the mask is False."""
        tokens = self.encoder(inputs_embeds=self.encoder.shared(ids), attention_mask=mask.long())
        return tokens.last_hidden_state * mask[..., None]


class T5Words:
    """A `TextSource` over a pack's T5.

    Args:
        pieces: How words are cut into pieces, as `tokenizers` writes it; ends each text with its own token.
        encoder: With its weights.

    Raises:
        ValueError: when ``pieces`` is no such file, or knows pieces that the encoder does not.
    """

    def __init__(self, pieces: Path, encoder: T5Encoder) -> None:
        self._pieces, self._encoder = read_pieces(pieces, encoder.config), encoder

    @property
    def width(self) -> int:
        """Size D of one token."""
        return self._encoder.config.width

    def encode(self, texts: Sequence[str]) -> TextBatch:
        """One caption a clip: tokens (B, 1, L, D), mask (B, 1, L). Empty text is its end token alone."""
        rows: list[list[int]] = [self._pieces.encode(text).ids for text in texts]
        longest = max(1, *map(len, rows))
        device = self._encoder.encoder.shared.weight.device
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=device)
        places = torch.arange(longest, device=device)
        mask = places < torch.tensor([max(1, len(row)) for row in rows], device=device)[:, None]
        return TextBatch(self._encoder(ids, mask)[:, None], mask[:, None])

    def unknown(self, text: str) -> list[str]:  # noqa: ARG002
        """None: T5 reads any word in pieces."""
        return []


def read_pieces(path: Path, config: T5Config) -> Any:
    """The tokenizer in a file, cutting what is too long.

    Raises:
        WaltError: ``t5-not-installed``.
        ValueError: when it is none, or knows pieces that the encoder does not.
    """
    _transformers()
    tokenizers: Any = importlib.import_module("tokenizers")
    try:
        found = tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # it raises nothing more precise
        raise ValueError(f"{path.name} cannot be read") from error
    if found.get_vocab_size() > config.vocabulary_size:
        raise ValueError(f"{path.name} knows more pieces than the text encoder")
    found.no_padding()
    found.enable_truncation(config.length)
    return found


def from_folder(folder: Path, length: int) -> tuple[T5Encoder, str]:
    """A T5 for a pack, from the folder that `transformers` saved: the encoder, and its pieces as JSON.

    Raises:
        WaltError: ``t5-not-installed`` or ``t5-not-found``, see `T5Source`.
    """
    source = T5Source(folder, length)
    shape = source.encoder.config
    config = T5Config(
        vocabulary_size=shape.vocab_size,
        width=shape.d_model,
        layers=shape.num_layers,
        heads=shape.num_heads,
        head_width=shape.d_kv,
        hidden=shape.d_ff,
        gated=shape.is_gated_act,
        buckets=shape.relative_attention_num_buckets,
        distance=shape.relative_attention_max_distance,
        length=length,
    )
    encoder = T5Encoder(config)
    state = source.encoder.state_dict()
    encoder.load_state_dict({name: state[name.removeprefix("encoder.")] for name in encoder.state_dict()})
    return encoder, source.tokenizer.backend_tokenizer.to_str()


def _transformers() -> Any:
    try:
        import_quietly("transformers.models.t5.modeling_t5")
        return importlib.import_module("transformers")
    except ImportError:
        raise WaltError(
            "t5-not-installed", "T5 needs a package that is not installed.", 'Run: pip install "walt[t5]"'
        ) from None


class T5Source:
    """A `TextSource` over the encoder half of a T5.

    Args:
        folder: What `transformers` saves: config.json, weights as safetensors, the tokenizer's files.
        length: Tokens of a caption; the rest is cut.
        device, dtype: Where and in which numbers it runs.

    Raises:
        WaltError: ``t5-not-installed`` without `transformers`, ``t5-not-found`` where the folder holds no T5.
    """

    def __init__(
        self,
        folder: Path,
        length: int = 128,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        transformers = _transformers()
        if not (folder / "config.json").is_file():
            raise WaltError("t5-not-found", f"{folder} contains no T5 model.", "Give the folder with its files.")
        try:
            # Weights as safetensors only: other formats can carry code.
            encoder = transformers.T5EncoderModel.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, dtype=dtype
            )
            self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise WaltError(
                "t5-not-found", f"The T5 in {folder} cannot be used: {reason}.", "Check its files."
            ) from None
        self.encoder = encoder.eval().requires_grad_(False).to(device)
        self.length, self.device = length, device

    @property
    def width(self) -> int:
        """Size D of one token: 2048 for the paper's T5-XL."""
        return int(self.encoder.config.d_model)

    @torch.no_grad()
    def encode(self, texts: Sequence[str]) -> TextBatch:
        """One caption a clip: last hidden states (B, 1, L, D), mask (B, 1, L). Empty text is its end token alone."""
        given = self.tokenizer(
            list(texts), padding="longest", truncation=True, max_length=self.length, return_tensors="pt"
        ).to(self.device)
        mask = given["attention_mask"].bool()
        tokens = self.encoder(input_ids=given["input_ids"], attention_mask=given["attention_mask"])
        return TextBatch((tokens.last_hidden_state * mask[..., None])[:, None], mask[:, None])

    def unknown(self, text: str) -> list[str]:  # noqa: ARG002
        """None: T5 reads any word in pieces."""
        return []
