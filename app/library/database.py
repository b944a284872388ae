"""The SQLite file: its tables, its version, and what happens when it is damaged.

The file is never thrown away: one that SQLite cannot trust is moved aside and kept, and what can still be
read of it is carried over. One that a newer walt wrote is left alone.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from app.library.records import ClipRecord, Job, columns
from engine.api.errors import WaltError

_log = logging.getLogger(__name__)

MAJOR = 1
"""Part of the version that older programs cannot read past; `_STEPS` only ever adds."""
SCALE = 1000
_BUSY_MS = 5000

_STEPS = (
    """
    CREATE TABLE clips (
        id TEXT PRIMARY KEY, file TEXT NOT NULL UNIQUE, request TEXT NOT NULL, prompt TEXT NOT NULL,
        pack TEXT NOT NULL, stage TEXT NOT NULL, seed INTEGER NOT NULL, width INTEGER NOT NULL,
        height INTEGER NOT NULL, frames INTEGER NOT NULL, fps REAL NOT NULL, seconds REAL NOT NULL,
        created REAL NOT NULL, bytes INTEGER NOT NULL, complete INTEGER NOT NULL,
        favourite INTEGER NOT NULL, trash TEXT
    ) STRICT;
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('queued','running','interrupted','failed','cancelled','done')),
        request TEXT NOT NULL, prompt TEXT NOT NULL, seed INTEGER NOT NULL, created REAL NOT NULL,
        place INTEGER NOT NULL, ended REAL, clip TEXT REFERENCES clips (id) ON DELETE SET NULL,
        code TEXT NOT NULL, message TEXT NOT NULL, hint TEXT NOT NULL
    ) STRICT;
    CREATE INDEX jobs_by_state ON jobs (state, place);
    CREATE INDEX jobs_by_clip ON jobs (clip);
    """,
    "CREATE INDEX clips_by_time ON clips (created)",
)
"""One script a minor version; a file is taken from its own version to the newest at start."""

_SALVAGED = {"clips": (*columns(ClipRecord), "trash"), "jobs": columns(Job)}


def open_database(file: Path) -> tuple[sqlite3.Connection, Path | None]:
    """Open the file, making or mending it if need be.

    Returns:
        The connection, and where a damaged file was moved to, if there was one.

    Raises:
        WaltError: ``library-too-new`` or ``library-not-opened``.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _connect(file), None
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            _log.error("the library's database is damaged: %s", error)
        aside = _move_aside(file)
        connection = _connect(file)
        _salvage(connection, aside)
        return connection, aside
    except (sqlite3.Error, OSError) as error:
        raise WaltError(
            "library-not-opened", f"The library cannot be opened: {error}.", f"Check that {file.parent} is writable."
        ) from error


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_BUSY_MS / 1000, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        _check(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a job that is recorded stays so, even without power
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    version = _version(connection)
    if version >= (MAJOR + 1) * SCALE:
        raise WaltError(
            "library-too-new",
            "The library was made by a newer version of walt and is not changed.",
            "Open it with that version, or update this one.",
        )
    problems = [str(row[0]) for row in connection.execute("PRAGMA quick_check(1)")]
    if problems != ["ok"]:
        damage = sqlite3.DatabaseError(problems[0])
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection) -> None:
    known = MAJOR * SCALE
    done = max(0, _version(connection) - known)
    for number, script in enumerate(_STEPS[done:], done + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {known + number}; COMMIT;"
        )


def _move_aside(file: Path) -> Path:
    """Rename the file, with its log beside it, to a name that says what it is."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = file.with_name(f"{file.stem}.damaged-{stamp}{file.suffix}")
    for tail in ("", "-wal", "-shm"):
        part = file.with_name(file.name + tail)
        if part.exists():
            part.replace(aside.with_name(aside.name + tail))
    return aside


def _salvage(connection: sqlite3.Connection, aside: Path) -> None:
    """Carry over every row of the damaged file that can still be read and makes sense."""
    try:
        with closing(sqlite3.connect(aside)) as old:
            for table, names in _SALVAGED.items():
                _salvage_table(connection, old, table, names)
    except sqlite3.Error:
        _log.warning("nothing more could be read of the damaged database", exc_info=True)


def _salvage_table(
    connection: sqlite3.Connection, old: sqlite3.Connection, table: str, names: tuple[str, ...]
) -> None:
    fields, marks = ", ".join(names), ", ".join("?" * len(names))
    try:
        for row in old.execute(f"SELECT {fields} FROM {table}"):
            try:
                connection.execute(f"INSERT OR IGNORE INTO {table} ({fields}) VALUES ({marks})", row)
            except sqlite3.IntegrityError:
                continue
    except sqlite3.DatabaseError as error:
        _log.warning("part of the table %s is lost: %s", table, error)
