"""Looks at the library without touching it, for ``walt doctor``."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.library.database import MAJOR, SCALE
from app.library.files import LibraryPaths, default_places
from app.preferences.preferences import PreferenceFile
from engine.api.errors import WaltError


def check_library(places: LibraryPaths | None = None) -> str:
    """Say in a line how the library is.

    Raises:
        WaltError: ``library-damaged``, ``library-too-new`` or ``library-not-opened``, with what to do.
    """
    places = places or default_places(PreferenceFile().now.library_folder)
    if not places.database.is_file():
        return f"not begun yet; it will be in {places.data}"
    try:
        # As a reader: a check mends nothing, and may run beside an open window.
        with closing(sqlite3.connect(f"{places.database.as_uri()}?mode=ro", uri=True)) as database:
            return _look(places, database)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            message = f"The library cannot be opened: {error}."
            raise WaltError("library-not-opened", message, f"Check that {places.data} is readable.") from error
        raise _damaged(places.database, str(error)) from error


def _look(places: LibraryPaths, database: sqlite3.Connection) -> str:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version >= (MAJOR + 1) * SCALE:
        raise WaltError("library-too-new", "The library was made by a newer walt.", "Update walt.")
    for check in ("quick_check(1)", "foreign_key_check"):
        found = database.execute(f"PRAGMA {check}").fetchone()
        if found is not None and found[0] != "ok":
            raise _damaged(places.database, str(found[0]))
    files = [str(name) for (name,) in database.execute("SELECT file FROM clips WHERE trash IS NULL")]
    gone = [name for name in files if not (places.clips / name).is_file()]
    lost = f"; {len(gone)} of their files are gone, e.g. {gone[0]}" if gone else ""
    return f"{len(files)} clips in {places.data}{lost}"


def _damaged(file: Path, why: str) -> WaltError:
    return WaltError(
        "library-damaged",
        f"{file} is damaged: {why}.",
        "Open the window: it keeps the damaged file and rebuilds the library from the clips.",
    )
