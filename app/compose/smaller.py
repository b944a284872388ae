"""The next smaller request, for a clip that ran out of memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.jobs.state import Failed
    from app.packs.pack_card import PackCard
    from engine.api.request import ClipRequest


def smaller(failed: Failed, card: PackCard | None) -> ClipRequest | None:
    """The same clip without its last stage, or, where there is only one, as short as a clip is.

    None if the clip failed for another reason, belongs to another pack or to a film, or cannot be any smaller.
    """
    request = failed.request
    if failed.error.code != "out-of-memory" or request is None or request.source is not None:
        return None
    if card is None or card.pack.name != request.pack or request.upto not in card.stages:
        return None
    before = card.stages[: card.stages.index(request.upto)]
    if before:
        return replace(request, upto=before[-1])
    usual = card.capabilities.lengths.usual
    return replace(request, frames=usual) if request.frames > usual else None
