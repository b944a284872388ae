"""A tiny T5 with random weights, in a folder as `transformers` saves it. Tests that use it are skipped without."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

WORDS = ["a", "horse", "robot", "walking", "on", "the", "beach", "at", "sunset"]


def write_tiny_t5(home: Path) -> Path:
    """A T5 encoder of 2 layers and width 16 with a word-level tokenizer; returns its folder."""
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    torch.manual_seed(0)
    config = transformers.T5Config(
        vocab_size=32, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2, pad_token_id=0, eos_token_id=1
    )
    transformers.T5EncoderModel(config).save_pretrained(home)
    vocabulary = {"<pad>": 0, "</s>": 1, "<unk>": 2, **{word: i for i, word in enumerate(WORDS, 3)}}
    model = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="<unk>"))
    model.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    model.post_processor = tokenizers.processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=model, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(home)
    return home
