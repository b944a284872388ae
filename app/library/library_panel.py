"""The library panel: search, the grid of clips, what is known of the selected one, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.banner import Banner, EmptyNote
from app.core.file_manager import reveal
from app.core.formatting import count_text, size_text
from app.core.option_widgets import DropDown
from app.core.theme import BETWEEN, GRID, INSIDE
from app.core.widgets import IconButton, note
from app.library.clip_details import ClipDetails
from app.library.clip_grid import ClipGrid
from app.library.library_list import ORDERS, LibraryList
from app.library.records import ClipRecord

if TYPE_CHECKING:
    from app.preferences.preferences import PreferenceFile
    from app.window.session import Session

MEGABYTE = 2**20


class LibraryPanel(QWidget):
    """Every clip that was made.

    Signals:
        wanted(str): a verb of the window's, by name, is to be done with the clip that is on show now.
    """

    wanted = Signal(str)

    def __init__(self, session: Session, preferences: PreferenceFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._library = session.library
        self._preferences = preferences
        self.clips = LibraryList(self._library, self)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search by words or day"))
        self.search.setAccessibleName(self.tr("Search the library"))
        self.search.setToolTip(self.tr("Words of the prompt, a seed, a size, or a day: yesterday, november"))
        self.search.setClearButtonEnabled(True)
        self.favourites = IconButton("star", self.tr("Only favourites"))
        self.favourites.set_toggle(True)
        self.order = self._order_box()
        self.count = note()
        self.grid = ClipGrid(self.clips, self._library.thumbs)
        self.grid.setAccessibleName(self.tr("Clips"))
        self.empty = EmptyNote()
        self.undo = Banner()
        self.limit = Banner()
        self.details = ClipDetails()
        self.verbs = self._make_verbs()
        self.details.offer(self.verbs)
        self.pages = QStackedWidget()
        self._elsewhere: ClipRecord | None = None
        """The clip of the film's segment, where the grid does not show it."""
        self._trashed: tuple[ClipRecord, ...] = ()
        self._silenced = 0
        self._lay_out()
        self._wire()
        self.refresh()

    def _order_box(self) -> DropDown:
        words = {
            "newest": self.tr("Newest first"),
            "oldest": self.tr("Oldest first"),
            "words": self.tr("A to Z"),
        }
        box = DropDown(self.tr("Order"))
        box.setSizeAdjustPolicy(DropDown.SizeAdjustPolicy.AdjustToContents)  # none of its words is to be cut
        box.fill([(order, words[order]) for order in ORDERS])
        return box

    def _make_verbs(self) -> dict[str, QAction]:
        def verb(text: str, keys: str, do: Callable[[], None]) -> QAction:
            action = QAction(text, self.grid)
            if keys:
                action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(do)
            self.grid.addAction(action)
            return action

        return {
            "play": verb(self.tr("Play"), "", self._play),
            "continue": verb(self.tr("Continue"), "", self._continue),
            "add_to_film": verb(self.tr("Add to Film"), "", self._add_to_film),
            "reuse": verb(self.tr("Reuse Settings"), "", self._reuse),
            "vary": verb(self.tr("Generate with Another Seed"), "", self._vary),
            "favourite": verb(self.tr("Favourite"), "Ctrl+D", self._favourite),
            "export": verb(self.tr("Export…"), "", self._export),
            "reveal": verb(self.tr("Show in Folder"), "", self._reveal),
            "delete": verb(self.tr("Move to Trash"), "Del", self._delete),
        }

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(GRID)
        first.addWidget(self.search, 1)
        first.addWidget(self.favourites)
        second = QHBoxLayout()
        second.setSpacing(INSIDE)
        second.addWidget(self.order)
        second.addWidget(self.count, 1)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QVBoxLayout()
        head.setContentsMargins(BETWEEN, BETWEEN, BETWEEN, INSIDE)
        head.setSpacing(INSIDE)
        head.addLayout(first)
        head.addLayout(second)
        head.addWidget(self.limit)
        self.pages.addWidget(self.grid)
        self.pages.addWidget(self.empty)
        body = QVBoxLayout()
        body.setContentsMargins(INSIDE, 0, 0, 0)
        body.addWidget(self.pages)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(body, 1)
        below = QVBoxLayout()
        below.setContentsMargins(BETWEEN, 0, BETWEEN, BETWEEN)
        below.addWidget(self.undo)
        column.addLayout(below)
        column.addWidget(self.details)

    def _wire(self) -> None:
        self.search.textChanged.connect(self._searched)
        self.favourites.toggled.connect(self._narrowed)
        self.order.picked.connect(self.clips.sort_by)
        self.grid.play.connect(self._session.open_clip)
        self.grid.menu_wanted.connect(self._menu)
        self.grid.picked.connect(self._picked)
        film, monitor = self._session.film_generator.film, self._session.monitor
        for signal in (film.selected_changed, film.take_changed, monitor.mode_changed):
            signal.connect(self._follow)
        self.empty.act.clicked.connect(self._show_all)
        self.undo.act.clicked.connect(self._undo)
        self.limit.act.clicked.connect(self._tidy)
        self.limit.closed.connect(self._silence_limit)
        self._library.changed.connect(self.refresh)
        self._library.opened.connect(self.refresh)
        self._library.deleted.connect(self._deleted)
        self._preferences.changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Show what there is, what is selected, and what can be done with it."""
        selected, one = self._chosen(), self._one()
        for name, action in self.verbs.items():
            action.setEnabled(bool(selected) if name in ("delete", "favourite") else one is not None)
        starred = bool(selected) and all(clip.favourite for clip in selected)
        words = self.tr("Remove from Favourites") if starred else self.tr("Favourite")
        self.verbs["favourite"].setText(words)
        self.details.show_clip(one, starred)
        shown, every = self.clips.rowCount(), len(self._library.clips)
        some = self.tr("{0} of {1}").format(count_text(shown), count_text(every))
        self.count.setText(some if self.clips.narrowed else self.tr("%Ln clip(s)", "", every))
        self.pages.setCurrentWidget(self.grid if shown else self.empty)
        if not shown and self._library.ready:
            self._say_empty(every)
        self._watch_size()

    def _say_empty(self, every: int) -> None:
        if every:
            self.empty.say(
                self.tr("Nothing found"),
                self.tr("No clip has all these words, or none is a favourite."),
                self.tr("Show all"),
            )
        else:
            self.empty.say(
                self.tr("No clips yet"),
                self.tr("Every clip you make is kept here, even after a crash."),
            )

    # Search.

    @Slot(str)
    def _searched(self, text: str) -> None:
        self.clips.search(text)
        self.refresh()

    @Slot(bool)
    def _narrowed(self, only: bool) -> None:
        self.favourites.set_icon("starred" if only else "star")
        self.clips.only_favourites(only)
        self.refresh()

    @Slot()
    def _show_all(self) -> None:
        self.search.clear()
        self.favourites.setChecked(False)

    # Verbs.

    def _chosen(self) -> list[ClipRecord]:
        """What the details and the verbs are about."""
        elsewhere = self._elsewhere and self._library.get(self._elsewhere.id)
        return self.grid.selected() or ([elsewhere] if elsewhere else [])

    def _one(self) -> ClipRecord | None:
        chosen = self._chosen()
        return chosen[0] if len(chosen) == 1 else None

    @Slot()
    def _picked(self) -> None:
        if self.grid.selected():
            self._elsewhere = None
        self.refresh()

    @Slot()
    def _follow(self) -> None:
        """While the film is on show, what is told is about the clip of its selected segment."""
        film = self._session.film_generator.film
        if self._session.monitor.mode != "film" or film.selected is None:
            self._elsewhere = None
        else:
            file = film.take_of(film.selected).file
            clip = self._library.kept_as(file) if file is not None else None
            self._elsewhere = None if self.grid.choose(clip.id if clip else None) else clip
        self.refresh()

    @Slot(QPoint)
    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, action in self.verbs.items():
            if name in ("reuse", "favourite", "delete"):
                menu.addSeparator()
            menu.addAction(action)
        menu.popup(place)

    @Slot()
    def _play(self) -> None:
        clip = self._one()
        if clip is not None:
            self._session.open_clip(clip)

    def _open_and(self, verb: str) -> None:
        clip = self._one()
        if clip is not None:
            self._session.open_clip(clip, lambda: self.wanted.emit(verb))

    @Slot()
    def _continue(self) -> None:
        self._open_and("continue")

    @Slot()
    def _add_to_film(self) -> None:
        self._open_and("add_to_film")

    @Slot()
    def _export(self) -> None:
        self._open_and("export")

    @Slot()
    def _reuse(self) -> None:
        clip = self._one()
        if clip is not None:
            self._session.reuse(clip)

    @Slot()
    def _vary(self) -> None:
        clip = self._one()
        if clip is not None:
            self._session.vary(clip)

    @Slot()
    def _favourite(self) -> None:
        selected = self._chosen()
        starred = all(clip.favourite for clip in selected)
        self._library.set_favourite([clip.id for clip in selected], not starred)

    @Slot()
    def _reveal(self) -> None:
        clip = self._one()
        if clip is not None:
            reveal(self._library.path(clip))

    @Slot()
    def _delete(self) -> None:
        self._library.delete([clip.id for clip in self._chosen()])

    @Slot(object)
    def _deleted(self, clips: tuple[ClipRecord, ...]) -> None:
        self._trashed = clips
        self.undo.say(self.tr("%Ln clip(s) in the trash", "", len(clips)), self.tr("Undo"))

    @Slot()
    def _undo(self) -> None:
        self.undo.hide()
        self._library.restore(self._trashed)
        self._trashed = ()

    # Room on the disk.

    def _watch_size(self) -> None:
        limit = self._preferences.now.library_mb * MEGABYTE
        taken = self._library.bytes
        if not self._library.whole:
            return  # the oldest, which would go first, are still being read
        if not limit or taken <= limit:
            self._silenced = 0
            self.limit.hide()
        elif taken > self._silenced:
            words = self.tr("The library takes {0}, more than its limit of {1}.")
            self.limit.say(words.format(size_text(taken), size_text(limit)), self.tr("Tidy up…"))

    @Slot()
    def _silence_limit(self) -> None:
        """Say it again only when the library has grown by a tenth."""
        self._silenced = self._library.bytes + self._library.bytes // 10

    @Slot()
    def _tidy(self) -> None:
        """Ask before anything goes."""
        clips = self._library.oldest_over(self._preferences.now.library_mb * MEGABYTE)
        box = QMessageBox(self.window())
        box.setWindowTitle(self.tr("Tidy up the library"))
        freed = size_text(sum(clip.bytes for clip in clips))
        if not clips:
            box.setText(self.tr("All clips are favourites. Nothing was moved."))
        else:
            asked = self.tr("Move the %Ln oldest clip(s) to the trash?", "", len(clips))
            more = self.tr("They take {0}. Favourites stay. The space is freed when you empty the trash.")
            box.setText(asked)
            box.setInformativeText(more.format(freed))
            move = box.addButton(self.tr("Move to Trash"), QMessageBox.ButtonRole.AcceptRole)
            names = [clip.id for clip in clips]
            move.clicked.connect(lambda: self._library.delete(names))
            box.addButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
