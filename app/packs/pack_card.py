"""What the window knows of a pack: name, vocabulary, capabilities. Reads JSON, never weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.compose.examples import pictures

if TYPE_CHECKING:
    from pathlib import Path

    from engine.api.types import Aspect, StageName, WeightFormat
    from engine.packs.capabilities import Capabilities
    from engine.packs.sizes import Weights
    from engine.packs.store import InstalledPack, PackStore
    from engine.text.related_words import Language
    from engine.text.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class PackCard:
    """An installed pack, as far as the window needs it.

    ``capabilities`` is what it can make; ``examples`` are clips that this pack made of the examples.
    """

    pack: InstalledPack
    vocabulary: Vocabulary
    capabilities: Capabilities
    examples: tuple[Path, ...] = ()
    _weights: dict[WeightFormat, Weights] = field(default_factory=dict[Any, Any], repr=False, compare=False)

    @property
    def title(self) -> str:
        """The name for display."""
        return self.pack.manifest.title

    @property
    def stages(self) -> tuple[StageName, ...]:
        """The stages that the pack has, in order."""
        return tuple(stage.name for stage in self.capabilities.stages)

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """The shapes that the pack makes."""
        return self.capabilities.aspects

    def size(self, aspect: Aspect, stage: StageName) -> tuple[int, int] | None:
        """Width and height of a stage's picture, if the pack makes it."""
        made = self.capabilities.stage(stage)
        return None if made is None else made.sizes.get(aspect)

    def weights(self, numbers: WeightFormat) -> Weights:
        """What its networks take in such numbers; the files are looked into once.

        Raises:
            WaltError: ``pack-damaged``.
        """
        from engine.kinds.registry import kind_of

        if numbers not in self._weights:
            self._weights[numbers] = kind_of(self.pack).weights(self.pack, numbers)
        return self._weights[numbers]

    def unknown(self, prompt: str) -> list[str]:
        """Words of a prompt that the pack does not know."""
        return self.vocabulary.unknown(prompt)

    def understood(self, prompt: str) -> list[str]:
        """Words of a prompt that say what is to be seen, and that the pack knows."""
        from engine.text.suggestions import meaningful

        return meaningful(self.vocabulary, prompt)

    def suggest(self, word: str, prompt: str, language: Language) -> str | None:
        """A known word to suggest for an unknown one; ``language`` is the window's."""
        from engine.text.suggestions import suggest

        return suggest(self.vocabulary, word, prompt, language)


def read_pack(store: PackStore | None, name: str) -> PackCard:
    """Read a pack's manifest and vocabulary from a store, the default one if None.

    Raises:
        WaltError: ``pack-not-found``, ``pack-damaged``, ``pack-too-new`` or ``bad-vocabulary``.
    """
    from engine.kinds.registry import (  # imported with the first pack, after the window is shown
        capabilities_of,
        kind_of,
    )
    from engine.packs.store import PackStore

    pack = (store or PackStore()).find(name)
    return PackCard(pack, kind_of(pack).vocabulary(pack), capabilities_of(pack), pictures(pack.path))
