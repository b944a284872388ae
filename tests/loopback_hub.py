"""A model hub on this machine's loopback, over the files of a folder: it can cut connections, lose files and lie."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class LoopbackHub:
    """One repository.

    Attributes:
        url: Its address.
        asked: What was asked for: path and range, in order.
        cut: How often a connection is cut after 100 bytes of weights.
        lost: Paths that are listed and not there.
        changed: Paths whose contents are not those of their hash.
        gated: Whether it wants to know who downloads.
        ignores_ranges: Whether it always begins at the first byte.
    """

    def __init__(self, folder: Path, repository: str) -> None:
        self.folder, self.repository = folder, repository
        self.asked: list[tuple[str, str | None]] = []
        self.cut, self.lost, self.changed = 0, set[str](), set[str]()
        self.gated = self.ignores_ranges = False
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                hub.answer(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fetched(self) -> list[str]:
        """Files that were asked for, without doubles."""
        found = (re.match(rf"/{self.repository}/resolve/{COMMIT}/(.+)", path) for path, _ in self.asked)
        return list(dict.fromkeys(match[1] for match in found if match))

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        path, wanted = to.path.split("?")[0], to.headers.get("Range")
        self.asked.append((path, wanted))
        if path == f"/api/models/{self.repository}":
            self._send(to, 200, json.dumps(self._listed()).encode())
            return
        match = re.match(rf"/{self.repository}/resolve/{COMMIT}/(.+)", path)
        file = self.folder / match[1] if match else None
        if file is None or not file.is_file() or match is None or match[1] in self.lost:
            self._send(to, 404, b"")
            return
        data = file.read_bytes()
        if match[1] in self.changed:
            data = data[:-1] + bytes([data[-1] ^ 1])
        start = int(re.sub(r"\D", "", wanted)) if wanted and not self.ignores_ranges else 0
        cut = 100 if self.cut and file.suffix == ".safetensors" else None
        self.cut -= cut is not None
        self._send(to, 206 if start else 200, data[start:], cut)

    def _listed(self) -> dict[str, Any]:
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {
            "sha": COMMIT,
            "gated": "auto" if self.gated else False,
            "cardData": {"license": "apache-2.0"},
            "siblings": [self._entry(file) for file in files],
        }

    def _entry(self, file: Path) -> dict[str, Any]:
        data = file.read_bytes()
        entry: dict[str, Any] = {"rfilename": str(file.relative_to(self.folder)), "size": len(data)}
        if file.suffix == ".safetensors":
            return {**entry, "lfs": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}}
        return {**entry, "blobId": hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()}

    def _send(self, to: BaseHTTPRequestHandler, status: int, data: bytes, cut: int | None = None) -> None:
        to.send_response(status)
        to.send_header("Content-Length", str(len(data)))
        to.end_headers()
        to.wfile.write(data if cut is None else data[:cut])


@contextmanager
def loopback_hub(folder: Path, repository: str = "some-one/tiny-Diffusers") -> Iterator[LoopbackHub]:
    hub = LoopbackHub(folder, repository)
    try:
        yield hub
    finally:
        hub.close()
