"""Captions for training, as word ids: drawn at random for rendered worlds, given for footage."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

import numpy as np
import torch
from torch import Tensor

from engine.text.vocabulary import Vocabulary
from engine.training.data.store import CAMERA
from engine.worlds.captions.write import camera_caption, canonical_caption, caption
from engine.worlds.spec import WorldSpec

ROUND = 8
"""Captions of a batch are padded to a multiple of this."""
WORDINGS = 4
"""Random captions of a world that are encoded once, besides the plain one."""


def fixed_captions(truth: dict[str, Any]) -> list[str]:
    """All captions of a line, at least one, the same at every call, so that they can be encoded before training.

    Footage has its own; a world or a moved photograph gets a few English ones.
    """
    rng = np.random.default_rng(crc32(json.dumps(truth, sort_keys=True).encode()))
    if "spec" in truth:
        spec = WorldSpec(**truth["spec"])
        return list(dict.fromkeys([canonical_caption(spec), *(caption(spec, rng) for _ in range(WORDINGS))]))
    if CAMERA in truth:
        return list(dict.fromkeys(camera_caption(truth[CAMERA], rng) for _ in range(WORDINGS)))
    return truth.get("captions") or [""]


class Captioner:
    """Draws one caption for a line of truth.

    Args:
        vocabulary: Turns words into ids.
        length: Words a caption may have; the rest is cut.
        drop: How often the caption is left out, for classifier-free guidance.
        french: Share of French captions of rendered worlds.
        plain: Share of captions that are one full sentence in the commonest words.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        length: int = 32,
        drop: float = 0.1,
        french: float = 0.2,
        plain: float = 0.3,
    ) -> None:
        self.vocabulary, self.length, self.drop, self.french = vocabulary, length, drop, french
        self.plain = plain

    def text(self, truth: dict[str, Any], rng: np.random.Generator) -> str:
        """One caption; empty where it is dropped."""
        if rng.random() < self.drop:
            return ""
        language = "fr" if rng.random() < self.french else "en"
        if "spec" in truth:
            spec = WorldSpec(**truth["spec"])
            if rng.random() < self.plain:
                return canonical_caption(spec, language)
            return caption(spec, rng, language)
        if CAMERA in truth:
            return camera_caption(truth[CAMERA], rng, language)
        texts: list[str] = truth.get("captions") or [""]
        return texts[int(rng.integers(len(texts)))]

    def ids(self, truths: list[dict[str, Any]], rng: np.random.Generator) -> Tensor:
        """Word ids (N, length) of freshly drawn captions."""
        return self.encode([self.text(truth, rng) for truth in truths])

    def encode(self, texts: list[str]) -> Tensor:
        """Word ids (N, length), cut to the longest text rounded up to `ROUND`: compiled layers then meet few shapes."""
        ids = torch.tensor([self.vocabulary.encode(text, self.length) for text in texts], dtype=torch.long)
        longest = min(self.length, -(-max(1, int((ids != 0).sum(1).max())) // ROUND) * ROUND)
        return ids[:, :longest]
