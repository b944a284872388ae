"""Estimates of a clip's time and memory, from the last clip or from the machine's speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.compose.draft import requests_of
from engine.api.errors import WaltError

if TYPE_CHECKING:
    from app.compose.draft import Draft
    from app.packs.pack_card import PackCard
    from engine.api.clip import Clip
    from engine.api.events import Ready
    from engine.api.request import ClipRequest

_DECODE = "decode"


@dataclass(frozen=True, slots=True)
class Pace:
    """What the last clip took, in seconds, for how many operations."""

    pack: str
    denoising: float
    decoding: float
    denoising_work: float
    decoding_work: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the draft will take.

    Attributes:
        seconds: All its variations together; None before anything is known of this machine.
        measured: Whether a clip was timed here, or the seconds are but a guess by the machine's speed.
        megabytes: The most that walt will take at once, the window included, as the engine plans it
            (`engine.planning.memory`); None before it has looked, and where the pack makes no such clip.
        short: Whether that is more than there is.
    """

    seconds: float | None = None
    measured: bool = False
    megabytes: float | None = None
    short: bool = False


def pace_of(clip: Clip, card: PackCard) -> Pace | None:
    """What a whole clip teaches; None if it says too little."""
    from engine.kinds.registry import kind_of

    stages = sum(seconds for name, seconds in clip.seconds.items() if name in card.stages)
    if not stages or clip.stage != clip.request.upto or clip.request.image is not None:
        return None  # a still that moves itself takes less time than its stages have operations
    try:
        work = kind_of(card.pack).workload(card.pack, clip.request)
    except WaltError:
        return None
    return Pace(card.pack.name, stages, clip.seconds.get(_DECODE, 0.0), work.denoising, work.decoding)


def estimate(
    draft: Draft, card: PackCard, pace: Pace | None, ready: Ready | None, still: str | None = None
) -> Estimate:
    """What the draft will take. ``still`` is the picture that it begins with."""
    try:
        [request, *_] = requests_of(draft, card, image=still, pack=card.pack.name)
        seconds = _seconds(card, request, pace, ready)
    except WaltError:
        return Estimate()
    megabytes, short = _megabytes(card, request, ready)
    measured = pace is not None and pace.pack == card.pack.name
    return Estimate(None if seconds is None else seconds * draft.variations, measured, megabytes, short)


def _seconds(card: PackCard, request: ClipRequest, pace: Pace | None, ready: Ready | None) -> float | None:
    from engine.kinds.registry import kind_of

    work = kind_of(card.pack).workload(card.pack, request)
    if pace is not None and pace.pack == card.pack.name:
        denoising = pace.denoising * work.denoising / pace.denoising_work
        return denoising + pace.decoding * work.decoding / pace.decoding_work
    return work.seconds(ready.speed) if ready is not None else None


def _megabytes(card: PackCard, request: ClipRequest, ready: Ready | None) -> tuple[float | None, bool]:
    from engine.kinds.planning import least_memory, plan_clip

    if ready is None:
        return None, False
    budget = ready.budget
    try:
        weights = card.weights(budget.weights)
        least = least_memory(card.pack, request, weights, budget)
    except WaltError:
        return None, False
    try:
        return plan_clip(card.pack, request, weights, budget).peak_mb, False
    except WaltError:
        return least, True
