"""Makes Qt's application, or says in a line why there is no screen for it, where Qt would abort the program."""

from __future__ import annotations

import locale
import logging
import os
import sys
from collections.abc import Sequence

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from app.window.single_instance import Application
from engine.api.errors import WaltError

_log = logging.getLogger(__name__)

_LIBRARY = "libxcb-cursor0"


def make_application(argv: Sequence[str]) -> Application:
    """Qt's application. Without a screen this writes the error ``no-screen`` and ends the program with status 1.

    Qt knows only once it is too late to go on: its last message is answered by leaving in an orderly way.
    """
    said: list[str] = []

    def hear(kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
        if kind == QtMsgType.QtFatalMsg:
            sys.stderr.write(no_screen("\n".join(said)).line() + "\n")
            sys.stderr.flush()
            os._exit(1)
        said.append(text)

    before = qInstallMessageHandler(hear)
    try:
        app = Application(list(argv))
    finally:
        qInstallMessageHandler(before)
    for text in said:
        _log.warning("Qt: %s", text)
    # Qt has taken over the user's locale, in which FFmpeg would read and write numbers with a comma.
    locale.setlocale(locale.LC_NUMERIC, "C")
    return app


def no_screen(said: str) -> WaltError:
    """The error, with what helps by what Qt said."""
    hint = "Start it in a desktop session; clips can be made without one: walt generate --help."
    if _LIBRARY in said and os.environ.get("DISPLAY"):
        hint = f"Check DISPLAY, and install {_LIBRARY} if it is missing; or use walt generate."
    return WaltError("no-screen", "The window cannot be opened: there is no screen that can be used.", hint)
