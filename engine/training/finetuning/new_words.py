"""New words: a vocabulary and a text encoder extended by the words of the captions; known words keep their rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import torch
from torch import Tensor

from engine.models.text_encoder import TextEncoder
from engine.text.vocabulary import RESERVED, Vocabulary

_SPREAD = 0.5


def extended_vocabulary(vocabulary: Vocabulary, captions: Iterable[str]) -> tuple[Vocabulary, tuple[str, ...]]:
    """The vocabulary with every word of the captions that it does not know, and those words, sorted."""
    new = sorted({word.lower() for caption in captions for word in vocabulary.unknown(caption)})
    if not new:
        return vocabulary, ()
    return Vocabulary.build((*vocabulary.words, *new), vocabulary.aliases, vocabulary.stop_words), tuple(new)


@torch.no_grad()
def extended_encoder(encoder: TextEncoder, old: Vocabulary, new: Vocabulary) -> tuple[TextEncoder, Tensor]:
    """A text encoder for the words of ``new`` that reads captions of the words of ``old`` as before.

    A new word starts at the mean of the known ones plus half their standard deviation times noise. Words are sorted,
    so known ones may move to other rows.

    Returns:
        The encoder, and (words, 1) with 1 where a row is new, else 0.
    """
    bigger = TextEncoder(replace(encoder.config, vocabulary_size=len(new)))
    state = dict(encoder.state_dict())
    rows = state["words.weight"]
    known = rows[RESERVED:]
    generator = torch.Generator().manual_seed(len(new))
    noise = torch.randn(len(new), rows.shape[1], generator=generator)
    table = known.mean(0) + _SPREAD * known.std(0, correction=0) * noise
    fresh = torch.ones(len(new), 1)
    table[:RESERVED], fresh[:RESERVED] = rows[:RESERVED], 0
    for row, word in enumerate(old.words, RESERVED):
        place = new.id(word)
        table[place], fresh[place] = rows[row], 0
    bigger.load_state_dict({**state, "words.weight": table})
    return bigger, fresh
