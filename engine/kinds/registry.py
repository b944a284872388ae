"""The kinds of pack that there are, by the name in a manifest (`engine.packs.manifest.MANIFESTS`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinds.open_models import OpenKind
from engine.kinds.walt import WaltKind
from engine.packs.base_manifest import DEFAULT_KIND, OPEN_KIND

if TYPE_CHECKING:
    from engine.kinds.kind import PackKind
    from engine.packs.capabilities import Capabilities
    from engine.packs.store import InstalledPack

KINDS: dict[str, PackKind] = {DEFAULT_KIND: WaltKind(), OPEN_KIND: OpenKind()}


def kind_of(pack: InstalledPack) -> PackKind:
    """The kind that a pack is of."""
    return KINDS[pack.manifest.kind]


def capabilities_of(pack: InstalledPack) -> Capabilities:
    """What a pack can make."""
    return kind_of(pack).capabilities(pack)
