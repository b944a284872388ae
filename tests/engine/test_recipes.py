"""Named sizes: as many parameters as the paper says."""

from __future__ import annotations

import json

import pytest

from engine.models.tokenizer import Tokenizer
from engine.packs.recipes import STARTER_BASE, STARTER_SR1, STARTER_SR2, Recipe, recipes, recipes_json

PAPER = [recipe for recipe in recipes() if recipe.paper_parameters is not None]


@pytest.mark.parametrize("recipe", PAPER, ids=lambda recipe: recipe.name)
def test_a_paper_size_has_the_papers_parameters(recipe: Recipe) -> None:
    assert recipe.paper_parameters is not None
    assert abs(recipe.parameters() / recipe.paper_parameters - 1) < 0.01


def test_the_tokenizers_halves_have_the_papers_parameters() -> None:
    network = next(recipe for recipe in recipes() if recipe.name == "magvit2-tokenizer").network()
    assert isinstance(network, Tokenizer)
    encoder, decoder = (
        sum(parameter.numel() for parameter in half.parameters())
        for half in (network.encoder, network.decoder)
    )
    assert abs(encoder / 145e6 - 1) < 0.01
    assert abs(decoder / 225e6 - 1) < 0.01


def test_recipes_are_data() -> None:
    listed = json.loads(json.dumps(recipes_json()))
    assert [entry["name"] for entry in listed] == [recipe.name for recipe in recipes()]
    assert len({entry["name"] for entry in listed}) == len(listed)
    assert all(type(entry["parameters"]) is int and entry["parameters"] > 0 for entry in listed)
    assert all(entry["config"] for entry in listed)


def test_the_starters_stages_double_each_other() -> None:
    for below, above in ((STARTER_BASE, STARTER_SR1), (STARTER_SR1, STARTER_SR2)):
        assert above.grid == (below.grid[0], 2 * below.grid[1], 2 * below.grid[2])
        assert above.low_res
        assert above.latent_channels == below.latent_channels


@pytest.mark.parametrize("config", [STARTER_BASE, STARTER_SR1, STARTER_SR2], ids=["base", "sr1", "sr2"])
def test_the_starter_works_at_every_aspect(config: object) -> None:
    assert isinstance(config, type(STARTER_BASE))
    frames, rows, columns = config.grid
    for height, width in ((rows, columns), (columns, rows), (rows, rows), (columns, columns)):
        spatial, spacetime = config.windows(config.tokens((frames, height, width)))
        assert spatial[0] == 1
        assert spacetime[0] == frames
