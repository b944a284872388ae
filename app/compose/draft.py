"""The draft: what the composer holds, and the requests made from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypedDict

from engine.api.request import ClipRequest
from engine.api.types import MAX_SEED, MAX_STILL_SIDE, STAGES, WINDOW_FRAMES

if TYPE_CHECKING:
    from app.packs.pack_card import PackCard
    from engine.api.types import Aspect, StageName, Strength
    from engine.packs.capabilities import Capabilities

Quality = Literal["draft", "standard", "best"]
QUALITIES: tuple[Quality, ...] = ("draft", "standard", "best")
EFFORT: dict[Quality, float] = {"draft": 0.5, "standard": 1.0, "best": 2.0}
"""Denoising steps of each preset, as a multiple of what the pack recommends."""
VARIATIONS = (1, 2, 3, 4, 6, 8)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the composer holds.

    ``steps`` and ``guidance`` are None as long as nobody chose them: the preset's and the pack's are used.
    With ``seed_fixed`` off every clip draws a new seed; variations count up from it. ``upto`` is the stage to end
    with, for a smaller picture; None is as far as the pack goes. ``strength`` and ``large`` are for stills.
    """

    prompt: str = ""
    negative: str = ""
    aspect: Aspect = "16:9"
    frames: int = WINDOW_FRAMES
    quality: Quality = "standard"
    steps: int | None = None
    guidance: float | None = None
    upto: StageName | None = None
    seed: int = 7
    seed_fixed: bool = False
    variations: int = 1
    strength: Strength = "normal"
    large: bool = False


class Changes(TypedDict, total=False):
    """Fields of a draft to change."""

    prompt: str
    negative: str
    aspect: Aspect
    frames: int
    quality: Quality
    steps: int | None
    guidance: float | None
    upto: StageName | None
    seed: int
    seed_fixed: bool
    variations: int
    strength: Strength
    large: bool


def steps_of(draft: Draft, card: PackCard | None) -> int | None:
    """The denoising steps of the base stage, as chosen or as the preset has them; None if not yet known."""
    if draft.steps is not None or card is None:
        return draft.steps
    usual = card.capabilities.steps
    return round(usual.value) if usual.fixed else max(1, round(usual.value * EFFORT[draft.quality]))


def guidance_of(draft: Draft, card: PackCard | None, *, still: bool) -> float | None:
    """How strongly the words pull, as chosen or as the pack has it (for clips with a still); None if not yet known."""
    if draft.guidance is not None or card is None:
        return draft.guidance
    able = card.capabilities
    setting = able.still_guidance if still else able.guidance
    return None if setting is None else setting.value


def lengths_of(able: Capabilities) -> tuple[int, ...]:
    """The lengths to choose from, in frames: the pack's own, or one window and as many continuations as it allows."""
    lengths = able.lengths
    if lengths.fixed or lengths.offered:
        return lengths.fixed or lengths.offered
    new = lengths.usual - (able.seen[0] if able.seen else 0)
    last = lengths.longest if able.seen else lengths.usual
    return tuple(frames for frames in range(lengths.usual, last + 1, new) if lengths.possible(frames))


def fitted(draft: Draft, able: Capabilities) -> Draft:
    """The draft with a shape and a length that the pack makes."""
    aspect = draft.aspect if draft.aspect in able.aspects else able.aspects[0]
    lengths = able.lengths
    fits = draft.frames in lengths.offered if lengths.offered else lengths.possible(draft.frames)
    frames = draft.frames if fits else lengths.usual
    return replace(draft, aspect=aspect, frames=frames)


def last_stage(draft: Draft, card: PackCard | None) -> StageName:
    """The stage that the clip ends with."""
    stages = card.stages if card else STAGES
    return draft.upto if draft.upto in stages else stages[-1]


def requests_of(
    draft: Draft, card: PackCard | None, *, image: str | None, pack: str
) -> tuple[ClipRequest, ...]:
    """One request for each variation, with seeds that count up. What the pack has no use for is left out.

    Raises:
        UsageError: ``bad-request``.
    """
    able = card.capabilities if card else None
    first = ClipRequest.parse(
        prompt=draft.prompt,
        negative=draft.negative.strip() if able is None or able.negative else "",
        image=image if able is None or able.still != "no" else None,
        seed=draft.seed,
        aspect=draft.aspect,
        frames=draft.frames,
        upto=last_stage(draft, card),
        steps=None if draft.quality == "standard" and draft.steps is None else steps_of(draft, card),
        guidance=draft.guidance if able is None or able.guidance is not None else None,
        pack=pack,
        **_of_stills(draft, card, image),
    )
    seeds = [(draft.seed + index) % (MAX_SEED + 1) for index in range(draft.variations)]
    return tuple(replace(first, seed=seed) for seed in seeds)


def _of_stills(draft: Draft, card: PackCard | None, image: str | None) -> dict[str, object]:
    """What only a clip from a still has, where the pack moves stills."""
    if image is None or card is None or not card.capabilities.moves_stills:
        return {}
    return {"strength": draft.strength, "size": MAX_STILL_SIDE if draft.large and draft.upto is None else None}


def recalled(old: Draft, request: ClipRequest, card: PackCard | None) -> Draft:
    """The draft that asks for the same clip again: its words, its settings, its seed, locked."""
    draft = replace(
        old,
        prompt=request.prompt,
        negative=request.negative,
        aspect=request.aspect,
        frames=request.frames,
        quality="standard",
        steps=None,
        guidance=request.guidance,
        upto=None if request.upto == last_stage(Draft(), card) else request.upto,
        seed=request.seed,
        seed_fixed=True,
        variations=1,
        strength=request.strength,
        large=request.size is not None,
    )
    if request.steps is None:
        return draft
    presets = {steps_of(replace(draft, quality=quality), card): quality for quality in QUALITIES}
    if card is not None and request.steps in presets:
        return replace(draft, quality=presets[request.steps])
    return replace(draft, steps=request.steps)
