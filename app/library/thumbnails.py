"""Thumbnails of the library: read on a thread of their own, newest wish first, kept within a bound."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.core.background_tasks import BackgroundTasks
from app.library.files import LibraryPaths, read_strip

if TYPE_CHECKING:
    from app.library.records import ClipRecord
    from engine.api.errors import WaltError

BUDGET = 64 * 2**20
"""Bytes of decoded strips in memory: about seventy clips of 16:9, several times what is in sight."""
_WISHES = 48
"""More than this are not waited for: what was scrolled past is asked for again when it comes back."""


class Thumbs(QObject):
    """Strips by clip.

    Signals:
        ready(str): a clip's strip can be drawn now.
    """

    ready = Signal(str)

    def __init__(self, places: LibraryPaths, budget: int = BUDGET, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places = places
        self._budget = budget
        self._tasks = BackgroundTasks(self, name="thumbs")
        self._strips: OrderedDict[str, QImage] = OrderedDict()
        self._wishes: OrderedDict[str, ClipRecord] = OrderedDict()
        self._bytes = 0
        self._reading = False

    @property
    def bytes(self) -> int:
        """How much memory the strips take."""
        return self._bytes

    def strip(self, clip: ClipRecord) -> QImage | None:
        """A clip's strip if it is in memory; null if there is none to be had. Else it is fetched: `ready`."""
        found = self._strips.get(clip.id)
        if found is not None:
            self._strips.move_to_end(clip.id)
            return found
        self._wishes[clip.id] = clip
        self._wishes.move_to_end(clip.id)
        while len(self._wishes) > _WISHES:
            self._wishes.popitem(last=False)
        self._read_next()
        return None

    def close(self) -> None:
        """Read no more."""
        self._wishes.clear()
        self._tasks.close()

    def _read_next(self) -> None:
        if self._reading or not self._wishes:
            return
        _, clip = self._wishes.popitem()
        self._reading = True

        def read(strip: QImage) -> None:
            self._reading = False
            self._keep(clip.id, strip)
            self.ready.emit(clip.id)
            self._read_next()

        def failed(_: WaltError) -> None:
            read(QImage())

        self._tasks.run(lambda: read_strip(self._places, clip), read, failed)

    def _keep(self, clip: str, strip: QImage) -> None:
        self._strips[clip] = strip
        self._bytes += strip.sizeInBytes()
        while self._bytes > self._budget and len(self._strips) > 1:
            _, old = self._strips.popitem(last=False)
            self._bytes -= old.sizeInBytes()
