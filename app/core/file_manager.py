"""Shows a file in the system's file manager, selected where the system can do that."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices

_SERVICE, _PATH = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"


def reveal(path: Path) -> None:
    """Open the folder of a file, with the file selected if possible."""
    if sys.platform == "win32" and QProcess.startDetached("explorer", ["/select,", os.fspath(path)])[0]:
        return
    if sys.platform == "darwin" and QProcess.startDetached("open", ["-R", os.fspath(path)])[0]:
        return
    if sys.platform == "linux" and _asked_file_manager(path):
        return
    QDesktopServices.openUrl(QUrl.fromLocalFile(os.fspath(path.parent)))


def _asked_file_manager(path: Path) -> bool:
    """Ask over the session's bus; whether a file manager is there to hear it."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    names = bus.interface()
    if not (names.isServiceRegistered(_SERVICE).value() or names.startService(_SERVICE).isValid()):
        return False
    message = QDBusMessage.createMethodCall(_SERVICE, _PATH, _SERVICE, "ShowItems")
    url = QUrl.fromLocalFile(os.fspath(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    message.setArguments([[url], ""])
    return bus.send(message)
