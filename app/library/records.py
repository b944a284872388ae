"""What the library remembers of a clip and of a job, and how both become rows of the database.

Here alone a stored request becomes text, and text a request: the rest of the program has objects.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from engine.api.errors import UsageError, WaltError
from engine.api.request import ClipRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["queued", "running", "interrupted", "failed", "cancelled", "done"]
OPEN: frozenset[State] = frozenset({"queued", "running"})
"""States of a job that still has something to do."""
AGAIN: frozenset[State] = frozenset({"interrupted", "failed", "cancelled"})
"""States from which a job can be tried again."""

_FLAGS = frozenset({"favourite", "complete"})
Record = TypeVar("Record", "ClipRecord", "Job")


@dataclass(frozen=True, slots=True)
class UnreadableRequest:
    """Settings that this version cannot read, for example those of a newer one. They are kept as they are."""

    text: str
    """The stored JSON."""
    message: str
    """Why it cannot be read, as a sentence."""

    @property
    def error(self) -> UsageError:
        """The same as an error, ``bad-request``."""
        return UsageError("bad-request", self.message, "Enter the prompt again.")

    def to_json(self) -> str:
        """The stored JSON."""
        return self.text


StoredRequest = ClipRequest | UnreadableRequest


def read_request(text: str) -> StoredRequest:
    """The request that is stored as ``text``."""
    try:
        return ClipRequest.from_json(text)
    except UsageError as error:
        return UnreadableRequest(text, error.message)


def readable(request: StoredRequest) -> ClipRequest:
    """A stored request, if this version can read it.

    Raises:
        UsageError: ``bad-request``.
    """
    if isinstance(request, UnreadableRequest):
        raise request.error
    return request


@dataclass(frozen=True, slots=True)
class ClipRecord:
    """A clip in the library. ``file`` is its name in the clips folder, ``request`` what it was made from.

    ``created`` is seconds since 1970, ``seconds`` how long it took, ``complete`` whether every stage that
    was asked for is in it.
    """

    id: str
    file: str
    request: StoredRequest
    prompt: str
    pack: str
    stage: str
    seed: int
    width: int
    height: int
    frames: int
    fps: float
    seconds: float
    created: float
    bytes: int = 0
    complete: bool = True
    favourite: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One clip that was asked for, under one id from the composer to the library.

    The queue holds it, the engine runs it under its id (`app.jobs.state.Running` is its progress then), and the
    database records it. Its result is ``clip``, the id of a clip in the library, or the `error`.
    """

    id: str
    state: State
    request: StoredRequest
    prompt: str
    seed: int
    created: float
    place: int = 0
    ended: float | None = None
    clip: str | None = None
    code: str = ""
    message: str = ""
    hint: str = ""

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN

    @property
    def error(self) -> WaltError:
        """Why it failed, in the engine's words."""
        return WaltError(self.code, self.message, self.hint)

    @property
    def can_retry(self) -> bool:
        """Whether it can be tried again."""
        return self.state in AGAIN


@cache
def columns(kind: type[ClipRecord] | type[Job]) -> tuple[str, ...]:
    """The columns of a record's table, in order."""
    return tuple(field.name for field in fields(kind))


def from_row(kind: type[Record], row: Mapping[str, Any]) -> Record:
    """A record from a row of its table."""
    values: dict[str, Any] = {name: row[name] for name in columns(kind)}
    values |= {name: bool(values[name]) for name in _FLAGS & values.keys()}
    values["request"] = read_request(values["request"])
    return kind(**values)


def values_of(record: ClipRecord | Job) -> tuple[str | int | float | None, ...]:
    """A record's values in the order of its columns."""
    return tuple(_stored(getattr(record, name)) for name in columns(type(record)))


def _stored(value: Any) -> Any:
    if isinstance(value, ClipRequest | UnreadableRequest):
        return value.to_json()
    return int(value) if isinstance(value, bool) else value
