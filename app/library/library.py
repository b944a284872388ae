"""The library: every clip that was made, as the window sees it. Files and database are on another thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.library.records import ClipRecord, State
from app.library.thumbnails import Thumbs

if TYPE_CHECKING:
    from app.core.background_tasks import BackgroundTasks
    from app.library.files import LibraryPaths
    from app.library.store import Opened, Store
    from engine.api.clip import Clip
    from engine.api.errors import WaltError

_BATCH = 32
"""Clip files that are added at a time."""


class Library(QObject):
    """All clips, newest first.

    Signals:
        opened(Opened): the store was read, and its newest clips; older ones follow.
        changed(): clips came, went or changed.
        kept(str, ClipRecord): a job's clip is whole and in the library; the job's id comes first.
        not_kept(str, WaltError): a job's clip could not be written.
        deleted(tuple): clips went to the trash; `restore` brings them back.
        failed(WaltError): something else went wrong.
    """

    opened = Signal(object)
    changed = Signal()
    kept = Signal(str, object)
    not_kept = Signal(str, object)
    deleted = Signal(object)
    failed = Signal(object)

    def __init__(self, store: Store, worker: BackgroundTasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._worker = worker
        self._clips: dict[str, ClipRecord] = {}
        self._files: dict[str, str] = {}  # ids by file name; deleted clips stay in it
        self.thumbs = Thumbs(store.places, parent=self)
        self.ready = False
        self.whole = False
        """Whether the oldest clips are here too."""

    @property
    def clips(self) -> Sequence[ClipRecord]:
        """All clips, newest first."""
        return list(self._clips.values())

    @property
    def bytes(self) -> int:
        """How much room the clips take on the disk."""
        return sum(clip.bytes for clip in self._clips.values())

    def get(self, clip: str) -> ClipRecord | None:
        """A clip by its id."""
        return self._clips.get(clip)

    def kept_as(self, file: Path) -> ClipRecord | None:
        """The clip that is kept in a file, if it is one of the library's."""
        clip = self._clips.get(self._files.get(file.name, ""))
        return clip if clip is not None and self.path(clip) == file else None

    @property
    def folder(self) -> Path:
        """Where the library is kept."""
        return self._store.places.data

    @property
    def places(self) -> LibraryPaths:
        """Where its files are."""
        return self._store.places

    def path(self, clip: ClipRecord) -> Path:
        """Where a clip's file is."""
        return self._store.places.clips / clip.file

    def open(self) -> None:
        """Read the store; `opened` or `failed` follows, then older clips and files that the database does not have."""
        self._worker.run(self._store.open, self._take, self.failed.emit)

    def close(self) -> None:
        """Finish what is being written and close the store. Blocks; a clip takes about a second."""
        self.thumbs.close()
        self._worker.run(self._store.close, lambda _: None, self.failed.emit)
        self._worker.close()

    def _take(self, opened: Opened) -> None:
        self._clips |= {clip.id: clip for clip in opened.clips}
        self._sort()
        self.ready = True
        self.whole = opened.next is None
        self.opened.emit(opened)
        self.changed.emit()
        if opened.next is not None:
            self._read_on(opened.next)
        if opened.owns_lock:
            self._worker.run(self._store.unknown_files, self._add_unknown, self.failed.emit)

    def _read_on(self, after: str) -> None:
        """Fetch the older clips a page at a time, so that other work gets between."""

        def read(page: tuple[tuple[ClipRecord, ...], str | None]) -> None:
            clips, following = page
            self.whole = following is None
            self._add(clips)
            if following is not None:
                self._read_on(following)

        self._worker.run(lambda: self._store.older(after), read, self.failed.emit)

    def _add_unknown(self, files: tuple[Path, ...]) -> None:
        """Add clip files that the database does not have, a few at a time so that other work gets between."""
        batch, rest = files[:_BATCH], files[_BATCH:]
        if not batch:
            return

        def taken(clips: tuple[ClipRecord, ...]) -> None:
            if clips:
                self._add(clips)
            self._add_unknown(rest)

        self._worker.run(lambda: self._store.add_files(batch), taken, self.failed.emit)

    def keep(self, clip: Clip, job: str, state: State) -> None:
        """Write a clip to the library, and with it how its job ended."""

        def kept(record: ClipRecord) -> None:
            self._add((record,))
            self.kept.emit(job, record)

        def failed(error: WaltError) -> None:
            self.not_kept.emit(job, error)

        self._worker.run(lambda: self._store.keep(clip, job, state), kept, failed)

    def set_favourite(self, clips: Sequence[str], favourite: bool) -> None:
        """Mark clips as favourites, or no longer."""
        for name in clips:
            if name in self._clips:
                self._clips[name] = replace(self._clips[name], favourite=favourite)
        self._worker.run(
            lambda: self._store.set_favourite(clips, favourite), lambda _: None, self.failed.emit
        )
        self.changed.emit()

    def delete(self, clips: Sequence[str]) -> None:
        """Move clips to the trash; `deleted` follows."""
        records = [self._clips[name] for name in clips if name in self._clips]

        def gone(moved: tuple[ClipRecord, ...]) -> None:
            for record in moved:
                self._clips.pop(record.id, None)
            self.changed.emit()
            self.deleted.emit(moved)

        if records:
            self._worker.run(lambda: self._store.trash(records), gone, self.failed.emit)

    def restore(self, clips: Sequence[ClipRecord]) -> None:
        """Bring deleted clips back from the trash."""
        self._worker.run(lambda: self._store.restore(clips), self._add, self.failed.emit)

    def oldest_over(self, limit: int) -> Sequence[ClipRecord]:
        """The oldest clips, favourites spared, without which the library takes no more than ``limit`` bytes."""
        over, result = self.bytes - limit, list[ClipRecord]()
        for clip in reversed(self._clips.values()):
            if over <= 0:
                break
            if not clip.favourite:
                result.append(clip)
                over -= clip.bytes
        return result

    def _add(self, clips: Sequence[ClipRecord]) -> None:
        self._clips |= {clip.id: clip for clip in clips}
        self._sort()
        self.changed.emit()

    def _sort(self) -> None:
        newest = sorted(self._clips.values(), key=lambda clip: clip.created, reverse=True)
        self._clips = {clip.id: clip for clip in newest}
        self._files = {clip.file: clip.id for clip in newest}
