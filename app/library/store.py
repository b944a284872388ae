"""The store: one SQLite file with the records of the library and the queue, beside the clips.

Everything here blocks, and belongs on one worker thread (`app.core.background_tasks`). A job is
recorded before it starts; a clip when its file is whole. Whatever moment the program is killed at, the next
start finds every finished clip, calls the job that ran interrupted, leaves the queue as it was, and starts
nothing by itself.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFile, QLockFile

from app.library.database import open_database
from app.library.files import LibraryPaths, keep_still, read_record, write_clip
from app.library.records import (
    ClipRecord,
    Job,
    State,
    StoredRequest,
    UnreadableRequest,
    columns,
    from_row,
    values_of,
)
from engine.api.errors import WaltError

if TYPE_CHECKING:
    from engine.api.clip import Clip

FIRST_PAGE, PAGE = 256, 2048
"""Clips that are read when the library opens, and in each further page."""
MAX_ENDED = 500
"""The most ended jobs that are kept, the newest; their clips are not touched."""

_CLIP, _JOB = columns(ClipRecord), columns(Job)


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found at the start. ``aside`` is where a damaged database was moved to, if there was one.

    ``owns_lock`` is false while another window of the same person's has the library open: then the queue is that
    one's, and nothing is swept up. ``clips`` are the newest; `Store.older` goes on from ``next``, if there is one.
    """

    clips: tuple[ClipRecord, ...]
    jobs: tuple[Job, ...]
    aside: Path | None = None
    owns_lock: bool = True
    next: str | None = None


class Store:
    """The database and the folders. Not usable before `open`.

    Raises:
        WaltError: from every method: ``library-not-opened``, ``library-too-new`` or ``library-not-written``.
    """

    def __init__(self, places: LibraryPaths) -> None:
        self.places = places
        self._connection: sqlite3.Connection | None = None
        self._lock: QLockFile | None = None

    # Opening and closing.

    def open(self) -> Opened:
        """Open or repair the database, clean up after a crash, and read the jobs and the newest clips."""
        try:
            self.places.make()
        except OSError as error:
            raise WaltError(
                "library-not-opened",
                f"The library's folder cannot be created: {error.strerror}.",
                f"Check that {self.places.data} is writable.",
            ) from error
        owns_lock = self._lock_folder()
        self._connection, aside = open_database(self.places.database)
        if owns_lock:
            self.places.sweep()
            with self._writing() as db:
                db.execute(
                    "UPDATE jobs SET state = 'interrupted', ended = ? WHERE state = 'running'", (time.time(),)
                )
                db.execute("DELETE FROM clips WHERE trash IS NOT NULL")  # it can no longer be undone
                self._forget(db)
            self._drop_stills()
        clips, after = self._page("", (), FIRST_PAGE)
        return Opened(clips, self._jobs() if owns_lock else (), aside, owns_lock, after)

    def older(self, after: str) -> tuple[tuple[ClipRecord, ...], str | None]:
        """The clips that are older than ``after``, a page of them, and where the next page goes on, or None."""
        where = "AND (created, rowid) < (SELECT created, rowid FROM clips WHERE id = ?)"
        return self._page(where, (after,), PAGE)

    def close(self) -> None:
        """Close the database and unlock the folder."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def unknown_files(self) -> tuple[Path, ...]:
        """Clip files that are not in the database: it was damaged since, or they were copied there by hand."""
        known = {row[0] for row in self._db().execute("SELECT file FROM clips")}
        found = sorted(path for path in self.places.clips.glob("*.mp4") if path.name not in known)
        return tuple(path for path in found if not path.name.startswith("."))

    def add_files(self, files: Sequence[Path]) -> tuple[ClipRecord, ...]:
        """Add clip files to the library from their own metadata; files without it are left out."""
        records = [record for file in files if (record := read_record(self.places, file)) is not None]
        taken: list[ClipRecord] = []
        with self._writing() as db:
            for record in records:
                if self._insert_clip(db, record):
                    taken.append(record)
        return tuple(taken)

    # Jobs.

    def add_jobs(self, jobs: Sequence[Job], order: Sequence[str] = ()) -> tuple[Job, ...]:
        """Record jobs before anything is done for them, with their stills; returns them as recorded.

        ``order`` is that of all jobs that wait, with these among them.
        """
        kept = tuple(replace(job, request=self._with_still(job.request)) for job in jobs)
        marks = ", ".join("?" * len(_JOB))
        with self._writing() as db:
            db.executemany(
                f"INSERT INTO jobs ({', '.join(_JOB)}) VALUES ({marks})", [values_of(job) for job in kept]
            )
            _set_order(db, order)
        return kept

    def set_state(self, job: str, state: State, error: WaltError | None = None) -> None:
        """Record how far a job has come, and why it failed."""
        ended = None if state in ("queued", "running") else time.time()
        words = (error.code, error.message, error.hint) if error else ("", "", "")
        with self._writing() as db:
            db.execute(
                "UPDATE jobs SET state = ?, ended = ?, code = ?, message = ?, hint = ? WHERE id = ?",
                (state, ended, *words, job),
            )

    def set_order(self, jobs: Sequence[str]) -> None:
        """Record the order of the jobs that wait."""
        with self._writing() as db:
            _set_order(db, jobs)

    def remove_jobs(self, jobs: Iterable[str]) -> None:
        """Delete jobs; their clips stay."""
        with self._writing() as db:
            db.executemany("DELETE FROM jobs WHERE id = ?", [(job,) for job in jobs])

    # Clips.

    def keep(self, clip: Clip, job: str | None, state: State) -> ClipRecord:
        """Write a clip's file, then record it together with the end of the job that made it."""
        record = write_clip(self.places, clip, complete=state == "done")
        with self._writing() as db:
            self._insert_clip(db, record)
            db.execute(
                "UPDATE jobs SET state = ?, ended = ?, clip = ? WHERE id = ?",
                (state, record.created, record.id, job),
            )
        return record

    def set_favourite(self, clips: Sequence[str], favourite: bool) -> None:
        """Mark clips as favourites, or no longer."""
        with self._writing() as db:
            db.executemany(
                "UPDATE clips SET favourite = ? WHERE id = ?", [(int(favourite), clip) for clip in clips]
            )

    def trash(self, clips: Sequence[ClipRecord]) -> tuple[ClipRecord, ...]:
        """Move clips to the system's trash; returns those that went.

        Raises:
            WaltError: ``no-trash`` if none of them could be moved.
        """
        gone: list[ClipRecord] = []
        for clip in clips:
            where = _to_trash(self.places.clips / clip.file)
            if where is None:
                continue
            with self._writing() as db:
                db.execute("UPDATE clips SET trash = ? WHERE id = ?", (where, clip.id))
            gone.append(clip)
        if clips and not gone:
            raise WaltError(
                "no-trash",
                "The clip could not be moved to the trash.",
                "Show it in its folder and delete it there.",
            )
        return tuple(gone)

    def restore(self, clips: Sequence[ClipRecord]) -> tuple[ClipRecord, ...]:
        """Bring clips back from the trash; returns those that came.

        Raises:
            WaltError: ``trash-emptied`` if none of them was there any more.
        """
        back: list[ClipRecord] = []
        for clip in clips:
            row = self._db().execute("SELECT trash FROM clips WHERE id = ?", (clip.id,)).fetchone()
            if row is None or not _from_trash(row[0], self.places.clips / clip.file):
                continue
            with self._writing() as db:
                db.execute("UPDATE clips SET trash = NULL WHERE id = ?", (clip.id,))
            back.append(clip)
        if clips and not back:
            raise WaltError(
                "trash-emptied", "The clip is no longer in the trash.", "It cannot be restored."
            )
        return tuple(back)

    # Helpers.

    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            raise WaltError("library-not-opened", "The library is not open.", "Start walt again.")
        return self._connection

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        """One transaction: all of it is written, or nothing."""
        db = self._db()
        try:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise WaltError(
                "library-not-written", f"The library could not be written: {error}.", "Check the free disk space."
            ) from error

    def _lock_folder(self) -> bool:
        if self._lock is None:
            self._lock = QLockFile(os.fspath(self.places.data / "walt.lock"))
            self._lock.setStaleLockTime(0)  # never by age: a window may be open for weeks
        return self._lock.isLocked() or self._lock.tryLock(0)

    def _with_still(self, request: StoredRequest) -> StoredRequest:
        if isinstance(request, UnreadableRequest) or not request.image:
            return request
        return replace(request, image=keep_still(self.places, request.image))

    def _insert_clip(self, db: sqlite3.Connection, record: ClipRecord) -> bool:
        marks = ", ".join("?" * len(_CLIP))
        query = f"INSERT OR IGNORE INTO clips ({', '.join(_CLIP)}) VALUES ({marks})"
        return db.execute(query, values_of(record)).rowcount > 0

    def _drop_stills(self) -> None:
        """Delete stills that no clip and no job uses any more."""
        used = {
            Path(row[0]).name
            for table in ("clips", "jobs")
            for row in self._db().execute(
                f"SELECT json_extract(request, '$.image') FROM {table} WHERE request LIKE '%stills%'"
            )
            if row[0]
        }
        for still in self.places.stills.iterdir():
            if still.name not in used:
                still.unlink(missing_ok=True)

    def _page(
        self, where: str, values: tuple[str, ...], count: int
    ) -> tuple[tuple[ClipRecord, ...], str | None]:
        """Clips whose file is there, newest first; one that is on a drive that is not there stays known."""
        order = f"ORDER BY created DESC, rowid DESC LIMIT {count}"
        query = f"SELECT {', '.join(_CLIP)} FROM clips WHERE trash IS NULL {where} {order}"
        rows = self._db().execute(query, values).fetchall()
        clips = self.places.clips
        found = tuple(from_row(ClipRecord, row) for row in rows if os.path.exists(clips / row["file"]))
        return found, rows[-1]["id"] if len(rows) == count else None

    def _jobs(self) -> tuple[Job, ...]:
        query = (
            f"SELECT {', '.join(_JOB)} FROM jobs "
            "ORDER BY state != 'queued', CASE state WHEN 'queued' THEN place ELSE -ended END"
        )
        return tuple(from_row(Job, row) for row in self._db().execute(query))

    def _forget(self, db: sqlite3.Connection) -> None:
        db.execute(
            "DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND id NOT IN (SELECT id FROM jobs "
            "WHERE state NOT IN ('queued', 'running') ORDER BY ended DESC LIMIT ?)",
            (MAX_ENDED,),
        )


def _set_order(db: sqlite3.Connection, jobs: Sequence[str]) -> None:
    db.executemany("UPDATE jobs SET place = ? WHERE id = ?", list(enumerate(jobs)))


def _to_trash(path: Path) -> str | None:
    """Move a file to the system's trash: where it is now ("" if the system does not say), None if it failed."""
    if not path.exists():
        return ""
    file = QFile(os.fspath(path))
    if not file.moveToTrash():
        return None
    where = file.fileName()
    return where if where != os.fspath(path) else ""


def _from_trash(where: str | None, target: Path) -> bool:
    if not where or not Path(where).is_file() or target.exists():
        return target.exists()
    shutil.move(where, target)
    # The freedesktop trash has an info file for each file; it would be listed there without the file.
    note = Path(where).parent.parent / "info" / f"{Path(where).name}.trashinfo"
    note.unlink(missing_ok=True)
    return True
