"""What a pack knows, kind by kind, and how each word is written into a prompt. No widgets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.compose.prompt_phrases import CAMERAS, MOTIONS, camera_begin, camera_in, phrase_pattern, with_camera

if TYPE_CHECKING:
    from app.compose.prompt_phrases import Camera
    from app.core.i18n import Language
    from app.packs.pack_card import PackCard

Kind = Literal["subjects", "actions", "places", "lights", "colours", "cameras"]
KINDS: tuple[Kind, ...] = ("subjects", "actions", "places", "lights", "colours", "cameras")

_PHRASES: Mapping[str, Mapping[Language, str]] = {
    "walk": MOTIONS["walk"],
    "run": MOTIONS["run"],
    "swim": MOTIONS["swim"],
    "fly": MOTIONS["fly"],
    "sail": {"en": "sailing", "fr": "qui navigue"},
    "drive": {"en": "driving", "fr": "qui roule"},
    "breathe fire": {"en": "breathing fire", "fr": "qui crache du feu"},
    "strike the Earth": {"en": "striking the Earth", "fr": "qui frappe la Terre"},
    "beach": {"en": "on the beach", "fr": "sur la plage"},
    "snow": {"en": "in the snow", "fr": "dans la neige"},
    "sea": {"en": "at sea", "fr": "en mer"},
    "space": {"en": "in space", "fr": "dans l'espace"},
    "meadow": {"en": "in a meadow", "fr": "dans une prairie"},
    "desert": {"en": "in the desert", "fr": "dans le désert"},
    "day": {"en": "by day", "fr": "de jour"},
    "sunset": {"en": "at sunset", "fr": "au coucher du soleil"},
    "night": {"en": "at night", "fr": "la nuit"},
    "still": {"en": "the camera stays still", "fr": "la caméra reste fixe"},
}
"""How words of packs' manifests, by their English, are said of a clip; others are written as they are."""
_SHE = {"baleine", "montgolfière", "voiture"}
_HER = {
    "blanc": "blanche", "gris": "grise", "noir": "noire", "argenté": "argentée", "brun": "brune", "doré": "dorée",
    "vert": "verte", "bleu": "bleue", "violet": "violette",
}  # fmt: skip
"""French colours of feminine subjects."""
_ARTICLE = r"(?:(?:an?|une?)\s+)?"


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word of a pack: as it is listed, and as a prompt says it."""

    kind: Kind
    listed: str
    phrase: str
    camera: Camera | None = None

    def said(self, prompt: str) -> bool:
        """Whether a prompt says it in these words."""
        if self.camera is not None:
            return camera_in(prompt) == self.camera
        return any(re.search(phrase_pattern(form), prompt, re.IGNORECASE) for form in self.forms)

    @property
    def forms(self) -> tuple[str, ...]:
        """What counts as saying it."""
        if self.kind == "subjects":
            return (self.listed,)
        return (self.phrase, _HER[self.phrase]) if self.phrase in _HER else (self.phrase,)


def known_words(card: PackCard | None, language: Language) -> dict[Kind, tuple[KnownWord, ...]]:
    """The words of a pack by kind; nothing where any word is understood or the pack does not tell."""
    if card is None or card.capabilities.any_word:
        return {}
    found: dict[Kind, tuple[KnownWord, ...]] = {}
    for kind in KINDS:
        words = getattr(card.pack.manifest.knows, kind)
        english = words.en
        listed = words.fr if language == "fr" and words.fr else english
        keys = english if len(english) == len(listed) else listed
        if listed:
            found[kind] = tuple(_word(kind, word, key, language) for word, key in zip(listed, keys, strict=True))
    return found


def _word(kind: Kind, listed: str, key: str, language: Language) -> KnownWord:
    for camera, phrases in CAMERAS.items():
        if kind == "cameras" and camera == key.replace(" ", "_"):
            return KnownWord(kind, listed, phrases[language], camera)
    if kind == "subjects":
        return KnownWord(kind, listed, f"{_article(listed, language)} {listed}")
    return KnownWord(kind, listed, _PHRASES[key][language] if key in _PHRASES else listed)


def _article(subject: str, language: Language) -> str:
    if language == "fr":
        return "une" if subject in _SHE else "un"
    return "an" if subject[0].lower() in "aeiou" else "a"


def toggled(prompt: str, word: KnownWord, words: Mapping[Kind, tuple[KnownWord, ...]], language: Language) -> str:
    """The prompt with this word in place of another of its kind; without it, if it was there."""
    if word.camera is not None:
        return with_camera(prompt, word.camera, language)
    if word.said(prompt):
        return _tidy(_cut(prompt, word))
    if word.kind == "subjects":
        return _tidy(_with_subject(prompt, word, words["subjects"]))
    for other in words[word.kind]:
        prompt = _cut(prompt, other) if other.camera is None else prompt
    if word.kind == "colours":
        return _tidy(_with_colour(prompt, word, words.get("subjects", ()), language))
    if word.kind == "cameras":
        moved = camera_in(prompt)
        prompt = with_camera(prompt, moved, language) if moved else prompt
        return _tidy(f"{prompt.rstrip(' ,;.')}, {word.phrase}" if prompt.strip() else word.phrase)
    return _tidy(_with_phrase(prompt, word, words))


def _cut(prompt: str, word: KnownWord) -> str:
    """Without the word; with a subject goes its article."""
    for form in word.forms:
        before = _ARTICLE if word.kind == "subjects" else r",?\s*" if word.kind == "cameras" else ""
        prompt = re.sub(before + phrase_pattern(form), "", prompt, flags=re.IGNORECASE)
    return prompt


def _with_subject(prompt: str, word: KnownWord, subjects: tuple[KnownWord, ...]) -> str:
    for other in subjects:
        pattern = f"({_ARTICLE}){phrase_pattern(other.listed)}"
        if found := re.search(pattern, prompt, re.IGNORECASE):
            new = word.phrase if found.group(1) else word.listed
            return f"{prompt[: found.start()]}{new}{_agreeing(prompt[found.end() :], word.listed)}"
    return f"{word.phrase} {_lowered(prompt)}"


def _agreeing(rest: str, subject: str) -> str:
    """What follows a French subject, with its colour in the subject's gender."""
    for his, her in _HER.items():
        old, new = (his, her) if subject in _SHE else (her, his)
        if found := re.match(r"\s+" + phrase_pattern(old), rest):
            return f" {new}{rest[found.end() :]}"
    return rest


def _with_colour(prompt: str, word: KnownWord, subjects: tuple[KnownWord, ...], language: Language) -> str:
    for subject in subjects:
        if found := re.search(phrase_pattern(subject.listed), prompt, re.IGNORECASE):
            head, noun, rest = prompt[: found.start()], found.group(), prompt[found.end() :]
            if language == "fr":
                colour = _HER.get(word.phrase, word.phrase) if subject.listed in _SHE else word.phrase
                return f"{head}{noun} {colour}{rest}"
            return _article_fits(f"{head}{word.phrase} {_lowered(noun)}{rest}")
    return f"{prompt} {word.phrase}"


def _article_fits(prompt: str) -> str:
    """English: "a orange car" is "an orange car"."""
    return re.sub(
        r"\b(a)n?(?= +(\w))",
        lambda found: found.group(1) + ("n" if found.group(2).lower() in "aeiou" else ""),
        prompt,
        count=1,
        flags=re.IGNORECASE,
    )


def _with_phrase(prompt: str, word: KnownWord, words: Mapping[Kind, tuple[KnownWord, ...]]) -> str:
    """Subject, action, place, light, camera: in this order a caption says them."""
    later: list[Kind] = [kind for kind in KINDS[KINDS.index(word.kind) + 1 :] if kind != "colours"]
    ends = [
        found.start()
        for kind in later
        for other in words.get(kind, ())
        if (found := re.search(r"(?:\s*,\s*)?" + phrase_pattern(other.phrase), prompt, re.IGNORECASE))
    ]
    place = min([*ends, camera_begin(prompt)])
    head, rest = prompt[:place].rstrip(), prompt[place:]
    joint = "" if rest[:1] in (",", ".", ";", "") else " "
    return f"{head} {word.phrase}{joint}{rest}"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _tidy(prompt: str) -> str:
    """Single spaces, none before a comma, a capital at the beginning."""
    prompt = re.sub(r"\s+([,.;])", r"\1", " ".join(prompt.split())).lstrip(" ,;.")
    prompt = _article_fits(prompt) if re.match(r"an?\s", prompt, re.IGNORECASE) else prompt
    return prompt[:1].upper() + prompt[1:]
