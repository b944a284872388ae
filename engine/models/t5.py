"""The paper's text encoder: a frozen T5, from a folder on this machine (W.A.L.T. section 4.3).

`transformers` brings network and tokenizer (``pip install "walt[t5]"``); nothing is ever downloaded.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from engine.errors import WaltError
from engine.models.text import TextBatch


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
        try:
            transformers: Any = importlib.import_module("transformers")
        except ImportError:
            raise WaltError(
                "t5-not-installed", "T5 needs a package that is not installed.", 'Run: pip install "walt[t5]"'
            ) from None
        if not (folder / "config.json").is_file():
            raise WaltError("t5-not-found", f"There is no T5 in {folder}.", "Give the folder of its files.")
        try:
            # Weights as safetensors only: other formats can carry code.
            encoder = transformers.T5EncoderModel.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, dtype=dtype
            )
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise WaltError(
                "t5-not-found", f"The T5 in {folder} cannot be used: {reason}.", "Check its files."
            ) from None
        self._encoder = encoder.eval().requires_grad_(False).to(device)
        self.length, self.device = length, device

    @property
    def width(self) -> int:
        """Size D of one token: 2048 for the paper's T5-XL."""
        return int(self._encoder.config.d_model)

    @torch.no_grad()
    def encode(self, texts: Sequence[str]) -> TextBatch:
        """One caption a clip: last hidden states (B, 1, L, D), mask (B, 1, L). Empty text is its end token alone."""
        given = self._tokenizer(
            list(texts), padding="longest", truncation=True, max_length=self.length, return_tensors="pt"
        ).to(self.device)
        mask = given["attention_mask"].bool()
        tokens = self._encoder(input_ids=given["input_ids"], attention_mask=given["attention_mask"])
        return TextBatch((tokens.last_hidden_state * mask[..., None])[:, None], mask[:, None])

    def unknown(self, text: str) -> list[str]:  # noqa: ARG002
        """None: T5 reads any word in pieces."""
        return []
