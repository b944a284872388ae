"""Left from right: captions know which side they tell, and an encoder that took both for one learns to differ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.models.text_encoder import TextConfig, TextEncoder
from engine.worlds.captions.write import vocabulary
from tests.scripts import importable

FOLDER = Path(__file__).parents[2] / "packaging" / "starter"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The script's folder, and its module forgotten afterwards."""
    yield from importable(FOLDER, monkeypatch)


def test_a_caption_and_its_mirror_tell_opposite_sides() -> None:
    from sides import OPPOSITES, PAIRS, line

    lines = [line(26_000_000 + i) for i in range(400)]
    assert all(len(one.sides) == PAIRS for one in lines)
    for pair in range(PAIRS):
        assert {one.sides[pair] for one in lines} == {-1, 0, 1}
    told = {one.text: one.sides for one in lines}
    assert told["the camera pans left"] == (-1, 0, 0, 0)
    assert told["the camera pans right"] == (1, 0, 0, 0)
    assert OPPOSITES[0] == ("pan_left", "pan_right")
    # From the left goes to the right.
    from_left = [one.sides[-1] for one in lines if "from left to right" in one.text]
    assert from_left
    assert set(from_left) == {1}


@pytest.mark.slow
def test_an_encoder_learns_to_differ() -> None:
    from sides import SideTraining, line

    torch.manual_seed(0)
    text = TextEncoder(TextConfig(len(vocabulary()), width=64, layers=1, heads=2))
    with torch.no_grad():
        text.words.weight.normal_(std=0.5)  # as long as trained ones
    training = SideTraining(text, push=2.0)
    lines = [line(26_500_000 + i) for i in range(64)]
    before = float(training.loss(lines).detach())
    training.train(steps=150, batch=32, lr=5e-3)
    assert float(training.loss(lines).detach()) < 0.8 * before
    words = vocabulary()

    def apart(one: str, other: str) -> float:
        first, second = (text(torch.tensor([words.encode(t, 8)]))[0].mean(1) for t in (one, other))
        return float((first - second).detach().norm())

    assert apart("the camera pans left", "the camera pans right") > 1.0
