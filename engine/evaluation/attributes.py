"""The six things that a clip is asked about, and how right and wrong are counted.

An attribute is only asked where there is something to get wrong: no light in space, no colour of a subject that
has one, no action of a subject that can do one thing. Action and colour are read among those that the subject
asked for can have, because "golden" is another colour on a dragon than on a horse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.worlds.spec import CAMERAS, COLOURS, LIGHTS, PLACES, SUBJECTS, WorldSpec


def _seen(tables: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for table in tables for value in table))


VALUES: dict[str, tuple[str, ...]] = {
    "subject": tuple(SUBJECTS),
    "action": _seen([tuple(actions) for actions in SUBJECTS.values()]),
    "place": PLACES,
    "light": LIGHTS,
    "colour": _seen(list(COLOURS.values())),
    "camera": CAMERAS,
}
"""Attribute -> its values, in the order of the probe's outputs."""


def truth(spec: WorldSpec, attribute: str) -> str:
    """What the spec says about an attribute."""
    return str(getattr(spec, attribute))


def choices(spec: WorldSpec, attribute: str) -> tuple[str, ...]:
    """The values among which an attribute of this clip is read; fewer than two: there is nothing to ask."""
    if attribute == "action":
        return tuple(SUBJECTS[spec.subject])
    if attribute == "colour":
        return COLOURS[spec.subject]
    if attribute == "light" and spec.place == "space":
        return ()
    return VALUES[attribute]


def asked(spec: WorldSpec) -> tuple[str, ...]:
    """The attributes that a clip of this spec can be asked about."""
    return tuple(name for name in VALUES if len(choices(spec, name)) > 1)


Reading = Mapping[str, str]
"""What was read of one clip, by attribute."""


@dataclass
class Tally:
    """Right answers of all answers, and what was taken for what.

    Attributes:
        right, total: Counts by attribute.
        chance: Sum of the probabilities to be right by guessing, by attribute.
        mistakes: (attribute, true value, read value) -> how often.
    """

    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VALUES, 0))
    total: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VALUES, 0))
    chance: dict[str, float] = field(default_factory=lambda: dict.fromkeys(VALUES, 0.0))
    mistakes: dict[tuple[str, str, str], int] = field(default_factory=dict[tuple[str, str, str], int])

    def add(self, spec: WorldSpec, reading: Reading, about: Sequence[str] | None = None) -> None:
        """Count one clip; ``about`` leaves only some attributes (those that a prompt told)."""
        for name in asked(spec):
            if about is not None and name not in about:
                continue
            true, read = truth(spec, name), reading[name]
            self.total[name] += 1
            self.right[name] += true == read
            self.chance[name] += 1 / len(choices(spec, name))
            if true != read:
                key = (name, true, read)
                self.mistakes[key] = self.mistakes.get(key, 0) + 1

    def accuracy(self, attribute: str) -> float | None:
        """Share of right answers, None where nothing was asked."""
        total = self.total[attribute]
        return self.right[attribute] / total if total else None

    def report(self, worst: int = 6) -> dict[str, object]:
        """Accuracy, counts and the most frequent mistakes of each attribute, as plain data."""
        out: dict[str, object] = {}
        for name in VALUES:
            total = self.total[name]
            wrong = sorted(
                ((n, f"{t} read as {r}") for (a, t, r), n in self.mistakes.items() if a == name), reverse=True
            )
            out[name] = {
                "accuracy": self.accuracy(name),
                "right": self.right[name],
                "asked": total,
                "by_chance": self.chance[name] / total if total else None,
                "mistakes": {what: n for n, what in wrong[:worst]},
            }
        return out
