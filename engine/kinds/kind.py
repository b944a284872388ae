"""What walt asks of a kind of pack. A new one is a class that answers, and a row in `engine.kinds.registry`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from engine.packs.capabilities import Capabilities
    from engine.packs.store import InstalledPack
    from engine.text.vocabulary import Vocabulary


class PackKind(Protocol):
    """Packs of one kind. No method loads torch, unless it says so."""

    def capabilities(self, pack: InstalledPack) -> Capabilities:
        """What the pack can make."""
        ...

    def vocabulary(self, pack: InstalledPack) -> Vocabulary:
        """The words that the pack knows.

        Raises:
            WaltError: ``pack-damaged`` or ``bad-vocabulary``.
        """
        ...

    def words_read(self, pack: InstalledPack) -> int | None:
        """How many known words of a prompt are read; None for all."""
        ...
