"""How long a clip will take and how much memory, before it is begun: measured on the last clip, planned by the pack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.model.draft import FRAMES, WINDOW_FRAMES, last_stage, requests_of, steps_of
from engine.errors import WaltError

if TYPE_CHECKING:
    from app.model.draft import Draft
    from app.model.pack import PackCard
    from engine.clip import Clip

_DECODE = "decode"


@dataclass(frozen=True, slots=True)
class Pace:
    """What the last clip took: seconds of denoising and of decoding, and what they were spent on."""

    pack: str
    denoising: float
    decoding: float
    steps: int
    windows: int
    frames: int
    pixels: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds, None before anything was measured; megabytes, None where the pack does not say."""

    seconds: float | None
    megabytes: float | None


def windows_of(frames: int) -> int:
    """How many times the model runs for a clip of so many frames."""
    return 1 + max(0, -(-(frames - FRAMES) // WINDOW_FRAMES))


def pace_of(clip: Clip, card: PackCard) -> Pace | None:
    """What a whole clip teaches; None if it says too little."""
    stages = sum(seconds for name, seconds in clip.seconds.items() if name in card.stages)
    if not stages or clip.stage != card.stages[-1]:
        return None
    steps = clip.request.steps or card.pack.manifest.stages["base"].steps
    frames, (width, height) = clip.request.frames, clip.size
    return Pace(
        card.pack.name,
        stages,
        clip.seconds.get(_DECODE, 0.0),
        steps,
        windows_of(frames),
        frames,
        width * height,
    )


def estimate(draft: Draft, card: PackCard, pace: Pace | None) -> Estimate:
    """What the draft will take, all its variations together; memory is that of one."""
    return Estimate(_seconds(draft, card, pace), _megabytes(draft, card))


def _seconds(draft: Draft, card: PackCard, pace: Pace | None) -> float | None:
    steps, size = steps_of(draft, card), card.size(draft.aspect, card.stages[-1])
    if last_stage(draft, card) != card.stages[-1]:
        return None  # how much of the pace belongs to the stages that are left out was not measured
    if pace is None or pace.pack != card.pack.name or steps is None or size is None:
        return None
    area = size[0] * size[1] / pace.pixels
    denoising = pace.denoising * steps / pace.steps * windows_of(draft.frames) / pace.windows
    decoding = pace.decoding * draft.frames / pace.frames
    return (denoising + decoding) * area * draft.variations


def _megabytes(draft: Draft, card: PackCard) -> float | None:
    from engine.packs.plan import MB, plan

    try:
        [request, *_] = requests_of(draft, card, image=None, pack=card.pack.name)
        return (card.pack.bytes + plan(card.pack.manifest, request).work) / MB
    except WaltError:
        return None
