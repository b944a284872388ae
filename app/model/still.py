"""The still that becomes the first frame: what was dropped or pasted, checked before it is believed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QImage

from app.tasks import Tasks
from engine.errors import UsageError, WaltError

if TYPE_CHECKING:
    from app.frames import Pixels

Loader = Callable[[Path, int, int], "Pixels"]
"""Reads a picture and crops it to a width and height in pixels."""


@dataclass(frozen=True, slots=True)
class NoStill:
    """Nothing was dropped."""


@dataclass(frozen=True, slots=True)
class Checking:
    """A file is being read."""

    name: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A good still; ``frame`` (H, W, 3) shows how it will be cropped for the chosen shape."""

    path: Path
    name: str
    frame: Pixels


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that cannot be used, and why."""

    name: str
    error: WaltError


StillState = NoStill | Checking | Ready | Refused
Offer = Path | QImage | UsageError


def may_offer(mime: QMimeData) -> bool:
    """Whether a drag is worth looking at: files, links and pictures are, plain text is not."""
    return mime.hasUrls() or mime.hasImage()


def offer_of(mime: QMimeData) -> Offer:
    """What a drop or the clipboard holds: a file, a picture, or the reason why it is neither."""
    urls = mime.urls() if mime.hasUrls() else []
    local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    if len(local) > 1:
        return UsageError(
            "one-still", "One still at a time, please.", "Drop the picture the clip should begin with."
        )
    if local:
        return local[0]
    if mime.hasImage():
        image = cast(QImage, mime.imageData())
        if not image.isNull():
            return image
    if urls:
        return UsageError(
            "still-is-a-link", "That is a link, not a picture.", "Save the picture, then drop the file."
        )
    return UsageError("no-picture", "There is no picture in that.", "PNG, JPEG and WebP pictures work.")


def load_with_engine(path: Path, width: int, height: int) -> Pixels:
    """The engine's own check, loaded when first needed."""
    from engine.media.images import load_still

    return load_still(path, width, height)


class StillSlot(QObject):
    """Holds at most one still.

    Signals:
        changed(): `state` is another.
    """

    changed = Signal()

    def __init__(
        self, tasks: Tasks, loader: Loader = load_with_engine, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._loader = loader
        self._state: StillState = NoStill()
        self._size = (224, 128)
        self._turn = 0
        self._pasted = 0
        self._folder: TemporaryDirectory[str] | None = None

    @property
    def state(self) -> StillState:
        """What is in the slot."""
        return self._state

    @property
    def path(self) -> str | None:
        """The file to ask the engine with, if there is a good still."""
        return str(self._state.path) if isinstance(self._state, Ready) else None

    def take(self, offer: Offer) -> None:
        """Take what was dropped, pasted or chosen."""
        if isinstance(offer, WaltError):
            self._turn += 1
            self._set(Refused("", offer))
        elif isinstance(offer, QImage):
            self._pasted += 1
            path = self._pasted_path()
            self._check(path, path.stem, offer)
        else:
            self._check(offer, offer.name)

    def clear(self) -> None:
        """Empty the slot."""
        self._turn += 1
        self._set(NoStill())

    def set_size(self, width: int, height: int) -> None:
        """Crop for another shape."""
        if (width, height) == self._size:
            return
        self._size = (width, height)
        if isinstance(self._state, Ready):
            self._check(self._state.path, self._state.name)

    def close(self) -> None:
        """Remove pasted pictures from the disk."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _pasted_path(self) -> Path:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="walt-")
        return Path(self._folder.name) / f"pasted-{self._pasted}.png"

    def _check(self, path: Path, name: str, image: QImage | None = None) -> None:
        self._turn += 1
        turn, (width, height) = self._turn, self._size

        def work() -> Pixels:
            if image is not None and not image.save(os.fspath(path)):
                raise WaltError(
                    "still-not-kept", "The pasted picture could not be kept.", "Is the disk full?"
                )
            return self._loader(path, width, height)

        def settle(state: StillState) -> None:
            if turn == self._turn:
                self._set(state)

        self._set(Checking(name))
        self._tasks.run(
            work,
            lambda frame: settle(Ready(path, name, frame)),
            lambda error: settle(Refused(name, error)),
        )

    def _set(self, state: StillState) -> None:
        self._state = state
        self.changed.emit()
