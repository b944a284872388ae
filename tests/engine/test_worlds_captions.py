"""Captions in English and French: true, varied, and wholly inside the lexicon."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from engine.text.suggestions import language_of, languages_of, suggest
from engine.text.vocabulary import split
from engine.worlds.captions.grammar import MAX_WORDS
from engine.worlds.captions.write import Language, canonical_caption, caption, lexicon, vocabulary
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.spec import WorldSpec

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging" / "i18n"))

import word_languages  # what packaging/i18n/word_languages.py writes

LANGUAGES: tuple[Language, ...] = ("en", "fr")
HORSE = WorldSpec(0, "horse", "walk", "beach", "sunset", "brown")
BEAR = WorldSpec(0, "polar_bear", "swim", "sea", "sunset", "white", camera="orbit_left")

# words that only a caption of that value may hold
SUBJECT_NAMES: dict[Language, dict[str, str]] = {
    "en": {
        "dragon": "dragon", "polar_bear": "bear", "horse": "horse stallion mare pony",
        "robot": "robot android droid", "asteroid": "asteroid meteor meteorite", "fox": "fox",
        "whale": "whale",
        "sailboat": "boat sailboat yacht", "balloon": "balloon", "car": "car automobile", "bird": "bird",
    },
    "fr": {
        "dragon": "dragon", "polar_bear": "ours", "horse": "cheval étalon jument poney",
        "robot": "robot androïde",
        "asteroid": "astéroïde météore météorite", "fox": "renard", "whale": "baleine",
        "sailboat": "voilier bateau yacht", "balloon": "montgolfière ballon", "car": "voiture automobile",
        "bird": "oiseau",
    },
}
TELLING: dict[Language, dict[str, dict[str, str]]] = {
    "en": {
        "subject": SUBJECT_NAMES["en"],
        "light": {
            "day": "day daylight daytime", "sunset": "sunset dusk sundown evening",
            "night": "night moonlight starry",
        },
        "place": {
            "beach": "beach shore", "desert": "desert dunes", "meadow": "meadow grass", "space": "space",
        },
        "colour": {
            "green": "green", "yellow": "yellow", "black": "black", "purple": "purple violet",
            "brown": "brown",
        },
        "weather": {"snowfall": "falling snowflakes snowfall", "mist": "mist misty fog foggy haze"},
        "size": {"small": "small little tiny", "large": "large big huge giant enormous"},
    },
    "fr": {
        "subject": SUBJECT_NAMES["fr"],
        "light": {"day": "journée", "sunset": "coucher crépuscule soir", "night": "nuit obscurité étoilé"},
        "place": {
            "beach": "plage rivage", "desert": "désert dunes", "meadow": "prairie pré",
            "space": "espace cosmos",
        },
        "colour": {
            "green": "vert verte", "yellow": "jaune", "black": "noire", "purple": "violet",
            "brown": "brun marron",
        },
        "weather": {"snowfall": "flocons", "mist": "brume brouillard brumeux"},
        "size": {"small": "petit petite minuscule", "large": "grand grande énorme immense géant géante"},
    },
}
# the colour of a meadow, not of the subject
GREEN_PLACES = re.compile(r"(?i)green (meadow|field)|(prairie|champ) verte?")


@cache
def drawn(language: Language) -> list[tuple[WorldSpec, str]]:
    specs = [sample_spec(seed) for seed in range(1500)]
    return [(spec, caption(spec, np.random.default_rng(spec.seed), language)) for spec in specs]


@pytest.mark.parametrize("language", LANGUAGES)
def test_captions_never_contradict_the_spec(language: Language) -> None:
    for spec, text in drawn(language):
        words = set(split(GREEN_PLACES.sub("", text)))
        for attribute, values in TELLING[language].items():
            for value, telling in values.items():
                said = set(telling.split()) & words
                assert not said or getattr(spec, attribute) == value, f"{text!r} says {said} of {spec}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_left_and_right_agree_with_heading_or_camera(language: Language) -> None:
    sides = {"en": ("left", "right"), "fr": ("gauche", "droite")}[language]
    both = re.compile(r"from (the )?(left|right)( to (left|right))?|de (gauche|droite) à \w+|depuis la \w+")
    for spec, text in drawn(language):
        words = split(both.sub("", text))
        for side, word in zip(("left", "right"), sides, strict=True):
            if word in words:
                assert side == spec.heading or spec.camera.endswith(side), f"{text!r} of {spec}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caption_names_its_subject_and_fits_the_encoder(language: Language) -> None:
    for spec, text in drawn(language):
        words = split(text)
        names = [*TELLING[language]["subject"][spec.subject].split(), "rock", "rocher", "ship", "auto"]
        assert set(names) & set(words), text
        assert len(words) <= MAX_WORDS, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_captions_are_clean_text(language: Language) -> None:
    for _, text in drawn(language):
        assert text == text.strip()
        assert not re.search(r"[{}]|  | [.,]|,,|\.\.", text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_captions_are_many_and_short_and_long(language: Language) -> None:
    texts = [text for _, text in drawn(language)]
    lengths = [len(split(text)) for text in texts]
    assert len(set(texts)) > 0.85 * len(texts)
    assert min(lengths) <= 3
    assert max(lengths) >= 24
    ways = {caption(HORSE, np.random.default_rng(i), language) for i in range(300)}
    assert len(ways) > 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_rng_gives_the_same_caption(language: Language) -> None:
    assert [caption(HORSE, np.random.default_rng(5), language) for _ in range(2)] == [
        caption(replace(HORSE), np.random.default_rng(5), language)
    ] * 2


def test_all_words_of_all_captions_are_in_the_lexicon_which_has_few_others() -> None:
    words = lexicon()
    used = {word for language in LANGUAGES for _, text in drawn(language) for word in split(text)}
    assert words == sorted(set(words))
    assert not used - set(words)
    assert len(used) > 0.85 * len(words)


ELIDING = "un|une|ours|étalon|oiseau|astéroïde|androïde|auto|automobile|océan|eau|herbe|énorme|immense"
FEMININE = "baleine|voiture|montgolfière|jument|automobile|météorite"
MASCULINE = "renard|robot|dragon|cheval|poney|voilier|ballon|oiseau|astéroïde"


def test_french_agrees_and_elides() -> None:
    for _, text in drawn("fr"):
        low = text.lower()
        assert not re.search(rf"\b(de|le|la|que|du) ({ELIDING})\b", low), text
        assert not re.search(r"\b(de le|de les|à le)\b", low), text
        assert not re.search(rf"\b(un|le|petit|grand|gros) ({FEMININE})\b", low), text
        assert not re.search(rf"({FEMININE}) (bleu|vert|noir|blanc|gris|doré|brun)\b", low), text
        assert not re.search(rf"({MASCULINE}) (bleue|verte|noire|blanche|grise|dorée|brune)\b", low), text


def test_canonical_captions_are_plain_sentences() -> None:
    assert canonical_caption(HORSE) == "A brown horse walks to the right on the beach at sunset."
    assert canonical_caption(HORSE, "fr") == (
        "Un cheval brun marche vers la droite sur la plage au coucher du soleil."
    )
    assert canonical_caption(BEAR, "fr") == (
        "Un ours polaire nage vers la droite dans la mer au coucher du soleil, la caméra tourne à gauche."
    )
    strike = WorldSpec(0, "asteroid", "strike", "space", "night", "grey")
    assert canonical_caption(strike) == "An asteroid strikes the Earth from left to right in space."


@pytest.mark.parametrize("language", LANGUAGES)
def test_canonical_captions_fit_the_encoder_and_the_lexicon(language: Language) -> None:
    known = set(lexicon())
    for spec, _ in drawn(language):
        words = split(canonical_caption(spec, language))
        assert set(words) <= known
        assert len(words) <= 32


@pytest.mark.parametrize(
    "prompt",
    [
        "a horse walking on the beach at sunset", "a dragon breathing fire over the sea",
        "an asteroid hitting the Earth",
        "a polar bear walking in the snow", "a polar bear swimming in the ocean at sunset",
        "a robot walking on the beach",
        "A large red dragon flies over a snowy landscape at night, camera zooms in",
        "asteroids strike earth, seen from space",
        "un dragon rouge crache du feu",
        "un ours polaire nage au coucher du soleil, la caméra tourne à gauche",
        "une baleine bleue nage dans l'ocean", "un astéroïde percute la Terre",
        "Un robot qui marche dans la neige, la nuit",
        "cheval qui galope sur la plage", "horses galloping along the shore",
    ],
)
def test_users_prompts_are_understood_whole(prompt: str) -> None:
    assert vocabulary().unknown(prompt) == []


def test_unknown_words_of_a_prompt_are_named() -> None:
    assert vocabulary().unknown("please show me two Unicorns on the beach without clouds") == [
        "two", "Unicorns", "without", "clouds",
    ]
    assert vocabulary().unknown("une licorne s'il vous plaît") == ["licorne"]


@pytest.mark.parametrize(
    ("word", "prompt", "language", "meant"),
    [
        ("Paris", "A horse walking in Paris at night", None, None),
        ("Paris", "Un cheval qui marche dans Paris, la nuit", None, None),
        ("Paris", "Paris in the snow", None, None),
        ("Paris", "Paris", "en", None),
        ("Mars", "A robot walking on Mars", None, None),
        ("Marie", "Marie nage dans la mer", None, None),
        ("asteriod", "an asteriod striking the Earth", None, "asteroid"),
        ("asteriode", "un asteriode qui frappe la Terre", None, "astéroïde"),
        ("Hrse", "Hrse running on the beach", None, "horse"),
        ("HRSE", "A HRSE RUNNING", None, "horse"),
        ("plge", "un cheval sur la plge", None, "plage"),
        ("plge", "a horse on the plge", None, None),
        ("chval", "chval", "fr", "cheval"),
        ("chval", "chval", "en", None),
        ("nihgt", "a dragon. Nihgt over the sea", None, "night"),
        ("Nihgt", "a dragon. Nihgt over the sea", None, "night"),
        ("Dragoon", "the great Dragoon over the sea", None, "dragon"),
        ("castle", "behind it a castle", None, None),
        ("behind", "behind it a castle", None, None),
    ],
)
def test_what_was_meant_is_in_the_language_of_the_prompt(
    word: str, prompt: str, language: Language | None, meant: str | None
) -> None:
    assert suggest(vocabulary(), word, prompt, language) == meant


def test_of_every_word_it_is_known_which_language_has_it() -> None:
    # else: python packaging/i18n/word_languages.py
    assert word_languages.FILE.read_text("utf-8") == word_languages.text()
    assert language_of("a horse on the beach") == "en"
    assert language_of("un cheval sur la plage") == "fr"
    assert language_of("robot, zoom") is None
    assert languages_of("parmi") == {"fr"}
    assert languages_of("unheard") == {"en", "fr"}


def test_other_forms_lead_to_words_that_captions_use() -> None:
    found = vocabulary()
    assert not set(found.aliases) & set(found.words)
    assert found.encode("horses", 1) == found.encode("horse", 1)
