"""The draft and earlier prompts, kept in a file between sessions."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QObject, QTimer, Slot

from app.compose.draft import QUALITIES, VARIATIONS, Draft
from app.compose.estimate import Pace
from engine.api.errors import WaltError
from engine.api.types import MAX_GUIDANCE, MAX_SEED, MAX_STEPS, STAGES, STRENGTHS, is_frame_count
from engine.runtime.json_file import read_object, write_object
from engine.runtime.places import user_folder

_log = logging.getLogger(__name__)

FILE = "notebook.json"
MAX_BYTES = 4 * 2**20
MOST = 200
"""How many prompts are remembered; the oldest go."""
REST_MS = 1000
"""The draft is written once the fingers rest."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the file holds; ``prompts`` has the newest last."""

    draft: Draft
    prompts: tuple[str, ...] = ()
    pace: Pace | None = None


class PromptHistory(QObject):
    """Remembers the draft and the prompts.

    The history is walked with `older` and `newer`; what was being typed waits at its end.
    """

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path or user_folder("data") / FILE
        page = _read(self.path)
        self.draft: Draft = page.draft
        self.prompts: tuple[str, ...] = page.prompts
        self.pace: Pace | None = page.pace
        """What the last clip took, which the next one is estimated by."""
        self._place = len(self.prompts)
        self._unfinished = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self.save)

    def keep(self, draft: Draft) -> None:
        """Remember the draft, soon."""
        if draft != self.draft:
            self.draft = draft
            self._timer.start()

    def learn(self, pace: Pace) -> None:
        """A clip is done, and took this."""
        self.pace = pace
        self._timer.start()

    def add(self, prompt: str) -> None:
        """A clip was asked for with this prompt."""
        prompt = prompt.strip()
        if prompt:
            others = [known for known in self.prompts if known != prompt]
            self.prompts = (*others, prompt)[-MOST:]
            self._timer.start()
        self.rest()

    def rest(self) -> None:
        """Back to the end of the history."""
        self._place = len(self.prompts)

    def older(self, typed: str) -> str | None:
        """The prompt before, if there is one; ``typed`` is what stands in the field now."""
        if self._place == len(self.prompts):
            self._unfinished = typed
        place = self._place - 1
        while place >= 0 and self.prompts[place] == typed:
            place -= 1
        if place < 0:
            return None
        self._place = place
        return self.prompts[place]

    def newer(self) -> str | None:
        """The prompt after, at last what was being typed; None at the end."""
        if self._place >= len(self.prompts):
            return None
        self._place += 1
        return self._unfinished if self._place == len(self.prompts) else self.prompts[self._place]

    @Slot()
    def save(self) -> None:
        """Write to the disk now, whole."""
        self._timer.stop()
        data: dict[str, Any] = {"version": 1, "draft": asdict(self.draft), "prompts": self.prompts}
        if self.pace is not None:
            data["pace"] = asdict(self.pace)
        try:
            write_object(self.path, data)
        except WaltError as error:
            _log.warning("the prompt history cannot be written: %s", type(error).__name__)


def _read(path: Path) -> Page:
    try:
        values = read_object(path, MAX_BYTES)
    except OSError:
        values = None
    if values is None:
        return Page(Draft())
    prompts = values.get("prompts")
    kept = [prompt for prompt in cast("list[Any]", prompts) if isinstance(prompt, str)] if isinstance(
        prompts, list
    ) else []  # fmt: skip
    draft = values.get("draft")
    return Page(
        _draft(cast("dict[str, Any]", draft)) if isinstance(draft, dict) else Draft(),
        tuple(kept[-MOST:]),
        _pace(values.get("pace")),
    )


def _pace(values: Any) -> Pace | None:
    """A pace from a file; None unless all of it makes sense: an estimate is no place for half a truth."""
    try:
        pace = Pace(**values)
    except TypeError:
        return None
    seconds, work = (pace.denoising, pace.decoding), (pace.denoising_work, pace.decoding_work)
    good = isinstance(values["pack"], str) and all(_number(figure) for figure in (*seconds, *work))
    whole = good and 0 < pace.denoising < 1e9 and 0 <= pace.decoding < 1e9 and 0 < min(work) <= max(work) < 1e30
    return pace if whole else None


def _draft(values: dict[str, Any]) -> Draft:
    """A draft from a file; each field that makes no sense is left at its default."""
    good: dict[str, Any] = {}
    for field in fields(Draft):
        if field.name in values and _possible(field.name, values[field.name]):
            good[field.name] = values[field.name]
    return replace(Draft(), **good)


def _possible(name: str, value: Any) -> bool:
    match name:
        case "prompt" | "negative":
            return isinstance(value, str)
        case "aspect":
            return value in ("16:9", "9:16", "1:1")
        case "frames":
            return _whole(value) and is_frame_count(value)
        case "quality":
            return value in QUALITIES
        case "upto":
            return value is None or value in STAGES
        case "variations":
            return value in VARIATIONS
        case "strength":
            return value in STRENGTHS
        case "seed_fixed" | "large":
            return isinstance(value, bool)
        case "steps":
            return value is None or (_whole(value) and 1 <= value <= MAX_STEPS)
        case "guidance":
            return value is None or (_number(value) and 0 <= value <= MAX_GUIDANCE)
        case _:
            return _whole(value) and 0 <= value <= MAX_SEED


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
