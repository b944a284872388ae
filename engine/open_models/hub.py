"""What a model hub says of a repository, and its files: over the one connection that the person asked for. No torch."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from engine.api.clip import Cancelled
from engine.api.errors import UsageError, WaltError
from engine.packs.base_manifest import shown
from engine.runtime.fault_injection import fault_point

DEFAULT_HUB = "https://huggingface.co"
MAX_ANSWER = 32 * 2**20
TRIES = 5
"""Connections in a row that bring nothing, until a download is given up."""
_BLOCK = 1 << 20
_SECONDS = 30.0
_AGAIN = "Run it again: it goes on where it stopped."


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a repository: its path, its bytes, and its SHA-256, or the SHA-1 that git knows it by."""

    path: str
    bytes: int
    sha256: str
    git_sha1: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at one commit; ``licence`` is the short name on its card."""

    name: str
    commit: str
    licence: str
    files: tuple[RemoteFile, ...]


class _SameSafety(HTTPRedirectHandler):
    """Follows redirections to the hub's storage, but never from an encrypted connection to a plain one."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        """The request to follow with."""
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            raise URLError("redirected to a connection that is not encrypted")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Hub:
    """A model hub.

    Args:
        url: Its address; the usual one, or that in ``HF_ENDPOINT`` as for other programs, if None.
        pause: Seconds after a connection that brought nothing.
    """

    def __init__(self, url: str | None = None, pause: float = 1.0) -> None:
        self._url = (url or os.environ.get("HF_ENDPOINT") or DEFAULT_HUB).rstrip("/")
        self._pause = pause
        self._opener = build_opener(_SameSafety)

    def repository(self, name: str) -> Repository:
        """What is in a repository now.

        Raises:
            WaltError: ``hub-not-reached``, ``model-not-on-hub``, ``model-gated``.
        """
        answer = self._json(f"/api/models/{quote(name)}?blobs=true", name)
        try:
            if answer.get("gated"):
                message = f"The authors of {shown(name)} want to know who downloads it."
                hint = "Accept their terms on the hub's page, download it there, and use walt packs --link."
                raise UsageError("model-gated", message, hint)
            files = tuple(_file(entry) for entry in answer["siblings"])
            card: Any = answer.get("cardData") or {}
            licence = card.get("license_name") or card.get("license") or "unknown"
            return Repository(name, str(answer["sha"]), shown(str(licence)), files)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _odd() from None

    def text(self, repository: Repository, path: str, most: int) -> bytes:
        """A small file.

        Raises:
            WaltError: ``hub-not-reached``.
        """
        return self._read(self._address(repository, path), path, most)

    def fetch(
        self,
        repository: Repository,
        file: RemoteFile,
        target: Path,
        on_bytes: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Bring a file to ``target``, whole and with the right hash; what an earlier try left beside it is used.

        Args:
            repository: Where it is.
            file: Which it is.
            target: The file to write; its folder exists.
            on_bytes: Told of bytes as they come, and of those that were there.
            cancelled: Asked between blocks; what came so far stays for the next time.

        Raises:
            WaltError: ``hub-not-reached``, ``download-damaged``.
            Cancelled: when ``cancelled`` said so.
            OSError: the file cannot be written.
        """
        part = target.with_name(f"{target.name}.part")
        failed = 0
        on_bytes(_size(part))
        while (have := _size(part)) < file.bytes:
            wrong: Exception = ConnectionError("nothing comes")
            try:
                self._more(repository, file, part, have, on_bytes, cancelled)
            except (URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
                wrong = error
            if isinstance(wrong, HTTPError):
                wrong.close()
                if wrong.code == 404:
                    raise _not_there(file.path) from None
            failed = failed + 1 if _size(part) == have else 0
            if failed >= TRIES:
                raise _unreachable(wrong) from wrong
            time.sleep(self._pause * failed)
        if file.bytes == 0:
            part.touch()
        if not _is(part, file, cancelled):
            part.unlink()
            message = f"{shown(file.path)} does not have the hash that the hub states."
            raise WaltError("download-damaged", message, "Run it again; if it stays, tell the hub.")
        os.replace(part, target)

    def _more(
        self, repository: Repository, file: RemoteFile, part: Path, have: int, on_bytes: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> None:  # fmt: skip
        headers = {"Range": f"bytes={have}-"} if have else {}
        request = Request(self._address(repository, file.path), headers=headers)
        with self._opener.open(request, timeout=_SECONDS) as answer:
            if have and answer.status != 206:  # it does not go on, but begins again
                part.unlink()
                on_bytes(-have)
                have = 0
            with part.open("ab") as out:
                while have < file.bytes and (block := answer.read(min(_BLOCK, file.bytes - have))):
                    fault_point("write")
                    out.write(block)
                    have += len(block)
                    on_bytes(len(block))
                    if cancelled():
                        raise Cancelled

    def _address(self, repository: Repository, path: str) -> str:
        return f"{self._url}/{quote(repository.name)}/resolve/{quote(repository.commit)}/{quote(path)}"

    def _json(self, path: str, name: str) -> dict[str, Any]:
        try:
            found: Any = json.loads(self._read(self._url + path, name, MAX_ANSWER))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise _odd()
        return {str(key): value for key, value in found.items()}

    def _read(self, address: str, name: str, most: int) -> bytes:
        try:
            with self._opener.open(Request(address), timeout=_SECONDS) as answer:
                text: bytes = answer.read(most + 1)
        except HTTPError as error:
            error.close()
            if error.code in (401, 403, 404):
                raise _not_there(name) from None
            raise _unreachable(error) from error
        except (URLError, http.client.HTTPException, TimeoutError, ConnectionError, ValueError) as error:
            raise _unreachable(error) from error
        if len(text) > most:
            raise _odd()
        return text


def _file(entry: Any) -> RemoteFile:
    lfs: Any = entry.get("lfs") or {}
    size = int(lfs.get("size") or entry.get("size") or 0)
    return RemoteFile(str(entry["rfilename"]), size, str(lfs.get("sha256") or ""), str(entry.get("blobId") or ""))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _is(part: Path, file: RemoteFile, cancelled: Callable[[], bool]) -> bool:
    """Whether a file has the hash that the hub states; one of them is always stated."""
    if file.sha256:
        digest, expected = hashlib.sha256(), file.sha256
    else:
        digest, expected = hashlib.sha1(f"blob {file.bytes}\0".encode(), usedforsecurity=False), file.git_sha1
    with part.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if cancelled():
                raise Cancelled
            digest.update(block)
    return _size(part) == file.bytes and digest.hexdigest() == expected


def _odd() -> WaltError:
    return WaltError("hub-not-reached", "The hub's answer cannot be understood.", "Try again later.")


def _not_there(name: str) -> UsageError:
    return UsageError("model-not-on-hub", f"The hub has no {shown(name)}, or does not show it.", "Check the name.")


def _unreachable(error: Exception) -> WaltError:
    reason = shown(str(getattr(error, "reason", None) or error))
    return WaltError("hub-not-reached", f"The hub cannot be reached: {reason}.", _AGAIN)
