"""Frozen T5: a tiny one with random weights, saved to a folder, read back and cached."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from engine.api.errors import WaltError
from engine.models.t5 import T5Source
from engine.training.data import embeddings
from engine.training.data.embeddings import EmbeddingCache, embed
from tests.tiny_t5 import WORDS, write_tiny_t5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_t5(tmp_path_factory.mktemp("t5"))


def test_captions_become_tokens_whatever_they_are_padded_with(folder: Path) -> None:
    source = T5Source(folder)
    assert source.width == 16
    pair = source.encode(["a horse", "the robot walking on the beach"])
    assert pair.tokens.shape == (2, 1, 7, 16)
    assert pair.mask.sum(-1).flatten().tolist() == [3, 7]  # words and the end
    alone = source.encode(["a horse"])
    assert torch.allclose(pair.tokens[0, 0, :3], alone.tokens[0, 0], atol=1e-5)
    assert float(pair.tokens[0, 0, 3:].abs().max()) == 0
    assert not pair.tokens.requires_grad


def test_empty_text_is_one_token_and_long_text_is_cut(folder: Path) -> None:
    source = T5Source(folder, length=4)
    assert source.encode([""]).mask.tolist() == [[[True]]]
    assert source.encode([" ".join(WORDS)]).tokens.shape[2] == 4
    assert source.unknown("zebra") == []


def test_the_cache_gives_back_what_was_encoded_and_goes_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embeddings, "SHARD", 2)
    source = T5Source(folder)
    texts = ["a horse", "the robot", "a horse", "sunset on the beach"]
    told: list[tuple[int, int]] = []
    assert embed(texts, source, tmp_path, lambda done, total: told.append((done, total))) == 4  # with the empty one
    assert told == [(2, 4), (4, 4)]
    assert embed([*texts, "at sunset"], source, tmp_path, lambda done, total: None) == 1
    cache = EmbeddingCache(tmp_path)
    assert len(cache) == 5
    for text in ("", "a horse", "sunset on the beach", "at sunset"):
        whole = source.encode([text])
        assert torch.allclose(cache[text], whole.tokens[0, 0], atol=2e-3)
    with pytest.raises(WaltError) as caught:
        cache["never seen"]
    assert caught.value.code == "no-embeddings"


def test_what_is_missing_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WaltError) as caught:
        EmbeddingCache(tmp_path)
    assert caught.value.code == "no-embeddings"
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(WaltError) as caught:
        T5Source(tmp_path)
    assert caught.value.code == "t5-not-installed"
    assert "walt[t5]" in caught.value.hint


def test_a_folder_without_t5_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    with pytest.raises(WaltError) as caught:
        T5Source(tmp_path)
    assert caught.value.code == "t5-not-found"
