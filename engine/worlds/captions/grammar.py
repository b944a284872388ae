"""What the grammars share: which attributes a caption tells, and how phrases become a caption.

A language brings tables of phrases (`Grammar`); everything a caption can say stands in those tables, so the
lexicon is the tables' words. Captions may leave attributes out, but never contradict the spec.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from engine.text.vocabulary import split
from engine.worlds.spec import WorldSpec

T = TypeVar("T")
Phrases = tuple[str, ...]
Table = Mapping[str, Phrases]
Forms = dict[str, str]
"""The words that fill a frame: the noun phrase and the verb in its forms."""

MAX_WORDS = 30
"""Longer captions are drawn again: the text encoder reads 32 words."""
PLAIN_FRAMES = 3
"""So many of a language's frames, the first ones, can follow another phrase: ``at sunset, a horse walks``."""
_TRIES = 8
DEFAULT_COLOURS = {"polar_bear": "white", "asteroid": "grey"}


class Pick:
    """Cheap random choices from one generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return bool(self._rng.random() < probability)

    def of(self, options: Sequence[T]) -> T:
        """Any option, all alike."""
        return options[int(self._rng.random() * len(options))]

    def main(self, options: Sequence[T]) -> T:
        """The first option half of the time, otherwise any."""
        return options[0] if self.chance(0.5) else self.of(options)

    def weighted(self, options: Sequence[tuple[str, float]]) -> str:
        """An option by its weight."""
        mark = self._rng.random() * sum(weight for _, weight in options)
        for value, weight in options:
            mark -= weight
            if mark < 0:
                return value
        return options[-1][0]


@dataclass(frozen=True, slots=True)
class Said:
    """Which attributes a caption tells."""

    colour: bool
    size: bool
    place: bool
    light: bool
    weather: bool
    heading: bool
    distance: bool
    camera: bool
    style: bool

    @classmethod
    def draw(cls, spec: WorldSpec, pick: Pick, short: bool = False) -> Said:
        """Choose freely; rare values are worth telling more often than usual ones."""
        detail = 0.0 if short else pick.of((0.0, 0.35, 0.7, 1.0))
        usual_colour = DEFAULT_COLOURS.get(spec.subject) == spec.colour

        def tell(least: float, most: float) -> bool:
            return pick.chance(least + (most - least) * detail)

        return cls(
            colour=tell(0.03, 0.15) if usual_colour else tell(0.5, 0.9),
            size=spec.size != "normal" and tell(0.4, 0.9),
            place=tell(0.7, 1.0),
            light=spec.place != "space" and tell(0.5, 1.0),
            weather=spec.place != "space" and tell(*((0.02, 0.2) if spec.weather == "clear" else (0.4, 1.0))),
            heading=tell(0.05, 0.6),
            distance=tell(0.0, 0.06) if spec.distance == "medium" else tell(0.05, 0.5),
            camera=tell(0.02, 0.3) if spec.camera == "still" else tell(0.2, 1.0),
            style=tell(0.02, 0.08),
        )


@dataclass(frozen=True)
class Grammar:
    """One language: its phrases and the two things that need code, noun phrases and verbs.

    Attributes:
        noun: (spec, said, pick) to the forms ``np``, ``indef`` (with its article), ``bare`` and others.
        verb: (spec, said, pick) to the verb's forms, and whether the verb already told the place.
        places: The place as a phrase after the verb.
        frames: Sentences around ``{np}``, the verb's forms and ``{mods}``, with weights.
        statement: The frame of the canonical caption.
        camera_frames: Captions that open with the ``{camera}``.
        scene_frames: Captions that open with the place as a picture, ``{scene}``.
        list_heads: How a mere list of keywords begins; only after the first do spaces alone join them.
    """

    noun: Callable[[WorldSpec, Said, Pick], Forms]
    verb: Callable[[WorldSpec, Said, Pick], tuple[Forms, bool]]
    places: Callable[[WorldSpec], Phrases]
    headings: Callable[[WorldSpec], Phrases]
    lights: Table
    clear_lights: Table
    weathers: Table
    distances: Table
    cameras: Table
    styles: Phrases
    frames: tuple[tuple[str, float], ...]
    distance_frames: Table
    camera_frames: Phrases
    statement: str
    scenes: Table
    scene_frames: Phrases
    light_sentences: Table
    weather_sentences: Table
    list_heads: Phrases
    list_places: Table
    list_lights: Table
    others: tuple[Any, ...]
    """Every table that only the code of this language reads, for the lexicon."""

    def words(self) -> set[str]:
        """Every word that a caption in this language can hold."""
        phrases = _strings(tuple(vars(self).values()))
        return {word for phrase in phrases for word in split(_without_slots(phrase))}


def _without_slots(phrase: str) -> str:
    while "{" in phrase:
        before, _, rest = phrase.partition("{")
        phrase = before + " " + rest.partition("}")[2]
    return phrase


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():  # pyright: ignore[reportUnknownVariableType]
            yield from _strings(item)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, tuple):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _strings(item)  # pyright: ignore[reportUnknownArgumentType]


def _light(spec: WorldSpec, said: Said, pick: Pick, grammar: Grammar) -> str:
    extra = grammar.clear_lights[spec.light] if spec.weather == "clear" else ()
    return pick.main(grammar.lights[spec.light] + extra) if said.light else ""


def _sky(spec: WorldSpec, said: Said, pick: Pick, grammar: Grammar) -> tuple[str, str]:
    """Phrases for light and weather; a light that is already that of a clear sky needs no weather."""
    light = _light(spec, said, pick, grammar)
    if not said.weather or light in grammar.clear_lights[spec.light]:
        return light, ""
    return light, pick.main(grammar.weathers[spec.weather])


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _swap(pick: Pick, first: str, second: str, probability: float) -> tuple[str, str]:
    return (second, first) if pick.chance(probability) else (first, second)


def _clause(spec: WorldSpec, said: Said, pick: Pick, grammar: Grammar, frame: str = "") -> str:
    """One clause without the camera; where no frame is given, place, light or weather may come first."""
    noun = grammar.noun(spec, said, pick)
    verb, placed = grammar.verb(spec, said, pick)
    place = pick.main(grammar.places(spec)) if said.place and not placed else ""
    light, weather = _sky(spec, said, pick, grammar)
    heading = pick.main(grammar.headings(spec)) if said.heading else ""
    front = ""
    if not frame and pick.chance(0.2):
        which = pick.of(("light", "light", "weather", "place"))
        if which == "light":
            front, light = light, ""
        elif which == "weather":
            front, weather = weather, ""
        elif pick.chance(0.6):
            front, place = place, ""
        else:
            front, place, light = _join(place, light), "", ""
    near = _swap(pick, heading, place, 0.4)
    late = _swap(pick, light, weather, 0.3)
    mods = _join(*near, *late)
    if front:
        return f"{front}, {pick.weighted(grammar.frames[:PLAIN_FRAMES])}".format(mods=mods, **noun, **verb)
    return (frame or pick.weighted(grammar.frames)).format(mods=mods, **noun, **verb)


def _tail(spec: WorldSpec, said: Said, pick: Pick, grammar: Grammar, distance: bool) -> list[str]:
    tail: list[str] = []
    if distance and said.distance:
        tail.append(pick.main(grammar.distances[spec.distance]))
    if said.camera:
        tail.append(pick.of(grammar.cameras[spec.camera]))
    if len(tail) == 2 and pick.chance(0.4):
        tail.reverse()
    if said.style:
        tail.append(pick.of(grammar.styles))
    return tail


def _flowing(spec: WorldSpec, said: Said, pick: Pick, grammar: Grammar) -> str:
    if said.camera and pick.chance(0.2):
        noun, (verb, placed) = grammar.noun(spec, said, pick), grammar.verb(spec, said, pick)
        place = pick.main(grammar.places(spec)) if said.place and not placed else ""
        light = _light(spec, said, pick, grammar)
        frame, camera = pick.of(grammar.camera_frames), pick.of(grammar.cameras[spec.camera])
        return frame.format(camera=camera, mods=_join(place, light), **noun, **verb)
    frames = grammar.distance_frames.get(spec.distance, ())
    frame = pick.of(frames) if frames and said.distance and pick.chance(0.5) else ""
    return ", ".join([_clause(spec, said, pick, grammar, frame), *_tail(spec, said, pick, grammar, not frame)])


def _sentences(spec: WorldSpec, said: Said, pick: Pick, grammar: Grammar) -> str:
    """Several short sentences: what happens, then light, weather and camera each for itself."""
    noun = grammar.noun(spec, said, pick)
    verb, placed = grammar.verb(spec, said, pick)
    place = pick.main(grammar.places(spec)) if said.place and not placed else ""
    heading = pick.main(grammar.headings(spec)) if said.heading else ""
    sentences = [grammar.statement.format(mods=_join(*_swap(pick, heading, place, 0.5)), **noun, **verb)]
    if said.light:
        sentences.append(pick.main(grammar.light_sentences[spec.light]))
    if said.weather:
        sentences.append(pick.main(grammar.weather_sentences[spec.weather]))
    sentences += _tail(spec, said, pick, grammar, True)
    return " ".join(sentence[0].upper() + sentence[1:].rstrip() + "." for sentence in sentences)


def _scene_first(spec: WorldSpec, said: Said, pick: Pick, grammar: Grammar) -> str:
    """The place as a picture, then who is in it: ``a beach at sunset, a horse walking``."""
    noun, (verb, _) = grammar.noun(spec, said, pick), grammar.verb(spec, replace(said, place=False), pick)
    light, weather = _sky(spec, said, pick, grammar)
    heading = pick.main(grammar.headings(spec)) if said.heading else ""
    scene = _join(pick.of(grammar.scenes[spec.place]), *_swap(pick, light, weather, 0.3))
    picture = pick.of(grammar.scene_frames).format(scene=scene, mods=heading, **noun, **verb)
    return ", ".join([picture, *_tail(spec, said, pick, grammar, True)])


def _listed(spec: WorldSpec, said: Said, pick: Pick, grammar: Grammar) -> str:
    """Keywords: ``brown horse, beach, sunset``."""
    noun, (verb, _) = grammar.noun(spec, said, pick), grammar.verb(spec, replace(said, place=False), pick)
    head = pick.of(grammar.list_heads)
    words = [head.format(**noun, **verb)]
    if said.place:
        words.append(pick.main(grammar.list_places[spec.place]))
    if said.light:
        words.append(pick.main(grammar.list_lights[spec.light]))
    if said.weather:
        words.append(pick.main(grammar.weathers[spec.weather]))
    words += _tail(spec, said, pick, grammar, True)
    return (" " if head == grammar.list_heads[0] and pick.chance(0.3) else ", ").join(words)


_STYLES = (("flowing", 0.76), ("sentences", 0.1), ("scene", 0.06), ("list", 0.08))


def compose(spec: WorldSpec, rng: np.random.Generator, grammar: Grammar) -> str:
    """One caption that is true to the spec, of at most `MAX_WORDS` words."""
    pick = Pick(rng)
    makers = {"flowing": _flowing, "sentences": _sentences, "scene": _scene_first, "list": _listed}
    maker = makers[pick.weighted(_STYLES)]
    for attempt in range(_TRIES):
        said = Said.draw(spec, pick, short=attempt > 2)
        text = " ".join(maker(spec, said, pick, grammar).split()).replace(" ,", ",")
        if len(split(text)) <= MAX_WORDS:
            break
    else:
        return canonical(spec, grammar)
    if pick.chance(0.25) and not text.endswith("."):
        text = text[0].upper() + text[1:] + "."
    return text


class _First(Pick):
    """Always the first option: the plainest words."""

    def __init__(self) -> None:
        super().__init__(np.random.default_rng(0))

    def chance(self, probability: float) -> bool:
        return probability >= 1

    def of(self, options: Sequence[T]) -> T:
        return options[0]

    def main(self, options: Sequence[T]) -> T:
        return options[0]

    def weighted(self, options: Sequence[tuple[str, float]]) -> str:
        return options[0][0]


def canonical(spec: WorldSpec, grammar: Grammar) -> str:
    """One plain sentence that tells everything unusual about the clip."""
    pick = _First()
    earthly = spec.place != "space"
    said = Said(
        colour=DEFAULT_COLOURS.get(spec.subject) != spec.colour, size=spec.size != "normal", place=True,
        light=earthly, weather=spec.weather != "clear", heading=True, distance=spec.distance != "medium",
        camera=spec.camera != "still", style=False,
    )
    noun, (verb, placed) = grammar.noun(spec, said, pick), grammar.verb(spec, said, pick)
    mods = _join(
        grammar.headings(spec)[0],
        "" if placed else grammar.places(spec)[0],
        grammar.lights[spec.light][0] if earthly else "",
        grammar.weathers[spec.weather][0] if said.weather else "",
    )
    text = grammar.statement.format(mods=mods, **noun, **verb)
    sentence = ", ".join([text, *_tail(spec, said, pick, grammar, True)])
    if len(split(sentence)) > MAX_WORDS:
        sentence = ", ".join([text, *_tail(spec, said, pick, grammar, False)])
    return sentence[0].upper() + sentence[1:].rstrip() + "."
