"""One window for each user: a second start hands its files and prompt to the first, which comes to the front."""

from __future__ import annotations

import getpass
import hashlib
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication

from engine.runtime.places import known_folder

_log = logging.getLogger(__name__)

CONNECT_MS, ANSWER_MS = 500, 2000
MAX_BYTES = 2**20
MAX_FILES = 64
TAKEN = b"taken\n"


@dataclass(frozen=True, slots=True)
class Call:
    """What a start was given: files as absolute paths, and a prompt."""

    files: tuple[str, ...] = ()
    prompt: str = ""


class Application(QApplication):
    """Qt's application. macOS asks it by events, not by arguments, to open files.

    Signals:
        called(Call): a file to open.
    """

    called = Signal(object)

    def event(self, event: QEvent) -> bool:
        """Take in a file; everything else is Qt's."""
        if isinstance(event, QFileOpenEvent):
            self.called.emit(Call((event.file(),)))
            return True
        return super().event(event)


def door_name() -> str:
    """The socket's name: the same for all starts of one user with one configuration, and different for others."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a system without names for people
        user = ""
    key = f"{user}\0{known_folder('settings')}"
    return f"walt-{hashlib.sha256(key.encode()).hexdigest()[:20]}"


def _read(line: bytes) -> Call | None:
    """Parse what another start sent; None if it is not valid."""
    try:
        data: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    values = cast("dict[str, Any]", data)
    files, prompt = values.get("files", []), values.get("prompt", "")
    if not isinstance(files, list) or not isinstance(prompt, str):
        return None
    names = [name for name in cast("list[Any]", files) if isinstance(name, str) and "\0" not in name]
    return Call(tuple(name for name in names[:MAX_FILES] if Path(name).is_absolute()), prompt)


class Door(QObject):
    """The server that later starts connect to.

    Signals:
        called(Call): another start handed over what it was given.
    """

    called = Signal(object)

    def __init__(self, name: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name or door_name()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        self._letters: dict[QLocalSocket, bytes] = {}

    def knock(self, call: Call) -> bool:
        """Hand over to the running instance; False if there is none, or if it does not answer."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(CONNECT_MS):
            return False
        socket.write(json.dumps(asdict(call)).encode() + b"\n")
        answer = b""
        while len(answer) < len(TAKEN) and socket.waitForReadyRead(ANSWER_MS):
            answer += bytes(socket.readAll().data())
        socket.disconnectFromServer()
        return answer == TAKEN

    def open(self) -> bool:
        """Become the first instance; a socket left by a killed process is removed first."""
        if self._server.listen(self._name):
            return True
        QLocalServer.removeServer(self._name)
        if not self._server.listen(self._name):
            _log.warning("no door for a second start: %s", self._server.errorString())
            return False
        return True

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    @Slot()
    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:  # pyright: ignore[reportUnnecessaryComparison]
            self._letters[socket] = b""
            socket.readyRead.connect(self._hear)
            socket.disconnected.connect(self._part)
            QTimer.singleShot(ANSWER_MS, socket, socket.abort)  # whoever says nothing is not waited for
            if socket.bytesAvailable():
                self._take(socket)

    @Slot()
    def _hear(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._take(socket)

    @Slot()
    def _part(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._letters.pop(socket, None)
            socket.deleteLater()

    def _take(self, socket: QLocalSocket) -> None:
        letter = self._letters.get(socket, b"") + bytes(socket.readAll().data())
        self._letters[socket] = letter
        if b"\n" not in letter:
            if len(letter) > MAX_BYTES:
                socket.abort()
            return
        call = _read(letter.partition(b"\n")[0])
        if call is None:
            socket.abort()
            return
        socket.write(TAKEN)
        socket.flush()
        self.called.emit(call)
