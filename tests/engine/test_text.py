"""The vocabulary and the small text encoder."""

from __future__ import annotations

import pytest
import torch

from engine.api.errors import WaltError
from engine.models.text_encoder import TextConfig, TextEncoder, TextSource, WordSource
from engine.text.batch import TextBatch
from engine.text.suggestions import meaningful, suggest
from engine.text.vocabulary import PAD, UNKNOWN, Vocabulary, split

WORDS = [
    "horse",
    "a",
    "on",
    "the",
    "beach",
    "l'",
    "océan",
    "ours",
    "nage",
    "dans",
    "désert",
    "desert",
    "sunset",
    "at",
    "close",
    "up",
]


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary.build(WORDS, {"horses": "horse"}, {"please", "s'"})


def encoder(length: int = 8) -> TextEncoder:
    torch.manual_seed(0)
    size = len(set(WORDS)) + 2
    return TextEncoder(TextConfig(vocabulary_size=size, width=32, layers=2, heads=4, length=length)).eval()


def test_split_normalises_case_punctuation_hyphens_and_elisions() -> None:
    assert split("A close-up: l’Océan, d'un ours!") == ["a", "close", "up", "l'", "océan", "d'", "un", "ours"]
    assert split("the horse's beach (at sunset)") == ["the", "horse", "beach", "at", "sunset"]
    assert split("jusqu'au oce\u0301an") == ["jusqu'", "au", "océan"]
    assert split(" … ' - ") == []


def test_ids_are_deterministic_whatever_the_order_of_the_words(vocabulary: Vocabulary) -> None:
    again = Vocabulary.build(reversed(WORDS), {"horses": "horse"}, {"s'", "please"})
    assert again == vocabulary
    assert again.encode("horse on the beach", 6) == vocabulary.encode("horse on the beach", 6)
    assert min(vocabulary.id(word) for word in WORDS) == 2
    assert len(vocabulary) == len(set(WORDS)) + 2


def test_encode_pads_cuts_and_skips_unknown_words(vocabulary: Vocabulary) -> None:
    horse, beach = vocabulary.id("horse"), vocabulary.id("beach")
    assert vocabulary.encode("horse unicorn beach", 4) == [horse, beach, PAD, PAD]
    assert vocabulary.encode("horse horse horse", 2) == [horse, horse]
    assert vocabulary.encode("horses", 1) == [horse]
    assert vocabulary.encode("", 3) == [PAD] * 3
    assert UNKNOWN not in vocabulary.encode("what nonsense", 5)


def test_unknown_words_come_in_order_once_in_the_users_spelling(vocabulary: Vocabulary) -> None:
    text = "Please, a Unicorn on the beach with two unicorns; UNICORN... l'Éléphant"
    assert vocabulary.unknown(text) == ["Unicorn", "with", "two", "unicorns", "Éléphant"]
    assert vocabulary.unknown("a horse, at SUNSET please") == []


def test_accents_may_be_left_out_unless_that_is_another_word(vocabulary: Vocabulary) -> None:
    assert vocabulary.id("ocean") == vocabulary.id("océan")
    assert vocabulary.unknown("L'OCEAN") == []
    assert vocabulary.id("desert") != vocabulary.id("désert")
    assert vocabulary.id("océan") != UNKNOWN


def test_an_ambiguous_unaccented_form_is_unknown() -> None:
    vocabulary = Vocabulary.build(["côte", "côté"])
    assert vocabulary.id("cote") == UNKNOWN


def test_suggest_finds_the_closest_word_or_nothing(vocabulary: Vocabulary) -> None:
    assert suggest(vocabulary, "hrose") == "horse"
    assert suggest(vocabulary, "Océn") == "océan"
    assert suggest(vocabulary, "helicopter") is None
    boats = Vocabulary.build(["bateau", "montagne"], {}, [])
    assert suggest(boats, "château") is None, "in a short word two wrong letters make another word"
    assert suggest(boats, "bataeu") == "bateau"
    assert suggest(boats, "montgane") == "montagne"
    assert suggest(boats, "montgan") == "montagne"
    assert suggest(vocabulary, "x") is None


@pytest.mark.parametrize("word", ["cat", "dog", "playing", "dancing", "house", "bench", "castle", "woman", "guitar"])
def test_nothing_is_suggested_that_means_something_else(word: str) -> None:
    words = ["a", "beach", "black", "car", "flaming", "fog", "fox", "horse", "panning", "sand", "walking"]
    assert suggest(Vocabulary.build(words), word, f"a {word}") is None


def test_a_word_near_in_meaning_is_suggested_if_it_is_known() -> None:
    assert suggest(Vocabulary.build(["a", "fox"]), "Wolf", "a Wolf") == "fox"
    assert suggest(Vocabulary.build(["renard", "un"]), "loup", "un loup") == "renard"
    assert suggest(Vocabulary.build(["a", "horse"]), "wolf", "a wolf") is None


def test_articles_and_style_say_nothing_of_what_is_to_be_seen() -> None:
    words = Vocabulary.build(["a", "detailed", "horse", "in", "snow", "the"])
    assert meaningful(words, "a detailed cat in the kitchen") == []
    assert meaningful(words, "a detailed Horse in the snow") == ["horse", "snow"]


def test_vocabulary_survives_json(vocabulary: Vocabulary) -> None:
    again = Vocabulary.from_json(vocabulary.to_json())
    assert again == vocabulary
    assert again.encode("l'ocean", 3) == vocabulary.encode("l'océan", 3)


UNSORTED = '{"words": ["b", "a"], "aliases": {}, "stop_words": []}'


@pytest.mark.parametrize("text", ["", "[]", "{}", UNSORTED, "nonsense"])
def test_a_damaged_vocabulary_is_refused(text: str) -> None:
    with pytest.raises(WaltError) as caught:
        Vocabulary.from_json(text)
    assert caught.value.code == "bad-vocabulary"


def test_mask_is_true_exactly_where_words_are() -> None:
    tokens, mask = encoder()(torch.tensor([[4, 5, 6, 0, 0], [7, 0, 0, 0, 0]]))
    assert mask.tolist() == [[True, True, True, False, False], [True, False, False, False, False]]
    assert tokens.shape == (2, 5, 32)
    assert bool((tokens[~mask] == 0).all())


def test_padding_changes_nothing() -> None:
    model = encoder()
    short, _ = model(torch.tensor([[4, 5, 6]]))
    padded, _ = model(torch.tensor([[4, 5, 6, 0, 0, 0, 0, 0], [7, 8, 9, 10, 11, 12, 13, 14]]))
    torch.testing.assert_close(padded[:1, :3], short, atol=1e-5, rtol=1e-5)


def test_every_word_sees_every_other() -> None:
    model = encoder()
    one, _ = model(torch.tensor([[4, 5, 6]]))
    other, _ = model(torch.tensor([[4, 5, 7]]))
    assert not torch.allclose(one[0, 0], other[0, 0], atol=1e-5)
    swapped, _ = model(torch.tensor([[5, 4, 6]]))
    assert not torch.allclose(one[0, 2], swapped[0, 2], atol=1e-7)


def test_empty_text_is_one_learned_null_token() -> None:
    model = encoder()
    tokens, mask = model(torch.tensor([[0, 0, 0], [4, 5, 0]]))
    assert mask[0].tolist() == [True, False, False]
    assert bool(torch.isfinite(tokens).all())
    tokens[0].square().sum().backward()
    assert model.null.grad is not None
    assert float(model.null.grad.abs().sum()) > 0
    assert float(model.words.weight.grad.abs().sum()) == 0


def test_word_source_encodes_captions_and_names_unknown_words(vocabulary: Vocabulary) -> None:
    source: TextSource = WordSource(vocabulary, encoder())
    batch = source.encode(["a horse on the beach", ""])
    assert isinstance(batch, TextBatch)
    assert batch.tokens.shape == (2, 1, 8, source.width)
    assert batch.mask.sum(-1).tolist() == [[5], [1]]
    assert source.unknown("a dinosaur") == ["dinosaur"]
    assert batch.to("cpu", torch.bfloat16).tokens.dtype == torch.bfloat16


def test_word_source_refuses_an_encoder_of_another_size(vocabulary: Vocabulary) -> None:
    with pytest.raises(ValueError, match="words for an encoder"):
        WordSource(vocabulary, TextEncoder(TextConfig(vocabulary_size=5, width=8, heads=2)))
