"""The user's preferences: one versioned JSON file in the configuration folder.

Every value is checked by itself: a bad one means the default of that one. Keys of a later walt are kept.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack, get_args

from PySide6.QtCore import QObject, Signal

from engine.api.errors import WaltError
from engine.runtime.json_file import read_object, write_object
from engine.runtime.memory import total_mb
from engine.runtime.places import user_folder

_log = logging.getLogger(__name__)

ThemeChoice = Literal["system", "dark", "light"]
LanguageChoice = Literal["system", "en", "fr"]
DeviceChoice = Literal["auto", "cpu", "cuda", "mps"]

VERSION = 1
FILE = "preferences.json"
MAX_BYTES = 2**20
MAX_THREADS = 256
MAX_MEMORY_MB = 2**20
MAX_LIBRARY_MB = 2**24


@dataclass(frozen=True, slots=True)
class Preferences:
    """All preferences. Megabytes are 2**20 bytes; 0 means: no limit, or as many as there are."""

    theme: ThemeChoice = "system"
    language: LanguageChoice = "system"
    pack: str = "starter"
    """The pack that clips are made with."""
    device: DeviceChoice = "auto"
    threads: int = 0
    """Processor threads that the engine computes with; 0 leaves it to the engine."""
    memory_mb: int = 0
    """Memory that a clip may take; 0 for as much as there is."""
    library_folder: str = ""
    """Where clips are kept; empty for walt's own folder."""
    library_mb: int = 20_480
    """From which size on the library offers to tidy up; 0 for never."""
    metadata: bool = True
    """Whether exported files carry prompt, seed and settings."""
    notify: bool = True
    """Whether the end of a clip is announced while the window is in the background."""


class PreferenceChanges(TypedDict, total=False):
    """Preferences to change."""

    theme: ThemeChoice
    language: LanguageChoice
    pack: str
    device: DeviceChoice
    threads: int
    memory_mb: int
    library_folder: str
    library_mb: int
    metadata: bool
    notify: bool


def most_memory_mb() -> int:
    """The most megabytes that make sense to allow on this computer."""
    return int(min(MAX_MEMORY_MB, total_mb()))


def _one_of(kind: object) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in get_args(kind)


def _number(most: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _pack(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", value) is not None


def _folder(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value and (not value or Path(value).is_absolute())


_CHECKS: dict[str, Callable[[object], bool]] = {
    "theme": _one_of(ThemeChoice),
    "language": _one_of(LanguageChoice),
    "pack": _pack,
    "device": _one_of(DeviceChoice),
    "threads": _number(MAX_THREADS),
    "memory_mb": _number(MAX_MEMORY_MB),
    "library_folder": _folder,
    "library_mb": _number(MAX_LIBRARY_MB),
    "metadata": _flag,
    "notify": _flag,
}
assert _CHECKS.keys() == {field.name for field in fields(Preferences)}


class PreferenceFile(QObject):
    """The preferences and the file that they are kept in.

    Signals:
        changed(Preferences): something is preferred now that was not before.
        failed(WaltError): the file could not be written; the preferences hold until the window closes.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path or user_folder("settings") / FILE
        self._foreign: dict[str, Any] = {}
        self._damaged = False
        self._now = self._read()

    @property
    def now(self) -> Preferences:
        """The current preferences."""
        return self._now

    def change(self, **wishes: Unpack[PreferenceChanges]) -> None:
        """Change preferences; the file is written at once."""
        wanted = replace(self._now, **wishes)
        bad = [name for name, value in asdict(wanted).items() if not _CHECKS[name](value)]
        if bad:
            raise ValueError(f"not a possible preference: {bad[0]}")
        if wanted != self._now:
            self._now = wanted
            self._write()
            self.changed.emit(wanted)

    def _read(self) -> Preferences:
        try:
            values = read_object(self.path, MAX_BYTES)
        except OSError:
            return Preferences()
        if values is None:
            self._damaged = True
            return Preferences()
        self._foreign = {name: value for name, value in values.items() if name not in _CHECKS}
        good = {
            name: values[name] for name, check in _CHECKS.items() if name in values and check(values[name])
        }
        return replace(Preferences(), **good)

    def _write(self) -> None:
        version = self._foreign.get("version", VERSION)
        data = {**self._foreign, "version": version, **asdict(self._now)}
        try:
            if self._damaged:
                self.path.replace(self.path.with_suffix(".damaged.json"))
                self._damaged = False
            write_object(self.path, data)
        except OSError as error:
            self._fail(WaltError("preferences-not-kept", f"The preferences cannot be saved: {error.strerror}."))
        except WaltError as error:
            self._fail(error)

    def _fail(self, error: WaltError) -> None:
        _log.warning("preferences: %s", error)
        self.failed.emit(error)
