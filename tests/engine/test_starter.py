"""The pack that ships: whole, within its size, knowing the words it names, and able to run all three stages."""

from __future__ import annotations

import numpy as np
import pytest

from engine.api.request import ClipRequest
from engine.api.types import STAGES
from engine.packs.load import LoadedPack, load_pack
from engine.packs.store import PackStore
from engine.pipeline.cascade import Cascade
from engine.worlds.captions.write import vocabulary

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def starter() -> LoadedPack:
    return load_pack(PackStore().find("starter").path)


def test_it_holds_the_whole_cascade_within_its_size(starter: LoadedPack) -> None:
    sizes = [file.bytes for file in starter.manifest.files.values()]
    assert tuple(starter.manifest.stages) == STAGES
    assert max(sizes) <= 100 * MEGABYTE
    assert sum(sizes) <= 150 * MEGABYTE


def test_it_ends_at_512_by_896(starter: LoadedPack) -> None:
    assert starter.manifest.size("16:9", "sr2") == (512, 896)


def test_it_knows_the_words_it_names(starter: LoadedPack) -> None:
    knows = starter.manifest.knows
    for words in (knows.subjects, knows.actions, knows.places, knows.lights, knows.colours, knows.cameras):
        for text in (*words.en, *words.fr):
            assert starter.vocabulary.unknown(text) == []


def test_its_words_are_those_of_the_worlds(starter: LoadedPack) -> None:
    assert starter.vocabulary.words == vocabulary().words


@pytest.mark.slow
def test_every_stage_changes_the_picture(starter: LoadedPack) -> None:
    """One image through all three networks: nothing is a resize, nothing is flat, nothing is broken."""
    request = ClipRequest(prompt="a horse walking on the beach at sunset", frames=1, steps=2, seed=3)
    clip = Cascade(starter).generate(request, lambda event: None, lambda: False)
    assert clip.frames.shape == (1, 512, 896, 3)
    assert clip.frames.astype(np.float32).std() > 5
