"""Clips to play: made by the starter, event by event as the engine told of them, or drawn as test pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QLinearGradient, QPainter

from engine.api.clip import Clip
from engine.api.events import Event, FramesReady, StageStarted, StepDone
from engine.api.request import ClipRequest
from engine.api.types import STAGES, Aspect, StageName

JOB = "job"
FRAMES = 17
SIZES: dict[Aspect, tuple[int, int]] = {"16:9": (224, 128), "9:16": (128, 224), "1:1": (128, 128)}
SCALE: dict[StageName, int] = {"base": 1, "sr1": 2, "sr2": 4}
STEPS: dict[StageName, int] = {"base": 36, "sr1": 4, "sr2": 2}
SECONDS = {"base": 6.0, "sr1": 1.1, "sr2": 0.4, "decode": 3.7, "total": 11.2}
"""What the README says of a clip, for pictures that nobody made."""
SHARES: dict[StageName, float] = {"base": 1 / 21, "sr1": 4 / 21, "sr2": 16 / 21}
"""Of the time of decoding, by the stages' pixels."""


@dataclass(frozen=True)
class Recording:
    """All that was told while a clip was made."""

    request: ClipRequest
    events: tuple[tuple[float, Event], ...]
    """With the seconds since the clip was asked for."""
    seconds: dict[str, float]

    def until(self, stage: StageName, step: int | None = None) -> Iterator[tuple[float, Event]]:
        """What was told up to a step of a stage, or up to the stage's last frame, and when."""
        for at, event in self.events:
            if isinstance(event, FramesReady) and event.stage == stage and step is not None:
                return
            if isinstance(event, StageStarted) and STAGES.index(event.stage) > STAGES.index(stage):
                return
            if isinstance(event, StepDone) and event.stage == stage and step is not None and event.step > step:
                return
            yield at, event

    def clip(self, stage: StageName) -> Clip:
        """The clip as it is after a stage."""
        ready = [(at, event) for at, event in self.events if isinstance(event, FramesReady) and event.stage == stage]
        frames = np.concatenate([event.frames for _, event in ready])
        return Clip(frames, self.request, stage, "starter", self._seconds_until(stage, ready[-1][0]))

    def _seconds_until(self, last: StageName, at: float) -> dict[str, float]:
        """What was taken up to the end of a stage."""
        if last == STAGES[-1]:
            return self.seconds
        stages = STAGES[: STAGES.index(last) + 1]
        decoding = self.seconds["decode"] * sum(SHARES[stage] for stage in stages)
        return {stage: self.seconds[stage] for stage in stages} | {"decode": decoding, "total": at}


Source = Callable[[str, Aspect], Recording]
"""Gives a recording for a prompt and a shape; the same one each time."""


@cache
def drawn(prompt: str, aspect: Aspect) -> Recording:
    """A plainly artificial clip."""
    width, height = SIZES[aspect]
    whole = np.stack([_pattern(index, 4 * width, 4 * height) for index in range(FRAMES)])
    events: list[tuple[float, Event]] = []
    now = 0.0
    for stage in STAGES:
        frames, steps = _shrunk(whole, 4 // SCALE[stage]), STEPS[stage]
        _, high, wide, _ = frames.shape
        events.append((now, StageStarted(JOB, stage, wide, high, FRAMES, steps)))
        look = _shrunk(frames[::4], 8)
        ends = now + SECONDS[stage] + SECONDS["decode"] * SHARES[stage]
        for step in range(1, steps + 1):
            now += SECONDS[stage] / steps
            events.append((now, StepDone(JOB, stage, step, steps, ends - now, SECONDS["total"] - now, look)))
        now = ends
        events.append((now, FramesReady(JOB, stage, 0, FRAMES, frames)))
    return Recording(ClipRequest(prompt=prompt, aspect=aspect, seed=7), tuple(events), SECONDS)


def make_source() -> Source:
    """Clips made by the starter."""
    from engine.packs.load import load_pack
    from engine.packs.store import PackStore
    from engine.pipeline.cascade import Cascade

    cascade = Cascade(load_pack(PackStore().find("starter").path))

    @cache
    def made(prompt: str, aspect: Aspect) -> Recording:
        print(f"making  {prompt}", flush=True)
        request, events = ClipRequest(prompt=prompt, aspect=aspect, seed=7), list[tuple[float, Event]]()
        began = time.monotonic()

        def note(event: Event) -> None:
            events.append((time.monotonic() - began, event))

        clip = cascade.generate(request, note, lambda: False, JOB, looked_at=lambda: STAGES)
        return Recording(request, tuple(events), clip.seconds)

    return made


def _pattern(index: int, width: int, height: int) -> np.ndarray:
    """A dusk gradient, a sun that travels, a label."""
    image = QImage(width, height, QImage.Format.Format_RGB888)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    sky = QLinearGradient(0, 0, 0, height)
    colours = {0: "#31456B", 0.45: "#B7788A", 0.62: "#F0B27A", 0.63: "#6E5A58", 1: "#2A2B33"}
    for stop, colour in colours.items():
        sky.setColorAt(stop, QColor(colour))
    painter.fillRect(image.rect(), sky)
    travelled = index / (FRAMES - 1)
    sun = QPointF(width * (0.2 + 0.6 * travelled), height * (0.42 - 0.1 * np.sin(np.pi * travelled)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#FFE3B0"))
    painter.drawEllipse(sun, height * 0.09, height * 0.09)
    font = QFont()
    font.setPixelSize(max(6, height // 20))
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255, 190))
    below = QRectF(0, height * 0.8, width, height * 0.1)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"test picture {index + 1} of {FRAMES}")
    painter.end()
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return lines[:, : width * 3].reshape(height, width, 3).copy()


def _shrunk(frames: np.ndarray, factor: int) -> np.ndarray:
    """Frames averaged down by a whole factor."""
    count, height, width, _ = frames.shape
    blocks = frames.reshape(count, height // factor, factor, width // factor, factor, 3)
    return np.ascontiguousarray(blocks.mean((2, 4)).round().astype(np.uint8))
