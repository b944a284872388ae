"""Where a pack's networks are until they are needed: all together in memory, or in turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import nn

from engine.packs.manifest import Network


class NetworkCache:
    """Reads networks when they are asked for.

    Args:
        readers: How to read each of them.
        in_turns: Whether a network is let go before the next is read.
        free: Gives memory back that is not used any more.
    """

    def __init__(
        self, readers: Mapping[Network, Callable[[], nn.Module]], in_turns: bool, free: Callable[[], None]
    ) -> None:
        self._readers, self._in_turns, self._free = readers, in_turns, free
        self._loaded: dict[Network, nn.Module] = {}

    def get(self, network: Network) -> nn.Module:
        """A network with its weights.

        Raises:
            WaltError: ``pack-damaged`` when its file changed since the pack was loaded.
        """
        if network not in self._loaded:
            self.release()
            self._loaded[network] = self._readers[network]()
        return self._loaded[network]

    def release(self) -> None:
        """Let go of networks that are in memory in turns only."""
        if self._in_turns and self._loaded:
            self._loaded.clear()
            self._free()
