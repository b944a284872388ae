"""Phrases that chips add to the prompt: actions and camera motions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from app.core.i18n import Language
    from app.packs.pack_card import PackCard

Motion = Literal["walk", "run", "fly", "swim"]
Camera = Literal[
    "pan_left", "pan_right", "tilt_up", "tilt_down", "orbit_left", "orbit_right", "zoom_in", "zoom_out"
]  # fmt: skip

MOTIONS: Mapping[Motion, Mapping[Language, str]] = {
    "walk": {"en": "walking", "fr": "qui marche"},
    "run": {"en": "running", "fr": "qui court"},
    "fly": {"en": "flying", "fr": "qui vole"},
    "swim": {"en": "swimming", "fr": "qui nage"},
}
CAMERAS: Mapping[Camera, Mapping[Language, str]] = {
    "pan_left": {"en": "the camera pans left", "fr": "la caméra pivote vers la gauche"},
    "pan_right": {"en": "the camera pans right", "fr": "la caméra pivote vers la droite"},
    "tilt_up": {"en": "the camera tilts up", "fr": "la caméra bascule vers le haut"},
    "tilt_down": {"en": "the camera tilts down", "fr": "la caméra bascule vers le bas"},
    "orbit_left": {"en": "the camera orbits left", "fr": "la caméra tourne vers la gauche"},
    "orbit_right": {"en": "the camera orbits right", "fr": "la caméra tourne vers la droite"},
    "zoom_in": {"en": "the camera zooms in", "fr": "la caméra zoome"},
    "zoom_out": {"en": "the camera zooms out", "fr": "la caméra recule"},
}
_ALIKE = 4
"""Colours agree with their noun in French; so many letters tell which one it is."""


def known(card: PackCard | None, texts: Mapping[Language, str], language: Language) -> bool:
    """Whether the pack knows every word of a phrase; yes as long as no pack was read."""
    return card is None or not card.unknown(texts[language])


def camera_in(prompt: str) -> Camera | None:
    """The camera move that a prompt asks for in one of our phrases."""
    return next((move for move, texts in CAMERAS.items() if _says(prompt, texts.values())), None)


def motion_in(prompt: str) -> Motion | None:
    """The motion that a prompt asks for in one of our phrases."""
    return next((motion for motion, texts in MOTIONS.items() if _says(prompt, texts.values())), None)


def with_camera(prompt: str, move: Camera, language: Language) -> str:
    """The prompt with this camera move at its end in place of any other; without it, if it was there."""
    before = camera_in(prompt)
    for texts in CAMERAS.values():
        prompt = _without(prompt, texts.values())
    if before == move:
        return prompt
    phrase = CAMERAS[move][language]
    return f"{prompt.rstrip(' ,;.')}, {phrase}" if prompt.strip() else phrase[0].upper() + phrase[1:]


def with_motion(prompt: str, motion: Motion, language: Language, card: PackCard | None) -> str:
    """The prompt with this motion behind its subject in place of any other; without it, if it was there."""
    before = motion_in(prompt)
    for texts in MOTIONS.values():
        prompt = _without(prompt, texts.values())
    if before == motion:
        return prompt
    phrase = MOTIONS[motion][language]
    place = _behind_subject(prompt, card)
    head, rest = prompt[:place].rstrip(), prompt[place:].lstrip()
    joint = "" if rest.startswith((",", ".", ";")) else " "
    return f"{head} {phrase}{joint}{rest}".strip()


def camera_begin(prompt: str) -> int:
    """Where a prompt begins to say how the camera moves, in one of our phrases; its end if it does not."""
    texts = (text for move in CAMERAS.values() for text in move.values())
    found = (re.search(r"\s*,?\s*" + phrase_pattern(text), prompt, re.IGNORECASE) for text in texts)
    return min((match.start() for match in found if match), default=len(prompt))


def phrase_pattern(phrase: str) -> str:
    """A regular expression for whole words, in any spacing."""
    return r"(?<!\w)" + r"\s+".join(re.escape(word) for word in phrase.split()) + r"(?!\w)"


def _says(prompt: str, phrases: Iterable[str]) -> bool:
    return any(re.search(phrase_pattern(phrase), prompt, re.IGNORECASE) for phrase in phrases)


def _without(prompt: str, phrases: Iterable[str]) -> str:
    for phrase in phrases:
        prompt = re.sub(r"\s*,?\s*" + phrase_pattern(phrase), "", prompt, flags=re.IGNORECASE)
    return prompt.lstrip(" ,")


def _behind_subject(prompt: str, card: PackCard | None) -> int:
    """Where the first subject and the colours after it end; the end of the prompt if there is none."""
    if card is None:
        return len(prompt)
    knows = card.pack.manifest.knows
    found = [
        match.end()
        for subject in (*knows.subjects.en, *knows.subjects.fr)
        if (match := re.search(phrase_pattern(subject), prompt, re.IGNORECASE))
    ]
    if not found:
        return len(prompt)
    place = min(found)
    colours = {colour[:_ALIKE].lower() for colour in (*knows.colours.en, *knows.colours.fr)}
    while (word := re.match(r"\s+(\w+)", prompt[place:])) and word.group(1)[:_ALIKE].lower() in colours:
        place += word.end()
    return place
