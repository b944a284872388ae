"""The installed packs: list, install, verify and remove, on a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.core.background_tasks import BackgroundTasks
from engine.api.errors import WaltError

if TYPE_CHECKING:
    from app.core.i18n import Language
    from engine.open_models.get import Offer
    from engine.packs.base_manifest import Knows
    from engine.packs.store import InstalledPack, PackStore

PERCENT = 100
ARCHIVES = (".zip", ".waltpack")
"""How the names of archives with a pack end. The second is a zip archive too; desktops open it with walt."""


@dataclass(frozen=True, slots=True)
class PackEntry:
    """A pack in the list."""

    pack: InstalledPack
    removable: bool
    linked: str = ""
    """Where the model is that it points to, if it is an open model."""

    def knows(self, group: str, language: Language) -> tuple[str, ...]:
        """What the pack knows of one group (``subjects``, ``places`` …)."""
        knows: Knows = self.pack.manifest.knows
        words = getattr(knows, group)
        return words.fr if language == "fr" and words.fr else words.en


def _linked(pack: InstalledPack) -> str:
    from engine.open_models.link import location
    from engine.packs.base_manifest import OPEN_KIND

    if pack.manifest.kind != OPEN_KIND:
        return ""
    try:
        return str(location(pack))
    except WaltError as error:
        return error.message


class PackManager(QObject):
    """Reads and changes the folder of packs.

    Signals:
        changed(): the list, or what is known of a pack's files, is another.
        progress(int): an installation is so many percent done.
        ended(): whatever was going on is over.
        installed(str): a pack is there now.
        removed(str): a pack is gone.
        offered(Offer): what getting a model would bring.
        failed(WaltError)
    """

    changed = Signal()
    progress = Signal(int)
    ended = Signal()
    installed = Signal(str)
    removed = Signal(str)
    offered = Signal(object)
    failed = Signal(object)
    _counted = Signal(int)

    def __init__(self, store: PackStore | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._given = store
        self._tasks = BackgroundTasks(self, name="packs")
        self._stop = threading.Event()
        self.entries: tuple[PackEntry, ...] = ()
        self.errors: tuple[WaltError, ...] = ()
        self.verified: dict[str, bool] = {}
        """Packs whose files were hashed since the window opened, and whether all were right."""
        self.busy = False
        self._counted.connect(self._count)

    def refresh(self) -> None:
        """Read the list again."""

        def work() -> tuple[tuple[PackEntry, ...], tuple[WaltError, ...]]:
            store = self._store()
            packs, errors = store.scan()
            own = store.roots[-1]
            entries = tuple(
                PackEntry(pack, pack.path.parent == own and len(store.roots) > 1, _linked(pack)) for pack in packs
            )
            return entries, tuple(errors)

        self._tasks.run(work, self._take, self._fail)

    def install(self, source: Path, *, replace: bool = False) -> None:
        """Install a pack, or link the folder of an open model; `progress`, then `installed` or `failed` is emitted."""

        def work() -> str:
            from engine.open_models.folder import INDEX
            from engine.open_models.link import link
            from engine.packs.install import install

            root = self._store().own
            if (source / INDEX).is_file():
                return link(source, root, replace=replace).name
            tell, stop = self._percents(), self._stop.is_set
            name = install(source, root, replace=replace, on_bytes=tell, cancelled=stop).name
            self.verified[name] = True  # every byte was hashed on its way in
            return name

        self._put(work)

    def ask(self, wanted: str, to: Path | None) -> None:
        """Ask the hub what getting an open model would bring; `offered` or `failed` is emitted."""

        def work() -> Offer:
            from engine.open_models.get import offer

            return offer(wanted, to)

        def done(offered: Offer) -> None:
            self._end()
            self.offered.emit(offered)

        self._begin()
        self._tasks.run(work, done, self._fail)

    def get(self, offered: Offer) -> None:
        """Fetch an open model whose licence was accepted; `progress`, then `installed` or `failed` is emitted."""

        def work() -> str:
            from engine.open_models.get import get

            root = self._store().own
            return get(offered, root, on_bytes=self._percents(), cancelled=self._stop.is_set).name

        self._put(work)

    def _put(self, work: Callable[[], str]) -> None:
        """Do what ends with a pack of the returned name in the store."""

        def done(name: str) -> None:
            self._end()
            self.installed.emit(name)
            self.refresh()

        self._begin()
        self._tasks.run(
            lambda: self._quietly(work), lambda name: done(name) if name else self._end(), self._fail
        )

    def _percents(self) -> Callable[[int, int], None]:
        """What is told of bytes and tells the window of whole percents only."""
        shown = -1

        def tell(done: int, total: int) -> None:
            nonlocal shown
            percent = done * PERCENT // max(total, 1)
            if percent > shown:
                shown = percent
                self._counted.emit(percent)

        return tell

    def verify(self, entry: PackEntry) -> None:
        """Hash a pack's files; `changed` tells the result."""

        def work() -> str:
            from engine.kinds.registry import kind_of

            kind_of(entry.pack).verify(entry.pack, self._stop.is_set)
            return entry.pack.name

        def done(name: str) -> None:
            self.verified[name] = True
            self._end()

        def fail(error: WaltError) -> None:
            self.verified[entry.pack.name] = False
            self._fail(error)

        self._begin()
        self._tasks.run(lambda: self._quietly(work), lambda name: done(name) if name else self._end(), fail)

    def remove(self, entry: PackEntry) -> None:
        """Delete a pack."""

        def work() -> str:
            from engine.packs.install import remove

            remove(entry.pack, self._store().own)
            return entry.pack.name

        def done(name: str) -> None:
            self.verified.pop(name, None)
            self._end()
            self.removed.emit(name)
            self.refresh()

        self._begin()
        self._tasks.run(work, done, self._fail)

    def cancel(self) -> None:
        """Stop the running work; no partial result is left."""
        self._stop.set()

    def close(self) -> None:
        """Stop and end the thread."""
        self._stop.set()
        self._tasks.close()

    def _store(self) -> PackStore:
        from engine.packs.store import PackStore

        return self._given or PackStore()

    def _quietly(self, work: Callable[[], str]) -> str:
        from engine.api.clip import Cancelled

        try:
            return work()
        except Cancelled:
            return ""

    def _begin(self) -> None:
        self._stop.clear()
        self.busy = True
        self.progress.emit(0)
        self.changed.emit()

    def _end(self) -> None:
        self.busy = False
        self.ended.emit()
        self.changed.emit()

    @Slot(int)
    def _count(self, percent: int) -> None:
        self.progress.emit(percent)

    def _take(self, found: tuple[tuple[PackEntry, ...], tuple[WaltError, ...]]) -> None:
        self.entries, self.errors = found
        self.changed.emit()

    def _fail(self, error: WaltError) -> None:
        self._end()
        self.failed.emit(error)
