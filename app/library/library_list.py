"""The library as a list for a view: searched, narrowed to favourites, sorted; draggable as files."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QDateTime, QMimeData, QModelIndex, QObject, Qt, QUrl, Slot

from app.core.formatting import date_text, day_text, near_day, seconds_text
from app.core.record_list_model import Index, RecordListModel
from app.library.library import Library
from app.library.records import ClipRecord

Order = Literal["newest", "oldest", "words"]
ORDERS: tuple[Order, ...] = ("newest", "oldest", "words")


def folded(text: str) -> str:
    """Text as it is compared: without accents and case."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).casefold()


class LibraryList(RecordListModel[ClipRecord]):
    """What of the library is shown, in which order."""

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._words: tuple[str, ...] = ()
        self._favourites = False
        self._order: Order = "newest"
        self._folded: dict[str, str] = {}
        self._days: dict[int, str] = {}
        library.changed.connect(self.refresh)
        self.refresh()

    @property
    def narrowed(self) -> bool:
        """Whether less than the whole library is shown on purpose."""
        return bool(self._words) or self._favourites

    def search(self, text: str) -> None:
        """Show only clips with all these words: of the prompt, the seed, the pack, the size or the day."""
        words = tuple(folded(text).split())
        self._days.clear()  # a day that was today may be yesterday by now
        if words != self._words:
            self._words = words
            self.refresh()

    def only_favourites(self, only: bool) -> None:
        """Show only favourites, or all."""
        if only != self._favourites:
            self._favourites = only
            self.refresh()

    def sort_by(self, order: Order) -> None:
        """Show in another order."""
        if order != self._order:
            self._order = order
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look at the library again."""
        clips = [clip for clip in self._library.clips if self._shows(clip)]
        if self._order == "oldest":
            clips.reverse()
        elif self._order == "words":
            clips.sort(key=self._text)
        self.arrange(clips)

    def _shows(self, clip: ClipRecord) -> bool:
        if self._favourites and not clip.favourite:
            return False
        return not self._words or all(word in self._text(clip) or word in self._day(clip) for word in self._words)

    def _text(self, clip: ClipRecord) -> str:
        found = self._folded.get(clip.id)
        if found is None:
            words = f"{clip.prompt} {clip.seed} {clip.pack} {clip.width}x{clip.height}"
            found = self._folded[clip.id] = folded(words)
        return found

    def _day(self, clip: ClipRecord) -> str:
        day = QDateTime.fromSecsSinceEpoch(int(clip.created)).date()
        found = self._days.get(day.toJulianDay())
        if found is None:
            words = f"{near_day(day)} {day_text(day)} {day.toString(Qt.DateFormat.ISODate)}"
            found = self._days[day.toJulianDay()] = folded(words)
        return found

    def facts(self, clip: ClipRecord) -> str:
        """Seed, length, size and date in two lines."""
        seconds = seconds_text(clip.frames / clip.fps)
        seed = self.tr("seed {0}").format(clip.seed)
        facts = " · ".join((seed, seconds, f"{clip.width} × {clip.height}"))
        return f"{facts}\n{date_text(clip.created)}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The record, its prompt, or, for screen readers, what else is known."""
        clip = self.row_at(index)
        if clip is not None and role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self.facts(clip)
        if clip is not None and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return clip.prompt
        return super().data(index, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Clips can be dragged out."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usual | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren

    def supportedDragActions(self) -> Qt.DropAction:
        """A copy, always: no program may take the library's own file away."""
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        """Files."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The files of the clips that are dragged."""
        clips = [clip for index in sorted(indexes, key=QModelIndex.row) if (clip := self.row_at(index))]
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(self._library.path(clip))) for clip in clips])
        return mime
