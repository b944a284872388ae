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

    def knows(self, group: str, language: Language) -> tuple[str, ...]:
        """What the pack knows of one group (``subjects``, ``places`` …)."""
        knows: Knows = self.pack.manifest.knows
        words = getattr(knows, group)
        return words.fr if language == "fr" and words.fr else words.en


class PackManager(QObject):
    """Reads and changes the folder of packs.

    Signals:
        changed(): the list, or what is known of a pack's files, is another.
        progress(int): an installation is so many percent done.
        ended(): whatever was going on is over.
        installed(str): a pack is there now.
        removed(str): a pack is gone.
        failed(WaltError)
    """

    changed = Signal()
    progress = Signal(int)
    ended = Signal()
    installed = Signal(str)
    removed = Signal(str)
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
                PackEntry(pack, pack.path.parent == own and len(store.roots) > 1) for pack in packs
            )
            return entries, tuple(errors)

        self._tasks.run(work, self._take, self._fail)

    def install(self, source: Path, *, replace: bool = False) -> None:
        """Install a pack; `progress`, then `installed` or `failed` is emitted."""

        def work() -> str:
            from engine.packs.install import install

            shown = -1

            def tell(done: int, total: int) -> None:
                nonlocal shown
                percent = done * PERCENT // max(total, 1)
                if percent > shown:  # the window hears of whole percents only
                    shown = percent
                    self._counted.emit(percent)

            root = self._store().own
            return install(source, root, replace=replace, on_bytes=tell, cancelled=self._stop.is_set).name

        def done(name: str) -> None:
            self.verified[name] = True  # every byte was hashed on its way in
            self._end()
            self.installed.emit(name)
            self.refresh()

        self._begin()
        self._tasks.run(
            lambda: self._quietly(work), lambda name: done(name) if name else self._end(), self._fail
        )

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
