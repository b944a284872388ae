"""The still that becomes the first frame: dropped or pasted, and checked before it is used."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QMimeData, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QImage

from app.compose.crop import Crop
from app.compose.still_files import Opened, OwnClip, first_frame, open_file, open_frame, written
from app.core.background_tasks import BackgroundTasks
from app.film.film import SUFFIX
from engine.api.errors import UsageError, WaltError
from engine.runtime.files import part_name

if TYPE_CHECKING:
    from app.core.frames import Pixels

CUT_AFTER_MS = 250
"""A moved crop is cut out once the hand rests."""
MAX_DATA_URL = 32 * 2**20


@dataclass(frozen=True, slots=True)
class NoStill:
    """Nothing was dropped."""


@dataclass(frozen=True, slots=True)
class Checking:
    """A file is being read."""

    name: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A good still.

    ``path`` is the file for the engine, ``frame`` (H, W, 3) how the clip begins in the chosen shape; ``opened``
    is the whole picture that ``crop`` takes them from.
    """

    path: Path
    name: str
    frame: Pixels
    opened: Opened
    crop: Crop


@dataclass(frozen=True, slots=True)
class Recalled:
    """One of walt's own clips was dropped: its words, settings and seed are in the composer now."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that cannot be used, and why. As a state: what was in the slot itself cannot be used any more."""

    name: str
    error: WaltError


StillState = NoStill | Checking | Ready | Recalled | Refused
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
            "one-still", "One picture at a time, please.", "Drop the picture the clip should begin with."
        )
    if local:
        return local[0]
    if mime.hasImage():
        image = cast(QImage, mime.imageData())
        if not image.isNull():
            return image
    if urls and (inline := _inline(urls[0])) is not None:
        return inline
    if urls:
        return UsageError(
            "still-is-a-link", "This is a link, not a picture.", "Save the picture, then drop the file."
        )
    return UsageError(
        "no-picture", "This contains no picture.", "PNG, JPEG and WebP pictures work, and videos."
    )


def _inline(url: QUrl) -> QImage | None:
    """The picture in a ``data:`` link, as browsers give them."""
    text = bytes(url.toEncoded().data()).decode("ascii", "replace") if url.scheme() == "data" else ""
    head, _, body = text.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64") or len(body) > MAX_DATA_URL:
        return None
    image = QImage.fromData(QByteArray.fromBase64(QByteArray.fromPercentEncoding(body.encode())))
    return None if image.isNull() else image


class StillSlot(QObject):
    """Holds at most one still.

    Signals:
        changed(): `state` or `refusal` is another.
        recalled(ClipRequest): one of walt's own clips was dropped, which asked for this.
        arrived(int, int): a picture of this width and height was taken; the shape may be fitted to it.
        film_offered(Path): a film was dropped, which is no still; the slot is left as it is.
    """

    changed = Signal()
    recalled = Signal(object)
    arrived = Signal(int, int)
    film_offered = Signal(object)

    def __init__(self, tasks: BackgroundTasks, cache: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._cache = cache
        self._state: StillState = NoStill()
        self._before: StillState = NoStill()
        self.refusal: Refused | None = None
        """What was offered last and could not be used, until something else happens; it took nobody's place."""
        self._size = (224, 128)
        self._turn = 0
        self._made = 0
        self._folder: Path | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CUT_AFTER_MS)
        self._timer.timeout.connect(self._cut)
        self._cutting = False
        self._wish: int | None = None

    @property
    def state(self) -> StillState:
        """What is in the slot."""
        return self._state

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height that pictures are cropped to, in any unit."""
        return self._size

    @property
    def settled(self) -> bool:
        """Whether a clip can be made now: nothing is being read or cut, nothing broke."""
        waiting = self._cutting or self._wish is not None or self._timer.isActive()
        return not waiting and not isinstance(self._state, Checking | Refused)

    @property
    def path(self) -> str | None:
        """The file to ask the engine with, if there is a good still."""
        return str(self._state.path) if isinstance(self._state, Ready) else None

    @property
    def frame(self) -> int:
        """Index of the frame of the video that was chosen, or is being read."""
        if self._wish is not None:
            return self._wish
        return self._state.opened.at if isinstance(self._state, Ready) else 0

    def take(self, offer: Offer, *, keep_shape: bool = False) -> None:
        """Take what was dropped, pasted or chosen; ``keep_shape`` where its shape was chosen before."""
        self.refusal = None
        if isinstance(offer, WaltError):
            self.refusal = Refused("", offer)
            self.changed.emit()
        elif isinstance(offer, QImage):
            path = self._new_file("pasted")
            self._open(path, path.stem, offer, keep_shape=keep_shape)
        elif offer.suffix.lower() == SUFFIX:
            self.film_offered.emit(offer)
        else:
            self._open(offer, offer.name, keep_shape=keep_shape)

    def take_last_frame(self) -> None:
        """Begin with the last frame of the clip that was recalled."""
        if isinstance(self._state, Recalled):
            self._open(self._state.path, self._state.name, as_frame=True)

    def clear(self) -> None:
        """Empty the slot."""
        self.refusal = None
        self._turn += 1
        self._timer.stop()
        self._cutting = False
        self._set(NoStill())

    def set_size(self, width: int, height: int) -> None:
        """Crop for another shape."""
        if (width, height) == self._size:
            return
        self._size = (width, height)
        if isinstance(self._state, Ready):
            self._cut()

    def set_crop(self, crop: Crop) -> None:
        """Begin with another part of the picture."""
        if isinstance(self._state, Ready) and crop != self._state.crop:
            self.refusal = None
            self._turn += 1  # what is being cut now would be the part before
            self._cutting = False
            self._timer.start()
            self._set(replace(self._state, crop=crop))

    def choose_frame(self, at: int) -> None:
        """Begin with another frame of the video. Those that are wished for while one is read give way to the last."""
        state = self._state
        if not isinstance(state, Ready) or state.opened.video is None or at == self._wish:
            return
        self.refusal = None
        idle, self._wish = self._wish is None, at
        self._timer.stop()
        if idle:
            self._read_frame()

    def _read_frame(self) -> None:
        state, at = self._state, self._wish
        if not isinstance(state, Ready) or state.opened.video is None or at is None:
            return
        video = state.opened.video

        def settle(found: Opened) -> None:
            state = self._state
            if not isinstance(state, Ready) or state.opened.video is not video:
                return  # something else was dropped meanwhile
            self._turn += 1  # what is being cut now would be the frame before
            self._cutting = False
            if self._wish == at:
                self._wish = None
                self._timer.start()
            self._set(replace(state, opened=found))
            self._read_frame()

        def failed(error: WaltError) -> None:
            if isinstance(self._state, Ready) and self._state.opened.video is video:
                self._turn += 1
                self._set(Refused(state.name, error))

        self._tasks.run(lambda: open_frame(video, at), settle, failed)

    def close(self) -> None:
        """Remove pictures made here from the disk; those that clips began with are in the library."""
        self._timer.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _new_file(self, stem: str) -> Path:
        if self._folder is None:
            # Named so that the next start sweeps it up, should this one be killed.
            self._folder = part_name(self._cache / "stills")
            with suppress(OSError):  # it is told when a picture cannot be written there
                self._folder.mkdir(parents=True, mode=0o700)
        self._made += 1
        return self._folder / f"{stem}-{self._made}.png"

    def _open(
        self, path: Path, name: str, image: QImage | None = None, *, as_frame: bool = False, keep_shape: bool = False
    ) -> None:
        self._turn += 1
        self._timer.stop()
        turn, shape = self._turn, self._size
        frame_file, stem = self._new_file("frame"), Path(name).stem

        def work() -> Ready | OwnClip:
            if image is not None and not image.save(os.fspath(path)):
                raise WaltError(
                    "still-not-kept", "The pasted picture could not be saved.", "Check the free disk space."
                )
            opened = open_file(path, lambda: frame_file, as_frame=as_frame)
            if isinstance(opened, OwnClip):
                return opened
            still, opened = written(opened, lambda: frame_file)
            file, frame = first_frame(still, Crop(), shape, lambda: frame_file)
            return Ready(file, name, frame, opened, Crop())

        def settle(found: Ready | OwnClip) -> None:
            if turn != self._turn:
                return
            if isinstance(found, OwnClip):
                self._set(Recalled(path, stem))
                self.recalled.emit(found.request)
            else:
                self._set(found)
                if not keep_shape:
                    self.arrived.emit(*found.opened.size)
                if self._size != shape and not self._cutting:
                    self._cut()

        if not isinstance(self._state, Checking):
            self._before = self._state
        self._set(Checking(name))
        self._tasks.run(work, settle, lambda error: self._reject(turn, Refused(name, error)))

    def _reject(self, turn: int, refusal: Refused) -> None:
        """What was offered is of no use: what was there before is there again."""
        if turn != self._turn:
            return
        self.refusal = refusal
        self._set(self._before)
        self._cut()  # the shape may be another one now, and a cut that was under way was given up

    @Slot()
    def _cut(self) -> None:
        """Take the chosen part of the picture, in the chosen shape."""
        state = self._state
        if not isinstance(state, Ready):
            return
        self._turn += 1
        self._timer.stop()
        turn, shape = self._turn, self._size
        frame_file, crop_file = self._new_file("frame"), self._new_file("crop")
        self._cutting = True

        def work() -> Ready:
            still, opened = written(state.opened, lambda: frame_file)
            file, frame = first_frame(still, state.crop, shape, lambda: crop_file)
            return replace(state, path=file, frame=frame, opened=opened)

        def settle(found: Ready) -> None:
            if turn == self._turn:
                self._cutting = False
                self._set(found)

        self._tasks.run(work, settle, lambda error: self._refuse(turn, state.name, error))

    def _refuse(self, turn: int, name: str, error: WaltError) -> None:
        if turn == self._turn:
            self._set(Refused(name, error))

    def _set(self, state: StillState) -> None:
        if not isinstance(state, Ready):
            self._cutting, self._wish = False, None
        self._state = state
        self.changed.emit()
